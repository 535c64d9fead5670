/* What import makes of a draft: turning, gaps, flags, names; and what a course is
 * afterwards. */
#include "base/utf8.h"
#include "course_cases.h"
#include "kml_texts.h"

#include "course/name_hints.h"

static void test_turned_by_start_and_finish(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        bool turned;
    } cases[] = {
        {"as drawn", KML(LINE("0,51 0.01,51") POINT("Start", "0,51") POINT("Finish", "0.01,51")),
            false},
        {"both turn", KML(LINE("0,51 0.01,51") POINT("Start", "0.01,51") POINT("Finish", "0,51")),
            true},
        {"start alone", KML(LINE("0,51 0.01,51") POINT("Start", "0.009,51")), true},
        {"finish alone", KML(LINE("0,51 0.01,51") POINT("Ziel", "0.001,51")), true},
        {"no points", KML(LINE("0,51 0.01,51")), false},
        {"a lost finish does not decide",
            KML(LINE("0,51 0.01,51") POINT("Start", "0,51") POINT("Finish", "-0.7,51")), false},
        {"start and finish in one", KML(LINE("0,51 0.01,51") POINT("Start/Finish", "0.01,51")),
            false},
        {"closed", KML(LINE(CLOSED) POINT("Start", "0.0001,51.0025") POINT("Finish", "0.004,51")),
            false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].kml);

        print_message("%s\n", cases[i].label);
        assert_at(first_of(c), cases[i].turned ? 0.01 : 0, 51);
        assert_int_equal(said(c, "turned") != NULL, cases[i].turned);
        course_unref(c);
    }
}

static void test_reverse_runs_the_other_way(void **state)
{
    static const char kml[] =
        KML(LINE("0,51 0.005,51.001 0.01,51") POINT("Start", "0,51") POINT("Finish", "0.01,51"));
    struct course_options o = {.reverse = true};
    struct course *c = import_with(kml, strlen(kml), &o);

    (void)state;
    assert_at(first_of(c), 0.01, 51);
    assert_at(c->start.at, 0.01, 51);
    assert_at(c->finish.at, 0, 51);
    assert_non_null(said(c, "reversed"));
    assert_null(said(c, "start-off-line"));
    course_unref(c);
}

static void test_flags_are_whole_words(void **state)
{
    static const struct {
        const char *name;
        enum draft_role role;
    } cases[] = {
        {"Great End", DRAFT_PLAIN},
        {"Land's End", DRAFT_PLAIN},
        {"Southend", DRAFT_PLAIN},
        {"Meta Café", DRAFT_PLAIN},
        {"Zielona Góra", DRAFT_PLAIN},
        {"Startnummernausgabe", DRAFT_PLAIN},
        {"2 km to finish", DRAFT_PLAIN},
        {"500 m bis zum Ziel", DRAFT_PLAIN},
        {"2 km do mety", DRAFT_PLAIN},
        {"Finish in 2 km", DRAFT_PLAIN},
        {"Bus start", DRAFT_PLAIN},
        {"Parkplatz am Start", DRAFT_PLAIN},
        {"Start of climb", DRAFT_PLAIN},
        {"End of the road", DRAFT_PLAIN},
        {"Inicio de la subida", DRAFT_PLAIN},
        {"ゴールまで2km", DRAFT_PLAIN},
        {"ゴールデンパーク", DRAFT_PLAIN},
        {"バススタート", DRAFT_PLAIN},
        {"到终点2公里", DRAFT_PLAIN},
        {"Start 7 am", DRAFT_START},
        {"Walk start", DRAFT_START},
        {"Start: Land's End", DRAFT_START},
        {"Start of race", DRAFT_START},
        {"Inicio del recorrido", DRAFT_START},
        {"ΕΚΚΙΝΗΣΗ", DRAFT_START},
        {"Εκκίνηση", DRAFT_START},
        {"СТАРТ", DRAFT_START},
        {"Начало дистанции", DRAFT_START},
        {"LÄHTÖ", DRAFT_START},
        {"DE\xcc\x81PART", DRAFT_START},
        {"Sai\xcc\x81"
         "da",
            DRAFT_START},
        {"スタートライン", DRAFT_START},
        {"出发", DRAFT_START},
        {"출발", DRAFT_START},
        {"\xe1\x84\x8e\xe1\x85\xae\xe1\x86\xaf\xe1\x84\x87\xe1\x85\xa1\xe1\x86\xaf", DRAFT_START},
        {"ΤΕΡΜΑΤΙΣΜΟΣ", DRAFT_FINISH},
        {"CÍL", DRAFT_FINISH},
        {"Ma\xcc\x8al", DRAFT_FINISH},
        {"MÅL", DRAFT_FINISH},
        {"FINAŁ", DRAFT_FINISH},
        {"\xe3\x82\xb3\xe3\x82\x99ール", DRAFT_FINISH},
        {"ＦＩＮＩＳＨ", DRAFT_FINISH},
        {"Linea de meta", DRAFT_FINISH},
        {"End", DRAFT_FINISH},
        {"Race end", DRAFT_FINISH},
        {"🏁 Finish", DRAFT_FINISH},
        {"Start/End - Town Hall", DRAFT_START_AND_FINISH},
        {"Start & Ziel", DRAFT_START_AND_FINISH},
        {"スタート・ゴール", DRAFT_START_AND_FINISH},
        {"스타트", DRAFT_PLAIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(name_hints_role(cases[i].name), cases[i].role);
    }
}

static void test_of_several_flags_the_one_that_fits(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        double start_lon;
        const char *part;
    } cases[] = {
        {"the second is on the line's beginning",
            KML(LINE("0,51 0.1,51") POINT("Walk start", "0.05,51") POINT("Start 7 am", "0,51")), 0,
            "\"Start 7 am\" is taken, the nearest to an end of the line"},
        {"the finish tells the end",
            KML(LINE("0,51 0.1,51") POINT("Kids start", "0.1,51") POINT("Start", "0.001,51")
                    POINT("Finish", "0.1,51")),
            0.001, "\"Start\" is taken"},
        {"drawn backwards",
            KML(LINE("0,51 0.1,51") POINT("Start A", "0.04,51") POINT("Start B", "0.0999,51")
                    POINT("Finish", "0,51")),
            0.0999, "\"Start B\" is taken"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].kml);

        print_message("%s\n", cases[i].label);
        assert_at(c->start.at, cases[i].start_lon, 51);
        assert_said(c, "unused", cases[i].part);
        course_unref(c);
    }
}

static void test_numbers_are_never_half_read(void **state)
{
    static const struct {
        const char *file;
        const char *part;
    } cases[] = {
        {"<gpx><trk><trkseg><trkpt lat='50,9990' lon='10'/></trkseg></trk></gpx>",
            "lat=\"50,9990\") is not in degrees. It has a decimal comma"},
        {"<gpx><trk><trkseg><trkpt lat='50.9x' lon='10'/></trkseg></trk></gpx>", "not in degrees"},
        {"<gpx><trk><trkseg><trkpt lat='50.9.1' lon='10'/></trkseg></trk></gpx>", "not in degrees"},
        {"<gpx><trk><trkseg><trkpt lat='50°' lon='10'/></trkseg></trk></gpx>", "not in degrees"},
        {KML(LINE("10,51 10.01a,51")), "Place 2"},
        {KML(LINE("10,51 10.01,51.2.3")), "Place 2"},
        {KML(LINE("10,0010,50,9990 10,0020,50,9990")), "decimal comma"},
        {"<kml><Placemark><gx:Track xmlns:gx='x'><gx:coord>10,5 50,9 "
         "0</gx:coord></gx:Track></Placemark></kml>",
            "decimal comma"},
        {KML(LINE("1113194,6446275 1113794,6446275")), "EPSG:4326"},
        {KML(LINE("1.3,103.8 1.31,103.81")), "exchanged"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].file, strlen(cases[i].file), ERR_INVALID, cases[i].part);
}

static void test_a_line_counts_on_beyond_180(void **state)
{
    struct course *c = import_text(KML(LINE("179.99,51 180.01,51 180.03,51")));

    (void)state;
    assert_at(last_of(c), -179.97, 51);
    course_unref(c);
}

static void test_pieces_are_chained(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        const char *code;
        const char *part;
    } cases[] = {
        {"in order", KML(LINE("0,51 0.01,51") LINE("0.01,51 0.02,51") LINE("0.02,51 0.03,51")),
            "joined", "3 lines"},
        {"out of order", KML(LINE("0,51 0.01,51") LINE("0.02,51 0.03,51") LINE("0.01,51 0.02,51")),
            "order", "3 lines"},
        {"one drawn backwards",
            KML(LINE("0,51 0.01,51") LINE("0.02,51 0.01,51") LINE("0.02,51 0.03,51")), "order",
            "1 changed"},
        {"the first is the middle",
            KML(LINE("0.01,51 0.02,51") LINE("0.02,51 0.03,51") LINE("0,51 0.01,51")), "order",
            "3 lines"},
        {"a gap", KML(LINE("0,51 0.01,51") LINE("0.010827,51 0.03,51")), "gap", "gap of 58 m"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_text(cases[i].kml);

        print_message("%s\n", cases[i].label);
        assert_at(first_of(c), 0, 51);
        assert_at(last_of(c), 0.03, 51);
        assert_int_equal(vertices_of(c), 4);
        assert_said(c, cases[i].code, cases[i].part);
        course_unref(c);
    }
}

static void test_many_gaps_are_summed_up(void **state)
{
    char kml[16384] = "<kml><Document>";
    size_t gaps = 0;
    struct course *c;

    (void)state;
    for (int i = 0; i < 40; i++)
        (void)snprintf(kml + strlen(kml), sizeof kml - strlen(kml), LINE("%.3f,51 %.3f,51"),
            i / 100.0, i / 100.0 + 0.009);
    (void)strcat(kml, "</Document></kml>");
    c = import_text(kml);
    for (size_t i = 0; i < c->diagnostics_n; i++)
        gaps += strcmp(c->diagnostics[i].code, "gap") == 0;
    assert_int_equal(gaps, 11);
    assert_non_null(strstr(c->diagnostics[10].text, "39 gaps, 2.74 km in all"));
    course_unref(c);
}

static void test_what_is_odd_is_told_with_figures(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        double distance_m;
        const char *code;
        const char *part;
    } cases[] = {
        {"start off", KML(LINE("0,51 0.1,51") POINT("Start", "-0.0008,51")), 0, "start-off-line",
            "start point is 56 m from the line's beginning."},
        {"start beside the line", KML(LINE("0,51 0.1,51") POINT("Start", "0.003945,51.00001")), 0,
            "start-off-line",
            "277 m from the line's beginning, 1.1 m from the line where it is nearest"},
        {"minus sign lost", KML(LINE("-0.33,51 -0.34,51") POINT("Finish", "0.34,51")), 0,
            "finish-off-line", "Is the sign of its longitude wrong?"},
        {"minus sign lost, how far", KML(LINE("-0.33,51 -0.34,51") POINT("Finish", "0.34,51")), 0,
            "finish-off-line", "48 km from the line's end"},
        {"exchanged", KML(LINE("13,51 13.01,51") POINT("Start", "51,13")), 0, "start-off-line",
            "order of its longitude and latitude"},
        {"no fix", KML(LINE("9,51 9.01,51 0,0 0,0 9.02,51")), 0, "zero-place",
            "Place 3 of a line is 0,0"},
        {"a spike", KML(LINE("0.5,51 0.501,51 -0.501,51 0.502,51 0.503,51 0.504,51")), 0, "spike",
            "Place 3 of the line (longitude -0.501000, latitude 51.000000)"},
        {"a spike's sign", KML(LINE("0.5,51 0.501,51 -0.501,51 0.502,51 0.503,51 0.504,51")), 0,
            "spike", "Is the sign of its longitude wrong?"},
        {"zero length", KML(LINE("0,51 0,51 0.01,51 0.01,51 0.01,51")), 0, "zero-length",
            "3 segments"},
        {"declared", KML(LINE("0,51 0.0714686,51")), 5000, "declared-length",
            "declared as 5,000 m and measures 5,016.9 m, 16.9 m more"},
        {"declared in the name", KML("<name>Canal 5k</name>" LINE("0,51 0.071,51")), 0,
            "declared-length", "declared as 5,000 m"},
        {"two starts",
            KML(LINE("0,51 0.1,51") POINT("Start 5k", "0,51") POINT("Start 2k", "0.05,51")), 0,
            "unused", "2 start points; the first (\"Start 5k\")"},
        {"points of no use",
            KML(LINE("0,51 0.1,51") POINT("Toilets", "0,51") POINT("Cafe", "0,51")), 0, "unused",
            "2 of the file's points (\"Toilets\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course_options o = {.distance_m = cases[i].distance_m};
        struct course *c = import_with(cases[i].kml, strlen(cases[i].kml), &o);

        print_message("%s\n", cases[i].label);
        assert_said(c, cases[i].code, cases[i].part);
        course_unref(c);
    }
}

static void test_nothing_odd_nothing_told(void **state)
{
    struct course *c =
        import_text(KML(LINE("0,51 0.01,51") POINT("Start", "0,51") POINT("Finish", "0.01,51")));

    (void)state;
    assert_int_equal(c->diagnostics_n, 0);
    course_unref(c);
}

static void test_flags_are_drawn_where_they_are_given(void **state)
{
    struct course *c = import_text(KML(LINE("0,51 0.01,51") POINT("Start here", "0.0001,51.0001")));

    (void)state;
    assert_true(c->start.given);
    assert_at(c->start.at, 0.0001, 51.0001);
    assert_string_equal(c->start.name, "Start here");
    assert_false(c->finish.given);
    assert_at(c->finish.at, 0.01, 51);
    course_unref(c);
}

static void test_names(void **state)
{
    static const struct {
        const char *name; /* in the file */
        struct course_options options;
        const char *short_name;
        const char *long_name;
    } cases[] = {
        {"Río  Park\n run", {0}, "rio-park-run", "Río Park run"},
        {"O'Neill &amp; Straße", {0}, "oneill-strasse", "O'Neill & Straße"},
        {"&lt;script&gt;alert(1)&lt;/script&gt;", {0}, "script-alert-1-script",
            "<script>alert(1)</script>"},
        {"皇居ラン 🏃‍♀️", {0}, "course-86b2", "皇居ラン 🏃‍♀️"},
        {"サクラ ラン", {0}, "sakura-ran", "サクラ ラン"},
        {"서울 마라톤", {0}, "seoul-maraton", "서울 마라톤"},
        {"Московский марафон", {0}, "moskovskiy-marafon", "Московский марафон"},
        {"Γύρος της λίμνης", {0}, "gyros-tis-limnis", "Γύρος της λίμνης"},
        {"東京 Marathon 2026", {0}, "marathon-2026", "東京 Marathon 2026"},
        {"Unnamed Section", {.file_name = "canal.kml"}, "canal", "canal"},
        {"皇居ラン", {.file_name = "/tmp/Kokyo run.kml"}, "kokyo-run", "皇居ラン"},
        {"", {.file_name = "canal_5k.kml"}, "canal-5k", "canal_5k"},
        {"Untitled", {.file_name = "canal.kml"}, "canal", "canal"},
        {"", {0}, "course", "course"},
        {"A", {.short_name = "b-1", .long_name = "Bee"}, "b-1", "Bee"},
        {"A", {.short_name = "b--1-"}, "b--1-", "A"},
        {"x&#x85;y&#x202e;z", {0}, "x-yz", "x yz"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char kml[512];
        struct course *c;

        (void)snprintf(kml, sizeof kml, KML("<name>%s</name>" LINE("0,51 0.01,51")), cases[i].name);
        c = import_with(kml, strlen(kml), &cases[i].options);
        assert_string_equal(c->short_name, cases[i].short_name);
        assert_string_equal(c->long_name, cases[i].long_name);
        assert_true(course_name_valid(c->short_name));
        course_unref(c);
    }
}

static void test_a_leg_does_not_name_the_course(void **state)
{
#define NAMED(name, places)                                            \
    "<Placemark><name>" name "</name><LineString><coordinates>" places \
    "</coordinates></LineString></Placemark>"
    static const struct {
        const char *kml;
        const char *long_name;
    } cases[] = {
        {KML(NAMED("Stage 1", "0,51 0.01,51") NAMED("Stage 2", "0.01,51 0.02,51")), "tour"},
        {KML(NAMED("Course", "0,51 0.01,51") NAMED("Shuttle", "0.01,51 0.02,51")), "tour"},
        {KML(NAMED("Unnamed Section", "0,51 0.01,51")), "tour"},
        {KML(NAMED("Canal run", "0,51 0.01,51") NAMED("Canal run", "0.01,51 0.02,51")),
            "Canal run"},
        {KML("<name>Grand Tour</name>" NAMED("Stage 1", "0,51 0.01,51")), "Grand Tour"},
    };
    const struct course_options o = {.file_name = "tour.kml"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_with(cases[i].kml, strlen(cases[i].kml), &o);

        assert_string_equal(c->long_name, cases[i].long_name);
        course_unref(c);
    }
}

static void test_long_names_are_cut_between_characters(void **state)
{
    char kml[4096] = "<kml><Document><name>";
    struct course *c;

    (void)state;
    for (int i = 0; i < 300; i++)
        (void)strcat(kml, "é");
    (void)strcat(kml, "</name>" LINE("0,51 0.01,51") "</Document></kml>");
    c = import_text(kml);
    assert_int_equal(strlen(c->long_name), COURSE_LONG_NAME_MAX);
    assert_true(utf8_valid(c->long_name, strlen(c->long_name)));
    assert_int_equal(strlen(c->short_name), COURSE_NAME_MAX);
    course_unref(c);
}

static void test_bad_options(void **state)
{
    static const char kml[] = KML(LINE("0,51 0.01,51"));
    static const struct {
        struct course_options options;
        const char *field;
    } cases[] = {
        {{.short_name = "Upper"}, "shortName"},
        {{.short_name = ""}, "shortName"},
        {{.short_name = "-a"}, "shortName"},
        {{.short_name = "a/../b"}, "shortName"},
        {{.long_name = "\xff"}, "longName"},
        {{.laps = 1001}, "laps"},
        {{.distance_m = -1}, "distance"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};

        assert_null(course_import(kml, strlen(kml), &cases[i].options, &e));
        assert_int_equal(e.code, ERR_INVALID);
        assert_string_equal(e.field, cases[i].field);
    }
}

static void test_files_of_no_kind(void **state)
{
    (void)state;
    assert_refused("", 0, ERR_INVALID, "empty");
    assert_refused(" \n\t ", 4, ERR_INVALID, "empty");
    assert_refused("\xef\xbb\xbf", 3, ERR_INVALID, "empty");
    assert_refused("\x7f"
                   "ELF\0\0\0",
        7, ERR_INVALID, "binary");
    assert_refused("\0\0\0\0", 4, ERR_INVALID, "binary");
    assert_refused("hello", 5, ERR_INVALID, "unknown kind");
    assert_refused("hello, world\n", 13, ERR_INVALID, "unknown kind");
    /* nothing is read of what is too long: the bytes need not even be there */
    assert_refused("<", 1u << 30, ERR_TOO_LARGE, "32 MiB");
}

static void test_another_geofence_is_another_revision(void **state)
{
    static const char wkt[] = "POLYGON ((0.002 50, 0.004 50, 0.004 52, 0.002 52, 0.002 50))";
    static const char far_wkt[] = "POLYGON ((10 50, 11 50, 11 52, 10 52, 10 50))";
    struct err e = {0};
    struct course *plain = import_text(KML(LINE("0,51 0.01,51")));
    struct course *fenced = course_with_fence(plain, course_fence_parse(wkt, strlen(wkt), &e), &e);
    struct course *far =
        course_with_fence(fenced, course_fence_parse(far_wkt, strlen(far_wkt), &e), &e);
    struct course *again = course_with_fence(fenced, NULL, &e);
    char revision[COURSE_REVISION_LEN + 1];

    (void)state;
    memcpy(revision, plain->revision, sizeof revision);
    assert_string_not_equal(fenced->revision, revision);
    assert_string_equal(again->revision, revision);
    assert_true(course_inside(fenced, 200000));
    assert_false(course_inside(again, 200000));
    assert_said(far, "geofence-unused", "never enters");
    course_unref(plain); /* the others keep its line */
    course_unref(fenced);
    assert_int_equal(line_length_mm(again->line), far->length_mm);
    assert_at(line_at(again->line, 0), 0, 51);
    course_unref(far);
    course_unref(again);
    course_unref(NULL);
}

/* A fence through the line's own places: rounding to nanodegrees puts it in and out, again and
 * again. */
static void test_a_line_on_the_fences_edge_is_refused(void **state)
{
    struct course_options none = {0};
    struct buf line = BUF_INIT, wkt = BUF_INIT, csv = BUF_INIT;
    struct err e = {0};
    struct course *plain, *fenced;

    (void)state;
    for (int i = 0; i <= 400; i++)
        buf_addf(&line, "%s%.9f %.9f", i ? ", " : "", 10 + i * 0.000231317, 50 + i * 0.000100739);
    buf_addf(&csv,
        "id,shortName,longName,distance,map,geoFence,start,end\n"
        "1,edge,Edge,0,\"LINESTRING (%s)\",,,\n",
        line.data);
    buf_addf(&wkt, "POLYGON ((%s, 10.1 49.9, 10 50))", line.data);
    plain = course_import(csv.data, csv.len, &none, &e);
    assert_non_null(plain);
    fenced = course_with_fence(plain, course_fence_parse(wkt.data, wkt.len, &e), &e);
    if (fenced)
        fail_msg("%zu stretches", fenced->spans.n);
    assert_int_equal(e.code, ERR_INVALID);
    assert_non_null(strstr(e.text, "on its edge"));
    course_unref(plain);
    buf_release(&line);
    buf_release(&wkt);
    buf_release(&csv);
}

/* Every mm of such a line is looked at: 4,000 km of them would take minutes. */
static void test_a_long_line_on_the_fences_edge_is_refused(void **state)
{
    static const struct {
        const char *line;
        int spans; /* -1: refused */
    } cases[] = {
        {"LINESTRING (0 0, 0 0.2)", 0}, /* 22 km: on the edge is outside */
        {"LINESTRING (0 0, 0 36)", -1}, /* 3,985 km */
        {"LINESTRING (0 0, 0 0.2, 0.5 0.3, 0 0.5)", 1},
    };
    static const char wkt[] = "POLYGON ((0 -1, 0 40, 1 40, 1 -1, 0 -1))";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf csv = BUF_INIT;
        struct err e = {0};
        struct course *plain, *fenced;

        buf_addf(&csv, "shortName,map\nedge,\"%s\"\n", cases[i].line);
        plain = import_with(csv.data, csv.len, NULL);
        fenced = course_with_fence(plain, course_fence_parse(wkt, strlen(wkt), &e), &e);
        assert_int_equal(fenced != NULL, cases[i].spans >= 0);
        if (fenced)
            assert_int_equal(fenced->spans.n, cases[i].spans);
        else
            assert_non_null(strstr(e.text, "on its edge"));
        course_unref(fenced);
        course_unref(plain);
        buf_release(&csv);
    }
}

static void test_revision_is_of_all_that_matters(void **state)
{
    static const char *const kmls[] = {
        KML("<name>A</name>" LINE("0,51 0.01,51")),
        KML("<name>B</name>" LINE("0,51 0.01,51")),
        KML("<name>A</name>" LINE("0,51 0.010000001,51")),
        KML("<name>A</name>" LINE("0,51 0.01,51") POINT("Start", "0,51")),
        KML("<name>A</name>" LINE("0,51 0.01,51") POINT("Finish", "0,51")),
        KML("<name>A</name>" LINE("0,51 0.01,51") POINT("The start", "0,51")),
        KML("<name>A</name>" TEXT("two laps") LINE("0,51 0.01,51")),
    };
    enum { N = sizeof kmls / sizeof kmls[0] };
    char revision[N][COURSE_REVISION_LEN + 1];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        struct course *c = import_text(kmls[i]);

        memcpy(revision[i], c->revision, sizeof revision[i]);
        assert_int_equal(strspn(c->revision, "0123456789abcdef"), COURSE_REVISION_LEN);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(revision[j], revision[i]);
        course_unref(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turned_by_start_and_finish),
        cmocka_unit_test(test_reverse_runs_the_other_way),
        cmocka_unit_test(test_flags_are_whole_words),
        cmocka_unit_test(test_of_several_flags_the_one_that_fits),
        cmocka_unit_test(test_numbers_are_never_half_read),
        cmocka_unit_test(test_a_line_counts_on_beyond_180),
        cmocka_unit_test(test_pieces_are_chained),
        cmocka_unit_test(test_many_gaps_are_summed_up),
        cmocka_unit_test(test_what_is_odd_is_told_with_figures),
        cmocka_unit_test(test_nothing_odd_nothing_told),
        cmocka_unit_test(test_flags_are_drawn_where_they_are_given),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_leg_does_not_name_the_course),
        cmocka_unit_test(test_long_names_are_cut_between_characters),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_files_of_no_kind),
        cmocka_unit_test(test_another_geofence_is_another_revision),
        cmocka_unit_test(test_a_line_on_the_fences_edge_is_refused),
        cmocka_unit_test(test_a_long_line_on_the_fences_edge_is_refused),
        cmocka_unit_test(test_revision_is_of_all_that_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
