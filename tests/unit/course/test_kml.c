/* KML as it comes: prefixes, folders, CDATA, tracks, pieces, polygons; and as it should not. */
#include "course_cases.h"

#define LINE "<LineString><coordinates>0,51 0.001,51 0.002,51.001</coordinates></LineString>"

static void test_shapes_of_kml(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        size_t vertices;
        const char *long_name;
    } cases[] = {
        {"plain",
            "<kml><Document><name>A</name><Placemark><name>Course</name>" LINE
            "</Placemark></Document></kml>",
            3, "A"},
        {"placemark alone", "<Placemark><name>B run</name>" LINE "</Placemark>", 3, "B run"},
        {"prefixes",
            "<k:kml xmlns:k='x'><k:Placemark><k:name>C</k:name><k:LineString><k:coordinates>0,51 "
            "0.001,51</k:coordinates>"
            "</k:LineString></k:Placemark></k:kml>",
            2, "C"},
        {"a prefix nobody declared",
            "<kml><Placemark><name>D</name><gx:Track><when>2026-01-01T09:00:00Z</when><gx:coord>0 "
            "51 4</gx:coord>"
            "<gx:coord>0.001 51 4</gx:coord><gx:coord/></gx:Track></Placemark></kml>",
            2, "D"},
        {"folders in folders",
            "<kml><Folder><Folder><Folder><Document><Placemark><name>E</name>" LINE
            "</Placemark></Document></Folder></Folder></Folder></kml>",
            3, "E"},
        {"cdata",
            "<kml><Document><name><![CDATA[F & <b>G</b>]]></name><Placemark>" LINE
            "</Placemark></Document></kml>",
            3, "F & <b>G</b>"},
        {"multigeometry",
            "<kml><Placemark><name>H</name><MultiGeometry><MultiGeometry>" LINE
            "<LineString><coordinates>0.002,51.001 0.003,51.001</coordinates></LineString>"
            "</MultiGeometry></MultiGeometry></Placemark></kml>",
            4, "H"},
        {"white space and altitudes",
            "<kml><Placemark><name>I</name><LineString><coordinates>\n\t 0 , 51 ,12\r\n0.001,51.0, "
            " 7.5 0.002,51.001\n"
            "0.003,51.001,nan 0.004,51.001,\n</coordinates></LineString></Placemark></kml>",
            5, "I"},
        {"ring",
            "<kml><Placemark><name>J</name><LinearRing><coordinates>0,51 0.001,51 "
            "0.001,51.001</coordinates></LinearRing></Placemark></kml>",
            4, "J"},
        {"a file's name is no name",
            "<kml><Document><name>export.kml</name><Placemark><name>K run</name>" LINE
            "</Placemark></Document></kml>",
            3, "K run"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].kml);

        print_message("%s\n", cases[i].label);
        assert_int_equal(vertices_of(c), cases[i].vertices);
        assert_string_equal(c->long_name, cases[i].long_name);
        course_unref(c);
    }
}

static void test_start_and_finish_in_many_languages(void **state)
{
    static const struct {
        const char *start;
        const char *finish;
    } cases[] = {
        {"Start", "Finish"},
        {"START", "FINISH LINE"},
        {"parkrun start", "the finish"},
        {"Start", "Ziel"},
        {"Startlinie", "Zieleinlauf"},
        {"Départ", "Arrivée"},
        {"DÉPART", "ARRIVÉE"},
        {"Salida", "Meta"},
        {"スタート", "ゴール"},
        {"スタート地点", "フィニッシュ"},
        {"Partenza", "Arrivo"},
        {"Start", "Aankomst"},
        {"Start", "Meta (koniec)"},
        {"Largada", "Chegada"},
        {"Start", "Mål"},
        {"Старт", "ФИНИШ"},
        {"Lähtö", "Maali"},
        {"<![CDATA[<b>Start</b>]]>", "<![CDATA[<b>Ziel</b>]]>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char kml[1024];
        struct course *c;

        /* drawn from the finish to the start */
        (void)snprintf(kml, sizeof kml,
            "<kml><Placemark><name>x</name>" LINE
            "</Placemark><Placemark><name>%s</name><Point><coordinates>0.002,51.001"
            "</coordinates></Point></Placemark><Placemark><name>%s</"
            "name><Point><coordinates>0,51,0</coordinates></Point>"
            "</Placemark></kml>",
            cases[i].start, cases[i].finish);
        c = import_text(kml);
        print_message("%s, %s\n", cases[i].start, cases[i].finish);
        assert_true(c->start.given);
        assert_true(c->finish.given);
        assert_at(first_of(c), 0.002, 51.001);
        assert_at(last_of(c), 0, 51);
        assert_said(c, "turned", "turned");
        assert_null(said(c, "unused"));
        course_unref(c);
    }
}

static void test_geofence_is_a_named_polygon(void **state)
{
    static const char kml[] =
        "<kml><Placemark><name>My "
        "Geo-Fence</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        "-1,50 1,50 1,52 -1,52 "
        "-1,50</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>"
        "<coordinates>0.0005,50.9 0.0015,50.9 0.0015,51.1 0.0005,51.1 "
        "0.0005,50.9</coordinates></LinearRing>"
        "</innerBoundaryIs></Polygon></Placemark><Placemark><name>Car "
        "park</name><Polygon><outerBoundaryIs>"
        "<LinearRing><coordinates>3,50 4,50 4,52 "
        "3,50</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark><Placemark><name>Course</name>" LINE "</Placemark></kml>";
    struct course *c = import_text(kml);

    (void)state;
    assert_non_null(c->fence);
    assert_int_equal(c->spans.n, 2); /* before and behind the hole */
    assert_true(course_inside(c, 1000));
    assert_false(course_inside(c, 70000));
    assert_said(c, "unused", "1 of the file's areas");
    course_unref(c);
}

static void test_polygon_without_a_line_is_a_loop(void **state)
{
    struct course *c = import_text(
        "<kml><Placemark><name>Round the "
        "lake</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        "0,51 0.001,51 0.001,51.001</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark></kml>");

    (void)state;
    assert_int_equal(vertices_of(c), 4);
    assert_at(first_of(c), 0, 51);
    assert_at(last_of(c), 0, 51);
    assert_null(c->fence);
    assert_said(c, "polygon", "loop");
    course_unref(c);
}

static void test_bad_geofence_costs_only_itself(void **state)
{
    struct course *c = import_text(
        "<kml><Placemark><name>Geofence</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        "0,0 1,1 1,0 0,1 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "<Placemark>" LINE "</Placemark></kml>");

    (void)state;
    assert_null(c->fence);
    assert_said(c, "geofence-refused", "left out");
    course_unref(c);
}

static void test_refused(void **state)
{
    static const struct {
        const char *kml;
        const char *says;
    } cases[] = {
        {"<kml></kml>", "no line in the file"},
        {"<kml><Placemark><Point><coordinates>0,51</coordinates></Point></Placemark></kml>",
            "no line in the file"},
        {"<kml><Placemark><LineString><coordinates></coordinates></LineString></Placemark></kml>",
            "no line in the file"},
        {"<kml><Placemark><LineString><coordinates>0,51</coordinates></LineString></Placemark></"
         "kml>",
            "no line in the file"},
        {"<kml><Placemark><LineString><coordinates>0,51 0,51 "
         "0,51</coordinates></LineString></Placemark></kml>",
            ""},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "nan,51</coordinates></LineString></Placemark></kml>",
            "Place 2"},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "0,inf</coordinates></LineString></Placemark></kml>",
            "Place 2"},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "0x1,51</coordinates></LineString></Placemark></kml>",
            "Place 2"},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "1e999,51</coordinates></LineString></Placemark></kml>",
            "not on the earth"},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "0,91</coordinates></LineString></Placemark></kml>",
            "latitude 91"},
        {"<kml><Placemark><LineString><coordinates>0,51 "
         "181,1</coordinates></LineString></Placemark></kml>",
            "longitude 181"},
        {"<kml><Placemark><LineString><coordinates>0 51 0 "
         "52</coordinates></LineString></Placemark></kml>",
            "Place 1"},
        {"<kml><Placemark><LineString><coordinates>0,51 0.001,5", "cut off: it ends in line 1"},
        {"<kml><Placemark></kml>", "not whole XML"},
        {"<html><body>Not found</body></html>", "is a web page"},
        {"<!DOCTYPE kml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><kml>&b;</kml>",
            "entities of its own"},
        {"<!DOCTYPE kml SYSTEM \"file:///etc/passwd\" [<!ENTITY x SYSTEM "
         "\"file:///etc/passwd\">]><kml>&x;</kml>",
            "entities of its own"},
        {"<kml><outerBoundaryIs><LinearRing><coordinates>0,51 "
         "1,51</coordinates></LinearRing></outerBoundaryIs></kml>",
            "outside of a polygon"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].kml, strlen(cases[i].kml), ERR_INVALID, cases[i].says);
}

static void test_deep_nesting_is_refused(void **state)
{
    size_t depth = 100000;
    char *kml = malloc(5 + depth * 8 + 1);

    (void)state;
    assert_non_null(kml);
    memcpy(kml, "<kml>", 5);
    for (size_t i = 0; i < depth; i++)
        memcpy(kml + 5 + i * 8, "<Folder>", 8);
    assert_refused(kml, 5 + depth * 8, ERR_INVALID, "more than 200 deep");
    free(kml);
}

static void test_too_many_places_are_refused(void **state)
{
    static const char head[] = "<kml><Placemark><LineString><coordinates>";
    static const char tail[] = "</coordinates></LineString></Placemark></kml>";
    size_t places = 2 * LINE_MAX_VERTICES + 1;
    char *kml = malloc(sizeof head + sizeof tail + places * 8);
    size_t len = strlen(head);

    (void)state;
    assert_non_null(kml);
    memcpy(kml, head, len);
    for (size_t i = 0; i < places; i++, len += 4)
        memcpy(kml + len, i % 2 ? "1,1 " : "1,2 ", 4);
    memcpy(kml + len, tail, strlen(tail));
    assert_refused(kml, len + strlen(tail), ERR_TOO_LARGE, "places");
    free(kml);
}

static void test_encodings(void **state)
{
    static const char latin1[] =
        "<?xml version='1.0' encoding='ISO-8859-1'?><kml><Placemark><name>Parc de la T\xeate "
        "d'Or</name>" LINE "</Placemark></kml>";
    static const char bom[] =
        "\xef\xbb\xbf <kml><Placemark><name>B</name>" LINE "</Placemark></kml>";
    struct course *c = import_text(latin1);

    (void)state;
    assert_string_equal(c->long_name, "Parc de la Tête d'Or");
    assert_string_equal(c->short_name, "parc-de-la-tete-dor");
    course_unref(c);
    c = import_text(bom);
    assert_string_equal(c->long_name, "B");
    course_unref(c);
    assert_refused(
        "<kml><name>\xff\xfe</name></kml>", 24, ERR_INVALID, "cut off: it ends in line 1");
}

static void test_publishers_files(void **state)
{
    struct course *c = import_file("my-maps.kml", NULL);

    (void)state;
    assert_string_equal(c->short_name, "ashcombe-meadow-5k");
    assert_true(c->start.given && c->finish.given);
    assert_non_null(c->fence);
    assert_int_equal(line_laps(c->line), 2);
    assert_said(c, "laps", "\"two and a bit laps\"");
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes_of_kml),
        cmocka_unit_test(test_start_and_finish_in_many_languages),
        cmocka_unit_test(test_geofence_is_a_named_polygon),
        cmocka_unit_test(test_polygon_without_a_line_is_a_loop),
        cmocka_unit_test(test_bad_geofence_costs_only_itself),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_deep_nesting_is_refused),
        cmocka_unit_test(test_too_many_places_are_refused),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_publishers_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
