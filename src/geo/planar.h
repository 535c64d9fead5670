/*
 * planar.h: quick flat-earth distances, for deciding which of several places is nearer; a few parts
 * in a thousand off within some tens of km. Lengths that anybody sees come from lonlat_distance_m.
 */
#ifndef GEO_PLANAR_H
#define GEO_PLANAR_H

#include "geo/lonlat.h"

#include <stddef.h>

double planar_distance_m(struct lonlat a, struct lonlat b);

/* From `p` to the nearest place on the line through `n` vertices (n > 0). */
double planar_to_line_m(struct lonlat p, const struct lonlat *line, size_t n);

#endif
