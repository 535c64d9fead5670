#include "sql/shape_check.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one call of GEOS may cost, measured: 50 ns for two edges one above the other, 100 ns for a
 * part that is looked for in an area edge by edge, 5 ns for a point in an area with an index. */
#define PAIRS_MAX 2000000u
#define PARTS_TIMES_POINTS_MAX 1000000u
#define LOCATED_TIMES_POINTS_MAX 20000000u

/* Of the terms that an area is the sum of: some thousand rounding errors. */
#define AREA_MIN 1e-12

static double x_of(const uint8_t *at)
{
    return sql_shape_f64(at);
}

static double y_of(const uint8_t *at)
{
    return sql_shape_f64(at + 8);
}

double sql_shape_coordinate(const uint8_t *at)
{
    double v = sql_shape_f64(at);

    return fabs(v) < SQL_SHAPE_COORDINATE_MIN ? 0 : v;
}

bool sql_shape_is_area(const struct sql_shape *s)
{
    return s->type == SQL_SHAPE_POLYGON || s->type == SQL_SHAPE_MULTIPOLYGON;
}

static bool is_points(const struct sql_shape *s)
{
    return s->type == SQL_SHAPE_POINT || s->type == SQL_SHAPE_MULTIPOINT;
}

bool sql_shape_is_empty(const struct sql_shape *s)
{
    if (s->points == 0)
        return true;
    return s->type == SQL_SHAPE_POINT && isnan(x_of(s->at)) && isnan(y_of(s->at));
}

static int check_coordinates(const struct sql_shape *s, double most, struct err *e)
{
    for (const uint8_t *p = s->at; p < s->end; p += 8) {
        double v = sql_shape_f64(p);

        if (!isfinite(v))
            return err_set(e, ERR_INVALID,
                s->type == SQL_SHAPE_MULTIPOINT
                    ? "a multipoint has an empty member or a coordinate that is no finite number"
                    : "a geometry has a coordinate that is no finite number");
        if (fabs(v) > most)
            return err_set(e, ERR_INVALID,
                "a geometry has the coordinate %g: at most %g can be compared", v, most);
    }
    return 0;
}

static int check_part(const uint8_t *at, uint32_t n, bool ring, struct err *e)
{
    const uint8_t *last = at + (size_t)(n - 1) * SQL_SHAPE_POINT_SIZE;
    double area, terms;

    if (!ring)
        return n >= 2 ? 0 : err_set(e, ERR_INVALID, "a line has one point: it needs two or more");
    if (n < 4)
        return err_set(e, ERR_INVALID,
            "a ring has %u point%s: it needs four or more, the last the same as the first", n,
            n == 1 ? "" : "s");
    if (x_of(at) != x_of(last) || y_of(at) != y_of(last))
        return err_set(e, ERR_INVALID, "a ring is open: its last point has to be its first");
    area = fabs(sql_shape_twice_area(at, n, &terms));
    /* Which way round it runs says whether it is a shell or a hole: rounding must not decide. Not
     * below the bound also when coordinates near the largest double make it infinite. */
    if (!(area > AREA_MIN * terms))
        return err_set(e, ERR_INVALID, "a ring encloses no area");
    return 0;
}

static int check_shape(const struct sql_shape *s, double most, struct err *e)
{
    if (s->points > SQL_SHAPE_POINTS_MAX)
        return err_set(e, ERR_INVALID, "a geometry has %u points: at most %u can be taken",
            s->points, SQL_SHAPE_POINTS_MAX);
    if (sql_shape_is_empty(s))
        return 0;
    if (check_coordinates(s, most, e))
        return -1;
    for (uint32_t i = 0; !is_points(s) && i < s->parts; i++) {
        const uint8_t *at;
        uint32_t n;

        sql_shape_part(s, i, &at, &n);
        if (check_part(at, n, sql_shape_is_area(s), e))
            return -1;
    }
    return 0;
}

int sql_shape_check(struct sql_shape *s, const void *bytes, size_t len, struct err *e)
{
    const uint8_t *p = bytes;

    if (len == 0 || sql_shape_look(s, p, len))
        return sql_shape_refuse(len, e);
    if (s->type == SQL_SHAPE_COLLECTION)
        return err_set(e, ERR_INVALID,
            "a collection of geometries cannot be compared: name one of its members");
    if (s->end != p + len)
        return err_set(
            e, ERR_INVALID, "a geometry has %zu bytes behind its end", (size_t)(p + len - s->end));
    return check_shape(s, SQL_SHAPE_COORDINATE_MAX, e);
}

int sql_shape_check_all(const void *bytes, size_t len, struct err *e)
{
    const uint8_t *p = bytes, *end = p + len;
    struct sql_shape s;

    if (len == 0)
        return sql_shape_refuse(len, e);
    /* A collection is a head of one byte and then its members: nesting needs no more. */
    for (; p < end; p = s.end) {
        if (sql_shape_look(&s, p, (size_t)(end - p)))
            return sql_shape_refuse(len, e);
        if (s.type != SQL_SHAPE_COLLECTION && check_shape(&s, INFINITY, e))
            return -1;
    }
    return 0;
}

/* x from, x to, y from, y to. */
static void box_of(const struct sql_shape *s, double box[4])
{
    box[0] = box[2] = INFINITY;
    box[1] = box[3] = -INFINITY;
    for (const uint8_t *p = s->at; p < s->end; p += SQL_SHAPE_POINT_SIZE) {
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

struct span {
    double from, to;
};

static int by_from(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* The x range of each edge, appended. */
static size_t add_spans(const struct sql_shape *s, struct span *out, size_t n)
{
    for (uint32_t i = 0; !is_points(s) && i < s->parts; i++) {
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

    qsort(span, n, sizeof *span, by_from);
    for (size_t i = 0; i < n; i++)
        pairs += begun(span + i, n - i, span[i].to) - 1;
    free(span);
    return pairs;
}

static uint64_t members(const struct sql_shape *s)
{
    return is_points(s) ? s->points : s->parts;
}

int sql_shape_check_effort(
    const struct sql_shape *a, const struct sql_shape *b, bool prepared, struct err *e)
{
    bool fits;

    if (prepared && sql_shape_is_area(a) && is_points(b))
        fits = (uint64_t)a->points * b->points <= LOCATED_TIMES_POINTS_MAX;
    else
        fits = members(a) * b->points <= PARTS_TIMES_POINTS_MAX &&
               members(b) * a->points <= PARTS_TIMES_POINTS_MAX && pairs_above(a, b) <= PAIRS_MAX;
    if (fits)
        return 0;
    return err_set(e, ERR_TOO_LARGE,
        "geometries of %u and %u points are too much to compare in one step: use simpler ones",
        a->points, b->points);
}
