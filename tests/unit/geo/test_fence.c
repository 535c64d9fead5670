/* A geofence from text and rings: what is read, what is refused and how it is said, what is inside.
 */
#include "geo/fence.h"

#include "base/mem.h"
#include "course/course.h"

#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNIT_WKT "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
#define UNIT_RING "[[0,0],[1,0],[1,1],[0,1],[0,0]]"
#define UNIT_JSON "{\"type\":\"Polygon\",\"coordinates\":[" UNIT_RING "]}"

static struct fence *must_parse(const char *text)
{
    struct err e = {0};
    struct fence *f = course_fence_parse(text, strlen(text), &e);

    if (!f)
        fail_msg("\"%.60s\": %s", text, e.text);
    assert_int_equal(e.code, ERR_NONE);
    return f;
}

static bool inside(const struct fence *f, double lon_deg, double lat_deg)
{
    struct lonlat p;

    assert_true(lonlat_from_deg(lon_deg, lat_deg, &p));
    return fence_contains(f, p);
}

static void test_ways_to_write_it(void **state)
{
    static const char *const texts[] = {
        UNIT_WKT,
        "polygon((0 0,1 0,1 1,0 1,0 0))",
        "  \n\tPolygon ( ( 0 0 , 1.0 0 , 1e0 1 , 0 1 , -0 0.0 ) ) \n",
        "POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 1 5, 0 0 5))",
        "POLYGON ((0 0 7, 1 0 8, 1 1 9, 0 1 10, 0 0 7))",
        "SRID=4326;" UNIT_WKT,
        "\xef\xbb\xbf" UNIT_WKT,
        UNIT_JSON,
        " \n" UNIT_JSON "\n",
        "\xef\xbb\xbf" UNIT_JSON,
        "{\"coordinates\":[[[0,0,9],[1,0,9],[1,1,9],[0,1,9],[0,0,9]]],\"type\":\"Polygon\"}",
        "{\"type\":\"Feature\",\"properties\":null,\"geometry\":" UNIT_JSON "}",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
        "\"name\":\"x\"},\"geometry\":" UNIT_JSON "}]}",
        "POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fence *f = must_parse(texts[i]);

        assert_true(inside(f, 0.5, 0.5));
        assert_false(inside(f, 1.5, 0.5));
        assert_false(inside(f, -179.5, -89.5));
        fence_free(f);
    }
}

static void test_boundary_is_outside(void **state)
{
    static const double on[][2] = {{0, 0}, {1, 1}, {0.5, 0}, {1, 0.25}, {0, 0.999999999}};
    struct fence *f = must_parse(UNIT_WKT);

    (void)state;
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        assert_false(inside(f, on[i][0], on[i][1]));
    assert_true(inside(f, 1e-9, 1e-9));
    assert_true(inside(f, 0.999999999, 0.5));
    assert_false(inside(f, 1.000000001, 0.5));
    fence_free(f);
}

static void test_holes(void **state)
{
    struct fence *f = must_parse(
        "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1), (5 5, 5 6, 6 6, 5 5))");
    const struct lonlat *v;
    const size_t *ring_len;

    (void)state;
    assert_true(inside(f, 3, 3));
    assert_false(inside(f, 1.9, 1.5));
    assert_false(inside(f, 1, 1));
    assert_true(inside(f, 1.1, 1.9));
    assert_false(inside(f, 5.1, 5.9));
    assert_int_equal(fence_rings(f, &v, &ring_len), 3);
    assert_int_equal(ring_len[0], 5);
    assert_int_equal(ring_len[2], 4);
    assert_int_equal(v[5].lon_nd, 1000000000);
    fence_free(f);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", ""},
        {"   ", ""},
        {"POLYGON", ""},
        {"POLYGON EMPTY", ""},
        {"POLYGON ()", ""},
        {"POLYGON (())", ""},
        {"POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0)", ")"},
        {"POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0)) and more", "the end"},
        {"POLYGON ((0 0, 1, 1 1, 0 0))", "longitude and latitude"},
        {"POLYGON ((0 0, 1 0, 1 1, 0 1))", "open"},
        {"POLYGON ((0 0, 1 0, 0 0))", "4 or more"},
        {"POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "Self-intersection at 0.5 0.5"},
        {"POLYGON ((0 0, 1 0, 2 0, 0 0))", "not a valid polygon"},
        {"POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0), (5 5, 6 5, 6 6, 5 5))", "Hole lies outside shell"},
        {"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 1 1))", "Hole 1"},
        {"POLYGON ((0 0, 1 0, 1 91, 0 1, 0 0))", "91"},
        {"POLYGON ((0 0, 181 0, 1 1, 0 1, 0 0))", "181"},
        {"POLYGON ((0 0, nan 0, 1 1, 0 1, 0 0))", ""},
        {"POLYGON ((0 0, inf 0, 1 1, 0 1, 0 0))", ""},
        {"POLYGON ((0 0, 0x10 0, 1 1, 0 1, 0 0))", ""},
        {"POLYGON ((0 0, 1e999 0, 1 1, 0 1, 0 0))", ""},
        {"POLYGON ((179 0, -179 0, -179 1, 179 1, 179 0))", "antimeridian"},
        {"POINT (1 1)", "no polygon"},
        {"LINESTRING (0 0, 1 1)", "no polygon"},
        {"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)))", "POLYGON"},
        {"a fence around the park", ""},
        {"{", ""},
        {"{}", "type"},
        {"{\"type\":\"Polygon\"}", ""},
        {"{\"type\":\"Polygon\",\"coordinates\":7}", ""},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,\"1\"],[0,0]]]}", "Place 3"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,91],[0,0]]]}", "91"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,NaN],[0,0]]]}", ""},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1e999],[0,0]]]}", ""},
        {"{\"type\":\"Point\",\"coordinates\":[1,1]}", "no polygon"},
        {"{\"type\":\"MultiPolygon\",\"coordinates\":[[" UNIT_RING
         "],[[[5,5],[6,5],[6,6],[5,5]]]]}",
            "2 polygons"},
        {"{\"type\":\"FeatureCollection\",\"features\":[]}", "no polygon"},
        {UNIT_JSON UNIT_JSON, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};

        if (course_fence_parse(cases[i].text, strlen(cases[i].text), &e))
            fail_msg("took \"%s\"", cases[i].text);
        assert_int_equal(e.code, ERR_INVALID);
        assert_string_equal(e.field, "geofence");
        assert_true(strlen(e.text) > 10);
        if (!strstr(e.text, cases[i].says))
            fail_msg("\"%s\" is refused with \"%s\"", cases[i].text, e.text);
    }
}

static void test_bounded(void **state)
{
    struct err e = {0};
    struct buf b = BUF_INIT;
    char *deep = mem_alloc(2000001);

    (void)state;
    assert_null(course_fence_parse(UNIT_WKT "\0", sizeof UNIT_WKT, &e));
    assert_int_equal(e.code, ERR_INVALID);
    assert_null(course_fence_parse("", SIZE_MAX, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    memset(deep, '[', 2000000);
    memcpy(deep, "{\"a\":", 5);
    deep[2000000] = '\0';
    assert_null(course_fence_parse(deep, 2000000, &e));
    assert_int_equal(e.code, ERR_INVALID);
    memset(deep, '(', 2000000);
    memcpy(deep, "POLYGON", 7);
    assert_null(course_fence_parse(deep, 2000000, &e));
    assert_int_equal(e.code, ERR_INVALID);
    free(deep);

    buf_adds(&b, "POLYGON ((0 0");
    for (unsigned i = 1; i < FENCE_MAX_VERTICES - 1; i++)
        buf_addf(&b, ", %u.%04u %d", i / 10000, i % 10000, i % 2 + 1);
    buf_adds(&b, ", 0 0))");
    {
        struct fence *f = must_parse(b.data);
        const struct lonlat *v;
        const size_t *ring_len;

        assert_int_equal(fence_rings(f, &v, &ring_len), 1);
        assert_int_equal(ring_len[0], FENCE_MAX_VERTICES);
        fence_free(f);
    }
    b.len -= strlen(", 0 0))");
    buf_adds(&b, ", 0 1, 0 0))");
    assert_null(course_fence_parse(b.data, b.len, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_release(&b);
}

static void test_rings_are_checked(void **state)
{
    struct lonlat v[] = {{0, 0}, {1000000000, 0}, {0, 1000000000}, {0, 0}, {200000000000, 0}};
    size_t four = 4, hostile = SIZE_MAX;
    struct err e = {0};
    struct fence *f = fence_new(v, &four, 1, &e);

    (void)state;
    assert_non_null(f);
    fence_free(f);
    fence_free(NULL);
    assert_null(fence_new(v, &four, 0, &e));
    assert_null(fence_new(v, &hostile, 1, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    v[1] = v[4];
    assert_null(fence_new(v, &four, 1, &e));
    assert_non_null(strstr(e.text, "Point 2 "));
}

static void test_written_and_read_again(void **state)
{
    static const char wkt[] = "POLYGON ((-0.065134764 51.419161668, 120.123456789 0, 0.5 80.25, "
                              "-0.065134764 51.419161668), "
                              "(1 51, 2 51, 1.5 52, 1 51))";
    struct fence *f = must_parse(wkt), *again;
    struct buf b = BUF_INIT, b2 = BUF_INIT;
    json_t *j;

    (void)state;
    fence_wkt(f, &b);
    assert_string_equal(b.data, wkt);
    fence_geojson(f, &b2);
    j = json_loadb(b2.data, b2.len, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(j, "type")), "Polygon");
    assert_int_equal(json_array_size(json_object_get(j, "coordinates")), 2);
    json_decref(j);
    again = must_parse(b2.data);
    buf_clear(&b);
    fence_wkt(again, &b);
    assert_string_equal(b.data, wkt);
    buf_release(&b);
    buf_release(&b2);
    fence_free(f);
    fence_free(again);
}

static void *ask_many(void *arg)
{
    const struct fence *f = arg;
    size_t wrong = 0;

    for (int i = 0; i < 20000; i++)
        wrong += fence_contains(f, (struct lonlat){(i % 2000) * 1000000 + 1, 500000000}) !=
                 (i % 2000 < 1000);
    return wrong ? arg : NULL;
}

/* Two threads and one fence: it locks. */
static void test_threads(void **state)
{
    struct fence *f = must_parse(UNIT_WKT);
    pthread_t other;
    void *wrong;

    (void)state;
    assert_int_equal(pthread_create(&other, NULL, ask_many, f), 0);
    assert_null(ask_many(f));
    assert_int_equal(pthread_join(other, &wrong), 0);
    assert_null(wrong);
    fence_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways_to_write_it),
        cmocka_unit_test(test_boundary_is_outside),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_rings_are_checked),
        cmocka_unit_test(test_written_and_read_again),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
