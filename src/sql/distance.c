#include "sql/distance.h"

#include "base/cancel.h"
#include "base/mem.h"
#include "sql/shape_check.h"

#include <math.h>
#include <stdlib.h>

/* Points of one geometry times points of a piece of the other: at worst 0.1 µs each. */
#define PIECE_EFFORT 1000000u
#define PIECE_MAX 64u /* points */
#define EDGES_BETWEEN_CLOCKS 100000u

/* Part number i; of a multipoint its point number i. */
static void member(const struct sql_shape *s, uint32_t i, const uint8_t **at, uint32_t *n)
{
    if (s->type == SQL_SHAPE_MULTIPOINT) {
        *at = s->at + (size_t)i * SQL_SHAPE_POINT_SIZE;
        *n = 1;
    } else {
        sql_shape_part(s, i, at, n);
    }
}

static uint32_t members(const struct sql_shape *s)
{
    return s->type == SQL_SHAPE_MULTIPOINT ? s->points : s->parts;
}

/* Does a ray from the point to the right cross this ring an odd number of times? */
static bool crosses_odd(const uint8_t *ring, uint32_t n, double x, double y)
{
    bool odd = false;

    for (uint32_t i = 1; i < n; i++, ring += SQL_SHAPE_POINT_SIZE) {
        double x0 = sql_shape_coordinate(ring), y0 = sql_shape_coordinate(ring + 8);
        double x1 = sql_shape_coordinate(ring + 16), y1 = sql_shape_coordinate(ring + 24);

        if ((y0 > y) != (y1 > y) && x < x0 + (x1 - x0) * ((y - y0) / (y1 - y0)))
            odd = !odd;
    }
    return odd;
}

static bool area_contains(const struct sql_shape *area, double x, double y)
{
    bool inside = false;

    for (uint32_t i = 0; i < area->parts; i++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(area, i, &at, &n);
        inside ^= crosses_odd(at, n, x, y);
    }
    return inside;
}

/* Is the first point of any member of `s` inside `area`? Where the edges do not touch, the rest of
 * the member is on the same side. 1 yes, 0 no, -1 the time is up. */
static int any_inside(const struct sql_shape *area, const struct sql_shape *s)
{
    uint64_t edges = 0;

    for (uint32_t i = 0; sql_shape_is_area(area) && i < members(s); i++) {
        const uint8_t *at;
        uint32_t n;

        if ((edges += area->points) >= EDGES_BETWEEN_CLOCKS) {
            if (cancel_due())
                return -1;
            edges = 0;
        }
        member(s, i, &at, &n);
        if (area_contains(area, sql_shape_coordinate(at), sql_shape_coordinate(at + 8)))
            return 1;
    }
    return 0;
}

static bool is_one_place(const uint8_t *at, uint32_t n)
{
    double x = sql_shape_coordinate(at), y = sql_shape_coordinate(at + 8);

    for (uint32_t i = 1; i < n; i++) {
        at += SQL_SHAPE_POINT_SIZE;
        if (sql_shape_coordinate(at) != x || sql_shape_coordinate(at + 8) != y)
            return false;
    }
    return true;
}

/* A line along `n` points. Where all are the same place it is a point: GEOS's index passes by lines
 * of no length. NULL where GEOS refuses. */
static GEOSGeometry *line_along(GEOSContextHandle_t geos, const uint8_t *at, uint32_t n)
{
    GEOSCoordSequence *seq;

    if (is_one_place(at, n))
        return GEOSGeom_createPointFromXY_r(
            geos, sql_shape_coordinate(at), sql_shape_coordinate(at + 8));
    seq = GEOSCoordSeq_create_r(geos, n, 2);
    for (uint32_t i = 0; seq && i < n; i++, at += SQL_SHAPE_POINT_SIZE)
        (void)GEOSCoordSeq_setXY_r(
            geos, seq, i, sql_shape_coordinate(at), sql_shape_coordinate(at + 8));
    return seq ? GEOSGeom_createLineString_r(geos, seq) : NULL;
}

/* All edges as one geometry. With points among them GEOS goes without its index, which is slower.
 */
static GEOSGeometry *outline(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    GEOSGeometry **line = mem_alloc(members(s) * sizeof(GEOSGeometry *));
    GEOSGeometry *all = NULL;
    bool lines = true;
    uint32_t made = 0;

    for (; made < members(s); made++) {
        const uint8_t *at;
        uint32_t n;

        member(s, made, &at, &n);
        line[made] = line_along(geos, at, n);
        if (!line[made])
            break;
        lines = lines && GEOSGeomTypeId_r(geos, line[made]) == GEOS_LINESTRING;
    }
    if (made == members(s))
        all = GEOSGeom_createCollection_r(
            geos, lines ? GEOS_MULTILINESTRING : GEOS_GEOMETRYCOLLECTION, line, made);
    else
        for (uint32_t i = 0; i < made; i++)
            GEOSGeom_destroy_r(geos, line[i]);
    free(line);
    return all;
}

static int impossible(struct err *e)
{
    return err_set(e, ERR_INVALID, "the distance between these geometries cannot be said");
}

/* The least distance from the index to one member, piece by piece. */
static int measure_member(GEOSContextHandle_t geos, const GEOSPreparedGeometry *index,
    const uint8_t *at, uint32_t n, uint32_t piece, double *least, struct err *e)
{
    for (uint32_t from = 0; from == 0 || from + 1 < n; from += piece - 1) {
        uint32_t left = n - from;
        GEOSGeometry *g =
            line_along(geos, at + (size_t)from * SQL_SHAPE_POINT_SIZE, left < piece ? left : piece);
        double d = NAN;
        int ok = g && GEOSPreparedDistance_r(geos, index, g, &d);

        GEOSGeom_destroy_r(geos, g);
        if (!ok || isnan(d))
            return impossible(e);
        *least = fmin(*least, d);
        if (*least == 0)
            return 0;
        if (cancel_due())
            return cancel_fail(e);
    }
    return 0;
}

static int measure(GEOSContextHandle_t geos, const struct sql_shape *indexed,
    const struct sql_shape *other, double *out, struct err *e)
{
    GEOSGeometry *lines = outline(geos, indexed);
    const GEOSPreparedGeometry *index = lines ? GEOSPrepare_r(geos, lines) : NULL;
    uint32_t piece = PIECE_EFFORT / indexed->points;
    int rc = index ? 0 : impossible(e);

    piece = piece > PIECE_MAX ? PIECE_MAX : piece < 2 ? 2 : piece;
    *out = INFINITY;
    for (uint32_t i = 0; !rc && *out > 0 && i < members(other); i++) {
        const uint8_t *at;
        uint32_t n;

        member(other, i, &at, &n);
        rc = measure_member(geos, index, at, n, piece, out, e);
    }
    if (index)
        GEOSPreparedGeom_destroy_r(geos, index);
    GEOSGeom_destroy_r(geos, lines);
    return rc;
}

static bool is_points(const struct sql_shape *s)
{
    return s->type == SQL_SHAPE_POINT || s->type == SQL_SHAPE_MULTIPOINT;
}

static int measure_points(
    const struct sql_shape *a, const struct sql_shape *b, double *out, struct err *e)
{
    uint64_t pairs = 0;

    *out = INFINITY;
    for (uint32_t i = 0; i < a->points; i++) {
        const uint8_t *p = a->at + (size_t)i * SQL_SHAPE_POINT_SIZE;
        double x = sql_shape_coordinate(p), y = sql_shape_coordinate(p + 8);

        for (const uint8_t *q = b->at; q < b->end; q += SQL_SHAPE_POINT_SIZE)
            *out = fmin(*out, hypot(x - sql_shape_coordinate(q), y - sql_shape_coordinate(q + 8)));
        if ((pairs += b->points) >= EDGES_BETWEEN_CLOCKS) {
            if (cancel_due())
                return cancel_fail(e);
            pairs = 0;
        }
    }
    return 0;
}

/* Is `a` the one to make the index of? Lines have one, and the larger gains more. */
static bool index_first(const struct sql_shape *a, const struct sql_shape *b)
{
    if (is_points(a) || is_points(b))
        return !is_points(a);
    return a->points >= b->points;
}

int sql_distance(GEOSContextHandle_t geos, const struct sql_shape *a, const struct sql_shape *b,
    double *out, struct err *e)
{
    int inside = any_inside(a, b);

    if (inside == 0)
        inside = any_inside(b, a);
    if (inside < 0)
        return cancel_fail(e);
    *out = 0;
    if (inside)
        return 0;
    if (is_points(a) && is_points(b))
        return measure_points(a, b, out, e);
    return index_first(a, b) ? measure(geos, a, b, out, e) : measure(geos, b, a, out, e);
}
