/*
 * planar.h: fast distances on a flat earth, to decide which of several places is nearer. Within
 * some tens of km they are wrong by a few parts in a thousand. Lengths that anybody sees come from
 * lonlat_distance_m.
 */
#ifndef GEO_PLANAR_H
#define GEO_PLANAR_H

#include "geo/lonlat.h"

#include <stddef.h>

/* Metres from a to b. */
double planar_distance_m(struct lonlat a, struct lonlat b);

/* Metres from `p` to the nearest place on the leg from `a` to `b`; *share is how far along the leg
 * that is, 0 ... 1. */
double planar_to_leg_m(struct lonlat p, struct lonlat a, struct lonlat b, double *share);

/* Metres from `p` to the nearest place on the line through `n` vertices (n > 0). */
double planar_to_line_m(struct lonlat p, const struct lonlat *line, size_t n);

#endif
