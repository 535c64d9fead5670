/* GeoJSON: bare geometries, features, roles. */
#include "course_cases.h"

#define COLLECTION(inside) "{\"type\":\"FeatureCollection\",\"features\":[" inside "]}"
#define FEATURE(properties, geometry) \
    "{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":" geometry "}"
#define LINE "{\"type\":\"LineString\",\"coordinates\":[[0,51],[0.01,51,7.5]]}"
#define POINT(place) "{\"type\":\"Point\",\"coordinates\":" place "}"
#define SQUARE                                                                                    \
    "{\"type\":\"Polygon\",\"coordinates\":[[[0.002,50],[0.004,50],[0.004,52],[0.002,52],[0.002," \
    "50]]]}"

static void test_shapes_of_geojson(void **state)
{
    static const struct {
        const char *label;
        const char *json;
        size_t vertices;
        bool fence;
        const char *name;
    } cases[] = {
        {"geometry", LINE, 2, false, "course"},
        {"feature", FEATURE("{\"name\":\"A\"}", LINE), 2, false, "A"},
        {"no properties", FEATURE("null", LINE), 2, false, "course"},
        {"collection", COLLECTION(FEATURE("{\"name\":\"B\"}", LINE)), 2, false, "B"},
        {"named collection",
            "{\"type\":\"FeatureCollection\",\"name\":\"C\",\"features\":[" FEATURE(
                "{\"name\":\"c\"}", LINE) "]}",
            2, false, "C"},
        {"fence by role",
            COLLECTION(
                FEATURE("{\"name\":\"D\"}", LINE) "," FEATURE("{\"role\":\"geofence\"}", SQUARE)),
            2, true, "D"},
        {"fence by name",
            COLLECTION(
                FEATURE("{\"name\":\"Geofence\"}", SQUARE) "," FEATURE("{\"name\":\"E\"}", LINE)),
            2, true, "E"},
        {"other area",
            COLLECTION(
                FEATURE("{\"name\":\"Meadow\"}", SQUARE) "," FEATURE("{\"name\":\"F\"}", LINE)),
            2, false, "F"},
        {"area as a loop", FEATURE("{\"name\":\"G\"}", SQUARE), 5, false, "course"},
        {"several lines",
            "{\"type\":\"MultiLineString\",\"coordinates\":[[[0,51],[0.01,51]],[[0.01,51],[0.02,51]"
            "]]}",
            3, false, "course"},
        {"collection of geometries",
            "{\"type\":\"GeometryCollection\",\"geometries\":[" POINT("[3,3]") "," LINE "]}", 2,
            false, "course"},
        {"no geometry", COLLECTION(FEATURE("{}", "null") "," FEATURE("{\"title\":\"H\"}", LINE)), 2,
            false, "H"},
        {"byte order mark", "\xef\xbb\xbf" LINE, 2, false, "course"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].json);

        print_message("%s\n", cases[i].label);
        assert_int_equal(vertices_of(c), cases[i].vertices);
        assert_int_equal(c->fence != NULL, cases[i].fence);
        assert_string_equal(c->long_name, cases[i].name);
        course_unref(c);
    }
}

static void test_start_and_finish(void **state)
{
    static const char *const cases[] = {
        FEATURE("{\"role\":\"start\",\"name\":\"A\"}", POINT("[0.01,51]")) "," FEATURE(
            "{\"role\":\"finish\"}", POINT("[0,51]")),
        FEATURE("{\"name\":\"スタート\"}", POINT("[0.01,51]")) "," FEATURE(
            "{\"name\":\"ゴール\"}", POINT("[0,51]")),
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[2048];
        struct course *c;

        (void)snprintf(json, sizeof json, COLLECTION("%s,%s"), FEATURE("{}", LINE), cases[i]);
        c = import_text(json);
        assert_true(c->start.given && c->finish.given);
        assert_at(first_of(c), 0.01, 51);
        course_unref(c);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *json;
        const char *says;
    } cases[] = {
        {"{", "not whole JSON"},
        {"[1,2", "not whole JSON"},
        {"[[0,51],[1,51]]", "no \"type\""},
        {"{}", "no \"type\""},
        {"{\"type\":\"Topology\"}", "unknown type"},
        {"{\"type\":5}", "no \"type\""},
        {COLLECTION(""), "no line"},
        {"{\"type\":\"FeatureCollection\"}", "no line"},
        {"{\"type\":\"FeatureCollection\",\"features\":7}", "no line"},
        {COLLECTION("7"), "no type"},
        {POINT("[0,51]"), "no line"},
        {"{\"type\":\"LineString\",\"coordinates\":7}", "not an array"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,51],[\"0\",51]]}", "Place 2"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,51],[0]]}", "Place 2"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,51],[0,91]]}", "latitude 91"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,51],[NaN,51]]}", "no line"},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,51],[1e999,51]]}", "not whole JSON"},
        {"{\"type\":\"Polygon\",\"coordinates\":[]}", "no line"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[],[[0,51],[1,51],[1,52]]]}", "no line"},
        {LINE "x", "not whole JSON"},
        {"{\"type\":\"Line\\u0000String\"}", "not whole JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].json, strlen(cases[i].json), ERR_INVALID, cases[i].says);
}

static void test_deep_and_long_are_refused(void **state)
{
    size_t len = 20u << 20;
    char *json = malloc(len);

    (void)state;
    assert_non_null(json);
    memset(json, '[', 100000);
    assert_refused(json, 100000, ERR_INVALID, "not whole JSON");
    memset(json, ',', len); /* 20 M values would take a gigabyte */
    json[0] = '[';
    assert_refused(json, len, ERR_TOO_LARGE, "more values");
    json[0] = '[';
    for (size_t i = 1; i + 3 <= len / 4;
         i += 3) /* 1.7 M empty objects would take half a gigabyte */
        memcpy(json + i, "{},", 3);
    assert_refused(json, len / 4, ERR_TOO_LARGE, "more values");
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes_of_geojson),
        cmocka_unit_test(test_start_and_finish),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_deep_and_long_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
