/* distance.c: GEOS's own distance may compare every edge with every other and looks at no clock.
 * Here one geometry gets an index, and the other is measured against it in pieces, with a look at
 * the clock after each. */
#include "sql/geometry/distance.h"

#include "base/cancel.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define EARTH_RADIUS_M 6371010.0 /* Pinot's */

/* Points of one geometry times points of a piece of the other: at worst 0.1 µs each. */
#define PIECE_EFFORT 1000000u
#define PIECE_MAX 64u /* points */

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

/* Is the first point of `s` inside `area`? Where the edges do not touch, the rest of it is on the
 * same side. */
static bool is_inside(const struct sql_shape *area, const struct sql_shape *s)
{
    double x = sql_shape_coordinate(s->at), y = sql_shape_coordinate(s->at + 8);
    bool inside = false;

    for (uint32_t i = 0; area->type == SQL_SHAPE_POLYGON && i < area->parts; i++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(area, i, &at, &n);
        inside ^= crosses_odd(at, n, x, y);
    }
    return inside;
}

/* Do all n points lie in one place? */
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

/* All edges as one geometry. Only a line can be one place, and it is alone. */
static GEOSGeometry *outline(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    GEOSGeometry **line = mem_alloc(s->parts * sizeof(GEOSGeometry *));
    GEOSGeometry *all = NULL;
    uint32_t made = 0;

    for (; made < s->parts; made++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(s, made, &at, &n);
        line[made] = line_along(geos, at, n);
        if (!line[made])
            break;
    }
    if (made == 1 && s->parts == 1)
        all = line[0];
    else if (made == s->parts)
        all = GEOSGeom_createCollection_r(geos, GEOS_MULTILINESTRING, line, made);
    else
        while (made)
            GEOSGeom_destroy_r(geos, line[--made]);
    free(line);
    return all;
}

static int impossible(struct err *e)
{
    return err_set(e, ERR_INVALID, "The distance between these geometries cannot be said.");
}

/* The least distance from the index to one part, piece by piece. */
static int measure_part(GEOSContextHandle_t geos, const GEOSPreparedGeometry *index,
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

/* A piece is shorter where the indexed geometry is large, so that each takes about the same
 * time. */
static int measure(GEOSContextHandle_t geos, const struct sql_shape *indexed,
    const struct sql_shape *other, double *out, struct err *e)
{
    GEOSGeometry *lines = outline(geos, indexed);
    const GEOSPreparedGeometry *index = lines ? GEOSPrepare_r(geos, lines) : NULL;
    uint32_t piece = PIECE_EFFORT / indexed->points;
    int rc = index ? 0 : impossible(e);

    piece = piece > PIECE_MAX ? PIECE_MAX : piece < 2 ? 2 : piece;
    *out = INFINITY;
    for (uint32_t i = 0; !rc && *out > 0 && i < other->parts; i++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(other, i, &at, &n);
        rc = measure_part(geos, index, at, n, piece, out, e);
    }
    if (index)
        GEOSPreparedGeom_destroy_r(geos, index);
    GEOSGeom_destroy_r(geos, lines);
    return rc;
}

/* Only edges are measured, so a geometry inside of an area is looked for first: its distance is
 * 0. */
int sql_distance_plane(GEOSContextHandle_t geos, const struct sql_shape *a,
    const struct sql_shape *b, double *out, struct err *e)
{
    if (a->type == SQL_SHAPE_POINT && b->type == SQL_SHAPE_POINT) {
        *out = hypot(sql_shape_coordinate(a->at) - sql_shape_coordinate(b->at),
            sql_shape_coordinate(a->at + 8) - sql_shape_coordinate(b->at + 8));
        return 0;
    }
    *out = 0;
    if (is_inside(a, b) || is_inside(b, a))
        return 0;
    /* The larger one gains more from an index. A point is the smallest. */
    return a->points >= b->points ? measure(geos, a, b, out, e) : measure(geos, b, a, out, e);
}

/* Pinot measures on the sphere between points only. */
static int check_place(const struct sql_shape *s, double *lon_deg, double *lat_deg, struct err *e)
{
    if (s->type != SQL_SHAPE_POINT)
        return err_set(e, ERR_INVALID, "The distance between geographies is between two points.");
    *lon_deg = sql_shape_f64(s->at);
    *lat_deg = sql_shape_f64(s->at + 8);
    if (!(fabs(*lat_deg) <= 90))
        return err_set(e, ERR_INVALID, "A latitude is between -90 and 90, not %g.", *lat_deg);
    if (!(fabs(*lon_deg) <= 180))
        return err_set(e, ERR_INVALID, "A longitude is between -180 and 180, not %g.", *lon_deg);
    return 0;
}

/* The formula of Vincenty for a sphere: exact for near and opposite points, where the haversine and
 * the cosine lose digits. */
int sql_distance_sphere_m(
    const struct sql_shape *a, const struct sql_shape *b, double *out, struct err *e)
{
    double lon1 = 0, lat1 = 0, lon2 = 0, lat2 = 0, d, t1, t2, t3;
    const double rad = M_PI / 180;

    if (check_place(a, &lon1, &lat1, e) || check_place(b, &lon2, &lat2, e))
        return -1;
    d = lon1 * rad - lon2 * rad;
    lat1 *= rad;
    lat2 *= rad;
    t1 = cos(lat2) * sin(d);
    t2 = cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(d);
    t3 = sin(lat1) * sin(lat2) + cos(lat1) * cos(lat2) * cos(d);
    *out = atan2(sqrt(t1 * t1 + t2 * t2), t3) * EARTH_RADIUS_M;
    return 0;
}
