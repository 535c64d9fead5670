/*
 * pace.h: where one runner is at a raw second (docs/decisions/0002-pace-model.md).
 *
 * A pace of P ms/km is P ns/mm, so P times a distance in mm is a time in whole ns. The course is
 * cut into pairs of stretches, about 400 m a pair. In a pair the first stretch is run at P * (1 +
 * x), x drawn in ±0.199, and the second makes up for it: at the end of every pair the running time
 * is exactly P * distance. In between the place is linear in time. A stop cuts its stretch in two.
 * All of it is integers.
 *
 * Distances in mm, times in ns of running (stops aside) or in raw seconds.
 */
#ifndef SIM_PACE_H
#define SIM_PACE_H

#include <stdint.h>

#define PACE_PAIR_MM 400000u
#define PACE_NO_STOP UINT32_MAX
#define PACE_FRACTION 24 /* bits of a mm in struct pace_leg */

/* How a course is cut: `longer` pairs of pair_mm + 1, then the rest of pair_mm. */
struct pace_plan {
    uint32_t length_mm;
    uint32_t pairs;
    uint32_t pair_mm;
    uint32_t longer;
};

struct pace_runner {
    uint64_t key;     /* of its draws, rng_key */
    uint32_t pace_ms; /* ms/km */
    uint32_t stop_mm; /* PACE_NO_STOP: none; below the length */
    uint32_t stop_s;
    int32_t finish_s;
};

/* A time in which a runner's place is linear: at raw second from_s + k, k < span_s, it is
 * (base + k * step) >> PACE_FRACTION mm. */
struct pace_leg {
    int32_t from_s;
    uint32_t span_s;
    uint64_t base;
    uint64_t step;
};

void pace_plan_init(struct pace_plan *p, uint32_t length_mm);

/* ceil(stop + running time), in raw seconds, at `pace_ms` ms/km. */
int64_t pace_finish_s(const struct pace_plan *p, uint32_t pace_ms, uint32_t stop_s);

/* The leg that holds raw_s (0 or more); span_s 0 never comes out. */
struct pace_leg pace_leg_at(const struct pace_plan *p, const struct pace_runner *r, int32_t raw_s);

static inline uint32_t pace_leg_mm(const struct pace_leg *leg, int32_t raw_s)
{
    uint64_t k = (uint32_t)raw_s - (uint32_t)leg->from_s;

    return (uint32_t)((leg->base + k * leg->step) >> PACE_FRACTION);
}

#endif
