/*
 * passings.h: where a line passes a place.
 *
 * The line passes where it is nearest, if that is within CHECKPOINT_NEAR_M. It passes again where
 * it comes back after it has gone farther away: on an out-and-back a place is passed twice. A part
 * of the line that stays more than CHECKPOINT_BESIDE_M farther away than the nearest one does not
 * count: that is a switchback above the place, or the street beside it.
 */
#ifndef COURSE_CHECKPOINT_PASSINGS_H
#define COURSE_CHECKPOINT_PASSINGS_H

#include "geo/line.h"
#include "geo/lonlat.h"

#include <stddef.h>
#include <stdint.h>

#define CHECKPOINT_NEAR_M 50.0
#define CHECKPOINT_BESIDE_M 15.0

struct checkpoint_passes {
    uint32_t *dist_mm; /* the caller's room for `max` distances */
    size_t max;
    size_t n; /* how many there are; the first `max` of them are kept */
};

/* Finds the distances at which the line passes `place`, rising, all laps included. Neither the
 * start nor the finish of the whole course is among them. */
void checkpoint_passings(const struct line *l, struct lonlat place, struct checkpoint_passes *out);

/* Metres from the place to the line. */
double checkpoint_passings_off_m(const struct line *l, struct lonlat place);

#endif
