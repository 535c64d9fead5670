/*
 * line.h: a prepared line: from a distance to a place with a few integer operations.
 *
 * The polyline is cut into pieces. Each piece is a quadratic in longitude and latitude through the
 * midpoint of the geodesic (Karney). Lengths are whole µm, and coefficients are integers. They are
 * made once, at import, with libm, whose last bits differ between machines. From them to a place
 * only integers and + - * / are used. So the same prepared line gives the same bytes everywhere.
 *
 * One lap is prepared, and repeated `laps` times. Distances are whole mm from the first vertex,
 * all laps included. The place at 0 is exactly the first vertex, and at line_length_mm() exactly
 * the last. A line never changes, so any thread may read it.
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

/* Prepares the `n` (2 or more) vertices of one lap; they are copied, and repeats are dropped. With
 * laps > 1 the last vertex must be the first. NULL with ERR_INVALID or ERR_TOO_LARGE if a limit
 * above is broken. The caller frees the line. */
struct line *line_new(
    const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e) MUST_CHECK;

/* NULL is allowed. */
void line_free(struct line *l);

/* The length of the whole course: all laps in µm, rounded to mm. */
uint32_t line_length_mm(const struct line *l);
uint32_t line_laps(const struct line *l);

/* The length of one lap. */
uint64_t line_lap_um(const struct line *l);

/* The place `dist_mm` along the line; beyond its end, the end. Takes 5 to 30 ns. */
struct lonlat line_at(const struct line *l, uint32_t dist_mm);

/* The vertices of one lap, and the distance of each in µm. Returns how many. Both arrays are
 * borrowed from the line. */
size_t line_vertices(const struct line *l, const struct lonlat **vertices, const uint64_t **at_um);

/* Appends the prepared form as text, in ASCII without quotes and spaces. */
void line_encode(const struct line *l, struct buf *out);

/* A line from its vertices and the text of line_encode. Every length and midpoint must be within
 * 1 mm of what line_new would make. NULL with ERR_INVALID if they are not, so that a file that was
 * edited by hand is not trusted. The caller frees the line. */
struct line *line_decode(const struct lonlat *vertices, size_t n, uint32_t laps, const char *text,
    struct err *e) MUST_CHECK;

#endif
