/* Checkpoints: which points of a file they are, where the line passes them, and every format back. */
#include "../course_cases.h"
#include "course/checkpoint/names.h"
#include "course/checkpoint/typed.h"

static const struct {
    const char *name;
    enum checkpoint_kind kind;
} names[] = {
    {"Checkpoint 3", CHECKPOINT_CONTROL},
    {"CP1", CHECKPOINT_CONTROL},
    {"CP 12 - Refuge", CHECKPOINT_CONTROL},
    {"Control 4", CHECKPOINT_CONTROL},
    {"Kontrollpunkt Hütte", CHECKPOINT_CONTROL},
    {"Punto de control 2", CHECKPOINT_CONTROL},
    {"第2関門", CHECKPOINT_CONTROL},
    {"КП 3", CHECKPOINT_CONTROL},
    {"Aid Station 2 (Ridge)", CHECKPOINT_AID},
    {"WATER STATION", CHECKPOINT_AID},
    {"Water 2", CHECKPOINT_AID},
    {"Feed zone km 25", CHECKPOINT_AID},
    {"Ravito 1", CHECKPOINT_AID},
    {"Ravitaillement du col", CHECKPOINT_AID},
    {"Verpflegungsstelle Almhütte", CHECKPOINT_AID},
    {"VP 3", CHECKPOINT_AID},
    {"Avituallamiento", CHECKPOINT_AID},
    {"Ristoro 2", CHECKPOINT_AID},
    {"Abastecimento km 10", CHECKPOINT_AID},
    {"Punkt odżywczy", CHECKPOINT_AID},
    {"Občerstvovací stanice", CHECKPOINT_AID},
    {"Vätskestation", CHECKPOINT_AID},
    {"Huoltopiste 1", CHECKPOINT_AID},
    {"Пункт питания", CHECKPOINT_AID},
    {"給水所", CHECKPOINT_AID},
    {"第3エイドステーション", CHECKPOINT_AID},
    {"补给站", CHECKPOINT_AID},
    {"급수대", CHECKPOINT_AID},
    {"Timing mat 10 km", CHECKPOINT_TIMING},
    {"Zeitmessung", CHECKPOINT_TIMING},
    {"Split 5K", CHECKPOINT_TIMING},
    {"Exchange Zone 3", CHECKPOINT_EXCHANGE},
    {"Wechselzone", CHECKPOINT_EXCHANGE},
    {"戸塚中継所", CHECKPOINT_EXCHANGE},
    {"5 km", CHECKPOINT_NONE},
    {"km 5", CHECKPOINT_NONE},
    {"Mile 3", CHECKPOINT_NONE},
    {"Toilets", CHECKPOINT_NONE},
    {"Parking", CHECKPOINT_NONE},
    {"Spectators", CHECKPOINT_NONE},
    {"Water Street", CHECKPOINT_NONE},
    {"Control Tower", CHECKPOINT_NONE},
    {"Café", CHECKPOINT_NONE},
    {"", CHECKPOINT_NONE},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum checkpoint_kind kind = checkpoint_names_of(names[i].name);

        if (kind != names[i].kind)
            print_error("%s: %s\n", names[i].name, checkpoint_kind_name(kind));
        assert_int_equal(kind, names[i].kind);
    }
}

#define WPT(lon, lat, name) "<wpt lat=\"" lat "\" lon=\"" lon "\"><name>" name "</name></wpt>"
#define TRACK(points) "<trk><trkseg>" points "</trkseg></trk></gpx>"
#define PT(lon, lat) "<trkpt lat=\"" lat "\" lon=\"" lon "\"/>"

/* Out along the equator to 0.02 (2.2 km), and back. */
#define OUT_AND_BACK \
    TRACK(PT("0", "0") PT("0.01", "0") PT("0.02", "0") PT("0.01", "0") PT("0", "0"))

static const char out_and_back[] =
    "<gpx><metadata><name>Out</name></metadata>" WPT("0.005", "0.0001", "CP1")
        WPT("0.01", "-0.0002", "Ravito") WPT("0.01", "0.01", "CP far") WPT("0.012", "0", "5 km")
            WPT("0.015", "0", "Toilets") WPT("0.0199", "0", "Turn control")
                WPT("0", "0", "Aid station at the start") OUT_AND_BACK;

/* "name@metres name@metres ...", with "#pass" where a place is passed more than once. */
static const char *listing(const struct course *c)
{
    static char text[2000];
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < c->checkpoints.n; i++) {
        const struct checkpoint *p = &c->checkpoints.item[i];

        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? " " : "", p->name);
        if (p->passes > 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "#%u", p->pass);
        n += (size_t)snprintf(text + n, sizeof text - n, "@%u", (p->dist_mm + 500) / 1000);
    }
    return text;
}

static void test_a_place_is_passed_out_and_back(void **state)
{
    struct course *c = import_text(out_and_back);

    (void)state;
    assert_string_equal(listing(c), "CP1#1@557 Ravito#1@1113 Ravito#2@3340 CP1#2@3896");
    assert_int_equal(c->checkpoints.item[1].kind, CHECKPOINT_AID);
    assert_said(c, "checkpoints", "2 checkpoints, which the course passes 4 times");
    assert_said(c, "checkpoint-off-line", "\"CP far\"");
    assert_said(c, "unused", "(\"5 km\", ...)");
    course_unref(c);
}

/* A square of 0.01 degrees, from its south-west corner. */
#define SQUARE TRACK(PT("0", "0") PT("0.01", "0") PT("0.01", "0.01") PT("0", "0.01") PT("0", "0"))

/* A name that turns the text around it must not turn the sentence that quotes it. */
static void test_a_sentence_is_not_turned_around(void **state)
{
    static const char file[] = "<gpx>" WPT("0.02", "0.005", "CP \xe2\x80\xaeout") SQUARE;
    struct course *c = import_text(file);

    (void)state;
    assert_said(c, "checkpoint-off-line", "\"CP out\"");
    course_unref(c);
}

static void test_every_lap_passes(void **state)
{
    static const char file[] = "<gpx>" WPT("0.01", "0.005", "Water 1")
        WPT("0.0002", "0.0001", "Timing mat") WPT("0.005", "0", "CP") SQUARE;
    struct course_options o = {.laps = 3};
    struct course *c = import_with(file, strlen(file), &o);
    struct course *once = import_text(file);

    (void)state;
    assert_string_equal(listing(once), "CP@557 Water 1@1666");
    assert_string_equal(listing(c), "CP#1@557 Water 1#1@1666 Timing mat#1@4460 CP#2@4994 "
                                    "Water 1#2@6104 Timing mat#2@8898 CP#3@9432 Water 1#3@10542");
    course_unref(once);
    course_unref(c);
}

static void test_a_switchback_is_one_passing(void **state)
{
    /* The second leg runs back 33 m above the first, and the third 33 m above that. */
    struct course *c = import_text("<gpx>" WPT("0.005", "0", "CP1") TRACK(PT("0", "0") PT("0.01",
        "0") PT("0.01", "0.0003") PT("0", "0.0003") PT("0", "0.0006") PT("0.01", "0.0006")));

    (void)state;
    assert_string_equal(listing(c), "CP1@557");
    course_unref(c);
}

static void test_types(void **state)
{
    static const struct {
        const char *file, *listing;
    } cases[] = {
        {"<gpx><wpt lat=\"0\" lon=\"0.01\"><name>Hut</name><sym>Drinking Water</sym></wpt>" TRACK(
             PT("0", "0") PT("0.02", "0")),
            "Hut@1113"},
        {"<gpx><wpt lat=\"0\" lon=\"0.01\"><name>Hut</name><type>checkpoint</type></wpt>" TRACK(
             PT("0", "0") PT("0.02", "0")),
            "Hut@1113"},
        {"<gpx><wpt lat=\"0\" lon=\"0.01\"><name>Toilets</name><sym>Drinking Water</sym></"
         "wpt>" TRACK(PT("0", "0") PT("0.02", "0")),
            ""},
        {"<TrainingCenterDatabase><Courses><Course><Name>C</Name><Track><Trackpoint><Position>"
         "<LatitudeDegrees>0</LatitudeDegrees><LongitudeDegrees>0</LongitudeDegrees></Position>"
         "</Trackpoint><Trackpoint><Position><LatitudeDegrees>0</LatitudeDegrees>"
         "<LongitudeDegrees>0.02</LongitudeDegrees></Position></Trackpoint></Track><CoursePoint>"
         "<Name>Hut</Name><Position><LatitudeDegrees>0</LatitudeDegrees><LongitudeDegrees>0.01"
         "</LongitudeDegrees></Position><PointType>Food</PointType></CoursePoint><CoursePoint>"
         "<Name>Church</Name><Position><LatitudeDegrees>0</LatitudeDegrees><LongitudeDegrees>0.015"
         "</LongitudeDegrees></Position><PointType>Left</PointType></CoursePoint></Course>"
         "</Courses></TrainingCenterDatabase>",
            "Hut@1113"},
        {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
         "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[0,0],[0.02,0]]}},{\"type\":"
         "\"Feature\",\"properties\":{\"name\":\"Hut\",\"role\":\"checkpoint\"},\"geometry\":"
         "{\"type\":\"Point\",\"coordinates\":[0.01,0]}}]}",
            "Hut@1113"},
        {"<kml><Document><Placemark><LineString><coordinates>0,0 0.02,0</coordinates></LineString>"
         "</Placemark><Placemark><name>Verpflegung</name><Point><coordinates>0.01,0</coordinates>"
         "</Point></Placemark></Document></kml>",
            "Verpflegung@1113"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].file);

        assert_string_equal(listing(c), cases[i].listing);
        course_unref(c);
    }
}

/* The course with these checkpoints. */
static struct course *typed(const struct course *c, const char *text)
{
    struct err e = {0};
    struct course *made = course_with_checkpoints(c, text, strlen(text), &e);

    if (!made)
        print_error("%s\n", e.text);
    assert_non_null(made);
    return made;
}

static void test_typed_ones(void **state)
{
    static const struct {
        const char *text, *listing;
    } cases[] = {
        {"name,distance,cutoff\nCP1,1000,0:10:00\nCP2,2.5 km,1800\n", "CP1@1000 CP2@2500"},
        {"CP1,1000\nCP2,2500,0:30:00\n", "CP1@1000 CP2@2500"},
        {"Lat;LON;Name;Cutoff\r\n0,0;0,005;CP1;1:00:00\r\n", "CP1#1@557 CP1#2@3896"},
        {"CP1,0.0001,0.005,3600\n\n", "CP1#1@557 CP1#2@3896"},
        {"\xef\xbb\xbfname\tkind\tdistance\n\"Ravito, \"\"Col\"\"\"\taid\t3000\nA\t\t100\n",
            "A@100 Ravito, \"Col\"@3000"},
        {"[{\"name\": \"CP1\", \"distance\": 1000.5, \"cutoff\": \"0:10:00\"}, {\"name\": \"CP2\", "
         "\"lat\": 0, \"lon\": 0.01, \"cutoff\": 900}]",
            "CP1@1001 CP2#1@1113 CP2#2@3340"},
        {"{\"checkpoints\": []}", ""},
        {"", ""},
    };
    struct course *c = import_text(out_and_back);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *made = typed(c, cases[i].text);

        assert_string_equal(listing(made), cases[i].listing);
        assert_int_equal(made->length_mm, c->length_mm);
        course_unref(made);
    }
    course_unref(c);
}

static void test_a_cutoff_is_that_of_the_last_passing(void **state)
{
    struct course *c = import_text(out_and_back);
    struct course *made = typed(c, "name,lat,lon,cutoff\nCP1,0,0.005,1:02:03\n");

    (void)state;
    assert_int_equal(made->checkpoints.item[0].cutoff_s, -1);
    assert_int_equal(made->checkpoints.item[1].cutoff_s, 3723);
    course_unref(made);
    course_unref(c);
}

static void test_errors_name_their_lines(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"name,distance\nCP1,abc\n", "Line 2: the distance \"abc\" is not in metres"},
        {"name,distance\nCP1,99999\n", "Line 2: the distance 99999 m is not between"},
        {"name,distance\nCP1,0\n", "Line 2: the distance 0 m is not between"},
        {"CP1,100\n,200\n", "Line 2: the name is missing."},
        {"CP1,100,1:30\n", "Line 1: the cut-off \"1:30\" is neither h:mm:ss nor"},
        {"CP1,100,1:75:00\n", "Line 1: the cut-off \"1:75:00\""},
        {"name,lat,lon\nCP1,0.01,0.01\n", "m from the line, and 50 m is the most"},
        {"name,lat,lon\nCP1,0,0\n", "Line 2: \"CP1\" is at the start or the finish"},
        {"name,lat,lon\nCP1,0,\n", "are not a place in degrees"},
        {"name\nCP1\n", "Line 2: \"CP1\" has neither a distance nor a place"},
        {"name,kind,distance\nCP1,bar,100\n", "the kind \"bar\" is none of checkpoint, aid"},
        {"CP1,x\nCP2,y\nCP3,100\n", "Line 2: the distance \"y\""},
        {"[{\"name\": \"CP1\"}]", "Checkpoint 1: \"CP1\" has neither"},
        {"[{\"name\": \"CP1\", \"distance\": 1e99}]", "Checkpoint 1: "},
        {"[{\"distance\": 5}, 7]", "Checkpoint 2: the name is missing."},
        {"{\"a\": 1}", "holds no checkpoints"},
        {"[{", "not whole JSON"},
    };
    struct course *c = import_text(out_and_back);
    struct buf many = BUF_INIT;
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(course_with_checkpoints(c, cases[i].text, strlen(cases[i].text), &e));
        if (!strstr(e.text, cases[i].part))
            print_error("expected \"%s\" in \"%s\"\n", cases[i].part, e.text);
        assert_non_null(strstr(e.text, cases[i].part));
        assert_int_equal(e.code, ERR_INVALID);
    }
    for (int i = 0; i < 201; i++)
        buf_addf(&many, "CP%d,%d\n", i, 100 + i);
    assert_null(course_with_checkpoints(c, many.data, many.len, &e));
    assert_non_null(strstr(e.text, "at most 200 checkpoints"));
    buf_clear(&many);
    for (int i = 0; i < 30000; i++)
        buf_adds(&many, "CP,no\n");
    assert_null(course_with_checkpoints(c, many.data, many.len, &e));
    assert_non_null(strstr(e.text, " more are wrong."));
    buf_release(&many);
    course_unref(c);
}

static void test_the_revision_has_them_only_where_there_are_some(void **state)
{
    struct course *with = import_text(out_and_back);
    struct course *none = typed(with, "");
    struct course *plain = import_text("<gpx><metadata><name>Out</name></metadata>" WPT(
        "0", "0", "Aid at the start") OUT_AND_BACK);
    struct course *cut = typed(none, "CP1,100,60\n");
    struct course *uncut = typed(none, "CP1,100\n");

    (void)state;
    assert_string_equal(none->revision, plain->revision);
    assert_string_not_equal(with->revision, none->revision);
    assert_string_not_equal(cut->revision, uncut->revision);
    assert_null(said(none, "checkpoints"));
    course_unref(uncut);
    course_unref(cut);
    course_unref(plain);
    course_unref(none);
    course_unref(with);
}

static const enum course_format formats[] = {COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV};

static void test_every_format_gives_them_back(void **state)
{
    struct course *base = import_text(out_and_back);
    struct course *c =
        typed(base, "name,kind,distance,lat,lon,cutoff\n\"=1+1, <b>\",aid,1000.123,,,\n"
                    "Finish tent,timing,2000,0.0001,0.0179,1:00:00\nCP1,,,0,0.005,2:00:00\n");

    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        struct buf out = BUF_INIT;
        struct course *back;

        course_export(c, formats[f], &out);
        back = import_with(out.data, out.len, NULL);
        assert_string_equal(listing(back), listing(c));
        assert_string_equal(back->revision, c->revision);
        assert_string_equal(back->finish.name, c->finish.name);
        course_unref(back);
        buf_release(&out);
    }
    course_unref(c);
    course_unref(base);
}

/* The other direction is another line, so the places count and not the distances. */
static void test_a_turned_export_finds_its_places_again(void **state)
{
    struct course *c = import_text(
        "<gpx>" WPT("0.005", "0", "CP1") TRACK(PT("0", "0") PT("0.01", "0") PT("0.02", "0")));
    struct course *timed = typed(c, "CP1,556.6,0:30:00\n");
    struct course_options o = {.reverse = true};

    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        struct buf out = BUF_INIT;
        struct course *back;

        course_export(timed, formats[f], &out);
        back = import_with(out.data, out.len, &o);
        assert_string_equal(listing(back), "CP1@1670");
        assert_int_equal(back->checkpoints.item[0].cutoff_s, 1800);
        course_unref(back);
        buf_release(&out);
    }
    course_unref(timed);
    course_unref(c);
}

static void test_a_new_geofence_keeps_them(void **state)
{
    static const char wkt[] = "POLYGON ((0.001 -0.001, 0.002 -0.001, 0.002 0.001, 0.001 -0.001))";
    struct course *c = import_text(out_and_back);
    struct err e;
    struct fence *f = course_fence_parse(wkt, strlen(wkt), &e);
    struct course *fenced = course_with_fence(c, f, &e);
    struct course *more = typed(fenced, "CP9,100\n");

    (void)state;
    assert_string_equal(listing(fenced), listing(c));
    assert_int_equal(more->spans.n, fenced->spans.n);
    assert_string_equal(listing(more), "CP9@100");
    course_unref(more);
    course_unref(fenced);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_place_is_passed_out_and_back),
        cmocka_unit_test(test_a_sentence_is_not_turned_around),
        cmocka_unit_test(test_every_lap_passes),
        cmocka_unit_test(test_a_switchback_is_one_passing),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_typed_ones),
        cmocka_unit_test(test_a_cutoff_is_that_of_the_last_passing),
        cmocka_unit_test(test_errors_name_their_lines),
        cmocka_unit_test(test_the_revision_has_them_only_where_there_are_some),
        cmocka_unit_test(test_every_format_gives_them_back),
        cmocka_unit_test(test_a_turned_export_finds_its_places_again),
        cmocka_unit_test(test_a_new_geofence_keeps_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
