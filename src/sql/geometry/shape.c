#include "sql/geometry/shape.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one call of GEOS may cost, measured: 50 ns for two edges one above the other, 100 ns for a
 * part that is looked for in an area edge by edge. */
#define PAIRS_MAX 2000000u
#define PARTS_TIMES_POINTS_MAX 1000000u

/* The least area of a ring, as a part of the terms that it is the sum of: some thousand rounding
 * errors. */
#define AREA_MIN 1e-12

#define TYPE_LAST 6u /* Pinot's collection */

double sql_shape_f64(const uint8_t *at)
{
    uint64_t bits = 0;
    double v;

    for (int i = 0; i < 8; i++)
        bits = bits << 8 | at[i];
    memcpy(&v, &bits, sizeof v);
    return v;
}

double sql_shape_coordinate(const uint8_t *at)
{
    double v = sql_shape_f64(at);

    return fabs(v) < SQL_SHAPE_COORDINATE_MIN ? 0 : v;
}

static double x_of(const uint8_t *at)
{
    return sql_shape_f64(at);
}

static double y_of(const uint8_t *at)
{
    return sql_shape_f64(at + 8);
}

/* Big endian. */
static uint32_t get_u32(const uint8_t *at)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the caller has looked at the length */
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Structure. */

static int bad_bytes(size_t len, struct err *e)
{
    return err_set(e, ERR_INVALID, "%zu bytes are not a geometry.", len);
}

/* The first part begins at 0, each other behind the one before: no part is empty or overlaps. */
static bool starts_rise(const struct sql_shape *s)
{
    for (uint32_t i = 0, last = 0; i < s->parts; i++) {
        uint32_t start = get_u32(s->starts + (size_t)i * 4);

        if (i == 0 ? start != 0 : start <= last || start >= s->points)
            return false;
        last = start;
    }
    return true;
}

/* Of a line or polygon: counts, starts and points. *size becomes what they take; -1: too little. */
static int read_parts(struct sql_shape *s, const uint8_t *p, size_t left, size_t *size)
{
    *size = 8;
    if (left < 8)
        return -1;
    s->parts = get_u32(p);
    s->points = get_u32(p + 4);
    if (s->parts == 0 || s->points == 0) {
        s->parts = s->points = 0;
        s->at = p + 8;
        return 0;
    }
    if (s->parts > s->points || s->points > left / SQL_SHAPE_POINT_SIZE ||
        (s->type == SQL_SHAPE_LINE && s->parts > 1))
        return -1;
    s->starts = p + 8;
    s->at = s->starts + (size_t)s->parts * 4;
    *size = 8 + (size_t)s->parts * 4 + (size_t)s->points * SQL_SHAPE_POINT_SIZE;
    return *size <= left && starts_rise(s) ? 0 : -1;
}

int sql_shape_read(struct sql_shape *s, const void *bytes, size_t len, struct err *e)
{
    const uint8_t *p = bytes;
    size_t size = SQL_SHAPE_POINT_SIZE;
    uint32_t type;

    if (len == 0)
        return err_set(e, ERR_INVALID,
            "A geometry is empty: the course of a row is not known, or has no such geometry.");
    type = p[0] & ~SQL_SHAPE_GEOGRAPHY;
    if (type > TYPE_LAST)
        return bad_bytes(len, e);
    if (type != SQL_SHAPE_POINT && type != SQL_SHAPE_LINE && type != SQL_SHAPE_POLYGON)
        return err_set(e, ERR_INVALID,
            "A geometry of several is not supported: use a point, a line or a polygon.");
    *s =
        (struct sql_shape){.type = (enum sql_shape_type)type, .parts = 1, .points = 1, .at = p + 1};
    if (type != SQL_SHAPE_POINT && read_parts(s, p + 1, len - 1, &size))
        return bad_bytes(len, e);
    if (size > len - 1)
        return bad_bytes(len, e);
    if (size < len - 1)
        return err_set(e, ERR_INVALID, "A geometry has %zu bytes behind its end.", len - 1 - size);
    return 0;
}

void sql_shape_part(const struct sql_shape *s, uint32_t i, const uint8_t **at, uint32_t *n)
{
    uint32_t from = s->starts ? get_u32(s->starts + (size_t)i * 4) : 0;
    uint32_t to = i + 1 < s->parts ? get_u32(s->starts + (size_t)(i + 1) * 4) : s->points;

    *at = s->at + (size_t)from * SQL_SHAPE_POINT_SIZE;
    *n = to - from;
}

bool sql_shape_is_geography(const void *bytes, size_t len)
{
    return len > 0 && (*(const uint8_t *)bytes & SQL_SHAPE_GEOGRAPHY) != 0;
}

bool sql_shape_is_empty(const struct sql_shape *s)
{
    if (s->points == 0)
        return true;
    return s->type == SQL_SHAPE_POINT && isnan(x_of(s->at)) && isnan(y_of(s->at));
}

/* Values. */

/* Twice the area of a ring, above 0 where it runs clockwise: Pinot's own sum over the edges.
 * `terms`: the sum of what was added, without signs. */
static double twice_area(const uint8_t *at, uint32_t n, double *terms)
{
    double area = 0;

    *terms = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *a = at + (size_t)(i ? i - 1 : n - 1) * SQL_SHAPE_POINT_SIZE;
        const uint8_t *b = at + (size_t)i * SQL_SHAPE_POINT_SIZE;
        double term = (x_of(b) - x_of(a)) * (y_of(b) + y_of(a));

        area += term;
        *terms += fabs(term);
    }
    return area;
}

bool sql_shape_is_clockwise(const uint8_t *at, uint32_t n)
{
    double terms;

    return twice_area(at, n, &terms) > 0;
}

static int check_coordinates(const struct sql_shape *s, double most, struct err *e)
{
    const uint8_t *end = s->at + (size_t)s->points * SQL_SHAPE_POINT_SIZE;

    for (const uint8_t *p = s->at; p < end; p += 8) {
        double v = sql_shape_f64(p);

        if (!isfinite(v))
            return err_set(e, ERR_INVALID, "A geometry has a coordinate that is no finite number.");
        if (fabs(v) > most)
            return err_set(e, ERR_INVALID,
                "A geometry has the coordinate %g: at most %g can be compared.", v, most);
    }
    return 0;
}

/* GEOS wants four points and a closed ring. A ring without an area has no inside, and its direction
 * cannot be told. */
static int check_ring(const uint8_t *at, uint32_t n, struct err *e)
{
    const uint8_t *last = at + (size_t)(n - 1) * SQL_SHAPE_POINT_SIZE;
    double area, terms;

    if (n < 4)
        return err_set(e, ERR_INVALID,
            "A ring has %u point%s: it needs four or more, the last the same as the first.", n,
            n == 1 ? "" : "s");
    if (x_of(at) != x_of(last) || y_of(at) != y_of(last))
        return err_set(e, ERR_INVALID, "A ring is open: its last point has to be its first.");
    area = fabs(twice_area(at, n, &terms));
    /* Rounding must not decide which way round a ring runs. Coordinates near the largest double
     * make the area infinite or NaN, which is refused by the same condition. */
    if (!(area > AREA_MIN * terms))
        return err_set(e, ERR_INVALID, "A ring encloses no area.");
    return 0;
}

int sql_shape_check_values(const struct sql_shape *s, double most, struct err *e)
{
    if (s->points > SQL_SHAPE_POINTS_MAX)
        return err_set(e, ERR_INVALID, "A geometry has %u points: at most %u can be taken.",
            s->points, SQL_SHAPE_POINTS_MAX);
    if (sql_shape_is_empty(s))
        return 0;
    if (check_coordinates(s, most, e))
        return -1;
    if (s->type == SQL_SHAPE_LINE && s->points < 2)
        return err_set(e, ERR_INVALID, "A line has one point: it needs two or more.");
    for (uint32_t i = 0; s->type == SQL_SHAPE_POLYGON && i < s->parts; i++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(s, i, &at, &n);
        if (check_ring(at, n, e))
            return -1;
    }
    return 0;
}

int sql_shape_check(struct sql_shape *s, const void *bytes, size_t len, struct err *e)
{
    return sql_shape_read(s, bytes, len, e) ||
                   sql_shape_check_values(s, SQL_SHAPE_COORDINATE_MAX, e)
               ? -1
               : 0;
}

/* Effort. */

/* x from, x to, y from, y to. */
static void box_of(const struct sql_shape *s, double box[4])
{
    const uint8_t *p = s->at;

    box[0] = box[2] = INFINITY;
    box[1] = box[3] = -INFINITY;
    for (uint32_t i = 0; i < s->points; i++, p += SQL_SHAPE_POINT_SIZE) {
        box[0] = fmin(box[0], x_of(p));
        box[1] = fmax(box[1], x_of(p));
        box[2] = fmin(box[2], y_of(p));
        box[3] = fmax(box[3], y_of(p));
    }
}

bool sql_shape_box_covers(const struct sql_shape *a, const struct sql_shape *b)
{
    double outer[4], inner[4];

    box_of(a, outer);
    box_of(b, inner);
    return inner[0] >= outer[0] && inner[1] <= outer[1] && inner[2] >= outer[2] &&
           inner[3] <= outer[3];
}

/* The range of x that an edge covers. */
struct span {
    double from, to;
};

/* For qsort: by where a span begins. */
static int by_from(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* The x range of each edge, appended. A point has no edge. */
static size_t add_spans(const struct sql_shape *s, struct span *out, size_t n)
{
    for (uint32_t i = 0; i < s->parts; i++) {
        const uint8_t *at;
        uint32_t points;

        sql_shape_part(s, i, &at, &points);
        for (uint32_t k = 1; k < points; k++, at += SQL_SHAPE_POINT_SIZE) {
            double x = x_of(at), next = x_of(at + SQL_SHAPE_POINT_SIZE);

            out[n++] = (struct span){fmin(x, next), fmax(x, next)};
        }
    }
    return n;
}

/* How many of the sorted spans begin at or before `x`. */
static size_t begun(const struct span *span, size_t n, double x)
{
    size_t from = 0;

    while (n > 0) {
        size_t half = n / 2;

        if (span[from + half].from <= x) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return from;
}

/* Pairs of edges one above the other: those that GEOS's sweep over x compares. */
static uint64_t pairs_above(const struct sql_shape *a, const struct sql_shape *b)
{
    struct span *span = mem_alloc(((size_t)a->points + b->points) * sizeof *span);
    size_t n = add_spans(b, span, add_spans(a, span, 0));
    uint64_t pairs = 0;

    if (n)
        qsort(span, n, sizeof *span, by_from);
    for (size_t i = 0; i < n; i++)
        pairs += begun(span + i, n - i, span[i].to) - 1;
    free(span);
    return pairs;
}

int sql_shape_check_effort(
    const struct sql_shape *a, const struct sql_shape *b, bool prepared, struct err *e)
{
    /* A point in an area that has an index takes 5 ns an edge at most. */
    if (prepared && a->type == SQL_SHAPE_POLYGON && b->type == SQL_SHAPE_POINT)
        return 0;
    if ((uint64_t)a->parts * b->points <= PARTS_TIMES_POINTS_MAX &&
        (uint64_t)b->parts * a->points <= PARTS_TIMES_POINTS_MAX && pairs_above(a, b) <= PAIRS_MAX)
        return 0;
    /* Refused and not cut into pieces: topology needs both geometries whole. */
    return err_set(e, ERR_TOO_LARGE,
        "Geometries of %u and %u points are too much to compare in one step: use simpler ones.",
        a->points, b->points);
}
