/* Course files as people have them: each is read, or refused with a sentence that helps. */
#include "course_cases.h"

#include <zlib.h>

struct read_case {
    const char *file;
    uint64_t metres; /* of the course, rounded */
};

struct refused_case {
    const char *file;
    const char *says;
};

static void assert_metres(const char *file, uint64_t metres)
{
    char path[128];
    struct course *c;

    (void)snprintf(path, sizeof path, "cases/%s", file);
    print_message("%s\n", file);
    c = import_file(path, NULL);
    assert_int_equal((c->length_mm + 500) / 1000, metres);
    course_unref(c);
}

static void assert_cases_refused(const struct refused_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[512];
        size_t len;
        char *data;

        (void)snprintf(path, sizeof path, TESTS_DIR "/data/courses/cases/%s", cases[i].file);
        print_message("%s\n", cases[i].file);
        data = load_file(path, &len);
        assert_refused(data, len, ERR_INVALID, cases[i].says);
        free(data);
    }
}

static void test_archives(void **state)
{
    static const struct read_case cases[] = {
        {"e51-kmz-links.kmz", 1300},
        {"e52-kmz-folder.kmz", 1300},
        {"e53-zip-gpx.zip", 1300},
        {"e54-kmz-two.kmz", 1300},
        {"e55-kmz-mac.kmz", 1300},
        {"e57-gz.gpx.gz", 1300},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_metres(cases[i].file, cases[i].metres);
}

static void test_no_courses(void **state)
{
    static const struct refused_case cases[] = {
        {"e50-networklink.kml", "holds only a link (https://www.example.org/maps/kml?mid=abc)"},
        {"e56-shapefile.zip", "shapefile"},
        {"e58-html.gpx", "web page"},
        {"e90-geopackage.gpkg", "GeoPackage"},
        {"e92-broken.kmz", "no whole zip"},
        {"e93-pdf.pdf", "PDF"},
    };

    (void)state;
    assert_cases_refused(cases, sizeof cases / sizeof cases[0]);
}

#define TP(lon, lat)                                                                         \
    "<Trackpoint><Position><LatitudeDegrees>" lat "</LatitudeDegrees><LongitudeDegrees>" lon \
    "</LongitudeDegrees></Position></Trackpoint>"
#define TCX(inside) \
    "<?xml version='1.0'?><TrainingCenterDatabase>" inside "</TrainingCenterDatabase>"

static void test_garmin(void **state)
{
    struct course *c;

    (void)state;
    assert_metres("e60-tcx.tcx", 1300);
    assert_metres("e80-garmin-rpt.gpx", 1300);
    c = import_text(
        TCX("<Courses><Course><Name>Run</Name><Lap><BeginPosition><LatitudeDegrees>1"
            "</LatitudeDegrees><LongitudeDegrees>1</LongitudeDegrees></BeginPosition>"
            "</Lap><Track>" TP("0", "51") "<Trackpoint><Time/></Trackpoint>" TP(
                " 0.01 ", "51") "</Track><CoursePoint><Name>Start</Name><Position>"
                                "<LatitudeDegrees>51</LatitudeDegrees><LongitudeDegrees>0.01"
                                "</LongitudeDegrees></Position></CoursePoint></Course></Courses>"));
    assert_string_equal(c->long_name, "Run");
    assert_int_equal(vertices_of(c), 2);
    assert_true(c->start.given);
    course_unref(c);
    c = import_text(TCX("<Activities><Activity><Id>2026</Id><Lap><Track>" TP("0", "51")
            TP("0.01", "51") "</Track></Lap><Lap><Track>" TP("0.01", "51.01")
                TP("0.02", "51") "</Track></Lap>"
                                 "</Activity></Activities>"));
    assert_int_equal(vertices_of(c), 4);
    assert_null(said(c, "joined"));
    course_unref(c);
    for (int i = 0; i < 3; i++) {
        static const char *const texts[] = {
            TCX("<Courses><Course><Track>" TP("0", "51,5") "</Track></Course></Courses>"),
            TCX("<Courses><Course><Track>" TP("0", "91") "</Track></Course></Courses>"),
            TCX("<Courses/>")};
        static const char *const says[] = {"latitude \"51,5\"", "latitude 91", "no line"};

        assert_refused(texts[i], strlen(texts[i]), ERR_INVALID, says[i]);
    }
}

static void test_tables_and_text(void **state)
{
    static const struct read_case cases[] = {
        {"e65-polyline.txt", 789436},
        {"e66-latlon.csv", 1300},
        {"e67-semicolon.csv", 1300},
        {"e69-wktz.csv", 1300},
        {"e70-ewkt.csv", 1300},
        {"e73-wktcol.csv", 1300},
        {"g01-map-only.csv", 1300},
        {"g02-map-name.csv", 1300},
        {"g04-ewkt-full.csv", 1300},
        {"g05-lower.csv", 1300},
    };
    static const struct {
        const char *text;
        const char *name;
        size_t vertices;
        bool start;
    } texts[] = {
        {"LINESTRING (0 51, 0.01 51)", "course", 2, false},
        {"srid=4326;LineStringZ(0 51 1, 0.01 51 2)\n", "course", 2, false},
        {"MULTILINESTRING M ((0 51 1, 0.01 51 2))", "course", 2, false},
        {"GEOMETRYCOLLECTION (POINT EMPTY, MULTIPOINT (0 51, (1 51)), LINESTRING (0 51, 0.01 51))",
            "course", 2, false},
        {"LINESTRING (0 51, 0.01 51);\nLINESTRING(0.01 51, 0.02 51)", "course", 3, false},
        {"name,WKT\nStart,POINT(0.01 51)\nMy run,\"LINESTRING(0 51,0.01 51)\"\nBad,POINT(x)\n",
            "My run", 2, true},
        {"Latitude;Longitude\n51,0;0,0\n51,0;0,01\n;\n", "course", 2, false},
        {"50.0,10.0\n50.1,10.0\n", "course", 2, false},
        {"name\tlat\tlon\nStart\t51\t0.01\nRun\t51\t0\nRun\t51\t0.01\n", "Run", 2, true},
    };
    static const struct refused_case refused[] = {
        {"1,50.0,10.0,100\n2,50.1,10.0,100\n", "Write \"lat,lon\""},
        {"lat,lon\n50.0,10.0\n50x,10\n", "Row 2 of the table has the latitude \"50x\""},
        {"lat,lon\n50.0,10.0\n50\n", "Row 2 of the table"},
        {"lat;lon\n50,0,1;10\n", "Row 1 of the table"},
        {"WKT,name\nLINESTRING(0 51,\n", "The WKT text has"},
        {"name,lat,lon\nA,51,0\nB,51,0.01\n", "no line"},
        {"LINESTRING (0 51, 0.01 51", "where ) should stand"},
        {"_p~iF~ps|U_ulLnnqC_mqNvxq", "unknown kind"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_metres(cases[i].file, cases[i].metres);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct course *c = import_text(texts[i].text);

        print_message("%s\n", texts[i].text);
        assert_string_equal(c->long_name, texts[i].name);
        assert_int_equal(vertices_of(c), texts[i].vertices);
        assert_int_equal(c->start.given, texts[i].start);
        course_unref(c);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(refused[i].file, strlen(refused[i].file), ERR_INVALID, refused[i].says);
}

#define FEATURE(geometry) "{\"type\":\"Feature\",\"properties\":{},\"geometry\":" geometry "}"
#define LINE_JSON "{\"type\":\"LineString\",\"coordinates\":[[0,51],[0.01,51]]}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static void test_json(void **state)
{
    static const char *const texts[] = {
        FEATURE(LINE_JSON) "\n" FEATURE("{\"type\":\"Point\",\"coordinates\":[1,2]}") "\n",
        "\x1e" FEATURE(LINE_JSON) "\n\x1e" FEATURE("null"),
        COLLECTION(FEATURE(LINE_JSON) "," FEATURE("{\"type\":\"Point\",\"coordinates\":[]}")),
        COLLECTION(FEATURE("{\"type\":\"Blob\"}") "," FEATURE(LINE_JSON)),
        COLLECTION(FEATURE(LINE_JSON) "," FEATURE("{\"type\":\"Point\",\"coordinates\":[1,99]}")),
        FEATURE(
            "{\"type\":\"LineString\",\"coordinates\":[[\"0\",\"51\",NaN],[0.01,51,-Infinity]]}"),
        COLLECTION(COLLECTION(FEATURE(LINE_JSON))),
        "{\"trip\":{\"track_points\":[{\"x\":0,\"y\":51},{\"t\":1},{\"x\":0.01,\"y\":51}]}}",
        "{\"elements\":[{\"type\":\"way\",\"id\":7,\"nodes\":[2,9,1]},{\"type\":\"node\",\"id\":1,"
        "\"lat\":51,\"lon\":0.01},{\"type\":\"node\",\"id\":2,\"lat\":51,\"lon\":0}]}",
        "{\"elements\":[{\"type\":\"relation\",\"members\":[{\"type\":\"way\",\"ref\":7,"
        "\"geometry\":["
        "{\"lat\":51,\"lon\":0},null,{\"lat\":51,\"lon\":0.01}]}]},{\"type\":\"way\",\"id\":7,"
        "\"geometry\":[{\"lat\":51,\"lon\":0},{\"lat\":51,\"lon\":0.01}]}]}",
    };
    static const struct refused_case refused[] = {
        {FEATURE(LINE_JSON) "\n{\"type\":", "Document 2 of the file"},
        {COLLECTION(FEATURE(LINE_JSON) "," FEATURE(
             "{\"type\":\"LineString\",\"coordinates\":[[0,51],[0,99]]}")),
            "latitude 99"},
        {"{\"elements\":[]}", "no line"},
        {"{\"track_points\":[{\"x\":0,\"y\":51},{\"x\":0,\"y\":99}]}", "latitude 99"},
    };

    (void)state;
    assert_metres("e63-rwgps.json", 717);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct course *c = import_text(texts[i]);

        assert_int_equal(vertices_of(c), 2);
        assert_at(first_of(c), 0, 51);
        course_unref(c);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(refused[i].file, strlen(refused[i].file), ERR_INVALID, refused[i].says);
}

#define NAMED(encoding, name)                                                  \
    "<?xml version='1.0' encoding='" encoding "'?><kml><Placemark><name>" name \
    "</name><LineString><coordinates>0,51 0.01,51</coordinates></LineString></Placemark></kml>"

static void test_encodings(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        bool guessed;
    } texts[] = {
        {NAMED("windows-1251", "\xc7\xe0\xe1\xe5\xe3"), "Забег", false},
        {NAMED("ISO-8859-2", "B\xech"), "Běh", false},
        {NAMED("iso-8859-15", "10 \xa4"), "10 €", false},
        {NAMED("Shift_JIS", "\x83\x7d\x83\x89\x83\x5c\x83\x93"), "マラソン", false},
        {NAMED("gb2312", "\xc2\xed\xc0\xad\xcb\xc9"), "马拉松", false},
        {NAMED("UTF-8", "Gr\xf6\xdf"
                        "e"),
            "Größe", true},
        {NAMED("UTF-16", "Gr\xc3\xb6\xc3\x9f"
                         "e"),
            "Größe", false},
        {NAMED("us-ascii", "Gr\xc3\xb6\xc3\x9f"
                           "e"),
            "Größe", false},
        {NAMED("utf-8", "\x83\x7d\x83\x89\x83\x5c\x83\x93\x81\x5b"), "マラソンー", true},
        {"WKT,name\n\"LINESTRING(0 51,0.01 51)\",Gr\xf6\xdf"
         "e\n",
            "Größe", true},
        {"{\"type\":\"Feature\",\"properties\":{\"name\":\"Gr\xf6\xdf"
         "e\"},\"geometry\":" LINE_JSON "}",
            "Größe", true},
    };
    static const char *const files[] = {"e06-latin1-undeclared.kml", "e07-cp1251-declared.gpx",
        "e09-gbk-declared.kml", "e10-utf16-declared-is-utf8.gpx"};
    static const char table[] = "\xff\xfem\0a\0p\0\n\0L\0I\0N\0E\0S\0T\0R\0I\0N\0G\0(\0"
                                "0\0 \0"
                                "5\0,\0"
                                "0\0 \0"
                                "6\0";
    static const char bad[] = NAMED("windows-1252", "\n\x81");

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_metres(files[i], 1300);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct course *c = import_text(texts[i].text);

        assert_string_equal(c->long_name, texts[i].name);
        assert_int_equal(said(c, "encoding") != NULL, texts[i].guessed);
        course_unref(c);
    }
    assert_refused(table, sizeof table - 1, ERR_INVALID, "The WKT text has");
    assert_refused(bad, sizeof bad - 1, ERR_INVALID, "windows-1252, and line 2 is not");
    assert_refused(NAMED("ISO-2022-KR", "x"), strlen(NAMED("ISO-2022-KR", "x")), ERR_INVALID,
        "\"ISO-2022-KR\", which Trackside");
}

/* The bytes as a gzip; free them. */
static char *make_gzip(const char *data, size_t len, size_t *out_len)
{
    z_stream z = {0};
    char *out;

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    *out_len = deflateBound(&z, len);
    out = malloc(*out_len);
    assert_non_null(out);
    z.next_in = (z_const Bytef *)data;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)*out_len;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *out_len = z.total_out;
    (void)deflateEnd(&z);
    return out;
}

static void test_gzip_is_bounded(void **state)
{
    size_t size = COURSE_FILE_MAX + 1;
    char *zeros = calloc(1, size);
    size_t len;
    char *bomb;

    (void)state;
    assert_non_null(zeros);
    bomb = make_gzip(zeros, size, &len);
    assert_refused(bomb, len, ERR_TOO_LARGE, "larger than 32 MiB unpacked");
    assert_refused(bomb, len / 2, ERR_INVALID, "damaged or cut off");
    free(zeros);
    free(bomb);
    bomb = make_gzip("<kml/>", 6, &len);
    for (int i = 0; i < 3; i++) {
        char *inner = bomb;

        bomb = make_gzip(inner, len, &len);
        free(inner);
    }
    assert_refused(bomb, len, ERR_INVALID, "packed more than 3 times");
    free(bomb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_no_courses),
        cmocka_unit_test(test_garmin),
        cmocka_unit_test(test_tables_and_text),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_gzip_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
