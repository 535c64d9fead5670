/* Every format gives back the same course. */
#include "course_cases.h"

#include <jansson.h>

#define LINE                                                          \
    "<LineString><coordinates>0,51 0.004,51 0.004,51.0025 0,51.0025 " \
    "0,51</coordinates></LineString>"
#define HOLED                                                                                      \
    "<Placemark><name>Geofence</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0.001,50 " \
    "0.005,50 0.005,51.002 "                                                                       \
    "0.001,51.002 "                                                                                \
    "0.001,50</coordinates></LinearRing></"                                                        \
    "outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>"                                   \
    "0.002,50.999 0.003,50.999 0.003,51.001 0.002,51.001 "                                         \
    "0.002,50.999</coordinates></LinearRing></innerBoundaryIs>"                                    \
    "</Polygon></Placemark>"

static const enum course_format all_formats[] = {
    COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV};

static const char *const courses[] = {
    "<kml><Placemark><name>Plain</name>" LINE "</Placemark></kml>",
    "<kml><Placemark><name>&lt;b&gt;Bold &amp; \"quoted\", it's 🏃‍♀️ ]]&gt; "
    "{皇居}\\</name><description>three laps</description>" LINE "</Placemark></kml>",
    "<kml><Placemark><name>Fence</name>" LINE "</Placemark>" HOLED "</kml>",
    "<kml><Placemark><name>Flags</name>" LINE
    "</Placemark><Placemark><name>Start, \"here\" &amp; now</name><Point><coordinates>"
    "0.0001,51.0001</coordinates></Point></Placemark><Placemark><name>&lt;Ziel&gt;\n🏁</"
    "name><Point><coordinates>0,51</coordinates>"
    "</Point></Placemark></kml>",
    "<kml><Placemark><name>Only a finish</name><LineString><coordinates>0,51 0.01,51 "
    "0.02,51.000000001</coordinates></LineString>"
    "</Placemark><Placemark><name>Finish</name><Point><coordinates>0,51</coordinates></Point></"
    "Placemark></kml>",
    "<kml><Placemark><name>-1e-9</name><LineString><coordinates>-0.000000001,-0.000000001 0.001,0 "
    "0.002,0.1</coordinates>"
    "</LineString></Placemark></kml>",
    "<kml><Placemark><name>Geofence Test Run</name>" LINE "</Placemark></kml>",
    "<kml><Document><name>x</name><Placemark><name>Start of the geo fence</name>" LINE
    "<ExtendedData><Data "
    "name='trackside:role'><value>route</value></Data></ExtendedData></Placemark>" HOLED
    "<Placemark><name>Geofence Start</name><ExtendedData><Data "
    "name='trackside:role'><value>start</value></Data></ExtendedData><Point><coordinates>0,51</"
    "coordinates></Point></Placemark></Document></kml>",
};

static void same_course(const struct course *a, const struct course *b)
{
    assert_string_equal(b->short_name, a->short_name);
    assert_string_equal(b->long_name, a->long_name);
    assert_int_equal(b->length_mm, a->length_mm);
    assert_int_equal(line_laps(b->line), line_laps(a->line));
    assert_int_equal(b->spans.n, a->spans.n);
    assert_int_equal(b->start.given, a->start.given);
    assert_string_equal(b->start.name, a->start.name);
    assert_int_equal(b->finish.given, a->finish.given);
    assert_string_equal(b->finish.name, a->finish.name);
    assert_string_equal(b->revision, a->revision);
}

static void test_every_format_round_trips(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++) {
        struct course *c = import_text(courses[i]);

        print_message("%s\n", c->long_name);
        for (size_t f = 0; f < sizeof all_formats / sizeof all_formats[0]; f++) {
            struct buf out = BUF_INIT;
            struct course *back;

            course_export(c, all_formats[f], &out);
            back = import_with(out.data, out.len, NULL);
            same_course(c, back);
            assert_null(said(back, "prepared-anew"));
            course_unref(back);
            buf_release(&out);
        }
        course_unref(c);
    }
}

/* The second export is the first, byte for byte (what a format keeps of diagnostics apart). */
static void test_export_is_stable(void **state)
{
    struct course *c = import_text(courses[3]);

    (void)state;
    for (size_t f = 0; f < sizeof all_formats / sizeof all_formats[0]; f++) {
        struct buf first = BUF_INIT;
        struct buf second = BUF_INIT;
        struct course *back;

        course_export(c, all_formats[f], &first);
        back = import_with(first.data, first.len, NULL);
        course_export(back, all_formats[f], &second);
        assert_string_equal(second.data, first.data);
        course_unref(back);
        buf_release(&first);
        buf_release(&second);
    }
    course_unref(c);
}

static void test_geojson_keeps_the_diagnostics(void **state)
{
    struct course *c = import_text(courses[1]);
    struct buf out = BUF_INIT;
    struct course *back;

    (void)state;
    assert_true(c->diagnostics_n > 0);
    course_export(c, COURSE_GEOJSON, &out);
    back = import_with(out.data, out.len, NULL);
    assert_int_equal(back->diagnostics_n, c->diagnostics_n);
    for (size_t i = 0; i < c->diagnostics_n; i++) {
        assert_string_equal(back->diagnostics[i].code, c->diagnostics[i].code);
        assert_string_equal(back->diagnostics[i].text, c->diagnostics[i].text);
        assert_int_equal(back->diagnostics[i].level, c->diagnostics[i].level);
        assert_int_equal(back->diagnostics[i].has_place, c->diagnostics[i].has_place);
    }
    course_unref(c);
    course_unref(back);
    buf_release(&out);
}

static void test_geojson_as_the_header_has_it(void **state)
{
    static const char *const roles[] = {"route", "geofence", "start", "finish"};
    struct course *c = import_text(courses[2]);
    struct buf out = BUF_INIT;
    json_t *root;
    json_t *own;
    json_t *distances;

    (void)state;
    course_export(c, COURSE_GEOJSON, &out);
    root = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(root);
    for (size_t i = 0; i < 4; i++) {
        json_t *feature = json_array_get(json_object_get(root, "features"), i);

        assert_string_equal(
            json_string_value(json_object_get(json_object_get(feature, "properties"), "role")),
            roles[i]);
    }
    own = json_object_get(root, "trackside");
    assert_string_equal(json_string_value(json_object_get(own, "shortName")), "fence");
    assert_string_equal(json_string_value(json_object_get(own, "revision")), c->revision);
    assert_int_equal(json_integer_value(json_object_get(own, "laps")), 1);
    assert_true(json_number_value(json_object_get(own, "distance")) == c->length_mm / 1000.0);
    distances = json_object_get(own, "distances");
    assert_int_equal(json_array_size(distances), vertices_of(c));
    assert_true(json_number_value(json_array_get(distances, 0)) == 0);
    assert_true(json_number_value(json_array_get(distances, vertices_of(c) - 1)) ==
                json_number_value(json_object_get(own, "lapDistance")));
    assert_int_equal(json_array_size(json_object_get(own, "geofenceSpans")), c->spans.n);
    json_decref(root);
    course_unref(c);
    buf_release(&out);
}

/* Replace the first `from` in the export by `to` of the same length. */
static void edit(struct buf *b, const char *from, const char *to)
{
    char *at = strstr(b->data, from);

    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
}

static void test_edited_by_hand_is_prepared_anew(void **state)
{
    static const struct {
        enum course_format format;
        const char *from;
        const char *to;
    } cases[] = {
        {COURSE_KML, "0.004,51.0025", "0.005,51.0025"},
        {COURSE_GEOJSON, "[0.004,51.0025]", "[0.005,51.0025]"},
        {COURSE_GPX, "lat=\"51.0025\" lon=\"0.004\"", "lat=\"51.0025\" lon=\"0.005\""},
        {COURSE_CSV, "0.004 51.0025", "0.005 51.0025"},
    };
    struct course *c = import_text(courses[0]);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = BUF_INIT;
        struct course *back;

        course_export(c, cases[i].format, &out);
        edit(&out, cases[i].from, cases[i].to);
        back = import_with(out.data, out.len, NULL);
        assert_said(back, "prepared-anew", "by hand");
        assert_string_not_equal(back->revision, c->revision);
        assert_true(back->length_mm > c->length_mm);
        course_unref(back);
        buf_release(&out);
    }
    course_unref(c);
}

static void test_options_still_count_for_an_export(void **state)
{
    struct course *c = import_text(courses[0]);
    struct course_options o = {.short_name = "other", .long_name = "Other", .laps = 2};
    struct buf out = BUF_INIT;
    struct course *back;

    (void)state;
    course_export(c, COURSE_GEOJSON, &out);
    back = import_with(out.data, out.len, &o);
    assert_string_equal(back->short_name, "other");
    assert_string_equal(back->long_name, "Other");
    assert_int_equal(line_laps(back->line), 2);
    assert_string_not_equal(back->revision, c->revision);
    course_unref(c);
    course_unref(back);
    buf_release(&out);
}

/* The table for many courses carries no extension; what it does carry comes back. */
static void test_table_of_courses(void **state)
{
    struct course *plain = import_text(courses[0]);
    struct course *fenced = import_text(courses[2]);
    struct course_options o = {.short_name = "fence"};
    struct buf out = BUF_INIT;
    struct course *back;

    (void)state;
    course_export_csv_header(&out);
    course_export_csv_row(plain, &out);
    course_export_csv_row(fenced, &out);
    assert_int_equal(
        strncmp(out.data, "id,shortName,longName,distance,map,geoFence,start,end\n", 54), 0);
    back = import_with(out.data, out.len, &o);
    assert_int_equal(back->length_mm, fenced->length_mm);
    assert_int_equal(back->spans.n, fenced->spans.n);
    assert_null(said(back, "declared-length"));
    course_unref(plain);
    course_unref(fenced);
    course_unref(back);
    buf_release(&out);
}

static void test_formats(void **state)
{
    static const struct {
        const char *name;
        enum course_format format;
        const char *mime;
    } cases[] = {
        {"geojson", COURSE_GEOJSON, "application/geo+json"},
        {"kml", COURSE_KML, "application/vnd.google-earth.kml+xml"},
        {"GPX", COURSE_GPX, "application/gpx+xml"},
        {"csv", COURSE_CSV, "text/csv; charset=utf-8"},
    };
    enum course_format f;
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(course_format_parse(cases[i].name, &f, &e), 0);
        assert_int_equal(f, cases[i].format);
        assert_string_equal(course_format_mime(f), cases[i].mime);
    }
    assert_int_equal(course_format_parse("shp", &f, &e), -1);
    assert_string_equal(e.field, "format");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_round_trips),
        cmocka_unit_test(test_export_is_stable),
        cmocka_unit_test(test_geojson_keeps_the_diagnostics),
        cmocka_unit_test(test_geojson_as_the_header_has_it),
        cmocka_unit_test(test_edited_by_hand_is_prepared_anew),
        cmocka_unit_test(test_options_still_count_for_an_export),
        cmocka_unit_test(test_table_of_courses),
        cmocka_unit_test(test_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
