/*
 * shape.h: a look at a geometry's bytes (sql_geometry.h says what they are), without copying
 * them: its points, its text, how far apart two of them are. The bytes may be anybody's: everything
 * is checked against their length first.
 */
#ifndef SQL_SHAPE_H
#define SQL_SHAPE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_SHAPE_GEOGRAPHY 0x80u
#define SQL_SHAPE_POINT_SIZE 16u
#define SQL_SHAPE_NESTING_MAX 8 /* collections in collections */

enum sql_shape_type {
    SQL_SHAPE_POINT,
    SQL_SHAPE_MULTIPOINT,
    SQL_SHAPE_LINE,
    SQL_SHAPE_MULTILINE,
    SQL_SHAPE_POLYGON,
    SQL_SHAPE_MULTIPOLYGON,
    SQL_SHAPE_COLLECTION,
};

/* One geometry looked at in place: where its numbers are. */
struct sql_shape {
    enum sql_shape_type type;
    uint32_t parts; /* 1 for a point, a multipoint and what is empty */
    uint32_t points;
    const uint8_t *starts; /* NULL: one part from 0 */
    const uint8_t *at;     /* the points */
    const uint8_t *end;    /* behind them */
};

/* The geometry at `p` (of a collection only its head). -1: these bytes are none. */
int sql_shape_look(struct sql_shape *s, const uint8_t *p, size_t left) MUST_CHECK;

/* Part number i: its first point and how many. */
void sql_shape_part(const struct sql_shape *s, uint32_t i, const uint8_t **at, uint32_t *n);
bool sql_shape_begins_polygon(
    const struct sql_shape *s, uint32_t part); /* it is a shell, not a hole */

double sql_shape_f64(const uint8_t *at);
/* Twice the area of a ring, above 0 where it runs clockwise. `terms`: the sum of what was added,
 * without signs, of which the result's rounding error is a small part. */
double sql_shape_twice_area(const uint8_t *at, uint32_t n, double *terms);
bool sql_shape_is_clockwise(const uint8_t *at, uint32_t n);

/* ERR_INVALID: empty bytes, or none of a geometry. Returns -1. */
int sql_shape_refuse(size_t len, struct err *e);

bool sql_shape_is_geography(const void *bytes, size_t len);
const char *sql_shape_type(
    const void *bytes, size_t len); /* "Point", "Polygon", ...; "" for none */

/* Well-known text as JTS writes it: "LINESTRING (0 0, 1.5 2)". */
int sql_shape_text(const void *bytes, size_t len, struct buf *out, struct err *e) MUST_CHECK;

/* Great circle between two points on a sphere of 6,371,010 m (Vincenty's formula), Pinot's
 * ST_Distance of geographies. */
int sql_shape_sphere_m(const void *a, size_t a_len, const void *b, size_t b_len, double *out,
    struct err *e) MUST_CHECK;

#endif
