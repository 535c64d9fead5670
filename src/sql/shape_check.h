/*
 * shape_check.h: what a geometry from outside must be before GEOS sees it. GEOS 3.11 ends the
 * process at a multipoint with an empty member, loses memory when it throws at a coordinate that is
 * no number, and looks at no clock: so structure, coordinates and effort are checked here.
 */
#ifndef SQL_SHAPE_CHECK_H
#define SQL_SHAPE_CHECK_H

#include "base/err.h"
#include "sql/shape.h"

#include <stdbool.h>
#include <stddef.h>

#define SQL_SHAPE_POINTS_MAX 100000u   /* of one geometry that GEOS gets */
#define SQL_SHAPE_COORDINATE_MAX 1e15  /* a product of four is still far from infinity */
#define SQL_SHAPE_COORDINATE_MIN 1e-60 /* a square of it is still a number; what is less is 0 */

/*
 * Looks at the bytes and checks all of them: one geometry and nothing behind it, no collection,
 * every coordinate finite and at most SQL_SHAPE_COORDINATE_MAX, lines of two points or more, rings
 * closed, of four points or more and around some area, at most SQL_SHAPE_POINTS_MAX points. A
 * geometry may be empty as a whole, never one member of it. ERR_INVALID with the reason.
 */
int sql_shape_check(struct sql_shape *s, const void *bytes, size_t len, struct err *e) MUST_CHECK;

/* The same for what is only written as text: collections too, each of their members checked, and
 * coordinates of any size. */
int sql_shape_check_all(const void *bytes, size_t len, struct err *e) MUST_CHECK;

/* One coordinate of a checked geometry, as GEOS gets it. */
double sql_shape_coordinate(const uint8_t *at);

bool sql_shape_is_area(const struct sql_shape *s); /* a polygon or several */

bool sql_shape_is_empty(const struct sql_shape *s); /* of a checked one: also POINT EMPTY */

/* Is the bounding box of `b` inside that of `a`, the edges included? Neither is empty. */
bool sql_shape_box_covers(const struct sql_shape *a, const struct sql_shape *b);

/*
 * Are these two small enough for one call of GEOS that compares each edge with the others near it?
 * `a` has an index where `prepared`. ERR_TOO_LARGE where the call could take more than about 0.1 s.
 */
int sql_shape_check_effort(
    const struct sql_shape *a, const struct sql_shape *b, bool prepared, struct err *e) MUST_CHECK;

#endif
