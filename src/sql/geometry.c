#include "sql/geometry.h"

#include "base/mem.h"
#include "sql/shape.h"
#include "sql/shape_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Writing. */

static void add_u32(struct buf *out, uint32_t v)
{
    const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

    buf_add(out, b, sizeof b);
}

static void put_f64(uint8_t *at, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(bits >> (56 - 8 * i));
}

static void add_xy(struct buf *out, double x, double y)
{
    uint8_t b[SQL_SHAPE_POINT_SIZE];

    put_f64(b, x);
    put_f64(b + 8, y);
    buf_add(out, b, sizeof b);
}

static void add_type(struct buf *out, enum sql_shape_type type, bool geography)
{
    buf_addc(out, (char)(type | (geography ? SQL_SHAPE_GEOGRAPHY : 0)));
}

static void turn_ring(uint8_t *at, uint32_t n, bool clockwise)
{
    uint8_t swap[SQL_SHAPE_POINT_SIZE];

    if (sql_shape_is_clockwise(at, n) == clockwise)
        return;
    for (uint32_t i = 0; i < n / 2; i++) {
        uint8_t *a = at + (size_t)i * SQL_SHAPE_POINT_SIZE;
        uint8_t *b = at + (size_t)(n - 1 - i) * SQL_SHAPE_POINT_SIZE;
        memcpy(swap, a, SQL_SHAPE_POINT_SIZE);
        memcpy(a, b, SQL_SHAPE_POINT_SIZE);
        memcpy(b, swap, SQL_SHAPE_POINT_SIZE);
    }
}

void sql_geometry_point(uint8_t out[SQL_GEOMETRY_POINT_LEN], double x, double y, bool geography)
{
    out[0] = (uint8_t)(SQL_SHAPE_POINT | (geography ? SQL_SHAPE_GEOGRAPHY : 0));
    put_f64(out + 1, x);
    put_f64(out + 9, y);
}

void sql_geometry_add_point(struct buf *out, double x, double y, bool geography)
{
    uint8_t b[SQL_GEOMETRY_POINT_LEN];

    sql_geometry_point(b, x, y, geography);
    buf_add(out, b, sizeof b);
}

void sql_geometry_add_line(struct buf *out, const struct lonlat *vertex, size_t n)
{
    add_type(out, SQL_SHAPE_LINE, true);
    add_u32(out, n ? 1 : 0);
    add_u32(out, (uint32_t)n);
    if (n)
        add_u32(out, 0);
    for (size_t i = 0; i < n; i++)
        add_xy(out, lonlat_deg(vertex[i].lon_nd), lonlat_deg(vertex[i].lat_nd));
}

void sql_geometry_add_polygon(
    struct buf *out, const struct lonlat *vertex, const size_t *ring_len, size_t rings)
{
    uint32_t points = 0;
    size_t k = 0;

    for (size_t r = 0; r < rings; r++)
        points += (uint32_t)ring_len[r];
    add_type(out, SQL_SHAPE_POLYGON, true);
    add_u32(out, (uint32_t)rings);
    add_u32(out, points);
    points = 0;
    for (size_t r = 0; r < rings; r++) {
        add_u32(out, points);
        points += (uint32_t)ring_len[r];
    }
    for (size_t r = 0; r < rings; r++) {
        size_t from = out->len;

        for (size_t i = 0; i < ring_len[r]; i++, k++)
            add_xy(out, lonlat_deg(vertex[k].lon_nd), lonlat_deg(vertex[k].lat_nd));
        turn_ring((uint8_t *)out->data + from, (uint32_t)ring_len[r], r == 0);
    }
}

/* From GEOS. */

struct collected {
    GEOSContextHandle_t geos;
    struct buf starts, points;
    uint32_t parts, points_n;
};

/* One line or ring as the next part. */
static void collect_line(struct collected *c, const GEOSGeometry *g, bool ring, bool shell)
{
    const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(c->geos, g);
    size_t from = c->points.len;
    unsigned n = 0;
    double x, y;

    (void)GEOSCoordSeq_getSize_r(c->geos, seq, &n);
    if (n == 0)
        return;
    add_u32(&c->starts, c->points_n);
    for (unsigned i = 0; i < n; i++) {
        (void)GEOSCoordSeq_getXY_r(c->geos, seq, i, &x, &y);
        add_xy(&c->points, x, y);
    }
    if (ring)
        turn_ring((uint8_t *)c->points.data + from, n, shell);
    c->parts++;
    c->points_n += n;
}

static void collect_polygon(struct collected *c, const GEOSGeometry *g)
{
    int holes = GEOSGetNumInteriorRings_r(c->geos, g);

    if (GEOSisEmpty_r(c->geos, g))
        return;
    collect_line(c, GEOSGetExteriorRing_r(c->geos, g), true, true);
    for (int i = 0; i < holes; i++)
        collect_line(c, GEOSGetInteriorRingN_r(c->geos, g, i), true, false);
}

static void add_parts(struct buf *out, struct collected *c)
{
    add_u32(out, c->parts);
    add_u32(out, c->points_n);
    buf_add(out, c->starts.data ? c->starts.data : "", c->starts.len);
    buf_add(out, c->points.data ? c->points.data : "", c->points.len);
    buf_release(&c->starts);
    buf_release(&c->points);
}

static bool has_empty_member(GEOSContextHandle_t geos, const GEOSGeometry *g, int n)
{
    for (int i = 0; i < n; i++)
        if (GEOSisEmpty_r(geos, GEOSGetGeometryN_r(geos, g, i)))
            return true;
    return false;
}

static void add_point_of(GEOSContextHandle_t geos, const GEOSGeometry *g, struct buf *out)
{
    double x = NAN, y = NAN;

    if (!GEOSisEmpty_r(geos, g)) {
        (void)GEOSGeomGetX_r(geos, g, &x);
        (void)GEOSGeomGetY_r(geos, g, &y);
    }
    add_xy(out, x, y);
}

static void add_geometry(
    GEOSContextHandle_t geos, const GEOSGeometry *g, bool geography, struct buf *out)
{
    struct collected c = {.geos = geos};
    int n = GEOSGetNumGeometries_r(geos, g);

    switch (GEOSGeomTypeId_r(geos, g)) {
    case GEOS_POINT:
        add_type(out, SQL_SHAPE_POINT, geography);
        add_point_of(geos, g, out);
        return;
    case GEOS_MULTIPOINT:
        add_type(out, SQL_SHAPE_MULTIPOINT, geography);
        add_u32(out, (uint32_t)n);
        for (int i = 0; i < n; i++)
            add_point_of(geos, GEOSGetGeometryN_r(geos, g, i), out);
        return;
    case GEOS_MULTILINESTRING:
        add_type(out, SQL_SHAPE_MULTILINE, geography);
        for (int i = 0; i < n; i++)
            collect_line(&c, GEOSGetGeometryN_r(geos, g, i), false, false);
        break;
    case GEOS_POLYGON:
        add_type(out, SQL_SHAPE_POLYGON, geography);
        collect_polygon(&c, g);
        break;
    case GEOS_MULTIPOLYGON:
        add_type(out, SQL_SHAPE_MULTIPOLYGON, geography);
        for (int i = 0; i < n; i++)
            collect_polygon(&c, GEOSGetGeometryN_r(geos, g, i));
        break;
    case GEOS_GEOMETRYCOLLECTION:
        add_type(out, SQL_SHAPE_COLLECTION, geography);
        for (int i = 0; i < n; i++)
            add_geometry(geos, GEOSGetGeometryN_r(geos, g, i), geography, out);
        return;
    default: /* GEOS_LINESTRING, GEOS_LINEARRING */
        add_type(out, SQL_SHAPE_LINE, geography);
        collect_line(&c, g, false, false);
        break;
    }
    add_parts(out, &c);
}

/* Curves of newer GEOS, and what it makes of an empty member, have no bytes of their own. */
static int check_read(GEOSContextHandle_t geos, const GEOSGeometry *g, int depth, struct err *e)
{
    int type = GEOSGeomTypeId_r(geos, g), n = GEOSGetNumGeometries_r(geos, g);

    if (type > GEOS_GEOMETRYCOLLECTION || depth > SQL_SHAPE_NESTING_MAX)
        return err_set(e, ERR_INVALID, "curves and deep collections are no geometries here");
    if (type >= GEOS_MULTIPOINT && type <= GEOS_MULTIPOLYGON && has_empty_member(geos, g, n))
        return err_set(e, ERR_INVALID, "a geometry of several has an empty member: leave it out");
    for (int i = 0; type == GEOS_GEOMETRYCOLLECTION && i < n; i++)
        if (check_read(geos, GEOSGetGeometryN_r(geos, g, i), depth + 1, e))
            return -1;
    return 0;
}

/* GEOS reads collections by calling itself, and all of a text before anybody can look: how deep and
 * how long it is are bounded before it sees it. Each point but the last is followed by a comma. */
static int check_text(const char *wkt, struct err *e)
{
    size_t points = 1;
    int depth = 0;

    for (const char *p = wkt; *p; p++) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        points += *p == ',';
        if (depth > SQL_SHAPE_NESTING_MAX || p - wkt > SQL_GEOMETRY_MAX)
            return err_set(e, ERR_INVALID,
                "\"%.80s\" is too deep or too long for a geometry in well-known text", wkt);
    }
    if (points <= SQL_SHAPE_POINTS_MAX)
        return 0;
    return err_set(e, ERR_INVALID, "a geometry has %zu points: at most %u can be taken", points,
        SQL_SHAPE_POINTS_MAX);
}

static GEOSGeometry *read_text(GEOSContextHandle_t geos, const char *wkt, struct err *e)
{
    GEOSWKTReader *reader = GEOSWKTReader_create_r(geos);
    GEOSGeometry *g = GEOSWKTReader_read_r(geos, reader, wkt);

    GEOSWKTReader_destroy_r(geos, reader);
    if (!g)
        (void)err_set(e, ERR_INVALID,
            "\"%.80s\" is not a geometry in well-known text like POINT(-0.06 51.4)", wkt);
    return g;
}

int sql_geometry_from_text(
    GEOSContextHandle_t geos, const char *wkt, bool geography, struct buf *out, struct err *e)
{
    GEOSGeometry *g = check_text(wkt, e) ? NULL : read_text(geos, wkt, e);
    size_t before = out->len;
    int rc = g ? check_read(geos, g, 0, e) : -1;

    if (!rc) {
        add_geometry(geos, g, geography, out);
        rc = sql_shape_check_all(out->data + before, out->len - before, e);
    }
    GEOSGeom_destroy_r(geos, g);
    if (rc)
        out->len = before;
    return rc;
}

/* To GEOS. */

static GEOSCoordSequence *sequence_of(GEOSContextHandle_t geos, const uint8_t *at, uint32_t n)
{
    GEOSCoordSequence *seq = GEOSCoordSeq_create_r(geos, n, 2);

    for (uint32_t i = 0; seq && i < n; i++, at += SQL_SHAPE_POINT_SIZE)
        (void)GEOSCoordSeq_setXY_r(
            geos, seq, i, sql_shape_coordinate(at), sql_shape_coordinate(at + 8));
    return seq;
}

static GEOSGeometry *read_line(
    GEOSContextHandle_t geos, const struct sql_shape *s, uint32_t part, bool ring)
{
    const uint8_t *at;
    uint32_t n;

    sql_shape_part(s, part, &at, &n);
    return ring ? GEOSGeom_createLinearRing_r(geos, sequence_of(geos, at, n))
                : GEOSGeom_createLineString_r(geos, sequence_of(geos, at, n));
}

static GEOSGeometry *read_point(GEOSContextHandle_t geos, const uint8_t *at)
{
    return GEOSGeom_createPointFromXY_r(
        geos, sql_shape_coordinate(at), sql_shape_coordinate(at + 8));
}

/* The polygon whose shell is part `from`; `to` becomes the part behind its last hole. */
static GEOSGeometry *read_polygon(
    GEOSContextHandle_t geos, const struct sql_shape *s, uint32_t from, uint32_t *to)
{
    GEOSGeometry *shell = read_line(geos, s, from, true);
    GEOSGeometry **hole = mem_alloc(s->parts * sizeof(GEOSGeometry *));
    GEOSGeometry *polygon = NULL;
    uint32_t n = 0;
    bool bad = !shell;

    for (*to = from + 1; *to < s->parts && !sql_shape_begins_polygon(s, *to); (*to)++) {
        hole[n] = read_line(geos, s, *to, true);
        bad = bad || !hole[n];
        n += hole[n] ? 1 : 0;
    }
    if (!bad) {
        polygon = GEOSGeom_createPolygon_r(geos, shell, hole, n);
    } else {
        GEOSGeom_destroy_r(geos, shell);
        for (uint32_t i = 0; i < n; i++)
            GEOSGeom_destroy_r(geos, hole[i]);
    }
    free(hole);
    return polygon;
}

static GEOSGeometry *read_many(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    GEOSGeometry **part = mem_alloc((s->parts + s->points) * sizeof(GEOSGeometry *));
    uint32_t n = 0, next;
    bool bad = false;
    GEOSGeometry *g = NULL;
    int type = s->type == SQL_SHAPE_MULTIPOINT  ? GEOS_MULTIPOINT
               : s->type == SQL_SHAPE_MULTILINE ? GEOS_MULTILINESTRING
                                                : GEOS_MULTIPOLYGON;

    for (uint32_t i = 0; i < (type == GEOS_MULTIPOINT ? s->points : s->parts) && !bad; i = next) {
        next = i + 1;
        part[n] = type == GEOS_MULTIPOINT
                      ? read_point(geos, s->at + (size_t)i * SQL_SHAPE_POINT_SIZE)
                  : type == GEOS_MULTILINESTRING ? read_line(geos, s, i, false)
                                                 : read_polygon(geos, s, i, &next);
        bad = !part[n];
        n += bad ? 0 : 1;
    }
    if (!bad)
        g = GEOSGeom_createCollection_r(geos, type, part, n);
    else
        for (uint32_t i = 0; i < n; i++)
            GEOSGeom_destroy_r(geos, part[i]);
    free(part);
    return g;
}

static GEOSGeometry *read_shape(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    uint32_t to;

    switch (s->type) {
    case SQL_SHAPE_POINT:
        return sql_shape_is_empty(s) ? GEOSGeom_createEmptyPoint_r(geos) : read_point(geos, s->at);
    case SQL_SHAPE_LINE:
        return s->points ? read_line(geos, s, 0, false) : GEOSGeom_createEmptyLineString_r(geos);
    case SQL_SHAPE_POLYGON:
        return s->points ? read_polygon(geos, s, 0, &to) : GEOSGeom_createEmptyPolygon_r(geos);
    default:
        return read_many(geos, s);
    }
}

GEOSGeometry *sql_geometry_make(GEOSContextHandle_t geos, const struct sql_shape *s, struct err *e)
{
    GEOSGeometry *g = read_shape(geos, s);

    if (!g)
        (void)err_set(e, ERR_INVALID, "a geometry of %u points is not valid", s->points);
    return g;
}

GEOSGeometry *sql_geometry_read(
    GEOSContextHandle_t geos, const void *bytes, size_t len, struct err *e)
{
    struct sql_shape s;

    return sql_shape_check(&s, bytes, len, e) ? NULL : sql_geometry_make(geos, &s, e);
}
