/* spatial.c: Pinot's geometry functions. GEOS does the geometry; this file checks what it is given,
 * keeps the last prepared geometry, and writes text as Java does. */
#include "sql/spatial.h"

#include "base/mem.h"
#include "sql/functions.h"
#include "sql/geometry/distance.h"
#include "sql/geometry/geometry.h"
#include "sql/geometry/shape.h"
#include "sql/java_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A statement asks the same geofence about every row. So the geometry that was last asked is kept
 * with its index, which makes an answer some 80 ns. */
struct sql_spatial {
    GEOSContextHandle_t geos;
    struct buf bytes;
    struct sql_shape shape; /* of `bytes` */
    GEOSGeometry *geometry;
    const GEOSPreparedGeometry *prepared;
};

/* A value of SQLite, borrowed until the function returns. */
struct bytes {
    const void *at;
    size_t len;
};

/* NULL is zero bytes, which sql_shape_read refuses with a sentence. */
static struct bytes bytes_of(sqlite3_value *v)
{
    const void *at = sqlite3_value_blob(v);

    return (struct bytes){at ? at : "", (size_t)sqlite3_value_bytes(v)};
}

/* The prepared form borrows the geometry, so it goes first. */
static void forget(struct sql_spatial *s)
{
    if (s->prepared)
        GEOSPreparedGeom_destroy_r(s->geos, s->prepared);
    if (s->geometry)
        GEOSGeom_destroy_r(s->geos, s->geometry);
    s->prepared = NULL;
    s->geometry = NULL;
    buf_clear(&s->bytes);
}

/* A GEOS handle of its own: handles are not for two threads. */
struct sql_spatial *sql_spatial_new(void)
{
    struct sql_spatial *s = mem_zalloc(1, sizeof *s);

    s->geos = GEOS_init_r();
    return s;
}

void sql_spatial_free(struct sql_spatial *s)
{
    if (!s)
        return;
    forget(s);
    buf_release(&s->bytes);
    GEOS_finish_r(s->geos);
    free(s);
}

/* `b` as the geometry that is asked what it contains. An empty one has no prepared form. */
static int prepare(struct sql_spatial *s, struct bytes b, struct err *e)
{
    if (s->prepared && s->bytes.len == b.len && memcmp(s->bytes.data, b.at, b.len) == 0)
        return 0;
    forget(s);
    buf_add(&s->bytes, b.at, b.len);
    if (sql_shape_check(&s->shape, s->bytes.data ? s->bytes.data : "", s->bytes.len, e))
        return -1;
    if (sql_shape_is_empty(&s->shape))
        return 0;
    s->geometry = sql_geometry_make(s->geos, &s->shape, e);
    if (!s->geometry)
        return -1;
    s->prepared = GEOSPrepare_r(s->geos, s->geometry);
    return s->prepared ? 0 : err_set(e, ERR_INTERNAL, "A geometry could not be prepared.");
}

static void result_bytes(sqlite3_context *out, struct buf *b)
{
    sqlite3_result_blob64(out, b->len ? b->data : "", b->len, SQLITE_TRANSIENT);
    buf_release(b);
}

/* As in Pinot a geometry and a geography cannot be compared. Empty bytes are refused later, with a
 * better sentence. */
static int same_kind(struct bytes a, struct bytes b, struct err *e)
{
    if (a.len == 0 || b.len == 0 ||
        sql_shape_is_geography(a.at, a.len) == sql_shape_is_geography(b.at, b.len))
        return 0;
    return err_set(e, ERR_INVALID,
        "Both have to be geometries or both geographies: use toGeometry() or "
        "toSphericalGeography().");
}

static int not_valid(struct err *e)
{
    return err_set(e, ERR_INVALID, "The geometry is not valid: what it contains cannot be said.");
}

/* 1, 0 or -1 with an error. The bounding boxes answer most rows before GEOS has to. */
static int contains(struct sql_spatial *s, struct bytes a, struct bytes b, struct err *e)
{
    struct sql_shape shape;
    GEOSGeometry *g;
    int inside;

    if (same_kind(a, b, e) || prepare(s, a, e) || sql_shape_check(&shape, b.at, b.len, e))
        return -1;
    if (!s->prepared || sql_shape_is_empty(&shape) || !sql_shape_box_covers(&s->shape, &shape))
        return 0;
    if (sql_shape_check_effort(&s->shape, &shape, true, e))
        return -1;
    g = sql_geometry_make(s->geos, &shape, e);
    if (!g)
        return -1;
    inside = (unsigned char)GEOSPreparedContains_r(s->geos, s->prepared, g);
    GEOSGeom_destroy_r(s->geos, g);
    /* GEOS answers 2 for an exception. */
    return inside > 1 ? not_valid(e) : inside;
}

static void result_contains(sqlite3_context *out, sqlite3_value *a, sqlite3_value *b)
{
    struct err e;
    int inside = contains(sql_functions_app(out), bytes_of(a), bytes_of(b), &e);

    if (inside < 0)
        sql_functions_fail(out, &e);
    else
        sqlite3_result_int(out, inside);
}

static void st_contains(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    result_contains(out, argv[0], argv[1]);
}

static void st_within(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    result_contains(out, argv[1], argv[0]);
}

/* 1, 0 or -1 with the error. */
static int equals(struct sql_spatial *s, sqlite3_value **argv, struct err *e)
{
    struct bytes x = bytes_of(argv[0]), y = bytes_of(argv[1]);
    struct sql_shape a, b;
    GEOSGeometry *ga, *gb;
    int same = -1;

    if (sql_shape_check(&a, x.at, x.len, e) || sql_shape_check(&b, y.at, y.len, e))
        return -1;
    if (sql_shape_is_empty(&a) || sql_shape_is_empty(&b))
        return sql_shape_is_empty(&a) && sql_shape_is_empty(&b);
    if (!sql_shape_box_covers(&a, &b) || !sql_shape_box_covers(&b, &a))
        return 0;
    if (sql_shape_check_effort(&a, &b, false, e))
        return -1;
    ga = sql_geometry_make(s->geos, &a, e);
    gb = ga ? sql_geometry_make(s->geos, &b, e) : NULL;
    if (gb)
        same = GEOSEquals_r(s->geos, ga, gb) == 1;
    GEOSGeom_destroy_r(s->geos, ga);
    GEOSGeom_destroy_r(s->geos, gb);
    return same;
}

static void st_equals(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct err e;
    int same = equals(sql_functions_app(out), argv, &e);

    (void)argc;
    if (same < 0)
        sql_functions_fail(out, &e);
    else
        sqlite3_result_int(out, same);
}

/* Metres between two geographies, degrees between two geometries; NaN where one of these is empty.
 */
static int distance(
    const struct sql_spatial *s, struct bytes x, struct bytes y, double *out, struct err *e)
{
    struct sql_shape a, b;

    *out = NAN;
    if (same_kind(x, y, e) || sql_shape_read(&a, x.at, x.len, e) ||
        sql_shape_read(&b, y.at, y.len, e))
        return -1;
    if (sql_shape_is_geography(x.at, x.len))
        return sql_distance_sphere_m(&a, &b, out, e);
    if (sql_shape_check_values(&a, SQL_SHAPE_COORDINATE_MAX, e) ||
        sql_shape_check_values(&b, SQL_SHAPE_COORDINATE_MAX, e))
        return -1;
    if (sql_shape_is_empty(&a) || sql_shape_is_empty(&b))
        return 0;
    return sql_distance_plane(s->geos, &a, &b, out, e);
}

static void st_distance(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct err e;
    double d;

    (void)argc;
    if (distance(sql_functions_app(out), bytes_of(argv[0]), bytes_of(argv[1]), &d, &e))
        sql_functions_fail(out, &e);
    else
        sqlite3_result_double(out, d);
}

/* A NULL is the empty text, which is refused as no geometry. */
static void from_text(sqlite3_context *out, sqlite3_value *v, bool geography)
{
    const struct sql_spatial *s = sql_functions_app(out);
    const char *wkt = (const char *)sqlite3_value_text(v);
    struct buf b = BUF_INIT;
    struct err e;

    if (sql_geometry_from_text(s->geos, wkt ? wkt : "", geography, &b, &e)) {
        sql_functions_fail(out, &e);
        buf_release(&b);
        return;
    }
    result_bytes(out, &b);
}

static void st_geog_from_text(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    from_text(out, argv[0], true);
}

static void st_geom_from_text(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    from_text(out, argv[0], false);
}

/* The points of one part in brackets. */
static void add_points(struct buf *out, const struct sql_shape *s, uint32_t part)
{
    const uint8_t *at;
    uint32_t n;

    sql_shape_part(s, part, &at, &n);
    buf_addc(out, '(');
    for (uint32_t i = 0; i < n; i++, at += SQL_SHAPE_POINT_SIZE) {
        buf_adds(out, i ? ", " : "");
        sql_number_add_plain(out, sql_shape_f64(at));
        buf_addc(out, ' ');
        sql_number_add_plain(out, sql_shape_f64(at + 8));
    }
    buf_addc(out, ')');
}

/* POINT EMPTY is stored as two NaNs; JTS prints any such point as EMPTY. */
static bool is_finite(const struct sql_shape *s)
{
    const uint8_t *end = s->at + (size_t)s->points * SQL_SHAPE_POINT_SIZE;

    for (const uint8_t *p = s->at; p < end; p += 8)
        if (!isfinite(sql_shape_f64(p)))
            return false;
    return true;
}

int sql_spatial_text(const void *bytes, size_t len, struct buf *out, struct err *e)
{
    static const char *const words[] = {[SQL_SHAPE_POINT] = "POINT ",
        [SQL_SHAPE_LINE] = "LINESTRING ",
        [SQL_SHAPE_POLYGON] = "POLYGON "};
    struct sql_shape s;

    if (sql_shape_read(&s, bytes, len, e))
        return -1;
    buf_adds(out, words[s.type]);
    if (s.points == 0 || !is_finite(&s)) {
        buf_adds(out, "EMPTY");
        return 0;
    }
    buf_adds(out, s.type == SQL_SHAPE_POLYGON ? "(" : "");
    for (uint32_t i = 0; i < s.parts; i++) {
        buf_adds(out, i ? ", " : "");
        add_points(out, &s, i);
    }
    buf_adds(out, s.type == SQL_SHAPE_POLYGON ? ")" : "");
    return 0;
}

static void st_as_text(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct bytes g = bytes_of(argv[0]);
    struct buf b = BUF_INIT;
    struct err e;

    (void)argc;
    if (sql_spatial_text(g.at, g.len, &b, &e))
        sql_functions_fail(out, &e);
    else
        sqlite3_result_text64(out, b.data, b.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_release(&b);
}

/* Bytes that are no geometry have an empty type, not an error. */
static void st_geometry_type(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    static const char *const names[] = {[SQL_SHAPE_POINT] = "Point",
        [SQL_SHAPE_LINE] = "LineString",
        [SQL_SHAPE_POLYGON] = "Polygon"};
    struct bytes g = bytes_of(argv[0]);
    struct sql_shape s;
    struct err ignored;
    bool none = sql_shape_read(&s, g.at, g.len, &ignored) != 0;

    (void)argc;
    sqlite3_result_text(out, none ? "" : names[s.type], -1, SQLITE_STATIC);
}

/* ST_Point's third argument is a number or a text: 1 or 'true' makes a geography. */
static bool is_true(sqlite3_value *v)
{
    const char *s = (const char *)sqlite3_value_text(v);

    return sqlite3_value_int(v) != 0 || (s && sqlite3_stricmp(s, "true") == 0);
}

static void st_point(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    uint8_t b[SQL_GEOMETRY_POINT_LEN];

    sql_geometry_point(b, sqlite3_value_double(argv[0]), sqlite3_value_double(argv[1]),
        argc > 2 && is_true(argv[2]));
    sqlite3_result_blob(out, b, sizeof b, SQLITE_TRANSIENT);
}

/* The kind is one bit of the first byte. */
static void result_as(sqlite3_context *out, sqlite3_value *v, bool geography)
{
    struct bytes g = bytes_of(v);
    struct buf b = BUF_INIT;

    if (g.len == 0) {
        sqlite3_result_error(out,
            "A geometry is empty: the course of a row is not known, or has no such geometry.", -1);
        return;
    }
    buf_add(&b, g.at, g.len);
    b.data[0] = (char)(geography ? b.data[0] | 0x80 : b.data[0] & 0x7f);
    result_bytes(out, &b);
}

static void to_geometry(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    result_as(out, argv[0], false);
}

static void to_geography(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    result_as(out, argv[0], true);
}

int sql_spatial_register(struct sql_spatial *s, sqlite3 *db, struct sql_context *c)
{
    static const struct sql_function functions[] = {
        {"stcontains", 2, st_contains},
        {"stwithin", 2, st_within},
        {"stequals", 2, st_equals},
        {"stdistance", 2, st_distance},
        {"stgeogfromtext", 1, st_geog_from_text},
        {"stgeomfromtext", 1, st_geom_from_text},
        {"stastext", 1, st_as_text},
        {"stgeometrytype", 1, st_geometry_type},
        {"stpoint", 2, st_point},
        {"stpoint", 3, st_point},
        {"togeometry", 1, to_geometry},
        {"tosphericalgeography", 1, to_geography},
    };

    return sql_functions_add(db, functions, sizeof functions / sizeof functions[0], c, s);
}
