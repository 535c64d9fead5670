/*
 * hills.h: how the slope of a course changes the pace along it (docs/decisions/0002-pace-model.md).
 *
 * The energy that running takes per metre depends on the slope i, rise over run. Minetti and others
 * measured it and published a polynomial ("Energy cost of walking and running at extreme uphill and
 * downhill slopes", J Appl Physiol 93, 2002), for slopes of -0.45 to 0.45:
 *
 *     C(i) = 155.4 i^5 - 30.4 i^4 - 43.3 i^3 + 46.3 i^2 + 19.5 i + 3.6   J per kg and m
 *
 * A runner gives the same power everywhere, so the time for a metre grows with C. It is scaled so that
 * the whole course takes as long as it would without hills: the drawn pace stays the average, and
 * finish times stay what they are. Only where the time is spent changes.
 *
 * So there are two scales along the course, both in mm from 0 to its length: the distance, and the
 * effort, which is the distance that a runner would have covered at that time on a flat course. Both
 * are cut at the same marks, about 100 m apart, and are linear between two. The height of a mark is the
 * mean of up to 50 m on either side, since the steps from vertex to vertex are mostly noise. All of
 * it is integers.
 */
#ifndef SIM_HILLS_H
#define SIM_HILLS_H

#include "course/course.h"
#include "sim/pace.h"

#include <stdint.h>

struct hills;

/* The hills of a course that has elevations; one that has none is an error of the caller. The caller
 * frees them. They never change, so any thread may use them. */
struct hills *hills_new(const struct course *c);
void hills_free(struct hills *h);

/* The effort at a distance, rounded down. */
uint32_t hills_effort_mm(const struct hills *h, uint32_t dist_mm);

/* A leg of effort that holds raw second `raw_s`, as a leg of distance that holds it too and ends at the
 * next mark at the latest. `stop_mm` is the distance where the runner stops, PACE_NO_STOP if nowhere:
 * in the leg of effort the stop is at hills_effort_mm(h, stop_mm). */
struct pace_leg hills_leg(
    const struct hills *h, const struct pace_leg *effort, uint32_t stop_mm, int32_t raw_s);

/* The cost of running at a slope in millionths, in millionths of J per kg and m. Slopes beyond 0.45 count
 * as that. */
int64_t hills_cost(int64_t slope);

#endif
