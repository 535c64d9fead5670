/*
 * elevation.h: the elevation of a course's line, in whole cm above the sea, and how much it climbs.
 *
 * Readers keep the elevation of each place of a draft. The line is made of those places, whatever
 * was joined, turned or left out, so each of its vertices finds its elevation again by its place.
 */
#ifndef COURSE_ELEVATION_H
#define COURSE_ELEVATION_H

#include "course/draft.h"
#include "geo/line.h"

#include <stddef.h>
#include <stdint.h>

/* Rises and falls below this are noise of the device. GoldenCheetah takes 3 m too, if one does not
 * choose another threshold. */
#define ELEVATION_THRESHOLD_CM 300

/* Metres up and down over the whole course, in cm. */
struct elevation_sum {
    uint64_t climb_cm;
    uint64_t descent_cm;
};

/* The elevation of each vertex of a lap; the caller frees it. A vertex without one lies on a straight
 * rise between its neighbours. NULL if less than half of the vertices have one, or if all of them are
 * 0, as programs write that know none. */
int32_t *elevation_of_line(const struct draft *d, const struct line *l);

/*
 * Sums up the climbs and descents of `laps` laps of `n` vertices each. A climb runs from a low to the
 * next high, if that is ELEVATION_THRESHOLD_CM above it, and so does a descent: smaller waves between
 * them do not count, and what counts does in full. (The turning points of a zigzag with a threshold;
 * an addition of the steps above a threshold would lose some metres of each hill.)
 */
struct elevation_sum elevation_sum(const int32_t *cm, size_t n, uint32_t laps);

#endif
