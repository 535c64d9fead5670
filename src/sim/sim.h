/*
 * sim.h: the simulated race: where every competitor is at any raw second, as a pure function of
 * (spec, seed, prepared course, competitorId, raw second). Nothing is precomputed per second; a
 * race can be looked at anywhere in its time at no cost, which is also how it goes on after a
 * restart. State is O(competitors).
 *
 * Only integers and + - * / are used, so the same spec, seed and course revision give the same mm
 * on every machine. sim_tick is for one thread per struct sim.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/err.h"
#include "course/course.h"
#include "race/race.h"

#include <stdint.h>

/* Part I of N (I = 1…N) holds the ids with (id - 1) mod N = I - 1; the whole is 1/1. */
struct sim_shard {
    uint32_t part;
    uint32_t of;
};

struct sim;

/* Keeps a reference to the course. The course's revision has to be the spec's. */
struct sim *sim_new(const struct race_spec *spec, struct course *c, struct sim_shard shard,
    struct err *e) MUST_CHECK;
void sim_free(struct sim *s);

uint32_t sim_count(const struct sim *s);            /* competitors in this shard */
uint64_t sim_id(const struct sim *s, uint32_t i);   /* competitorId of dense number i */
int32_t sim_last_raw(const struct sim *s);          /* the last finish */
const int32_t *sim_finish_raw(const struct sim *s); /* per dense number */

/* Distances at `raw_s` of all, dense order; who has finished is at the length. Any raw_s, any order
 * of calls; consecutive ones are quickest. */
void sim_tick(struct sim *s, int32_t raw_s, uint32_t *dist_mm);

/* The simulator's own truth about one competitor, for tests and scoring. */
struct sim_truth {
    uint32_t pace_ms; /* ms/km, the drawn average */
    uint32_t stop_mm; /* UINT32_MAX: does not stop */
    uint32_t stop_s;
    int32_t finish_raw_s;
};

void sim_truth(const struct sim *s, uint32_t i, struct sim_truth *out);

#endif
