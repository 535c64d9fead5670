#include "store/sql_geometry.h"

#include "base/mem.h"
#include "store/sql_number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GEOGRAPHY 0x80u
#define EARTH_RADIUS_M 6371010.0
#define NESTING_MAX 8
#define POINT_SIZE 16u

enum shape_type {
    SHAPE_POINT,
    SHAPE_MULTIPOINT,
    SHAPE_LINE,
    SHAPE_MULTILINE,
    SHAPE_POLYGON,
    SHAPE_MULTIPOLYGON,
    SHAPE_COLLECTION,
};

static const char *const type_names[] = {"Point", "MultiPoint", "LineString", "MultiLineString",
    "Polygon", "MultiPolygon", "GeometryCollection"};

/* One geometry looked at in place: where its numbers are. */
struct shape {
    enum shape_type type;
    uint32_t parts; /* 1 for a point, a multipoint and what is empty */
    uint32_t points;
    const uint8_t *starts; /* NULL: one part from 0 */
    const uint8_t *at;     /* the points */
    const uint8_t *end;    /* behind them */
};

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
    uint8_t b[POINT_SIZE];

    put_f64(b, x);
    put_f64(b + 8, y);
    buf_add(out, b, sizeof b);
}

static double get_f64(const uint8_t *at)
{
    uint64_t bits = 0;
    double v;

    for (int i = 0; i < 8; i++)
        bits = bits << 8 | at[i];
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void add_type(struct buf *out, enum shape_type type, bool geography)
{
    buf_addc(out, (char)(type | (geography ? GEOGRAPHY : 0)));
}

/* Pinot's own sum over the edges; the sign of twice the area. */
static bool is_clockwise(const uint8_t *at, uint32_t n)
{
    double area = 0;

    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *a = at + (size_t)(i ? i - 1 : n - 1) * POINT_SIZE;
        const uint8_t *b = at + (size_t)i * POINT_SIZE;
        area += (get_f64(b) - get_f64(a)) * (get_f64(b + 8) + get_f64(a + 8));
    }
    return area > 0;
}

static void turn_ring(uint8_t *at, uint32_t n, bool clockwise)
{
    uint8_t swap[POINT_SIZE];

    if (is_clockwise(at, n) == clockwise)
        return;
    for (uint32_t i = 0; i < n / 2; i++) {
        uint8_t *a = at + (size_t)i * POINT_SIZE;
        uint8_t *b = at + (size_t)(n - 1 - i) * POINT_SIZE;
        memcpy(swap, a, POINT_SIZE);
        memcpy(a, b, POINT_SIZE);
        memcpy(b, swap, POINT_SIZE);
    }
}

void sql_geometry_point(uint8_t out[SQL_GEOMETRY_POINT_LEN], double x, double y, bool geography)
{
    out[0] = (uint8_t)(SHAPE_POINT | (geography ? GEOGRAPHY : 0));
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
    add_type(out, SHAPE_LINE, true);
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
    add_type(out, SHAPE_POLYGON, true);
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
        add_type(out, SHAPE_POINT, geography);
        add_point_of(geos, g, out);
        return;
    case GEOS_MULTIPOINT:
        add_type(out, SHAPE_MULTIPOINT, geography);
        add_u32(out, (uint32_t)n);
        for (int i = 0; i < n; i++)
            add_point_of(geos, GEOSGetGeometryN_r(geos, g, i), out);
        return;
    case GEOS_MULTILINESTRING:
        add_type(out, SHAPE_MULTILINE, geography);
        for (int i = 0; i < n; i++)
            collect_line(&c, GEOSGetGeometryN_r(geos, g, i), false, false);
        break;
    case GEOS_POLYGON:
        add_type(out, SHAPE_POLYGON, geography);
        collect_polygon(&c, g);
        break;
    case GEOS_MULTIPOLYGON:
        add_type(out, SHAPE_MULTIPOLYGON, geography);
        for (int i = 0; i < n; i++)
            collect_polygon(&c, GEOSGetGeometryN_r(geos, g, i));
        break;
    case GEOS_GEOMETRYCOLLECTION:
        add_type(out, SHAPE_COLLECTION, geography);
        for (int i = 0; i < n; i++)
            add_geometry(geos, GEOSGetGeometryN_r(geos, g, i), geography, out);
        return;
    default: /* GEOS_LINESTRING, GEOS_LINEARRING */
        add_type(out, SHAPE_LINE, geography);
        collect_line(&c, g, false, false);
        break;
    }
    add_parts(out, &c);
}

/* GEOS reads collections by calling itself: how deep is bounded before it sees them. */
static bool nests_too_deep(const char *wkt)
{
    int depth = 0;

    for (const char *p = wkt; *p; p++) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        if (depth > NESTING_MAX)
            return true;
    }
    return false;
}

int sql_geometry_from_text(
    GEOSContextHandle_t geos, const char *wkt, bool geography, struct buf *out, struct err *e)
{
    GEOSWKTReader *reader;
    GEOSGeometry *g = NULL;

    if (strlen(wkt) <= SQL_GEOMETRY_MAX && !nests_too_deep(wkt)) {
        reader = GEOSWKTReader_create_r(geos);
        g = GEOSWKTReader_read_r(geos, reader, wkt);
        GEOSWKTReader_destroy_r(geos, reader);
    }
    if (!g)
        return err_set(e, ERR_INVALID,
            "\"%.80s\" is not a geometry in well-known text like POINT(-0.06 51.4)", wkt);
    add_geometry(geos, g, geography, out);
    GEOSGeom_destroy_r(geos, g);
    return 0;
}

/* Reading. */

static int bad_bytes(size_t len, struct err *e)
{
    if (len == 0)
        return err_set(e, ERR_INVALID,
            "a geometry is empty: the course of a row is not known, or has no such geometry");
    return err_set(e, ERR_INVALID, "%zu bytes are not a geometry", len);
}

static int look_parts(struct shape *s, const uint8_t *p, size_t left)
{
    if (left < 8)
        return -1;
    s->parts = get_u32(p);
    s->points = get_u32(p + 4);
    p += 8;
    left -= 8;
    if (s->parts == 0 || s->points == 0) {
        s->parts = s->points = 0;
        s->at = s->end = p;
        return 0;
    }
    if (s->parts > s->points || s->points > left / POINT_SIZE ||
        (size_t)s->parts * 4 + (size_t)s->points * POINT_SIZE > left)
        return -1;
    s->starts = p;
    s->at = p + (size_t)s->parts * 4;
    s->end = s->at + (size_t)s->points * POINT_SIZE;
    for (uint32_t i = 0, last = 0; i < s->parts; i++) {
        uint32_t start = get_u32(p + (size_t)i * 4);

        if ((i == 0 && start != 0) || (i > 0 && start <= last) || start >= s->points)
            return -1;
        last = start;
    }
    return s->parts > 1 && (s->type == SHAPE_LINE) ? -1 : 0;
}

/* The geometry at p (a collection: only its head). -1: these bytes are none. */
static int look(struct shape *s, const uint8_t *p, size_t left)
{
    if (left < 1 || (p[0] & ~GEOGRAPHY) > SHAPE_COLLECTION)
        return -1;
    *s = (struct shape){.type = (enum shape_type)(p[0] & ~GEOGRAPHY), .parts = 1};
    p++;
    left--;
    s->at = s->end = p;
    if (s->type == SHAPE_COLLECTION)
        return 0;
    if (s->type != SHAPE_POINT && s->type != SHAPE_MULTIPOINT)
        return look_parts(s, p, left);
    s->points = 1;
    if (s->type == SHAPE_MULTIPOINT) {
        if (left < 4)
            return -1;
        s->points = get_u32(p);
        s->at += 4;
        left -= 4;
    }
    if (s->points > left / POINT_SIZE)
        return -1;
    s->end = s->at + (size_t)s->points * POINT_SIZE;
    return 0;
}

static void part_of(const struct shape *s, uint32_t i, const uint8_t **at, uint32_t *n)
{
    uint32_t from = s->starts ? get_u32(s->starts + (size_t)i * 4) : 0;
    uint32_t to =
        s->starts && i + 1 < s->parts ? get_u32(s->starts + (size_t)(i + 1) * 4) : s->points;

    *at = s->at + (size_t)from * POINT_SIZE;
    *n = to - from;
}

bool sql_geometry_is_geography(const void *bytes, size_t len)
{
    return len > 0 && (*(const uint8_t *)bytes & GEOGRAPHY) != 0;
}

const char *sql_geometry_type(const void *bytes, size_t len)
{
    struct shape s;

    return look(&s, bytes, len) ? "" : type_names[s.type];
}

/* As text. */

static void text_points(struct buf *out, const uint8_t *at, uint32_t n, bool each_in_brackets)
{
    buf_addc(out, '(');
    for (uint32_t i = 0; i < n; i++, at += POINT_SIZE) {
        buf_adds(out, i ? ", " : "");
        buf_adds(out, each_in_brackets ? "(" : "");
        sql_number_add_plain(out, get_f64(at));
        buf_addc(out, ' ');
        sql_number_add_plain(out, get_f64(at + 8));
        buf_adds(out, each_in_brackets ? ")" : "");
    }
    buf_addc(out, ')');
}

static bool begins_polygon(const struct shape *s, uint32_t part)
{
    const uint8_t *at;
    uint32_t n;

    part_of(s, part, &at, &n);
    return part == 0 || is_clockwise(at, n);
}

static void text_parts(struct buf *out, const struct shape *s)
{
    const uint8_t *at;
    uint32_t n;

    buf_addc(out, '(');
    for (uint32_t i = 0; i < s->parts; i++) {
        bool opens = s->type == SHAPE_MULTIPOLYGON && begins_polygon(s, i);

        buf_adds(out, i && opens ? "), " : i ? ", " : "");
        buf_adds(out, opens ? "(" : "");
        part_of(s, i, &at, &n);
        text_points(out, at, n, false);
    }
    buf_adds(out, s->type == SHAPE_MULTIPOLYGON ? "))" : ")");
}

static bool is_finite(const struct shape *s)
{
    for (const uint8_t *p = s->at; p < s->end; p += 8)
        if (!isfinite(get_f64(p)))
            return false;
    return true;
}

static const uint8_t *text_shape(struct buf *out, const uint8_t *p, const uint8_t *end, int depth)
{
    struct shape s;

    if (depth > NESTING_MAX || look(&s, p, (size_t)(end - p)))
        return NULL;
    for (const char *c = type_names[s.type]; *c; c++)
        buf_addc(out, (char)toupper((unsigned char)*c));
    buf_addc(out, ' ');
    if (s.type == SHAPE_COLLECTION && s.at < end) {
        for (p = s.at, buf_addc(out, '('); p && p < end;) {
            buf_adds(out, p > s.at ? ", " : "");
            p = text_shape(out, p, end, depth + 1);
        }
        buf_addc(out, ')');
        return p;
    }
    if (s.at == s.end || !is_finite(&s))
        buf_adds(out, "EMPTY");
    else if (s.type <= SHAPE_LINE)
        text_points(out, s.at, s.points, s.type == SHAPE_MULTIPOINT);
    else
        text_parts(out, &s);
    return s.end;
}

int sql_geometry_text(const void *bytes, size_t len, struct buf *out, struct err *e)
{
    const uint8_t *p = bytes;
    size_t before = out->len;

    if (len > 0 && text_shape(out, p, p + len, 0))
        return 0;
    out->len = before;
    return bad_bytes(len, e);
}

/* To GEOS. */

static GEOSCoordSequence *sequence_of(GEOSContextHandle_t geos, const uint8_t *at, uint32_t n)
{
    GEOSCoordSequence *seq = GEOSCoordSeq_create_r(geos, n, 2);

    for (uint32_t i = 0; seq && i < n; i++, at += POINT_SIZE)
        (void)GEOSCoordSeq_setXY_r(geos, seq, i, get_f64(at), get_f64(at + 8));
    return seq;
}

static GEOSGeometry *read_line(
    GEOSContextHandle_t geos, const struct shape *s, uint32_t part, bool ring)
{
    const uint8_t *at;
    uint32_t n;

    part_of(s, part, &at, &n);
    return ring ? GEOSGeom_createLinearRing_r(geos, sequence_of(geos, at, n))
                : GEOSGeom_createLineString_r(geos, sequence_of(geos, at, n));
}

static GEOSGeometry *read_point(GEOSContextHandle_t geos, const uint8_t *at)
{
    double x = get_f64(at), y = get_f64(at + 8);

    return isnan(x) || isnan(y) ? GEOSGeom_createEmptyPoint_r(geos)
                                : GEOSGeom_createPointFromXY_r(geos, x, y);
}

/* The polygon whose shell is part `from`; `to` becomes the part behind its last hole. */
static GEOSGeometry *read_polygon(
    GEOSContextHandle_t geos, const struct shape *s, uint32_t from, uint32_t *to)
{
    GEOSGeometry *shell = read_line(geos, s, from, true);
    GEOSGeometry **hole = mem_alloc(s->parts * sizeof *hole);
    GEOSGeometry *polygon = NULL;
    uint32_t n = 0;
    bool bad = !shell;

    for (*to = from + 1; *to < s->parts && !begins_polygon(s, *to); (*to)++) {
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

static GEOSGeometry *read_many(GEOSContextHandle_t geos, const struct shape *s)
{
    GEOSGeometry **part = mem_alloc((s->parts + s->points) * sizeof *part);
    uint32_t n = 0, next;
    bool bad = false;
    GEOSGeometry *g = NULL;
    int type = s->type == SHAPE_MULTIPOINT  ? GEOS_MULTIPOINT
               : s->type == SHAPE_MULTILINE ? GEOS_MULTILINESTRING
                                            : GEOS_MULTIPOLYGON;

    for (uint32_t i = 0; i < (type == GEOS_MULTIPOINT ? s->points : s->parts) && !bad; i = next) {
        next = i + 1;
        part[n] = type == GEOS_MULTIPOINT        ? read_point(geos, s->at + (size_t)i * POINT_SIZE)
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

static GEOSGeometry *read_shape(GEOSContextHandle_t geos, const struct shape *s)
{
    uint32_t to;

    switch (s->type) {
    case SHAPE_POINT:
        return read_point(geos, s->at);
    case SHAPE_LINE:
        return s->points ? read_line(geos, s, 0, false) : GEOSGeom_createEmptyLineString_r(geos);
    case SHAPE_POLYGON:
        return s->points ? read_polygon(geos, s, 0, &to) : GEOSGeom_createEmptyPolygon_r(geos);
    default:
        return read_many(geos, s);
    }
}

GEOSGeometry *sql_geometry_read(
    GEOSContextHandle_t geos, const void *bytes, size_t len, struct err *e)
{
    GEOSGeometry *g = NULL;
    struct shape s;

    if (len == 0 || len > SQL_GEOMETRY_MAX || look(&s, bytes, len)) {
        bad_bytes(len, e);
        return NULL;
    }
    if (s.type == SHAPE_COLLECTION) {
        err_set(e, ERR_INVALID,
            "a collection of geometries cannot be compared: name one of its members");
        return NULL;
    }
    g = read_shape(geos, &s);
    if (!g)
        bad_bytes(len, e);
    return g;
}

static int point_at(const void *bytes, size_t len, double *lon_deg, double *lat_deg, struct err *e)
{
    struct shape s;

    if (len == 0 || look(&s, bytes, len))
        return bad_bytes(len, e);
    if (s.type != SHAPE_POINT)
        return err_set(e, ERR_INVALID, "the distance between geographies is between two points");
    *lon_deg = get_f64(s.at);
    *lat_deg = get_f64(s.at + 8);
    if (!(fabs(*lat_deg) <= 90))
        return err_set(e, ERR_INVALID, "a latitude is between -90 and 90, not %g", *lat_deg);
    if (!(fabs(*lon_deg) <= 180))
        return err_set(e, ERR_INVALID, "a longitude is between -180 and 180, not %g", *lon_deg);
    return 0;
}

int sql_geometry_sphere_m(
    const void *a, size_t a_len, const void *b, size_t b_len, double *out, struct err *e)
{
    double lon1, lat1, lon2, lat2, d, t1, t2, t3;
    const double rad = M_PI / 180;

    if (point_at(a, a_len, &lon1, &lat1, e) || point_at(b, b_len, &lon2, &lat2, e))
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
