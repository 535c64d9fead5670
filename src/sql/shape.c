#include "sql/shape.h"

#include "sql/java_number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define EARTH_RADIUS_M 6371010.0

static const char *const type_names[] = {"Point", "MultiPoint", "LineString", "MultiLineString",
    "Polygon", "MultiPolygon", "GeometryCollection"};

double sql_shape_f64(const uint8_t *at)
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

/* Pinot's own sum over the edges. */
double sql_shape_twice_area(const uint8_t *at, uint32_t n, double *terms)
{
    double area = 0, sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *a = at + (size_t)(i ? i - 1 : n - 1) * SQL_SHAPE_POINT_SIZE;
        const uint8_t *b = at + (size_t)i * SQL_SHAPE_POINT_SIZE;
        double term =
            (sql_shape_f64(b) - sql_shape_f64(a)) * (sql_shape_f64(b + 8) + sql_shape_f64(a + 8));

        area += term;
        sum += fabs(term);
    }
    *terms = sum;
    return area;
}

bool sql_shape_is_clockwise(const uint8_t *at, uint32_t n)
{
    double terms;

    return sql_shape_twice_area(at, n, &terms) > 0;
}

/* Reading. */

int sql_shape_refuse(size_t len, struct err *e)
{
    if (len == 0)
        return err_set(e, ERR_INVALID,
            "a geometry is empty: the course of a row is not known, or has no such geometry");
    return err_set(e, ERR_INVALID, "%zu bytes are not a geometry", len);
}

static int look_parts(struct sql_shape *s, const uint8_t *p, size_t left)
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
    if (s->parts > s->points || s->points > left / SQL_SHAPE_POINT_SIZE ||
        (size_t)s->parts * 4 + (size_t)s->points * SQL_SHAPE_POINT_SIZE > left)
        return -1;
    s->starts = p;
    s->at = p + (size_t)s->parts * 4;
    s->end = s->at + (size_t)s->points * SQL_SHAPE_POINT_SIZE;
    for (uint32_t i = 0, last = 0; i < s->parts; i++) {
        uint32_t start = get_u32(p + (size_t)i * 4);

        if ((i == 0 && start != 0) || (i > 0 && start <= last) || start >= s->points)
            return -1;
        last = start;
    }
    return s->parts > 1 && (s->type == SQL_SHAPE_LINE) ? -1 : 0;
}

/* The geometry at p (a collection: only its head). -1: these bytes are none. */
int sql_shape_look(struct sql_shape *s, const uint8_t *p, size_t left)
{
    if (left < 1 || (p[0] & ~SQL_SHAPE_GEOGRAPHY) > SQL_SHAPE_COLLECTION)
        return -1;
    *s = (struct sql_shape){.type = (enum sql_shape_type)(p[0] & ~SQL_SHAPE_GEOGRAPHY), .parts = 1};
    p++;
    left--;
    s->at = s->end = p;
    if (s->type == SQL_SHAPE_COLLECTION)
        return 0;
    if (s->type != SQL_SHAPE_POINT && s->type != SQL_SHAPE_MULTIPOINT)
        return look_parts(s, p, left);
    s->points = 1;
    if (s->type == SQL_SHAPE_MULTIPOINT) {
        if (left < 4)
            return -1;
        s->points = get_u32(p);
        s->at += 4;
        left -= 4;
    }
    if (s->points > left / SQL_SHAPE_POINT_SIZE)
        return -1;
    s->end = s->at + (size_t)s->points * SQL_SHAPE_POINT_SIZE;
    return 0;
}

void sql_shape_part(const struct sql_shape *s, uint32_t i, const uint8_t **at, uint32_t *n)
{
    uint32_t from = s->starts ? get_u32(s->starts + (size_t)i * 4) : 0;
    uint32_t to =
        s->starts && i + 1 < s->parts ? get_u32(s->starts + (size_t)(i + 1) * 4) : s->points;

    *at = s->at + (size_t)from * SQL_SHAPE_POINT_SIZE;
    *n = to - from;
}

bool sql_shape_is_geography(const void *bytes, size_t len)
{
    return len > 0 && (*(const uint8_t *)bytes & SQL_SHAPE_GEOGRAPHY) != 0;
}

const char *sql_shape_type(const void *bytes, size_t len)
{
    struct sql_shape s;

    return sql_shape_look(&s, bytes, len) ? "" : type_names[s.type];
}

/* As text. */

static void text_points(struct buf *out, const uint8_t *at, uint32_t n, bool each_in_brackets)
{
    buf_addc(out, '(');
    for (uint32_t i = 0; i < n; i++, at += SQL_SHAPE_POINT_SIZE) {
        buf_adds(out, i ? ", " : "");
        buf_adds(out, each_in_brackets ? "(" : "");
        sql_number_add_plain(out, sql_shape_f64(at));
        buf_addc(out, ' ');
        sql_number_add_plain(out, sql_shape_f64(at + 8));
        buf_adds(out, each_in_brackets ? ")" : "");
    }
    buf_addc(out, ')');
}

bool sql_shape_begins_polygon(const struct sql_shape *s, uint32_t part)
{
    const uint8_t *at;
    uint32_t n;

    sql_shape_part(s, part, &at, &n);
    return part == 0 || sql_shape_is_clockwise(at, n);
}

static void text_parts(struct buf *out, const struct sql_shape *s)
{
    const uint8_t *at;
    uint32_t n;

    buf_addc(out, '(');
    for (uint32_t i = 0; i < s->parts; i++) {
        bool opens = s->type == SQL_SHAPE_MULTIPOLYGON && sql_shape_begins_polygon(s, i);

        buf_adds(out, i && opens ? "), " : i ? ", " : "");
        buf_adds(out, opens ? "(" : "");
        sql_shape_part(s, i, &at, &n);
        text_points(out, at, n, false);
    }
    buf_adds(out, s->type == SQL_SHAPE_MULTIPOLYGON ? "))" : ")");
}

static bool is_finite(const struct sql_shape *s)
{
    for (const uint8_t *p = s->at; p < s->end; p += 8)
        if (!isfinite(sql_shape_f64(p)))
            return false;
    return true;
}

static const uint8_t *text_shape(struct buf *out, const uint8_t *p, const uint8_t *end, int depth)
{
    struct sql_shape s;

    if (depth > SQL_SHAPE_NESTING_MAX || sql_shape_look(&s, p, (size_t)(end - p)))
        return NULL;
    for (const char *c = type_names[s.type]; *c; c++)
        buf_addc(out, (char)toupper((unsigned char)*c));
    buf_addc(out, ' ');
    if (s.type == SQL_SHAPE_COLLECTION && s.at < end) {
        for (p = s.at, buf_addc(out, '('); p && p < end;) {
            buf_adds(out, p > s.at ? ", " : "");
            p = text_shape(out, p, end, depth + 1);
        }
        buf_addc(out, ')');
        return p;
    }
    if (s.at == s.end || !is_finite(&s))
        buf_adds(out, "EMPTY");
    else if (s.type <= SQL_SHAPE_LINE)
        text_points(out, s.at, s.points, s.type == SQL_SHAPE_MULTIPOINT);
    else
        text_parts(out, &s);
    return s.end;
}

int sql_shape_text(const void *bytes, size_t len, struct buf *out, struct err *e)
{
    const uint8_t *p = bytes;
    size_t before = out->len;

    if (len > 0 && text_shape(out, p, p + len, 0))
        return 0;
    out->len = before;
    return sql_shape_refuse(len, e);
}

static int point_at(const void *bytes, size_t len, double *lon_deg, double *lat_deg, struct err *e)
{
    struct sql_shape s;

    if (len == 0 || sql_shape_look(&s, bytes, len))
        return sql_shape_refuse(len, e);
    if (s.type != SQL_SHAPE_POINT)
        return err_set(e, ERR_INVALID, "the distance between geographies is between two points");
    *lon_deg = sql_shape_f64(s.at);
    *lat_deg = sql_shape_f64(s.at + 8);
    if (!(fabs(*lat_deg) <= 90))
        return err_set(e, ERR_INVALID, "a latitude is between -90 and 90, not %g", *lat_deg);
    if (!(fabs(*lon_deg) <= 180))
        return err_set(e, ERR_INVALID, "a longitude is between -180 and 180, not %g", *lon_deg);
    return 0;
}

int sql_shape_sphere_m(
    const void *a, size_t a_len, const void *b, size_t b_len, double *out, struct err *e)
{
    double lon1 = 0, lat1 = 0, lon2 = 0, lat2 = 0, d, t1, t2, t3;
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
