/*
 * simplify.h: a line with fewer vertices, for a first picture on a map. It is only drawn: lengths,
 * positions and geofences are never computed from it.
 */
#ifndef GEO_SIMPLIFY_H
#define GEO_SIMPLIFY_H

#include "geo/lonlat.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Chooses at most `max` (2 or more) of the `n` vertices. Writes their indices in ascending order
 * to `kept`, which has room for `max`. The first and the last vertex are always kept. Returns how
 * many.
 *
 * It removes the vertex that is nearest to the segment between its two neighbours, again and
 * again, until `max` are left. This is Visvalingam and Whyatt 1993, with the distance instead of
 * the triangle's area: the turning point of an out-and-back course has an area of zero, and would
 * be removed. A heap makes it O(n log n) for any line.
 */
size_t simplify_line(const struct lonlat *vertices, size_t n, size_t max, uint32_t *kept);

#endif
