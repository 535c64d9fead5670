/* Elevation: read from every format, kept on the way to the line and back, and summed up. */
#include "course/elevation.h"
#include "course_cases.h"

#define KML(inside)                       \
    "<kml><Placemark><LineString>" inside \
    "<coordinates>0,51,20 0.01,51,30.5 0.02,51,25.25</coordinates></LineString></Placemark></kml>"

static void assert_elevations(const struct course *c, const int32_t *cm, size_t n)
{
    assert_int_equal(vertices_of(c), n);
    assert_non_null(c->elevation_cm);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(c->elevation_cm[i], cm[i]);
}

static const struct {
    const char *label;
    const char *file;
    bool none;
} formats[] = {
    {"KML", KML(""), false},
    {"KML, absolute", KML("<altitudeMode>absolute</altitudeMode>"), false},
    {"KML, clamped", KML("<altitudeMode>clampToGround</altitudeMode>"), true},
    {"KML, relative", KML("<altitudeMode>relativeToGround</altitudeMode>"), true},
    {"KML, mode of another shape",
        "<kml><Placemark><MultiGeometry><Point><altitudeMode>clampToGround</altitudeMode>"
        "<coordinates>0,51,9</coordinates></Point><LineString><coordinates>0,51,20 0.01,51,30.5 "
        "0.02,51,25.25</coordinates></LineString></MultiGeometry></Placemark></kml>",
        false},
    {"gx:Track",
        "<kml><Placemark><gx:Track xmlns:gx='x'><altitudeMode>absolute</altitudeMode><gx:coord>0 "
        "51 "
        "20</gx:coord><gx:coord>0.01 51 30.5</gx:coord><gx:coord>0.02 51 "
        "25.25</gx:coord></gx:Track>"
        "</Placemark></kml>",
        false},
    {"GPX",
        "<gpx><wpt lat='51' lon='0.01'><ele>99</ele></wpt><trk><trkseg><trkpt lat='51' "
        "lon='0'><ele>"
        "20</ele></trkpt><trkpt lat='51' lon='0.01'><ele> 30.5 </ele></trkpt><trkpt lat='51' "
        "lon='0.02'><ele>25.2501</ele></trkpt></trkseg></trk></gpx>",
        false},
    {"GPX route",
        "<gpx><rte><rtept lat='51' lon='0'><ele>20</ele></rtept><rtept lat='51' "
        "lon='0.01'><ele>30.5"
        "</ele></rtept><rtept lat='51' lon='0.02'><ele>25.25</ele></rtept></rte></gpx>",
        false},
    {"GPX, one place without",
        "<gpx><trk><trkseg><trkpt lat='51' lon='0'><ele>20</ele></trkpt><trkpt lat='51' lon='0.01'>"
        "<ele>30.5</ele></trkpt><trkpt lat='51' lon='0.02'/><trkpt lat='51' "
        "lon='0.03'><ele>20</ele>"
        "</trkpt></trkseg></trk></gpx>",
        false},
    {"TCX",
        "<TrainingCenterDatabase><Courses><Course><Track>"
        "<Trackpoint><AltitudeMeters>20</AltitudeMeters><Position><LatitudeDegrees>51"
        "</LatitudeDegrees><LongitudeDegrees>0</LongitudeDegrees></Position></Trackpoint>"
        "<Trackpoint><AltitudeMeters>77</AltitudeMeters></Trackpoint>"
        "<Trackpoint><Position><LatitudeDegrees>51</LatitudeDegrees><LongitudeDegrees>0.01"
        "</LongitudeDegrees></Position><AltitudeMeters>30.5</AltitudeMeters></Trackpoint>"
        "<Trackpoint><Position><LatitudeDegrees>51</LatitudeDegrees><LongitudeDegrees>0.02"
        "</LongitudeDegrees></Position><AltitudeMeters>25.25</AltitudeMeters></Trackpoint>"
        "</Track></Course></Courses></TrainingCenterDatabase>",
        false},
    {"GeoJSON",
        "{\"type\":\"LineString\",\"coordinates\":[[0,51,20],[0.01,51,30.5],[0.02,51,25.25]]}",
        false},
    {"GeoJSON, zeros",
        "{\"type\":\"LineString\",\"coordinates\":[[0,51,0],[0.01,51,0],[0.02,51,0]]}", true},
    {"GeoJSON, one of three",
        "{\"type\":\"LineString\",\"coordinates\":[[0,51],[0.01,51,30.5],[0.02,51]]}", true},
    {"GeoJSON, no height on the earth",
        "{\"type\":\"LineString\",\"coordinates\":[[0,51,-9999],[0.01,51,-9999],[0.02,51,1e300]]}",
        true},
    {"RideWithGPS",
        "{\"track_points\":[{\"x\":0,\"y\":51,\"e\":20},{\"x\":0.01,\"y\":51,\"e\":30.5},"
        "{\"x\":0.02,\"y\":51,\"e\":25.25}]}",
        false},
    {"table", "lat,lon,ele\n51,0,20\n51,0.01,30.5\n51,0.02,25.25\n", false},
    {"table without", "lat,lon\n51,0\n51,0.01\n51,0.02\n", true},
    {"WKT", "LINESTRING Z (0 51 20, 0.01 51 30.5, 0.02 51 25.25)", false},
    {"WKT, glued", "LINESTRINGZM(0 51 20 7, 0.01 51 30.5 8, 0.02 51 25.25 9)", false},
    {"EWKT", "SRID=4326;LINESTRING(0 51 20, 0.01 51 30.5, 0.02 51 25.25)", false},
    {"WKT, measures", "LINESTRING M (0 51 20, 0.01 51 30.5, 0.02 51 25.25)", true},
    {"WKT, glued measures", "LINESTRINGM(0 51 20, 0.01 51 30.5, 0.02 51 25.25)", true},
};

static void test_formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct course *c = import_text(formats[i].file);

        print_message("%s\n", formats[i].label);
        if (formats[i].none)
            assert_null(c->elevation_cm);
        else if (vertices_of(c) == 4) /* the third lies half way down */
            assert_elevations(c, (const int32_t[]){2000, 3050, 2525, 2000}, 4);
        else
            assert_elevations(c, (const int32_t[]){2000, 3050, 2525}, 3);
        course_unref(c);
    }
}

static struct course *again(const struct course *c, enum course_format f)
{
    struct buf out = BUF_INIT;
    struct course *back;

    course_export(c, f, &out);
    back = import_with(out.data, out.len, NULL);
    buf_release(&out);
    return back;
}

/* Every format keeps every elevation, and the revision. */
static void test_round_trips(void **state)
{
    /* out and back over the same places, at other heights: a watch drifts */
    struct course *c = import_text("LINESTRING Z (0 51 20, 0.01 51 -3.07, 0.02 51 25.25, 0.01 51 "
                                   "8999.99, 0 51 21.4)");
    const int32_t cm[] = {2000, -307, 2525, 899999, 2140};

    (void)state;
    assert_elevations(c, cm, 5);
    for (enum course_format f = COURSE_GEOJSON; f <= COURSE_CSV; f++) {
        struct course *back = again(c, f);

        assert_elevations(back, cm, 5);
        assert_string_equal(back->revision, c->revision);
        assert_int_equal(back->climb_cm, c->climb_cm);
        course_unref(back);
    }
    course_unref(c);
}

/* A course without elevations is what it was; with them it is another. */
static void test_revision(void **state)
{
    static const char *const files[] = {"LINESTRING (0 51, 0.01 51)",
        "LINESTRING Z (0 51 0, 0.01 51 0)", "LINESTRING Z (0 51 1, 0.01 51 2)",
        "LINESTRING Z (0 51 1, 0.01 51 3)"};
    struct course *c[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        c[i] = import_text(files[i]);
    assert_string_equal(c[0]->revision, c[1]->revision);
    assert_string_not_equal(c[0]->revision, c[2]->revision);
    assert_string_not_equal(c[2]->revision, c[3]->revision);
    for (size_t i = 0; i < 4; i++)
        course_unref(c[i]);
}

/* Lines that are joined, turned and reversed keep the elevation of each place. */
static void test_on_the_way_to_the_line(void **state)
{
    static const char pieces[] =
        "<gpx><wpt lat='51' lon='0.0195'><name>Start</name></wpt><trk><trkseg><trkpt lat='51' "
        "lon='0'>"
        "<ele>1</ele></trkpt><trkpt lat='51' "
        "lon='0.01'><ele>2</ele></trkpt></trkseg><trkseg><trkpt "
        "lat='51' lon='0.0195'><ele>9</ele></trkpt><trkpt lat='51' "
        "lon='0.0105'><ele>8</ele></trkpt>"
        "</trkseg></trk></gpx>";
    struct course *c = import_text(pieces);
    struct course *fenced;
    struct err e;

    (void)state;
    assert_elevations(c, (const int32_t[]){900, 800, 200, 100}, 4);
    assert_int_equal(c->descent_cm, 800);
    fenced = course_with_fence(c, NULL, &e);
    assert_non_null(fenced);
    course_unref(c);
    assert_elevations(fenced, (const int32_t[]){900, 800, 200, 100}, 4);
    course_unref(fenced);
    c = import_with(pieces, sizeof pieces - 1, &(struct course_options){.reverse = true});
    assert_elevations(c, (const int32_t[]){100, 200, 800, 900}, 4);
    course_unref(c);
}

static void test_sums(void **state)
{
    static const struct {
        int32_t cm[8];
        size_t n;
        uint32_t laps;
        uint64_t climb_cm, descent_cm;
    } cases[] = {
        {{1000, 1000, 1000}, 3, 1, 0, 0}, {{1000, 1299, 1000, 1299}, 4, 1, 0, 0}, /* noise */
        {{1000, 1300, 1000}, 3, 1, 300, 300}, /* counts in full */
        {{1000, 1200, 1100, 1500, 1400, 1900}, 6, 1, 900, 0},
        {{1000, 1500, 1201, 1600, 900}, 5, 1, 600, 700}, /* the dip of 2.99 m does not count */
        {{1000, 1500, 1200, 1600, 900}, 5, 1, 900, 1000}, {{1000, 2000, 1000}, 3, 2, 2000, 2000},
        {{1000, 2000, 1000}, 3, 1000, 1000000, 1000000}, {{1000, 1200, 1000}, 3, 1000, 0, 0},
        {{1200, 1400, 1000, 1200}, 4, 2, 400, 800}, /* the rise at either end is noise */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct elevation_sum sum = elevation_sum(cases[i].cm, cases[i].n, cases[i].laps);

        if (sum.climb_cm != cases[i].climb_cm || sum.descent_cm != cases[i].descent_cm)
            print_error("case %zu\n", i);
        assert_int_equal(sum.climb_cm, cases[i].climb_cm);
        assert_int_equal(sum.descent_cm, cases[i].descent_cm);
    }
}

static void test_geojson(void **state)
{
    struct course *c = import_text("LINESTRING Z (0 51 20, 0.01 51 30.46, 0.02 51 -25.25)");
    struct buf out = BUF_INIT;

    (void)state;
    course_export(c, COURSE_GEOJSON, &out);
    assert_non_null(
        strstr(out.data, "\"coordinates\":[[0,51,20],[0.01,51,30.46],[0.02,51,-25.25]]"));
    assert_non_null(strstr(out.data, ",\"climb\":10.46,\"descent\":55.71,\n"));
    assert_non_null(strstr(out.data, "\"elevations\":[20,30.46,-25.25]"));
    buf_clear(&out);
    course_export_simplified(c, 10, &out);
    assert_non_null(strstr(out.data, "\"coordinates\":[[0,51],[0.01,51],[0.02,51]]"));
    assert_non_null(strstr(out.data, "\"elevations\":[20,30.5,-25.3]"));
    course_unref(c);
    c = import_text("LINESTRING (0 51, 0.01 51)");
    buf_clear(&out);
    course_export(c, COURSE_GEOJSON, &out);
    assert_null(strstr(out.data, "climb"));
    assert_null(strstr(out.data, "elevations"));
    buf_clear(&out);
    course_export_csv_row(c, &out);
    assert_null(strstr(out.data, " Z "));
    buf_release(&out);
    course_unref(c);
}

/* 100,000 visits of two places: each is found at once, or by few tries. */
static void test_places_that_repeat(void **state)
{
    struct buf text = BUF_INIT;
    struct course *c;

    (void)state;
    buf_adds(&text, "LINESTRING Z (");
    for (int i = 0; i < 50000; i++)
        buf_addf(&text, "%s0 51 %d, 0.0001 51 %d", i ? ", " : "", i % 90, i % 80);
    buf_adds(&text, ")");
    c = import_with(text.data, text.len, NULL);
    assert_int_equal(vertices_of(c), 100000);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(c->elevation_cm[i], i / 2 % (i % 2 ? 80 : 90) * 100);
    buf_release(&text);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_revision),
        cmocka_unit_test(test_on_the_way_to_the_line),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_geojson),
        cmocka_unit_test(test_places_that_repeat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
