/* geometry.c: bytes of Pinot's form from courses and from text, and GEOS's geometries from
 * bytes. */
#include "sql/geometry/geometry.h"

#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 2 /* brackets of a polygon's text */

/* Writing. */

/* A line or polygon on the way: parts and points are counted before they are written. */
struct parts {
    struct buf starts, points;
    uint32_t parts_n, points_n;
};

/* Big endian, as Java writes. */
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

static uint8_t type_byte(enum sql_shape_type type, bool geography)
{
    return (uint8_t)(type | (geography ? SQL_SHAPE_GEOGRAPHY : 0));
}

/* The next point is the first of a new part. */
static void begin_part(struct parts *w)
{
    add_u32(&w->starts, w->points_n);
    w->parts_n++;
}

static void add_place(struct parts *w, double x, double y)
{
    uint8_t b[SQL_SHAPE_POINT_SIZE];

    put_f64(b, x);
    put_f64(b + 8, y);
    buf_add(&w->points, b, sizeof b);
    w->points_n++;
}

/* One part, in degrees. */
static void add_vertices(struct parts *w, const struct lonlat *vertex, size_t n)
{
    begin_part(w);
    for (size_t i = 0; i < n; i++)
        add_place(w, lonlat_deg(vertex[i].lon_nd), lonlat_deg(vertex[i].lat_nd));
}

/* Turns the last n points round, unless they run the right way as a ring. */
static void turn_ring(struct parts *w, uint32_t n, bool clockwise)
{
    uint8_t *at = (uint8_t *)w->points.data + (size_t)(w->points_n - n) * SQL_SHAPE_POINT_SIZE;
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

/* Appends the whole and releases it. */
static void finish(struct parts *w, enum sql_shape_type type, bool geography, struct buf *out)
{
    buf_addc(out, (char)type_byte(type, geography));
    add_u32(out, w->parts_n);
    add_u32(out, w->points_n);
    buf_add(out, w->starts.data ? w->starts.data : "", w->starts.len);
    buf_add(out, w->points.data ? w->points.data : "", w->points.len);
    buf_release(&w->starts);
    buf_release(&w->points);
}

void sql_geometry_point(uint8_t out[SQL_GEOMETRY_POINT_LEN], double x, double y, bool geography)
{
    out[0] = type_byte(SQL_SHAPE_POINT, geography);
    put_f64(out + 1, x);
    put_f64(out + 9, y);
}

void sql_geometry_add_point(struct buf *out, double lon_deg, double lat_deg)
{
    uint8_t b[SQL_GEOMETRY_POINT_LEN];

    sql_geometry_point(b, lon_deg, lat_deg, true);
    buf_add(out, b, sizeof b);
}

void sql_geometry_add_line(struct buf *out, const struct lonlat *vertex, size_t n)
{
    struct parts w = {.parts_n = 0};

    if (n)
        add_vertices(&w, vertex, n);
    finish(&w, SQL_SHAPE_LINE, true, out);
}

void sql_geometry_add_polygon(
    struct buf *out, const struct lonlat *vertex, const size_t *ring_len, size_t rings)
{
    struct parts w = {.parts_n = 0};

    for (size_t r = 0; r < rings; vertex += ring_len[r++]) {
        add_vertices(&w, vertex, ring_len[r]);
        turn_ring(&w, (uint32_t)ring_len[r], r == 0);
    }
    finish(&w, SQL_SHAPE_POLYGON, true, out);
}

/* From text, which GEOS reads. */

/* The line or ring `g` as the next part; nothing where it is empty. Returns its points. */
static uint32_t add_line(GEOSContextHandle_t geos, struct parts *w, const GEOSGeometry *g)
{
    const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(geos, g);
    unsigned n = 0;
    double x, y;

    (void)GEOSCoordSeq_getSize_r(geos, seq, &n);
    if (n)
        begin_part(w);
    for (unsigned i = 0; i < n; i++) {
        (void)GEOSCoordSeq_getXY_r(geos, seq, i, &x, &y);
        add_place(w, x, y);
    }
    return n;
}

/* The shell runs clockwise and its holes the other way (shape.h). An empty shell has no holes. */
static void add_rings(GEOSContextHandle_t geos, struct parts *w, const GEOSGeometry *g)
{
    int holes = GEOSGetNumInteriorRings_r(geos, g);
    uint32_t n = add_line(geos, w, GEOSGetExteriorRing_r(geos, g));

    if (!n)
        return;
    turn_ring(w, n, true);
    for (int i = 0; i < holes; i++) {
        n = add_line(geos, w, GEOSGetInteriorRingN_r(geos, g, i));
        if (n)
            turn_ring(w, n, false);
    }
}

/* POINT EMPTY is two NaNs. */
static void add_point_of(
    GEOSContextHandle_t geos, const GEOSGeometry *g, bool geography, struct buf *out)
{
    uint8_t b[SQL_GEOMETRY_POINT_LEN];
    double x = NAN, y = NAN;

    if (!GEOSisEmpty_r(geos, g)) {
        (void)GEOSGeomGetX_r(geos, g, &x);
        (void)GEOSGeomGetY_r(geos, g, &y);
    }
    sql_geometry_point(b, x, y, geography);
    buf_add(out, b, sizeof b);
}

static void add_geometry(
    GEOSContextHandle_t geos, const GEOSGeometry *g, bool geography, struct buf *out)
{
    struct parts w = {.parts_n = 0};

    switch (GEOSGeomTypeId_r(geos, g)) {
    case GEOS_POINT:
        add_point_of(geos, g, geography, out);
        return;
    case GEOS_POLYGON:
        add_rings(geos, &w, g);
        finish(&w, SQL_SHAPE_POLYGON, geography, out);
        return;
    default:
        (void)add_line(geos, &w, g);
        finish(&w, SQL_SHAPE_LINE, geography, out);
        return;
    }
}

/* Its first word says what the text is. All others are refused before GEOS sees them: it ends the
 * process at a multipoint with an empty member, and knows curves that have no bytes here. */
static int check_word(const char *wkt, struct err *e)
{
    static const char *const words[] = {"POINT", "LINESTRING", "POLYGON"};
    const char *word = wkt + strspn(wkt, " \t\r\n");
    size_t len = 0;

    while (isalpha((unsigned char)word[len]))
        len++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (len == strlen(words[i]) && strncasecmp(word, words[i], len) == 0)
            return 0;
    return err_set(e, ERR_INVALID,
        "\"%.80s\" is not a POINT, LINESTRING or POLYGON in well-known text, and others are not "
        "supported.",
        wkt);
}

/* GEOS reads all of a text before anybody can look at the clock. So its length and depth are
 * bounded first. Each point but the last is followed by a comma. */
static int check_text(const char *wkt, struct err *e)
{
    size_t points = 1;
    int depth = 0;

    if (check_word(wkt, e))
        return -1;
    for (const char *p = wkt; *p; p++) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        points += *p == ',';
        if (depth > DEPTH_MAX || p - wkt > SQL_GEOMETRY_MAX)
            return err_set(e, ERR_INVALID,
                "\"%.80s\" is too deep or too long for a geometry in well-known text.", wkt);
    }
    if (points <= SQL_SHAPE_POINTS_MAX)
        return 0;
    return err_set(e, ERR_INVALID, "A geometry has %zu points: at most %u can be taken.", points,
        SQL_SHAPE_POINTS_MAX);
}

/* GEOS's error is its own English about tokens; ours shows an example instead. */
static GEOSGeometry *read_text(GEOSContextHandle_t geos, const char *wkt, struct err *e)
{
    GEOSWKTReader *reader = GEOSWKTReader_create_r(geos);
    GEOSGeometry *g = GEOSWKTReader_read_r(geos, reader, wkt);

    GEOSWKTReader_destroy_r(geos, reader);
    if (!g)
        (void)err_set(e, ERR_INVALID,
            "\"%.80s\" is not a geometry in well-known text like POINT(-0.06 51.4).", wkt);
    return g;
}

int sql_geometry_from_text(
    GEOSContextHandle_t geos, const char *wkt, bool geography, struct buf *out, struct err *e)
{
    GEOSGeometry *g = check_text(wkt, e) ? NULL : read_text(geos, wkt, e);
    size_t before = out->len;
    struct sql_shape s;
    int rc = -1;

    if (!g)
        return -1;
    add_geometry(geos, g, geography, out);
    GEOSGeom_destroy_r(geos, g);
    if (!sql_shape_read(&s, out->data + before, out->len - before, e))
        rc = sql_shape_check_values(&s, INFINITY, e);
    if (rc)
        out->len = before;
    return rc;
}

/* To GEOS. */

/* A copy of one part. NULL where GEOS has no memory. */
static GEOSCoordSequence *part_of(GEOSContextHandle_t geos, const struct sql_shape *s, uint32_t i)
{
    GEOSCoordSequence *seq;
    const uint8_t *at;
    uint32_t n;

    sql_shape_part(s, i, &at, &n);
    seq = GEOSCoordSeq_create_r(geos, n, 2);
    for (uint32_t k = 0; seq && k < n; k++, at += SQL_SHAPE_POINT_SIZE)
        (void)GEOSCoordSeq_setXY_r(
            geos, seq, k, sql_shape_coordinate(at), sql_shape_coordinate(at + 8));
    return seq;
}

/* GEOS takes the rings over, unless one of them could not be made. */
static GEOSGeometry *make_polygon(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    GEOSGeometry **ring = mem_alloc(s->parts * sizeof(GEOSGeometry *));
    GEOSGeometry *polygon = NULL;
    uint32_t n = 0;

    for (; n < s->parts; n++) {
        ring[n] = GEOSGeom_createLinearRing_r(geos, part_of(geos, s, n));
        if (!ring[n])
            break;
    }
    if (n == s->parts)
        polygon = GEOSGeom_createPolygon_r(geos, ring[0], ring + 1, n - 1);
    else
        while (n)
            GEOSGeom_destroy_r(geos, ring[--n]);
    free(ring);
    return polygon;
}

static GEOSGeometry *make(GEOSContextHandle_t geos, const struct sql_shape *s)
{
    bool empty = sql_shape_is_empty(s);

    switch (s->type) {
    case SQL_SHAPE_LINE:
        return empty ? GEOSGeom_createEmptyLineString_r(geos)
                     : GEOSGeom_createLineString_r(geos, part_of(geos, s, 0));
    case SQL_SHAPE_POLYGON:
        return empty ? GEOSGeom_createEmptyPolygon_r(geos) : make_polygon(geos, s);
    default:
        return empty ? GEOSGeom_createEmptyPoint_r(geos)
                     : GEOSGeom_createPointFromXY_r(
                           geos, sql_shape_coordinate(s->at), sql_shape_coordinate(s->at + 8));
    }
}

GEOSGeometry *sql_geometry_make(GEOSContextHandle_t geos, const struct sql_shape *s, struct err *e)
{
    GEOSGeometry *g = make(geos, s);

    if (!g)
        (void)err_set(e, ERR_INVALID, "A geometry of %u points is not valid.", s->points);
    return g;
}
