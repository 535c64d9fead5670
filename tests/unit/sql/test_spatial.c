#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sql/geometry/distance.h"
#include "sql/geometry/geometry.h"
#include "sql/spatial.h"

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

/* The bytes are those of Pinot's GeometrySerializer: type, counts, big-endian doubles. */
static void test_bytes(void **state)
{
    static const struct {
        const char *wkt;
        bool geography;
        const char *hex;
    } cases[] = {
        {"POINT (1 2)", false, "003ff00000000000004000000000000000"},
        {"POINT(1 2)", true, "803ff00000000000004000000000000000"},
        {"POINT EMPTY", false, "007ff80000000000007ff8000000000000"},
        {"LINESTRING (0 0, 1 2)", false,
            "02000000010000000200000000000000000000000000000000000000003ff0000000000000400000000000"
            "0000"},
        {"LINESTRING EMPTY", false, "020000000000000000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT;
        struct err e = {0};
        char hex[256];

        assert_int_equal(sql_geometry_from_text(geos, cases[i].wkt, cases[i].geography, &b, &e), 0);
        hash_hex((const uint8_t *)b.data, b.len, hex);
        assert_string_equal(hex, cases[i].hex);
        assert_int_equal(sql_shape_is_geography(b.data, b.len), cases[i].geography);
        buf_release(&b);
    }
}

/* In and out again, as JTS writes it. Rings are turned as Pinot turns them: shells clockwise, holes
 * the other way. */
static void test_text(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"POINT(-0.064245 51.41917000000001)", "POINT (-0.064245 51.41917000000001)"},
        {"point empty", "POINT EMPTY"},
        {"LINESTRING(0 0,1.5 2)", "LINESTRING (0 0, 1.5 2)"},
        {"LINESTRING EMPTY", "LINESTRING EMPTY"},
        {"POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0))"},
        {"POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1))",
            "POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))"},
        {"POLYGON EMPTY", "POLYGON EMPTY"},
        {"POINT(1e-7 12345678901234567000)", "POINT (0.0000001 12345678901234567000)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT, text = BUF_INIT;
        struct err e = {0};

        if (sql_geometry_from_text(geos, cases[i].in, true, &b, &e))
            fail_msg("%s: %s", cases[i].in, e.text);
        assert_int_equal(sql_spatial_text(b.data, b.len, &text, &e), 0);
        assert_string_equal(text.data, cases[i].out);
        buf_release(&b);
        buf_release(&text);
    }
}

static void test_bad_text(void **state)
{
    static const char *const bad[] = {"", "POINT", "POINT(1)", "POINT(1 2",
        "POLYGON((0 0,1 1,2 2))", "CIRCLE(1 2 3)", "LINESTRING(1 1)", "\xff",
        "MULTIPOINT((1 2),(3 4))", "MULTIPOINT(EMPTY, 1 1)", "MULTILINESTRING((0 0,1 1))",
        "multipolygon(((0 0,0 1,1 1,0 0)))", "GEOMETRYCOLLECTION(POINT(1 2))",
        "CIRCULARSTRING(0 0,1 1,2 0)"};
    struct buf b = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = {0};

        if (sql_geometry_from_text(geos, bad[i], true, &b, &e) != -1 || !e.text[0])
            fail_msg("%s is taken", bad[i]);
    }
    assert_int_equal(b.len, 0);
    buf_release(&b);
}

/* Cut short or with any byte changed, nothing is read that is not there. */
static void test_bad_bytes(void **state)
{
    static const char *const wkt[] = {"POINT(1 2)", "LINESTRING(0 0,1 1,2 0)",
        "POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1))"};

    (void)state;
    for (size_t k = 0; k < sizeof wkt / sizeof wkt[0]; k++) {
        struct buf b = BUF_INIT, text = BUF_INIT;
        struct err e = {0};

        assert_int_equal(sql_geometry_from_text(geos, wkt[k], true, &b, &e), 0);
        for (size_t len = 0; len < b.len; len++) {
            void *cut = mem_dup(b.data, len ? len : 1);
            struct sql_shape shape;

            assert_int_equal(sql_shape_check(&shape, cut, len, &e), -1);
            assert_int_equal(sql_spatial_text(cut, len, &text, &e), -1);
            free(cut);
        }
        for (size_t i = 0; i < b.len * 255; i++) {
            char *changed = mem_dup(b.data, b.len);
            struct sql_shape shape;

            changed[i % b.len] = (char)(changed[i % b.len] + 1 + (int)(i / b.len));
            if (sql_shape_check(&shape, changed, b.len, &e) == 0)
                GEOSGeom_destroy_r(geos, sql_geometry_make(geos, &shape, &e));
            if (sql_spatial_text(changed, b.len, &text, &e) == 0)
                assert_non_null(text.data);
            free(changed);
            buf_clear(&text);
        }
        buf_release(&b);
        buf_release(&text);
    }
}

static void test_sphere(void **state)
{
    static const struct {
        double lon1, lat1, lon2, lat2, metres;
        int rc;
    } cases[] = {
        {0, 0, 0, 0, 0, 0},
        {0, 0, 90, 0, 6371010.0 * M_PI / 2, 0},
        {0, -90, 0, 90, 6371010.0 * M_PI, 0},
        {-179.5, 0, 179.5, 0, 6371010.0 * M_PI / 180, 0},
        {-0.064245, 51.419386, -0.064524, 51.419459, 20.980542, 0},
        {0, 91, 0, 0, 0, -1},
        {181, 0, 0, 0, 0, -1},
        {NAN, 0, 0, 0, 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t a[SQL_GEOMETRY_POINT_LEN], b[SQL_GEOMETRY_POINT_LEN];
        struct sql_shape from, to;
        struct err e = {0};
        double m = 0;

        sql_geometry_point(a, cases[i].lon1, cases[i].lat1, true);
        sql_geometry_point(b, cases[i].lon2, cases[i].lat2, true);
        assert_int_equal(sql_shape_read(&from, a, sizeof a, &e), 0);
        assert_int_equal(sql_shape_read(&to, b, sizeof b, &e), 0);
        assert_int_equal(sql_distance_sphere_m(&from, &to, &m, &e), cases[i].rc);
        assert_true(fabs(m - cases[i].metres) < 1e-3 + cases[i].metres * 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_sphere),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
