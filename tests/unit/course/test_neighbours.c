/* What stands beside the line in files of other programs: it never spoils the line, and never becomes
 * a part of it. Lengths are geodesic, computed apart. */
#include "course_cases.h"

#include "base/utf8.h"
#include "course/question.h"

#define LS(name, at)                   \
    "<Placemark><name>" name "</name>" \
    "<LineString><coordinates>" at "</coordinates></LineString></Placemark>"
#define PT(name, at)                   \
    "<Placemark><name>" name "</name>" \
    "<Point><coordinates>" at "</coordinates></Point></Placemark>"
#define KML(x) "<kml><Document>" x "</Document></kml>"
#define GPX(x) "<gpx version=\"1.1\">" x "</gpx>"
#define P(lat, lon) "<trkpt lat=\"" lat "\" lon=\"" lon "\"/>"
#define TRK(name, p) "<trk><name>" name "</name><trkseg>" p "</trkseg></trk>"
#define BEND "0,51 0.01,51 0.01,51.01"
#define BEND_JSON "[[0,51],[0.01,51],[0.01,51.01]]"
#define RING "0,51 0.01,51 0.01,51.01 0,51.01 0,51"
#define WAY(id, nodes) "{\"type\":\"way\",\"id\":" id ",\"nodes\":[" nodes "]}"
#define NODE(id, lon, lat) "{\"type\":\"node\",\"id\":" id ",\"lat\":" lat ",\"lon\":" lon "}"
#define MEMBER(id) "{\"type\":\"way\",\"ref\":" id ",\"role\":\"\"}"

static void test_read(void **state)
{
    static const struct {
        const char *label;
        const char *text;
        uint64_t metres;
        double lon, lat; /* where the line begins */
        const char *code;
        const char *part;
    } cases[] = {
        {"a point that is no place", KML(PT("Aid", "0;51") LS("Run", BEND)), 1814, 0, 51, "unused",
            "Place 1"},
        {"a waypoint that is no place",
            GPX("<wpt lat=\"\" lon=\"\"><ele>3</ele><sym>Flag</sym></wpt>" TRK(
                "Run", P("51", "0") P("51", "0.01") P("51.01", "0.01"))),
            1814, 0, 51, "unused", "Place 1"},
        {"sep=", "sep=;\r\nlat;lon\r\n51;0\r\n51;0.01\r\n51.01;0.01\r\n", 1814, 0, 51, NULL, NULL},
        {"comments", "# of a recorder\nlat,lon\n51,0\n51,0.01\n51.01,0.01\n", 1814, 0, 51, NULL,
            NULL},
        {"rows of numbers", "51,0,3\n51,0.01,4\n51.01,0.01,5\n", 1814, 0, 51, "columns",
            "the first number of a row was read as the latitude"},
        {"rows of numbers, longitude first", "151,-33\n151.01,-33\n", 935, 151, -33, "columns",
            "the first number of a row was read as the longitude"},
        {"layers of uMap",
            "{\"type\":\"umap\",\"properties\":{\"name\":\"x\"},\"layers\":[{\"type\":"
            "\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
            "\"geometry\":{\"type\":\"LineString\",\"coordinates\":" BEND_JSON "}}]}]}",
            1814, 0, 51, NULL, NULL},
        {"ways in the order of their relation",
            "{\"elements\":[" NODE("1", "0", "51") "," NODE("2", "0.01", "51") "," NODE("3", "0.01",
                "51.01") "," WAY("9", "2,3") "," WAY("8", "1,2") ",{\"type\":\"relation\",\"id\":7,"
                                                                 "\"members\":[" MEMBER(
                                                                     "8") "," MEMBER("9") "]}]}",
            1814, 0, 51, NULL, NULL},
        {"a track and a line in one placemark",
            KML("<Placemark><name>Run</name><MultiGeometry><LineString><coordinates>" BEND
                "</coordinates></LineString><gx:Track><gx:coord>0 51 0</gx:coord><gx:coord>0.01 51 "
                "0</gx:coord><gx:coord>0.01 51.01 0</gx:coord></gx:Track></MultiGeometry>"
                "</Placemark>"),
            1814, 0, 51, "unused", "a copy of another line"},
        {"a car park", KML(LS("Race", RING) LS("Start to car park", "0,51 -0.01,51 -0.01,51.01")),
            3629, 0, 51, "unused", "beside the race by its name"},
        {"halves", KML(LS("Second half", "0.01,51 0.02,51") LS("First half", "0,51 0.01,51")), 1404,
            0, 51, "order", "by the numbers in their names"},
        {"columns with units", "Latitude (deg),Longitude (deg)\n51,0\n51,0.01\n51.01,0.01\n", 1814,
            0, 51, NULL, NULL},
        {"a table of QGIS", "wkt_geom\tid\nLineStringZ (0 51 3, 0.01 51 3, 0.01 51.01 3)\t1\n",
            1814, 0, 51, NULL, NULL},
        {"warm up",
            KML(LS("Race route", RING) LS("Warm up loop", "0,51 0.001,51 0.001,51.001 0,51")), 3629,
            0, 51, "unused", "beside the race by its name"},
        {"stages in words",
            GPX(TRK("Stage three", P("51.01", "0.01") P("51.01", "0")) TRK("Stage one",
                P("51", "0") P("51", "0.01")) TRK("Stage two", P("51", "0.01") P("51.01", "0.01"))),
            2516, 0, 51, "order", "by the numbers in their names"},
        {"a gap in a ring stays where it is",
            GPX("<trk><trkseg>" P("51", "0") P("51", "0.01")
                    P("51.01", "0.01") "</trkseg><trkseg>" P("51.0099", "0.01") P("51.01", "0")
                        P("51", "0") "</trkseg></trk>"),
            3640, 0, 51, NULL, NULL},
        {"the start of a later stage",
            KML(LS("Stage 1", "0,51 0.02,51") LS("Stage 2", "0.02,51 0.03,51")
                    PT("Start of Stage 2", "0.02,51") PT("Finish of stage 1", "0.02,51")),
            2106, 0, 51, NULL, NULL},
        {"how far the finish is", KML(LS("R", BEND) PT("あと2km ゴール", "0,51")), 1814, 0, 51,
            "unused", "neither start, finish nor checkpoint"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c;

        print_message("%s\n", cases[i].label);
        c = import_text(cases[i].text);
        assert_int_equal((c->length_mm + 500) / 1000, cases[i].metres);
        assert_at(first_of(c), cases[i].lon, cases[i].lat);
        if (cases[i].code)
            assert_said(c, cases[i].code, cases[i].part);
        course_unref(c);
    }
}

/* One wrong place can make a line too long. The sentence names it. */
static void test_a_spike_is_named(void **state)
{
    static const char gpx[] =
        GPX(TRK("R", P("50", "14") P("50.001", "14") P("50.002", "14") P("-50.003", "14")
                         P("50.004", "14") P("50.005", "14")));

    (void)state;
    assert_refused(gpx, strlen(gpx), ERR_INVALID, "Place 4 of the line");
    assert_refused(gpx, strlen(gpx), ERR_INVALID, "the sign of its latitude");
}

static void test_asked(void **state)
{
    static const struct {
        const char *label;
        const char *text;
        size_t candidates;
    } cases[] = {
        {"folders called after races: none of them is the title",
            KML("<Folder><name>2 km</name>" LS("route", "0,51 0.014,51 0.014,51.001") PT(
                "Start", "0,51") "</Folder><Folder><name>4 km</name>" LS("route",
                "0,51 0.028,51 0.028,51.001") "</Folder><Folder><name>Kids run</name>" LS("route",
                "0,51 0.005,51 0.005,51.001") "</Folder>"),
            3},
        {"a loop, and a line that stands apart",
            KML(LS("Lake", RING) LS("Hill", "-0.004,51 -0.01,51 -0.01,51.01 -0.004,51.01")), 3},
        {"lines without names",
            GPX("<trk><trkseg>" P("51", "0") P("51", "0.01") P("51.01", "0.01")
                    P("51", "0") "</trkseg></trk><trk><trkseg>" P("51", "0") P("51", "0.02")
                        P("51.02", "0.02") P("51", "0") "</trkseg></trk>"),
            2},
        {"a way with the same ends is no copy",
            KML(LS("A", "0,51 0.01,51") LS("B", "0,51 0.005,51.003 0.01,51")), 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course_question q = {0};
        struct course_options o = {.question = &q};
        struct err e = {0};

        print_message("%s\n", cases[i].label);
        assert_null(course_import(cases[i].text, strlen(cases[i].text), &o, &e));
        assert_string_equal(q.code, "choose-line");
        assert_int_equal(q.n, cases[i].candidates);
        course_question_release(&q);
    }
}

static void test_points_of_interest(void **state)
{
    struct course *c = import_text(
        "{\"route\":{\"name\":\"R\",\"track_points\":[{\"x\":0,\"y\":51},{\"x\":0.01,\"y\":51},"
        "{\"x\":0.01,\"y\":51.01}],\"points_of_interest\":[{\"lng\":0.005,\"lat\":51,\"name\":"
        "\"Aid "
        "1\"}]}}");

    (void)state;
    assert_int_equal(c->checkpoints.n, 1);
    assert_string_equal(c->checkpoints.item[0].name, "Aid 1");
    course_unref(c);
}

/* A quoted name is cut after 60 bytes, which may be within a character. */
static void test_a_long_name_is_cut_between_characters(void **state)
{
    static const char file[] =
        KML(PT("A\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84"
               "\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84"
               "\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84\xc3\x84"
               "\xc3\x84\xc3\x84\xc3\x84\xc3\x84",
            "0.2,51.2") LS("Run", BEND));
    struct course *c = import_text(file);

    (void)state;
    assert_true(c->diagnostics_n > 0);
    for (size_t i = 0; i < c->diagnostics_n; i++)
        assert_true(utf8_valid(c->diagnostics[i].text, strlen(c->diagnostics[i].text)));
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_a_long_name_is_cut_between_characters),
        cmocka_unit_test(test_a_spike_is_named),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_points_of_interest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
