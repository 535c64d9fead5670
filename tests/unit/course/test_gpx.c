/* GPX: tracks, routes, waypoints. */
#include "course_cases.h"

#define TRKPT(lon, lat) \
    "<trkpt lat=\"" lat "\" lon=\"" lon "\"><ele>4</ele><time>2026-01-01T09:00:00Z</time></trkpt>"
#define RTEPT(lon, lat) "<rtept lat='" lat "' lon='" lon "'><name>turn</name></rtept>"
#define WPT(lon, lat, inside) "<wpt lat='" lat "' lon='" lon "'>" inside "</wpt>"
#define GPX(inside)                                                                             \
    "<?xml version='1.0'?><gpx version='1.1' xmlns='http://www.topografix.com/GPX/1/1'>" inside \
    "</gpx>"

static void test_lines_of_gpx(void **state)
{
    static const struct {
        const char *label;
        const char *gpx;
        size_t vertices;
        const char *name;
    } cases[] = {
        {"track",
            GPX("<trk><name>A</name><trkseg>" TRKPT("0", "51")
                    TRKPT("0.01", "51") "</trkseg></trk>"),
            2, "A"},
        {"segments",
            GPX("<trk><name>B</name><trkseg>" TRKPT("0", "51")
                    TRKPT("0.01", "51") "</trkseg><trkseg>" TRKPT("0.0101", "51")
                        TRKPT("0.02", "51") "</trkseg></trk>"),
            4, "B"},
        {"route",
            GPX("<rte><name>C</name>" RTEPT("0", "51") RTEPT("0.01", "51")
                    RTEPT("0.02", "51") "</rte>"),
            3, "C"},
        {"a track before a route",
            GPX("<rte><name>D plan</name>" RTEPT("0", "51") RTEPT("0.01", "51") RTEPT("0.02",
                "51") "</rte><trk><trkseg>" TRKPT("0", "51") TRKPT("0.01", "51") "</trkseg></trk>"),
            2, "D plan"},
        {"metadata's name",
            GPX("<metadata><name>E</name></metadata><trk><name>Morning run</name><trkseg>" TRKPT(
                "0", "51") TRKPT("0.01", "51") "</trkseg></trk>"),
            2, "E"},
        {"prefix",
            "<g:gpx xmlns:g='x'><g:trk><g:name>F</g:name><g:trkseg><g:trkpt lat='51' "
            "lon='0'/><g:trkpt lat='51' lon='0.01'/>"
            "</g:trkseg></g:trk></g:gpx>",
            2, "F"},
        {"empty segments",
            GPX("<trk><name>G</name><trkseg/><trkseg>" TRKPT("0", "51")
                    TRKPT("0.01", "51") "</trkseg><trkseg>" TRKPT("3", "3") "</trkseg></trk>"),
            2, "G"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].gpx);

        print_message("%s\n", cases[i].label);
        assert_int_equal(vertices_of(c), cases[i].vertices);
        assert_string_equal(c->long_name, cases[i].name);
        course_unref(c);
    }
}

static void test_a_pause_in_the_recording_is_a_gap(void **state)
{
    struct course *c = import_text(GPX("<trk><trkseg>" TRKPT("0", "51") TRKPT("0.01",
        "51") "</trkseg><trkseg>" TRKPT("0.010827", "51") TRKPT("0.02", "51") "</trkseg></trk>"));

    (void)state;
    assert_said(c, "gap", "58 m");
    course_unref(c);
}

static void test_waypoints_are_start_and_finish(void **state)
{
    static const char *const cases[] = {
        WPT("0.01", "51", "<name>Départ</name>") WPT("0", "51", "<name>Arrivée</name>"),
        WPT("0.01", "51", "<name>A</name><type>start</type>")
            WPT("0", "51", "<name>B</name><type>finish</type>"),
        WPT("0.01", "51", "<name>A</name><sym>Flag, Start</sym>")
            WPT("0", "51", "<name>B</name><sym>Flag, Finish</sym>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char gpx[2048];
        struct course *c;

        (void)snprintf(gpx, sizeof gpx,
            GPX("%s<trk><trkseg>" TRKPT("0", "51") TRKPT("0.01", "51") "</trkseg></trk>"),
            cases[i]);
        c = import_text(gpx);
        assert_true(c->start.given && c->finish.given);
        assert_at(first_of(c), 0.01, 51);
        course_unref(c);
    }
}

static void test_hint_in_the_description(void **state)
{
    struct course *c =
        import_text(GPX("<metadata><desc>Zwei Runden um den See</desc></metadata><rte>" RTEPT(
            "0", "51") RTEPT("0.01", "51") RTEPT("0.01", "51.01") RTEPT("0", "51") "</rte>"));

    (void)state;
    assert_int_equal(line_laps(c->line), 2);
    assert_said(c, "laps", "Zwei Runden");
    course_unref(c);
}

/* A line that is called after a geofence is the geofence only beside another one. */
static void test_named_after_a_geofence(void **state)
{
    static const char *const cases[] = {
        GPX("<trk><name>Run around the geofence</name><trkseg>" TRKPT("0", "51")
                TRKPT("0.01", "51") "</trkseg></trk>"),
        GPX("<rte><name>Geofence</name>" RTEPT("0", "51") RTEPT("0.01", "51") "</rte>"),
        GPX("<trk><name>Geofence</name><type>route</type><trkseg>" TRKPT("0", "51")
                TRKPT("0.01", "51") "</trkseg></trk><trk><name>B</name><trkseg>" TRKPT("2", "51")
                    TRKPT("2.01", "51") "</trkseg></trk>"),
        GPX("<trk><name>Geofence</name><trkseg>" TRKPT("0.002", "50.9") TRKPT("0.004", "50.9")
                TRKPT("0.004", "51.1") TRKPT("0.002", "51.1") TRKPT(
                    "0.002", "50.9") "</trkseg></trk><trk><name>B</name><trkseg>" TRKPT("0", "51")
                    TRKPT("0.01", "51") "</trkseg></trk>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i]);

        assert_int_equal(vertices_of(c), 2);
        assert_at(first_of(c), 0, 51);
        assert_int_equal(c->spans.n, i == 3 ? 1 : 0);
        course_unref(c);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *gpx;
        const char *says;
    } cases[] = {
        {GPX(""), "no line"},
        {GPX(WPT("0", "51", "<name>Start</name>")), "no line"},
        {GPX("<trk><trkseg>" TRKPT("0", "51") "</trkseg></trk>"), "no line"},
        {GPX("<trk><trkseg><trkpt lat='51'/></trkseg></trk>"), "not in degrees"},
        {GPX("<trk><trkseg><trkpt lat='x' lon='0'/></trkseg></trk>"), "not in degrees"},
        {GPX("<trk><trkseg><trkpt lat='NaN' lon='0'/></trkseg></trk>"), "not in degrees"},
        {GPX("<trk><trkseg>" TRKPT("0", "91") "</trkseg></trk>"), "latitude 91"},
        {"<gpx><trk><trkseg><trkpt lat='51' lon='0'/>", "cut off: it ends in line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].gpx, strlen(cases[i].gpx), ERR_INVALID, cases[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_gpx),
        cmocka_unit_test(test_a_pause_in_the_recording_is_a_gap),
        cmocka_unit_test(test_waypoints_are_start_and_finish),
        cmocka_unit_test(test_hint_in_the_description),
        cmocka_unit_test(test_named_after_a_geofence),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
