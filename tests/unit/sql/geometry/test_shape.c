/* What GEOS must never see, and how far apart two geometries are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "sql/geometry/distance.h"
#include "sql/geometry/geometry.h"

#include <math.h>

static GEOSContextHandle_t geos;

static int set_up(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    return geos ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    GEOS_finish_r(geos);
    return 0;
}

static void add_u32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(b, (char)(v >> shift));
}

/* Type, parts of these lengths, then x and y of each point. */
static struct buf shape_of(
    enum sql_shape_type type, const uint32_t *part, uint32_t parts, const double *xy)
{
    struct buf b = BUF_INIT;
    uint32_t points = 0;

    for (uint32_t i = 0; i < parts; i++)
        points += part[i];
    buf_addc(&b, (char)type);
    if (type != SQL_SHAPE_POINT) {
        add_u32(&b, parts);
        add_u32(&b, points);
        for (uint32_t i = 0, from = 0; i < parts; from += part[i++])
            add_u32(&b, from);
    }
    for (uint32_t i = 0; i < 2 * points; i++) {
        uint64_t bits;

        memcpy(&bits, &xy[i], sizeof bits);
        add_u32(&b, (uint32_t)(bits >> 32));
        add_u32(&b, (uint32_t)bits);
    }
    return b;
}

static void test_refused(void **state)
{
    static const struct {
        enum sql_shape_type type;
        uint32_t part[2], parts;
        double xy[12];
        const char *says;
    } cases[] = {
        {SQL_SHAPE_POINT, {1}, 1, {NAN, 1}, "no finite number"},
        {SQL_SHAPE_POINT, {1}, 1, {1, INFINITY}, "no finite number"},
        {SQL_SHAPE_POINT, {1}, 1, {1e16, 0}, "at most 1e+15"},
        {SQL_SHAPE_LINE, {1}, 1, {1, 1}, "two or more"},
        {SQL_SHAPE_LINE, {2}, 1, {1, 1, NAN, NAN}, "no finite number"},
        {SQL_SHAPE_POLYGON, {4, 1}, 2, {0, 0, 0, 1, 1, 0, 0, 0, 9, 9}, "four or more"},
        {SQL_SHAPE_POLYGON, {3}, 1, {0, 0, 1, 1, 0, 0}, "four or more"},
        {SQL_SHAPE_POLYGON, {4}, 1, {0, 0, 1, 1, 1, 0, 0, 0.5}, "is open"},
        {SQL_SHAPE_POLYGON, {4}, 1, {0, 0, 1, 1, 2, 2, 0, 0}, "no area"},
        {SQL_SHAPE_POLYGON, {5}, 1, {0, 0, 0, 4, 4, 4, 4, 8, 0, 0}, "no area"},
        {SQL_SHAPE_POLYGON, {4}, 1, {0, 0, 0, 1, 1, NAN, 0, 0}, "no finite number"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = shape_of(cases[i].type, cases[i].part, cases[i].parts, cases[i].xy);
        struct sql_shape s;
        struct err e = {0};

        assert_int_equal(sql_shape_check(&s, b.data, b.len, &e), -1);
        if (!strstr(e.text, cases[i].says))
            fail_msg("case %zu: %s", i, e.text);
        buf_release(&b);
    }
}

static void test_structure(void **state)
{
    static const double xy[] = {0, 0, 1, 1};
    struct buf b = shape_of(SQL_SHAPE_LINE, &(uint32_t){2}, 1, xy);
    struct sql_shape s;
    struct err e = {0};

    (void)state;
    assert_int_equal(sql_shape_check(&s, b.data, b.len, &e), 0);
    assert_int_equal(sql_shape_check(&s, b.data, b.len - 1, &e), -1);
    buf_addc(&b, 0);
    assert_int_equal(sql_shape_check(&s, b.data, b.len, &e), -1);
    assert_non_null(strstr(e.text, "1 bytes behind its end"));
    for (char type = 0; type < 8; type++) {
        b.data[0] = type;
        assert_int_equal(
            sql_shape_check(&s, b.data, b.len - 1, &e), type == SQL_SHAPE_LINE ? 0 : -1);
        if (type % 2 || type == 6)
            assert_non_null(strstr(e.text, type == 7 ? "not a geometry" : "of several"));
    }
    buf_release(&b);
}

static void read_wkt(const char *wkt, struct buf *b, struct sql_shape *s)
{
    struct err e = {0};

    if (sql_geometry_from_text(geos, wkt, false, b, &e) || sql_shape_check(s, b->data, b->len, &e))
        fail_msg("%.100s: %s", wkt, e.text);
}

static void test_text(void **state)
{
    static const char *const bad[] = {"POINT(nan 1)", "POINT(1 inf)", "LINESTRING(0 0,nan nan)"};
    struct buf many = BUF_INIT, b = BUF_INIT;
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (sql_geometry_from_text(geos, bad[i], false, &b, &e) != -1 || b.len || !e.text[0])
            fail_msg("%s is taken", bad[i]);
    buf_adds(&many, "LINESTRING(0 0");
    for (unsigned i = 0; i < SQL_SHAPE_POINTS_MAX; i++)
        buf_adds(&many, ",1 1");
    buf_adds(&many, ")");
    assert_int_equal(sql_geometry_from_text(geos, many.data, false, &b, &e), -1);
    assert_non_null(strstr(e.text, "at most 100000"));
    buf_release(&many);
    buf_release(&b);
}

static void test_distance(void **state)
{
    static const struct {
        const char *a, *b;
        double d;
    } cases[] = {
        {"POINT(0 0)", "POINT(3 4)", 5},
        {"POINT(0 1)", "LINESTRING(-1 0,1 0)", 1},
        {"LINESTRING(0 0,0 0)", "LINESTRING(3 4,3 4)", 5},
        {"LINESTRING(-1 -1,1 1)", "LINESTRING(-1 1,1 -1)", 0},
        {"POLYGON((0 0,9 0,9 9,0 9,0 0))", "POINT(4 4)", 0},
        {"POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3))", "POINT(5 4)", 1},
        {"POLYGON((0 0,9 0,9 9,0 9,0 0))", "POLYGON((1 1,2 1,2 2,1 1))", 0},
        {"POLYGON((1 1,2 1,2 2,1 1))", "POLYGON((0 0,9 0,9 9,0 9,0 0))", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf x = BUF_INIT, y = BUF_INIT;
        struct sql_shape a, b;
        struct err e = {0};
        double d = NAN, back = NAN;

        read_wkt(cases[i].a, &x, &a);
        read_wkt(cases[i].b, &y, &b);
        assert_int_equal(sql_distance_plane(geos, &a, &b, &d, &e), 0);
        assert_int_equal(sql_distance_plane(geos, &b, &a, &back, &e), 0);
        if (fabs(d - cases[i].d) > 1e-12 || fabs(back - d) > 1e-12)
            fail_msg("%s to %s: %g and %g", cases[i].a, cases[i].b, d, back);
        buf_release(&x);
        buf_release(&y);
    }
}

/* Random lines in many pieces: what GEOS says of the whole. */
static void test_distance_as_geos(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int k = 0; k < 200; k++) {
        uint32_t n[2];
        struct buf bytes[2];
        struct sql_shape s[2];
        GEOSGeometry *g[2];
        struct err e = {0};
        double d = NAN, whole = NAN;

        for (int i = 0; i < 2; i++) {
            double xy[600];

            n[i] = 2 + (uint32_t)k % 299;
            for (uint32_t p = 0; p < 2 * n[i]; p++)
                xy[p] = (seed = seed * 1664525u + 1013904223u) / 1e9 + (p % 2 ? 0 : 4.0 * i);
            bytes[i] = shape_of(SQL_SHAPE_LINE, &n[i], 1, xy);
            assert_int_equal(sql_shape_check(&s[i], bytes[i].data, bytes[i].len, &e), 0);
            g[i] = sql_geometry_make(geos, &s[i], &e);
        }
        assert_int_equal(sql_distance_plane(geos, &s[0], &s[1], &d, &e), 0);
        assert_int_equal(GEOSDistance_r(geos, g[0], g[1], &whole), 1);
        assert_true(fabs(d - whole) < 1e-12);
        for (int i = 0; i < 2; i++) {
            GEOSGeom_destroy_r(geos, g[i]);
            buf_release(&bytes[i]);
        }
    }
}

/* A circle around a small one: every piece is as near as every other, so no index helps. */
static void test_distance_ends(void **state)
{
    enum { N = 20000 };
    static double xy[2][2 * N];
    struct buf bytes[2];
    struct sql_shape s[2];
    struct err e = {0};
    double d;
    int64_t began_ns;
    struct cancel before;

    (void)state;
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < N; k++) {
            xy[i][2 * k] = (i ? 1e-9 : 1) * cos(k * 2 * M_PI / N);
            xy[i][2 * k + 1] = (i ? 1e-9 : 1) * sin(k * 2 * M_PI / N);
        }
        bytes[i] = shape_of(SQL_SHAPE_LINE, &(uint32_t){N}, 1, xy[i]);
        assert_int_equal(sql_shape_check(&s[i], bytes[i].data, bytes[i].len, &e), 0);
    }
    began_ns = clock_mono_ns();
    before = cancel_set((struct cancel){.deadline_ns = began_ns + 50000000});
    assert_int_equal(sql_distance_plane(geos, &s[0], &s[1], &d, &e), -1);
    assert_int_equal(e.code, ERR_TIMEOUT);
    assert_true(clock_mono_ns() < began_ns + 1000000000);
    (void)cancel_set(before);
    buf_release(&bytes[0]);
    buf_release(&bytes[1]);
}

static void test_effort(void **state)
{
    static double comb[2 * 5000];
    struct buf b;
    struct sql_shape s, small;
    struct buf bytes = BUF_INIT;
    struct err e = {0};

    (void)state;
    for (int i = 0; i < 5000; i++) {
        comb[2 * i] = i % 2;
        comb[2 * i + 1] = i;
    }
    b = shape_of(SQL_SHAPE_LINE, &(uint32_t){5000}, 1, comb);
    assert_int_equal(sql_shape_check(&s, b.data, b.len, &e), 0);
    read_wkt("LINESTRING(0 0,1 1,2 0)", &bytes, &small);
    assert_int_equal(sql_shape_check_effort(&small, &small, false, &e), 0);
    assert_int_equal(sql_shape_check_effort(&s, &s, false, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    for (int i = 0; i < 5000; i++)
        comb[2 * i] = i;
    buf_release(&b);
    b = shape_of(SQL_SHAPE_LINE, &(uint32_t){5000}, 1, comb);
    assert_int_equal(sql_shape_check(&s, b.data, b.len, &e), 0);
    assert_int_equal(sql_shape_check_effort(&s, &s, false, &e), 0); /* a course beside itself */
    buf_release(&b);
    buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_distance_as_geos),
        cmocka_unit_test(test_distance_ends),
        cmocka_unit_test(test_effort),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
