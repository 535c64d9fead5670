/*
 * simplify.h: a line with fewer vertices, for a first picture on a map. Lengths, positions and
 * geofences are never computed from it.
 */
#ifndef GEO_SIMPLIFY_H
#define GEO_SIMPLIFY_H

#include "geo/lonlat.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the indices of at most `max` (2 or more) of the `n` vertices to `kept` (room for `max`),
 * ascending, the first and the last vertex among them. Returns how many.
 *
 * The vertex that lies nearest to the segment between its two neighbours is removed, again and
 * again, until `max` are left (after Visvalingam and Whyatt 1993, with that distance instead of
 * the triangle's area: an area of zero would remove the far end of an out-and-back course). A heap
 * makes it O(n log n) whatever the line looks like.
 */
size_t simplify_line(const struct lonlat *vertices, size_t n, size_t max, uint32_t *kept);

#endif
