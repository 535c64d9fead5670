/*
 * line.h: the prepared course: a polyline cut into pieces, each a quadratic in lon/lat through the
 * geodesic's midpoint (Karney), with lengths in whole µm and coefficients as integers. It is made
 * once at import with libm; from it to a position only integers and + - * / are used, so the same
 * line gives the same bytes everywhere. One lap is prepared; `laps` repeats it.
 *
 * Immutable once made: any thread may read it. Distances are whole mm from the first vertex, laps
 * included; line_length_mm() is the end, and line_at() of the end is exactly the last vertex, of 0
 * exactly the first.
 */
#ifndef GEO_LINE_H
#define GEO_LINE_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/lonlat.h"

#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_VERTICES 200000u
#define LINE_MAX_LENGTH_MM 4000000000u /* 4,000 km, laps included */
#define LINE_MIN_LENGTH_MM 10000u      /* 10 m */

struct line;

/* Prepare `n` vertices of one lap (2 or more; points that repeat are dropped). With laps > 1 the
 * last vertex has to be the first. NULL and an error where the limits above are broken. */
struct line *line_new(
    const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e) MUST_CHECK;
void line_free(struct line *l);

uint32_t line_length_mm(
    const struct line *l); /* of the whole course: round(laps * lap in µm / 1000) */
uint32_t line_laps(const struct line *l);
uint64_t line_lap_um(const struct line *l);

/* The place `dist_mm` along the line (clamped to its end). About 5–30 ns. */
struct lonlat line_at(const struct line *l, uint32_t dist_mm);

/* The vertices of one lap and the distance of each in µm (n entries each, borrowed). */
size_t line_vertices(const struct line *l, const struct lonlat **vertices, const uint64_t **at_um);

/* The prepared form as text (ASCII, no quotes or spaces), and back. line_decode checks it against
 * the vertices (lengths and midpoints within 1 mm of what line_new would make) and refuses what
 * does not fit. */
void line_encode(const struct line *l, struct buf *out);
struct line *line_decode(const struct lonlat *vertices, size_t n, uint32_t laps, const char *text,
    struct err *e) MUST_CHECK;

#endif
