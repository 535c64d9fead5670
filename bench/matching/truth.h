/*
 * truth.h: where a runner truly is at every second. Two generators that have nothing in common: the
 * simulator of Trackside, and one that runs and walks in turn, slows down, and stops.
 */
#ifndef BENCH_MATCHING_TRUTH_H
#define BENCH_MATCHING_TRUTH_H

#include "course/course.h"
#include "sim/sim.h"

#include <stdint.h>

enum truth_pace { TRUTH_SIMULATOR, TRUTH_RUN_WALK };

#define TRUTH_BEFORE_S 60 /* seconds before the gun, in front of the start */
#define TRUTH_AFTER_S 150 /* seconds after the finish */

/* One runner. Second i is i - TRUTH_BEFORE_S after the gun. */
struct truth {
    struct lonlat *at;
    uint32_t *dist_mm; /* along the course */
    float *off_m;      /* of a detour, from the course; else 0 */
    uint32_t n;
    double finish_s;    /* after the gun */
    double detour_s[2]; /* when a detour was 60 m off, on its way out and back; 0: none */
};

/* The runners of one course. */
struct truths {
    struct course *course;
    enum truth_pace pace;
    struct sim *sim;
    uint64_t seed;
    uint32_t runners;
    bool detours;
};

/* Fills *s; it keeps a reference to the course. Ends the program if the race is not possible. */
void truths_init(struct truths *s, struct course *c, enum truth_pace pace, uint32_t runners,
    uint64_t seed, bool detours);
void truths_release(struct truths *s);

/* Makes one runner (0 ... runners - 1); the caller releases it. */
void truth_make(struct truths *s, uint32_t runner, struct truth *t);
void truth_release(struct truth *t);

#endif
