/* Which lines of a file are the race: maps with more than one line, one row each. */
#include "course/question.h"
#include "course_cases.h"

#define MAP(inside) \
    "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>" inside "</Document></kml>"
#define LINE(name, at)                                             \
    "<Placemark><name>" name "</name><LineString><coordinates>" at \
    "</coordinates></LineString></Placemark>"
#define HIDDEN(name, at)                                                                     \
    "<Placemark><name>" name "</name><visibility>0</visibility><LineString><coordinates>" at \
    "</coordinates></LineString></Placemark>"
#define AREA(name, at)                                                                       \
    "<Placemark><name>" name "</name><Polygon><outerBoundaryIs><LinearRing><coordinates>" at \
    "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
#define POINT(name, at) \
    "<Placemark><name>" name "</name><Point><coordinates>" at "</coordinates></Point></Placemark>"
#define FOLDER(name, inside) "<Folder><name>" name "</name>" inside "</Folder>"

/* Shapes near 10 E 50 N; 0.001 degrees are 71.7 m east or 111.2 m north. */
#define COURSE "10,50 10.01,50 10.01,50.004"               /* 1,161.7 m */
#define BACK "10.01,50.004 10.01,50 10,50"                 /* the same, drawn the other way */
#define OTHER "10,50 10,50.004 10.01,50.004"               /* another way between its ends */
#define AWAY "9.99,50.002 9.98,50.003"                     /* 725.4 m, touches nothing */
#define LOOP "10,50 10.01,50 10.01,50.004 10,50.004 10,50" /* 2,323.4 m */
#define LEFT "10,50 9.99,50 9.99,50.004 10,50.004 10,50"   /* a loop to the other side */
#define LEG1 "10,50 10.01,50"                              /* 717.0 m each, and in a row */
#define LEG2 "10.01,50 10.02,50"
#define LEG3 "10.02,50 10.03,50"
#define LONG "10,50 10.01,50 10.02,50 10.03,50" /* 2,150.9 m */
#define FLAGS POINT("Start", "10,50") POINT("Finish", "10.01,50.004")

struct map {
    const char *label;
    const char *text;
    double m;          /* of the course; 0: it is asked or refused */
    double lon, lat;   /* where it begins; 0, 0: anywhere */
    const char *says;  /* a part of what is said, of the error if it is refused; NULL: anything */
    const char *asked; /* the lines of the candidates, "1 2": it is asked; NULL: it is not */
};

static const struct map maps[] = {
    {"a bus", MAP(LINE("Course", COURSE) LINE("Shuttle bus", AWAY)), 1161.7, 0, 0,
        "1 of the file's lines was left out: 2 \"Shuttle bus\" (beside the race by its name).",
        NULL},
    {"before it in the file", MAP(LINE("Evakuierungsroute Evakuierung", AWAY) LINE("", COURSE)),
        1161.7, 0, 0, NULL, NULL},
    {"closures", MAP(LINE("Fermeture", AWAY) LINE("Parcours", COURSE)), 1161.7, 0, 0, NULL, NULL},
    {"traffic in Japanese", MAP(LINE("交通規制区間", AWAY) LINE("コース", COURSE)), 1161.7, 0, 0,
        NULL, NULL},
    {"the way to the start", MAP(LINE("Weg zum Start", "9.99,50 10,50") LINE("x", COURSE)), 1161.7,
        0, 0, NULL, NULL},
    {"a folder says it",
        MAP(FOLDER("Spectators", LINE("a", AWAY)) FOLDER("Map", LINE("b", COURSE))), 1161.7, 0, 0,
        NULL, NULL},
    {"only a bus", MAP(LINE("Bus station run", COURSE)), 1161.7, 0, 0, NULL, NULL},
    {"hidden", MAP(HIDDEN("Course 1", OTHER) LINE("Course 2", COURSE)), 1161.7, 10, 50,
        "(hidden in the file)", NULL},
    {"all hidden", MAP(HIDDEN("Course", COURSE)), 1161.7, 0, 0, NULL, NULL},
    {"old", MAP(LINE("Old course", OTHER) LINE("Course", COURSE)), 1161.7, 0, 0,
        "(out of date by its name)", NULL},
    {"old in German", MAP(LINE("Strecke (alt)", OTHER) LINE("Strecke (neu)", COURSE)), 1161.7, 0, 0,
        NULL, NULL},
    {"old town is not old", MAP(LINE("Leg 1: Old Town", LEG1) LINE("Leg 2", LEG2)), 1433.9, 0, 0,
        NULL, NULL},
    {"a year ago", MAP(LINE("Course 2025", AWAY) LINE("Course 2026", COURSE)), 1161.7, 0, 0,
        "(of an earlier year)", NULL},
    {"an alternative", MAP(LINE("Course", COURSE) LINE("Bad weather course", OTHER)), 1161.7, 0, 0,
        "(an alternative by its name)", NULL},
    {"marks",
        MAP(LINE("Course", LONG) LINE("km 1", "10.0139,49.9999 10.0139,50.0001")
                LINE("", "10.02,49.9999 10.02,50.0001")),
        2150.9, 0, 0, "(a mark across the course)", NULL},
    {"a link is no mark",
        MAP(LINE("a", LEG1) LINE("b", "10.01,50 10.0105,50") LINE("c", "10.0105,50 10.02,50")),
        1433.9, 0, 0, NULL, NULL},
    {"lines are flags",
        MAP(LINE("Course", LONG) LINE("Start line", "10.03,49.9999 10.03,50.0001")
                LINE("Finish", "10,49.9999 10,50.0001")),
        2150.9, 10.03, 50, "it was turned", NULL},
    {"twice", MAP(LINE("Track", COURSE) LINE("Path", COURSE)), 1161.7, 0, 0,
        "(a copy of another line)", NULL},
    {"a loop twice", MAP(LINE("Track", LOOP) LINE("Path", LOOP)), 2323.4, 0, 0, NULL, NULL},
    {"two laps", MAP(LINE("Lap 1", LOOP) LINE("Lap 2", LOOP)), 4646.9, 0, 0, NULL, NULL},
    {"zwei Runden", MAP(LINE("Runde 1", LOOP) LINE("Runde 2", LOOP)), 4646.9, 0, 0, NULL, NULL},
    {"a part is marked", MAP(LINE("Course", LONG) LINE("Steep", "10.005,50 10.015,50")), 2150.9, 0,
        0, "(on another line)", NULL},
    {"legs and the whole",
        MAP(LINE("Leg 1", LEG1) LINE("Leg 2", LEG2) LINE("Leg 3", LEG3) LINE("All", LONG)), 2150.9,
        0, 0, "(a leg of the whole line)", NULL},
    {"out and back", MAP(LINE("Hinweg", COURSE) LINE("Rückweg", BACK)), 2323.4, 10, 50, NULL, NULL},
    {"out and back by the flag",
        MAP(LINE("a", COURSE) LINE("b", BACK) POINT("Start / Finish", "10,50")), 2323.4, 10, 50,
        NULL, NULL},
    {"one of two directions", MAP(LINE("a", BACK) LINE("b", COURSE) FLAGS), 1161.7, 10, 50,
        "(another line in the other direction)", NULL},
    {"which direction", MAP(LINE("a", BACK) LINE("b", COURSE)), 0, 0, 0, NULL, "1 2 1,2"},
    {"two races", MAP(LINE("5K", LOOP) LINE("10K", LEFT)), 0, 0, 0, NULL, "1 2"},
    {"two lines without names", MAP(LINE("", LOOP) LINE("", AWAY)), 0, 0, 0, NULL, "1 2"},
    {"two loops that share a side",
        MAP(LINE("Red", LOOP) LINE("Blue", "10,50 10.01,50 10.01,50.006 10,50.006 10,50")), 0, 0, 0,
        NULL, "1 2"},
    {"an alternative in Italian", MAP(LINE("Percorso", COURSE) LINE("Percorso alternativo", OTHER)),
        1161.7, 0, 0, NULL, NULL},
    {"two races by one start", MAP(LINE("Kids", COURSE) LINE("Adults", OTHER) FLAGS), 0, 0, 0, NULL,
        "1 2"},
    {"folders of races",
        MAP(FOLDER("5 km", LINE("a", LEG1) LINE("b", LEG2))
                FOLDER("10 km", LINE("c", LEG3) LINE("d", LEG2))),
        0, 0, 0, "5 km", "1,2 3,4"},
    {"the title decides",
        MAP("<name>Park race 2.3 km</name>" LINE("Red", COURSE) LINE("Blue", LOOP)), 2323.4, 0, 0,
        "(not of the declared length)", NULL},
    {"the flags decide", MAP(LINE("Red", COURSE) LINE("Blue", LOOP) FLAGS), 1161.7, 0, 0,
        "(not from the start to the finish)", NULL},
    {"the name decides", MAP(LINE("Course", COURSE) LINE("Blue", AWAY)), 1161.7, 0, 0,
        "(not called the course)", NULL},
    {"figure of eight", MAP(LINE("Loop A", LOOP) LINE("Loop B", LEFT)), 4646.9, 0, 0, NULL, NULL},
    {"perhaps a figure of eight", MAP(LINE("a", LOOP) LINE("b", LEFT)), 0, 0, 0, NULL, "1 2 1,2"},
    {"legs by number", MAP(LINE("Leg 3", LEG3) LINE("Leg 1", LEG1) LINE("Leg 2", LEG2)), 2150.9, 10,
        50, "by the numbers in their names", NULL},
    {"Etappen", MAP(LINE("3. Etappe", LEG3) LINE("1. Etappe", LEG1) LINE("2. Etappe", LEG2)),
        2150.9, 10, 50, NULL, NULL},
    {"区", MAP(LINE("第3区", LEG3) LINE("第1区", LEG1) LINE("第2区", LEG2)), 2150.9, 10, 50, NULL,
        NULL},
    {"paths by number", MAP(LINE("Path 3", LEG3) LINE("Path 1", LEG1) LINE("Path 2", LEG2)), 2150.9,
        10, 50, NULL, NULL},
    {"legs without numbers", MAP(LINE("x", LEG3) LINE("y", LEG1) LINE("z", LEG2)), 2150.9, 0, 0,
        "so that their ends meet", NULL},
    {"a ring keeps its start",
        MAP(LINE("x", "10,50 10.01,50") LINE("y", "10.0105,50 10.01,50.008")
                LINE("z", "10.0097,50.008 10.00005,50")),
        2792, 10, 50, NULL, NULL},
    {"two ways",
        MAP(LINE("a", LEG1) LINE("b", LEG2) LINE("c", "10.01,50 10.015,50.003 10.02,50")
                LINE("d", LEG3) POINT("Start", "10,50") POINT("Finish", "10.03,50")),
        0, 0, 0, NULL, "1,3,4 1,2,4"},
    {"what leads to the start", MAP(LINE("a", "9.98,50 10,50") LINE("b", COURSE) FLAGS), 1161.7, 10,
        50, NULL, NULL},
    {"an area and its lanes", MAP(AREA("Lap", LOOP) LINE("Finish chute", "10,50 9.9995,50")),
        2323.4, 0, 0, "outline", NULL},
    {"an area beside", MAP(AREA("Parking", LOOP) LINE("Course", COURSE)), 1161.7, 0, 0, NULL, NULL},
    {"bridges",
        MAP("<Placemark><MultiGeometry><LineString><coordinates>10,50 10.01,50"
            "</coordinates></LineString><LineString><coordinates>10.02,50 10.03,50"
            "</coordinates></LineString></MultiGeometry></Placemark>"),
        0, 0, 0, "716 m of 2.15 km would be straight bridges", NULL},
};

static bool says(const struct course *c, const char *part)
{
    for (size_t i = 0; i < c->diagnostics_n; i++)
        if (strstr(c->diagnostics[i].text, part))
            return true;
    return false;
}

/* The lines of the candidates, as they are written in the table. */
static void asked_lines(const struct course_question *q, char *out, size_t cap)
{
    out[0] = '\0';
    for (size_t i = 0; i < q->n; i++)
        (void)snprintf(
            out + strlen(out), cap - strlen(out), "%s%s", i ? " " : "", q->candidate[i].line);
}

static void check(const struct map *map, const struct course *c, const struct course_question *q,
    const struct err *e)
{
    char lines[200];

    print_message("%s: %.1f m %s\n", map->label, c ? (double)c->length_mm / 1000 : 0, e->text);
    if (map->asked) {
        asked_lines(q, lines, sizeof lines);
        assert_string_equal(lines, map->asked);
        assert_string_equal(q->code, "choose-line");
        assert_string_equal(q->option, "line");
        assert_int_equal(e->code, ERR_CONFLICT);
        assert_string_equal(err_id(e), "choose-line");
    } else {
        assert_null(q->code);
    }
    if (map->m <= 0) {
        assert_null(c);
        assert_non_null(strstr(e->text, map->says ? map->says : ""));
        return;
    }
    assert_non_null(c);
    assert_true((double)c->length_mm > map->m * 998 && (double)c->length_mm < map->m * 1002);
    if (map->lon > 0)
        assert_at(first_of(c), map->lon, map->lat);
    if (map->says && !says(c, map->says))
        fail_msg("%s: \"%s\" is not said", map->label, map->says);
}

static void test_maps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        struct course_question q = {0};
        struct course_options o = {.question = &q};
        struct err e = {0};
        struct course *c = course_import(maps[i].text, strlen(maps[i].text), &o, &e);

        check(&maps[i], c, &q, &e);
        course_question_release(&q);
        course_unref(c);
    }
}

/* The caller says which lines, by number or by name, and in which order. */
static void test_what_the_caller_says(void **state)
{
    static const char text[] = MAP(LINE("5 km", LOOP) LINE("10 km", LEFT) LINE("Shuttle bus", AWAY)
            LINE("leg", LEG2) LINE("leg", LEG1));
    static const struct {
        const char *line;
        double m;
        double lon; /* where it begins */
        const char *refused;
    } cases[] = {
        {"1", 2323.4, 10, NULL},
        {"10 KM", 2323.4, 10, NULL},
        {"3", 725.4, 9.99, NULL},
        {"1,2", 4646.9, 10, NULL},
        {"5,4", 1433.9, 10, NULL},
        {"4,5", 1433.9, 10.02, NULL}, /* in this order both are run the other way */
        {"leg", 1433.9, 10.02, NULL},
        {"6", 0, 0, "The file has no line \"6\": it has 5 lines."},
        {"1,,2", 0, 0, "no line \"1,,2\""},
        {"", 0, 0, "no line"},
        {"1,3", 0, 0, "straight bridges"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course_options o = {.line = cases[i].line};
        struct err e = {0};
        struct course *c = course_import(text, sizeof text - 1, &o, &e);

        print_message("%s: %s\n", cases[i].line, e.text);
        assert_int_equal(c == NULL, cases[i].refused != NULL);
        if (cases[i].refused) {
            assert_non_null(strstr(e.text, cases[i].refused));
            assert_int_equal(e.code, ERR_INVALID);
            continue;
        }
        assert_true((double)c->length_mm > cases[i].m * 998);
        assert_true((double)c->length_mm < cases[i].m * 1002);
        assert_at(first_of(c), cases[i].lon, cases[i].lon < 10 ? 50.002 : 50);
        course_unref(c);
    }
}

/* An area has a number behind those of all lines. */
static void test_areas_have_numbers(void **state)
{
    static const char text[] = MAP(AREA("Lap", LOOP) LINE("Course", COURSE));
    struct course *c = import_with(text, sizeof text - 1, &(struct course_options){.line = "2"});

    (void)state;
    assert_true(c->length_mm > 2300000);
    course_unref(c);
}

/* Candidates have a name, a length, and a picture of at most 200 places. */
static void test_candidates(void **state)
{
    struct buf text = BUF_INIT;
    struct course_question q = {0};
    struct course_options o = {.question = &q};
    struct err e = {0};

    (void)state;
    buf_adds(&text, "<kml><Document>" LINE("5 km", LOOP) "<Placemark><name>10&#10;km</name>"
                                                         "<LineString><coordinates>");
    for (int i = 0; i < 1000; i++)
        buf_addf(&text, "%.6f,%.6f ", 10 - 0.0001 * i, 50 + 0.0001 * (i % 2));
    buf_adds(&text, "</coordinates></LineString></Placemark></Document></kml>");
    assert_null(course_import(text.data, text.len, &o, &e));
    assert_int_equal(q.n, 2);
    assert_string_equal(q.candidate[0].name, "5 km");
    assert_string_equal(q.candidate[1].name, "10 km");
    assert_int_equal(q.candidate[0].points, 5);
    assert_int_equal(q.candidate[0].laps, 1);
    assert_true(q.candidate[0].length_m > 2323 && q.candidate[0].length_m < 2324);
    assert_int_equal(q.candidate[1].points, 1000);
    assert_int_equal(q.candidate[1].path_n, COURSE_CANDIDATE_PATH_MAX);
    assert_non_null(strstr(e.text, "1 \"5 km\" (2,323"));
    course_question_release(&q);
    assert_null(q.candidate);
    buf_release(&text);
}

/* 5,000 segments of one line, in any order and direction, are that line again. */
static void test_any_number_of_segments(void **state)
{
    enum { N = 5000, STEP = 3001 }; /* STEP has no factor of N: every segment comes once */
    struct buf text = BUF_INIT;
    struct course *c;

    (void)state;
    buf_adds(&text, "<gpx><trk>");
    for (int k = 0; k < N; k++) {
        int i = (int)((long)k * STEP % N);
        double from = 10 + 0.0002 * (i + (k % 3 == 0));
        double to = 10 + 0.0002 * (i + (k % 3 != 0));

        buf_addf(&text, "<trkseg><trkpt lat='50' lon='%.6f'/><trkpt lat='50' lon='%.6f'/></trkseg>",
            from, to);
    }
    buf_adds(&text, "</trk></gpx>");
    c = import_text(text.data);
    assert_int_equal(vertices_of(c), N + 1);
    assert_at(first_of(c), 10, 50);
    assert_at(last_of(c), 11, 50);
    assert_said(c, "order", "5000 lines");
    course_unref(c);
    buf_release(&text);
}

/* The times of their first places order segments; a place keeps its line's direction then. */
static void test_times(void **state)
{
    struct course *c = import_text(
        "<gpx><trk><trkseg><trkpt lat='50' lon='10.01'><time>2026-01-01T10:00:00Z</time></trkpt>"
        "<trkpt lat='50' lon='10'/></trkseg><trkseg><trkpt lat='50' lon='10.02'>"
        "<time>2026-01-01T09:00:00Z</time></trkpt><trkpt lat='50' lon='10.01'/></trkseg></trk>"
        "</gpx>");

    (void)state;
    assert_at(first_of(c), 10.02, 50);
    assert_at(last_of(c), 10, 50);
    assert_said(c, "order", "by their times");
    course_unref(c);
}

/* Flags decide by their position along the line, and only if they are near to it. */
static void test_flags_along_the_line(void **state)
{
    static const struct {
        const char *label;
        const char *points;
        bool turned;
    } cases[] = {
        {"none", "", false},
        {"start at the end", POINT("Start", "10.03,50"), true},
        {"finish at the beginning", POINT("Finish", "10,50"), true},
        {"start beyond the middle", POINT("Start", "10.018,50"), false},
        {"both, in the middle", POINT("Start", "10.02,50") POINT("Finish", "10.01,50"), true},
        {"start 220 m off", POINT("Start", "10.03,50.002"), false},
        {"start on another continent", POINT("Start", "50,10"), false},
        {"finish 5 km behind the beginning", POINT("Finish", "9.93,50"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text = BUF_INIT;
        struct course *c;

        buf_addf(
            &text, "<kml><Document>" LINE("Course", LONG) "%s</Document></kml>", cases[i].points);
        c = import_text(text.data);
        print_message("%s\n", cases[i].label);
        assert_at(first_of(c), cases[i].turned ? 10.03 : 10, 50);
        assert_int_equal(said(c, "turned") != NULL, cases[i].turned);
        course_unref(c);
        buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_what_the_caller_says),
        cmocka_unit_test(test_areas_have_numbers),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_any_number_of_segments),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_flags_along_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
