/* XML with faults, XML that is cut off, and OpenStreetMap XML. */
#include "course_cases.h"

#define KML(name, places)                                                             \
    "<kml><Document><name>" name "</name><Placemark><LineString><coordinates>" places \
    "</coordinates></LineString></Placemark></Document></kml>"
#define LINE "0,51 0.01,51"

static void test_small_faults_are_mended(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        const char *said; /* NULL: nothing was mended */
    } cases[] = {
        {KML("A & B", LINE), "A & B", "1 & or <"},
        {KML("A&B;C &nbsp; &amp; &#38; D", LINE), "A&B;C &nbsp; & & D", "2 & or <"},
        {KML("5 < 10 <3", LINE), "5 < 10 <3", "2 & or <"},
        {KML("A\x0b"
             "B\x01",
             LINE),
            "A B", "2 characters"},
        {KML("A&#11;B&#xFFFF;", LINE), "A B", "2 characters"},
        {KML("A\xef\xbf\xbe"
             "B",
             LINE),
            "A B", "1 characters"},
        {KML("<![CDATA[A & B]]>", LINE), "A & B", NULL},
        {KML("Tea &amp; cake", LINE), "Tea & cake", NULL},
        {"<!-- a & b < c -->" KML("Plain", LINE), "Plain", NULL},
        {"<kml id=\"a & "
         "b\"><Document><name>Attribute</name><Placemark><LineString><coordinates>" LINE
         "</coordinates></LineString></Placemark></Document></kml>",
            "Attribute", "1 & or <"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].text);

        assert_string_equal(c->long_name, cases[i].name);
        if (cases[i].said)
            assert_said(c, "xml-mended", cases[i].said);
        else
            assert_null(said(c, "xml-mended"));
        course_unref(c);
    }
}

static void test_what_follows_the_end_is_left_out(void **state)
{
    struct course *c = import_text(KML("A", LINE) "\n\n<kml></kml>");

    (void)state;
    assert_said(c, "unused", "behind its end, in line 3");
    course_unref(c);
}

/* A file that is cut after any byte is refused, and the sentence names a line. */
static void test_cut_anywhere(void **state)
{
    static const char *const files[] = {
        "<?xml version='1.0'?>\n<!-- a -->\n" KML("<![CDATA[A]]>", "0,51\n0.01,51"),
        "<gpx><trk><name>A &amp; B</name>\n<trkseg><trkpt lat='51' lon='0'><ele>3</ele></trkpt>\n"
        "<trkpt lat='51' lon='0.01'/></trkseg></trk></gpx>",
        "<TrainingCenterDatabase><Courses><Course>\n<Name>A</Name><Track><Trackpoint><Position>"
        "<LatitudeDegrees>51</LatitudeDegrees>\n<LongitudeDegrees>0</LongitudeDegrees></Position>"
        "</Trackpoint></Track></Course></Courses></TrainingCenterDatabase>",
        "<osm>\n<node id='1' lat='51' lon='0'/>\n<way id='3'><nd ref='1'/></way></osm>",
    };

    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        for (size_t len = 1; len < strlen(files[f]); len++) {
            char *cut = malloc(len);

            assert_non_null(cut);
            memcpy(cut, files[f], len);
            assert_refused(cut, len, ERR_INVALID, len < 3 ? "" : " line ");
            free(cut);
        }
    }
}

static void test_names_of_encodings(void **state)
{
    static const struct {
        const char *encoding;
        const char *error; /* NULL: it is read */
    } cases[] = {
        {"utf8", NULL},
        {"UTF-8", NULL},
        {"abcdefghijklmnopqrstuvwxyz01234", "\"abcdefghijklmnopqrstuvwxyz01234\""},
        {"abcdefghijklmnopqrstuvwxyz012345", "\"abcdefghijklmnopqrstuvwxyz012345\""},
        {"abcdefghijklmnopqrstuvwxyz0123456", "\"abcdefghijklmnopqrstuvwxyz0123456\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];

        (void)snprintf(text, sizeof text, "<?xml version='1.0' encoding='%s'?>" KML("A", LINE),
            cases[i].encoding);
        if (cases[i].error)
            assert_refused(text, strlen(text), ERR_INVALID, cases[i].error);
        else
            course_unref(import_text(text));
    }
}

static void test_faults_are_bounded(void **state)
{
    struct buf text = BUF_INIT;

    (void)state;
    buf_adds(&text, "<kml\n");
    for (int i = 0; i < 2000; i++)
        buf_addf(&text, " a%d='1'", i);
    buf_adds(&text, "></kml>");
    assert_refused(text.data, text.len, ERR_INVALID, "Line 2 of the file has an element with more");
    buf_clear(&text);
    buf_adds(&text, "<kml>\n<name>");
    for (int i = 0; i < 20000; i++)
        buf_adds(&text, "& ");
    buf_adds(&text, "</name></kml>");
    assert_refused(text.data, text.len, ERR_INVALID, "faults of XML up to line 2");
    buf_release(&text);
}

#define NODES                                                                        \
    "<node id='3' lat='51' lon='0.02'/><node id='1' lat='51' lon='0'/>"              \
    "<node id='2' lat='51' lon='0.01'><tag k='name' v='Start'/></node><node id='9' " \
    "action='delete' lat='51' lon='0.5'/>"
#define WAY(id, a, b, more) \
    "<way id='" id "'><nd ref='" a "'/><nd ref='" b "'/><nd ref='7'/>" more "</way>"
#define OSM(inside) "<osm version='0.6'>" inside "</osm>"

static void test_open_street_map(void **state)
{
    static const struct {
        const char *osm;
        const char *name;
        size_t vertices;
    } cases[] = {
        {OSM(NODES WAY("5", "1", "2", "<tag k='name' v='A'/>")), "A", 2},
        {OSM(WAY("5", "1", "2", "") WAY("6", "2", "3", "") NODES), "course", 3},
        {OSM(NODES WAY("5", "1", "2", "") WAY("6", "2", "3",
             "") "<relation id='1'><member type='way' ref='6'/><tag k='type' v='route'/>"
                 "<tag k='name' v='R'/></relation>"),
            "R", 2},
        {OSM(NODES WAY("5", "1", "2",
             "") "<relation id='1'><member type='way' ref='5'/><tag k='type' v='boundary'/>"
                 "<tag k='name' v='R'/></relation>"),
            "course", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].osm);

        assert_string_equal(c->long_name, cases[i].name);
        assert_int_equal(vertices_of(c), cases[i].vertices);
        course_unref(c);
    }
}

/* A relation that names a long way again and again, whose nodes are all missing, ends early. */
static void test_relations_are_bounded(void **state)
{
    struct buf text = BUF_INIT;

    (void)state;
    buf_adds(&text, "<osm><way id='1'>");
    for (int i = 0; i < 20000; i++)
        buf_adds(&text, "<nd ref='7'/>");
    buf_adds(&text, "</way><relation id='2'><tag k='type' v='route'/>");
    for (int i = 0; i < 1000; i++)
        buf_adds(&text, "<member type='way' ref='1'/>");
    buf_adds(&text, "</relation></osm>");
    assert_refused(text.data, text.len, ERR_TOO_LARGE, "relations of the file have more than");
    buf_release(&text);
}

static void test_tuples_have_no_holes(void **state)
{
    static const char *const wrong[] = {"0,51 0.01,51 ,,0", "0,51 0.01,51,,0", "0,51 0.01,51,x1"};
    static const char *const right[] = {
        "0,51 0.01,51,", "0,51,nan 0.01,51,-inf", "0,51,0 0.01,51,1"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char text[256];

        (void)snprintf(text, sizeof text, KML("A", "%s"), wrong[i]);
        assert_refused(text, strlen(text), ERR_INVALID, "Place 2 of the file is written \"0.01,51");
        (void)snprintf(text, sizeof text, KML("A", "%s"), right[i]);
        course_unref(import_text(text));
    }
}

/* A point that cannot be read is left out with a note; alone it is the error. */
static void test_a_bad_point_beside_a_good_line(void **state)
{
    static const struct {
        const char *point;
        const char *rest;
        const char *said;
    } cases[] = {
        {"<kml><Document><Placemark><name>Bad</name><Point><coordinates>10,5,50,9</coordinates>"
         "</Point></Placemark>",
            "<Placemark><LineString><coordinates>" LINE "</coordinates></LineString></Placemark>"
            "</Document></kml>",
            "decimal comma"},
        {"<kml><Document><Placemark><name>Bad</name><Point><coordinates>here</coordinates></Point>"
         "</Placemark>",
            "<Placemark><LineString><coordinates>" LINE "</coordinates></LineString></Placemark>"
            "</Document></kml>",
            "\"here\", which is not"},
        {"<gpx><wpt lat='91' lon='0'><ele>5</ele><name>Bad</name><type>Water</type></wpt>",
            "<trk><trkseg><trkpt lat='51' lon='0'/><trkpt lat='51' "
            "lon='0.01'/></trkseg></trk></gpx>",
            "not on the earth"},
        {"<gpx><wpt lat='50,9' lon='0'><sym>Flag</sym></wpt>",
            "<trk><trkseg><trkpt lat='51' lon='0'/><trkpt lat='51' "
            "lon='0.01'/></trkseg></trk></gpx>",
            "decimal comma"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1000];
        struct course *c;

        (void)snprintf(text, sizeof text, "%s%s", cases[i].point, cases[i].rest);
        c = import_text(text);
        assert_said(c, "unused", cases[i].said);
        assert_int_equal(vertices_of(c), 2);
        assert_null(c->elevation_cm);
        course_unref(c);
        (void)snprintf(
            text, sizeof text, "%s%s", cases[i].point, i < 2 ? "</Document></kml>" : "</gpx>");
        assert_refused(text, strlen(text), ERR_INVALID, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_faults_are_mended),
        cmocka_unit_test(test_what_follows_the_end_is_left_out),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_names_of_encodings),
        cmocka_unit_test(test_faults_are_bounded),
        cmocka_unit_test(test_open_street_map),
        cmocka_unit_test(test_relations_are_bounded),
        cmocka_unit_test(test_tuples_have_no_holes),
        cmocka_unit_test(test_a_bad_point_beside_a_good_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
