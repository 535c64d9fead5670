/*
 * shape.h: a geometry's bytes looked at in place: its structure, its points, and whether GEOS may
 * have it. The bytes may be anybody's: everything is compared with their length first.
 *
 * The form is that of Pinot's GeometrySerializer, big endian: u8 type (0 point, 2 line, 4 polygon;
 * bit 7: geography), then of a point x and y as f64, else i32 parts, i32 points, i32 first point of
 * each part, and the points. A line has one part. The first part of a polygon is its shell, which
 * runs clockwise; the others are its holes, which run the other way. Pinot's multipoints,
 * multilines, multipolygons and collections (types 1, 3, 5, 6) are refused.
 *
 * GEOS 3.11 loses memory when it throws at a coordinate that is no number, and looks at no clock.
 * So structure, coordinates and effort are checked here, before GEOS sees anything.
 */
#ifndef SQL_GEOMETRY_SHAPE_H
#define SQL_GEOMETRY_SHAPE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_SHAPE_GEOGRAPHY 0x80u
#define SQL_SHAPE_POINT_SIZE 16u       /* bytes of x and y */
#define SQL_SHAPE_POINTS_MAX 100000u   /* of one geometry that GEOS gets */
#define SQL_SHAPE_COORDINATE_MAX 1e15  /* a product of four is still far from infinity */
#define SQL_SHAPE_COORDINATE_MIN 1e-60 /* its square is still a number; what is less is 0 */

enum sql_shape_type { SQL_SHAPE_POINT = 0, SQL_SHAPE_LINE = 2, SQL_SHAPE_POLYGON = 4 };

/* One geometry: where its numbers are. Borrows the bytes. */
struct sql_shape {
    enum sql_shape_type type;
    uint32_t parts; /* 1 for a point; 0 for an empty line or polygon */
    uint32_t points;
    const uint8_t *starts; /* first point of each part; NULL: one part from 0 */
    const uint8_t *at;     /* the points */
};

/* The structure alone: one geometry and nothing behind it. ERR_INVALID with the reason. */
int sql_shape_read(struct sql_shape *s, const void *bytes, size_t len, struct err *e) MUST_CHECK;

/*
 * The values: every coordinate finite and at most `most` (INFINITY: of any size), lines of two
 * points or more, rings closed, of four points or more and around some area, at most
 * SQL_SHAPE_POINTS_MAX points. A geometry may be empty as a whole. ERR_INVALID with the reason.
 */
int sql_shape_check_values(const struct sql_shape *s, double most, struct err *e) MUST_CHECK;

/* Both, with SQL_SHAPE_COORDINATE_MAX: what has to be done before a geometry goes to GEOS. */
int sql_shape_check(struct sql_shape *s, const void *bytes, size_t len, struct err *e) MUST_CHECK;

/* Part number i: its first point and how many. */
void sql_shape_part(const struct sql_shape *s, uint32_t i, const uint8_t **at, uint32_t *n);

double sql_shape_f64(const uint8_t *at);        /* the number as it is written */
double sql_shape_coordinate(const uint8_t *at); /* the same as GEOS gets it: tiny ones are 0 */

bool sql_shape_is_geography(const void *bytes, size_t len);
bool sql_shape_is_empty(const struct sql_shape *s); /* also POINT EMPTY, which is two NaNs */

/* Is this ring of n points clockwise? */
bool sql_shape_is_clockwise(const uint8_t *at, uint32_t n);

/* Is the bounding box of `b` inside that of `a`, the edges included? Neither is empty. */
bool sql_shape_box_covers(const struct sql_shape *a, const struct sql_shape *b);

/*
 * Are these two small enough for one call of GEOS that compares each edge with the others near it?
 * `a` has an index where `prepared`. ERR_TOO_LARGE where the call could take more than about 0.1 s.
 */
int sql_shape_check_effort(
    const struct sql_shape *a, const struct sql_shape *b, bool prepared, struct err *e) MUST_CHECK;

#endif
