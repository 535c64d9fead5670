#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sql/geometry.h"
#include "sql/shape.h"

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
        {"MULTIPOINT ((1 2))", true, "81000000013ff00000000000004000000000000000"},
        {"LINESTRING (0 0, 1 2)", false,
            "02000000010000000200000000000000000000000000000000000000003ff0000000000000400000000000"
            "0000"},
        {"LINESTRING EMPTY", false, "020000000000000000"},
        {"GEOMETRYCOLLECTION (POINT (1 2))", false, "06003ff00000000000004000000000000000"},
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
        const char *in, *out, *type;
    } cases[] = {
        {"POINT(-0.064245 51.41917000000001)", "POINT (-0.064245 51.41917000000001)", "Point"},
        {"point empty", "POINT EMPTY", "Point"},
        {"MULTIPOINT((1 2),(3 4))", "MULTIPOINT ((1 2), (3 4))", "MultiPoint"},
        {"LINESTRING(0 0,1.5 2)", "LINESTRING (0 0, 1.5 2)", "LineString"},
        {"LINESTRING EMPTY", "LINESTRING EMPTY", "LineString"},
        {"MULTILINESTRING((0 0,1 1),(2 2,3 3,4 4))",
            "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))", "MultiLineString"},
        {"POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0))", "Polygon"},
        {"POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1))",
            "POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))", "Polygon"},
        {"MULTIPOLYGON(((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1)),((9 9,9 10,10 10,9 9)))",
            "MULTIPOLYGON (((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1)), ((9 9, 9 10, 10 "
            "10, 9 9)))",
            "MultiPolygon"},
        {"POLYGON EMPTY", "POLYGON EMPTY", "Polygon"},
        {"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))",
            "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))", "GeometryCollection"},
        {"POINT(1e-7 12345678901234567000)", "POINT (0.0000001 12345678901234567000)", "Point"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT, text = BUF_INIT;
        struct err e = {0};

        if (sql_geometry_from_text(geos, cases[i].in, true, &b, &e))
            fail_msg("%s: %s", cases[i].in, e.text);
        assert_int_equal(sql_shape_text(b.data, b.len, &text, &e), 0);
        assert_string_equal(text.data, cases[i].out);
        assert_string_equal(sql_shape_type(b.data, b.len), cases[i].type);
        buf_release(&b);
        buf_release(&text);
    }
}

static void test_bad_text(void **state)
{
    struct buf deep = BUF_INIT;
    struct err e = {0};
    struct buf b = BUF_INIT;
    static const char *const bad[] = {"", "POINT", "POINT(1)", "POINT(1 2",
        "POLYGON((0 0,1 1,2 2))", "CIRCLE(1 2 3)", "LINESTRING(1 1)", "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(sql_geometry_from_text(geos, bad[i], true, &b, &e), -1);
    for (int i = 0; i < 100000; i++)
        buf_adds(&deep, "GEOMETRYCOLLECTION(");
    assert_int_equal(sql_geometry_from_text(geos, deep.data, true, &b, &e), -1);
    assert_int_equal(b.len, 0);
    buf_release(&deep);
}

/* Cut short or with any byte changed, nothing is read that is not there. */
static void test_bad_bytes(void **state)
{
    static const char *const wkt[] = {"POINT(1 2)", "MULTIPOINT((1 2),(3 4))",
        "MULTIPOLYGON(((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1)),((9 9,9 10,10 10,9 9)))",
        "MULTILINESTRING((0 0,1 1),(2 2,3 3,4 4))",
        "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))"};

    (void)state;
    for (size_t k = 0; k < sizeof wkt / sizeof wkt[0]; k++) {
        struct buf b = BUF_INIT, text = BUF_INIT;
        struct err e = {0};

        assert_int_equal(sql_geometry_from_text(geos, wkt[k], true, &b, &e), 0);
        for (size_t len = 0; len < b.len; len++) {
            void *cut = mem_dup(b.data, len ? len : 1);
            GEOSGeometry *g = sql_geometry_read(geos, cut, len, &e);

            if (k < 4) {
                assert_null(g);
                assert_int_equal(sql_shape_text(cut, len, &text, &e), -1);
            }
            free(cut);
        }
        for (size_t i = 0; i < b.len * 255; i++) {
            char *changed = mem_dup(b.data, b.len);
            GEOSGeometry *g;

            changed[i % b.len] = (char)(changed[i % b.len] + 1 + (int)(i / b.len));
            g = sql_geometry_read(geos, changed, b.len, &e);
            if (sql_shape_text(changed, b.len, &text, &e) == 0)
                assert_non_null(text.data);
            GEOSGeom_destroy_r(geos, g);
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
        struct err e = {0};
        double m = 0;

        sql_geometry_point(a, cases[i].lon1, cases[i].lat1, true);
        sql_geometry_point(b, cases[i].lon2, cases[i].lat2, true);
        assert_int_equal(sql_shape_sphere_m(a, sizeof a, b, sizeof b, &m, &e), cases[i].rc);
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
