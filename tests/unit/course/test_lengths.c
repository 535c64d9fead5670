/* How many laps and metres a file declares, and what is asked about them. */
#include "course/question.h"
#include "course_cases.h"
#include "kml_texts.h"

#include "course/length_hints.h"
#include "course/name_hints.h"

static void test_laps(void **state)
{
    static const struct {
        const char *label;
        const char *kml;
        struct course_options options;
        uint32_t laps;
        const char *code; /* what is said, NULL: nothing of laps */
        const char *part;
    } cases[] = {
        {"no hint", KML(LINE(CLOSED)), {0}, 1, NULL, NULL},
        {"hint", KML(TEXT("Two laps of the park.") LINE(CLOSED)), {0}, 2, "laps", "\"Two laps\""},
        {"hint in the placemark",
            KML("<Placemark>" TEXT("3 Runden") "<LineString><coordinates>" CLOSED
                                               "</coordinates></LineString></Placemark>"),
            {0}, 3, "laps", "is run 3 times"},
        {"the caller knows better", KML(TEXT("Two laps of the park.") LINE(CLOSED)), {.laps = 3}, 3,
            NULL, NULL},
        {"already drawn, by itself", KML(TEXT("two laps") LINE(TWICE)), {0}, 1, "laps",
            "already drawn"},
        {"already drawn, by its length", KML(TEXT("two laps") LINE(TWICE)), {.distance_m = 2200}, 1,
            "laps", "already drawn"},
        {"not drawn, by its length", KML(TEXT("two laps") LINE(CLOSED)), {.distance_m = 2250}, 2,
            "laps", "2 times"},
        {"open", KML(TEXT("two laps") LINE(OPEN)), {0}, 2, "closing-leg", "278 m closes it"},
        {"not whole, but drawn", KML(TEXT("2½ laps") LINE(TWICE)), {.distance_m = 2200}, 1, "laps",
            "already drawn"},
        {"one lap", KML(TEXT("One lap of the park") LINE(CLOSED)), {0}, 1, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course *c = import_with(cases[i].kml, strlen(cases[i].kml), &cases[i].options);

        print_message("%s\n", cases[i].label);
        assert_int_equal(line_laps(c->line), cases[i].laps);
        if (cases[i].code)
            assert_said(c, cases[i].code, cases[i].part);
        else
            assert_null(said(c, "laps"));
        if (cases[i].laps > 1) {
            assert_int_equal(first_of(c).lon_nd, last_of(c).lon_nd);
            assert_int_equal(first_of(c).lat_nd, last_of(c).lat_nd);
        }
        course_unref(c);
    }
}

#define PARKRUN                                \
    KML("<name>Somewhere parkrun</name>" LINE( \
        "10,50 10.0116185,49.9999994 10.0116185,50.0037484 10,50.003749 10,50"))

/* Laps that are not whole are no answer, so import asks. */
static void test_half_laps_asked(void **state)
{
    static const char kml[] = KML(TEXT("2½ laps") LINE(CLOSED));
    struct course_question q = {0};
    struct course_options o = {.question = &q};
    struct err e = {0};
    struct course *c;

    (void)state;
    assert_null(course_import(kml, strlen(kml), &o, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_non_null(strstr(e.text, "\"2½ laps\", which is not a whole number"));
    assert_string_equal(q.code, "laps");
    assert_int_equal(q.n, 3);
    assert_int_equal(q.candidate[0].laps, 2);
    assert_int_equal(q.candidate[1].laps, 3);
    assert_int_equal(q.candidate[2].laps, 1);
    course_question_release(&q);
    o.laps = 3;
    c = import_with(kml, strlen(kml), &o);
    assert_int_equal(line_laps(c->line), 3);
    course_unref(c);
}

static void test_laps_asked(void **state)
{
    static const struct {
        const char *kml;
        double distance_m;
        const char *text;
        uint32_t laps; /* 0: it is not asked */
    } cases[] = {
        {KML(LINE(CLOSED)), 2230, "The line is 1.118 km, the race is 2.23 km: 2 laps?", 2},
        {KML(LINE(CLOSED)), 3400, "3 laps?", 3}, {PARKRUN, 0, "the race is 5 km: 2 laps?", 2},
        {KML(LINE(CLOSED)), 2350, NULL, 0},         /* 5 % off */
        {KML(LINE(CLOSED)), 1150, NULL, 0},         /* one lap */
        {KML(LINE(CLOSED)), 11.4 * 1118, NULL, 0},  /* within 3 % of 11, but no whole lap */
        {KML(LINE(CLOSED)), 100 * 1118.0, NULL, 0}, /* any length is near to so many laps */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct course_question q = {0};
        struct course_options o = {.distance_m = cases[i].distance_m, .question = &q};
        struct err e = {0};
        struct course *c = course_import(cases[i].kml, strlen(cases[i].kml), &o, &e);

        print_message("%.0f m: %s\n", cases[i].distance_m, e.text);
        assert_int_equal(c == NULL, cases[i].laps > 0);
        course_unref(c);
        if (cases[i].laps == 0)
            continue;
        assert_int_equal(e.code, ERR_CONFLICT);
        assert_string_equal(err_id(&e), "laps");
        assert_non_null(strstr(e.text, cases[i].text));
        assert_string_equal(q.code, "laps");
        assert_string_equal(q.option, "laps");
        assert_int_equal(q.n, 2);
        assert_int_equal(q.candidate[0].laps, cases[i].laps);
        assert_int_equal(q.candidate[1].laps, 1);
        assert_int_equal(q.candidate[1].points, 5);
        assert_int_equal(q.candidate[1].path_n, 5);
        assert_true(q.candidate[0].length_m > 1.9 * q.candidate[1].length_m);
        course_question_release(&q);
        for (o.laps = 1; o.laps <= 2; o.laps++) { /* any answer settles it */
            c = course_import(cases[i].kml, strlen(cases[i].kml), &o, &e);
            assert_non_null(c);
            assert_int_equal(line_laps(c->line), o.laps);
            course_unref(c);
        }
    }
}

static void test_words_of_laps(void **state)
{
    static const struct {
        const char *text;
        uint32_t laps;
    } cases[] = {
        {"two laps", 2},
        {"2 laps", 2},
        {"The Wimbledon Common parkrun ( course is just over two complete anti-clockwise laps.", 2},
        {"A two-lap course", 2},
        {"zwei Runden", 2},
        {"2 tours", 2},
        {"dos vueltas", 2},
        {"TROIS BOUCLES", 3},
        {"due giri del parco", 2},
        {"公園を2周します", 2},
        {"コースは 2周 です", 2},
        {"コースは ２周 です", 2},
        {"<p>run <b>3</b> laps</p>", 3},
        {"two 2.5 km laps", 2},
        {"a 5 km course. Laps are marked.", 0},
        {"1.5 laps", 0},
        {"the second lap", 0},
        {"0 laps", 0},
        {"5000 laps", 0},
        {"two hills, then a lap", 0},
        {"two flat, fast laps", 2},
        {"2 x 2.5 km", 2},
        {"2x2,5km", 2},
        {"3 × 5k", 3},
        {"laps: 2", 2},
        {"Anzahl Runden: 3", 3},
        {"laps: 2 km each", 0},
        {"run twice", 2},
        {"The loop is run two times", 2},
        {"crosses the river twice", 0},
        {"held twice a year", 0},
        {"Strecke zweimal laufen", 2},
        {"dvě kola", 2},
        {"два круга", 2},
        {"ПЯТЬ КРУГОВ", 5},
        {"ΔΥΟ ΓΥΡΟΙ", 2},
        {"to omgange", 2},
        {"to the laps", 0},
        {"两圈", 2},
        {"2바퀴", 2},
        {"2周目", 0},
        {"第2周", 0},
        {"2周年記念", 0},
        {"3 1/2 laps", 0},
        {"two and a half laps", 0},
        {"Number of laps 3", 3},
        {"Lap count: 3", 3},
        {"laps 2 and 3 are hard", 0},
        {"Rundenzahl: 2", 2},
        {"周回数: 2", 2},
        {"圈数：2", 2},
        {"三周コース", 3},
        {"本周", 0},
        {"两周后", 0},
        {"绕湖两周", 2},
        {"跑两圈", 2},
        {"周回コース2周", 2},
        {"2ラップ", 2},
        {"두 바퀴", 2},
        {"x2 laps", 2},
        {"2x loop", 2},
        {"Lap x 2", 2},
        {"a recorrer dos veces", 2},
        {"da ripetere due volte", 2},
        {"2 maal de ronde", 2},
        {"twee keer rond", 2},
        {"обегают дважды", 2},
        {"2 rundor", 2},
        {"2 kolečka", 2},
        {"dos giros", 2},
        {"2. Runde", 0},
        {"2½ laps", 0},
        {"", 0},
        {"laps", 0},
        {"<", 0},
        {"2", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char said_words[80];

        print_message("%s\n", cases[i].text);
        assert_int_equal(length_hints_laps(cases[i].text, said_words), cases[i].laps);
    }
}

static void test_words_of_distance(void **state)
{
    static const struct {
        const char *text;
        double m;
    } cases[] = {
        {"Park run 5k", 5000},
        {"a 5 km race", 5000},
        {"21,1 km", 21100},
        {"10.5KM", 10500},
        {"between 5 km and 10 km", 0},
        {"5 km, that is 5k", 5000},
        {"k", 0},
        {"the A5 road", 0},
        {"5 laps", 0},
        {"10 miles", 16093.44},
        {"26.2 mi", 42195},
        {"13.1 miles", 21097.5},
        {"100 M", 160934.4},
        {"10 000 m", 10000},
        {"10,000 m", 10000},
        {"10.000 m", 10000},
        {"5000 m", 5000},
        {"5000M", 5000},
        {"100 m to go", 0},
        {"900 m elevation gain", 0},
        {"5 km with 800 m of trail", 5000},
        {"5 km (3.1 miles)", 5000},
        {"10公里", 10000},
        {"10公里跑", 10000},
        {"circuito de 2,5 km a dos vueltas", 5000},
        {"3 giri da 2,5 km", 7500},
        {"5公里处", 0},
        {"10-miler", 16093.44},
        {"Ten Mile Race", 16093.44},
        {"１０ キロ", 10000},
        {"10 км", 10000},
        {"2 x 2.5 km", 5000},
        {"two 2.5 km laps", 5000},
        {"2 laps of 2.5 km", 5000},
        {"2 Runden à 2,5 km", 5000},
        {"5 km, 2 laps", 5000},
        {"2026 5 km", 5000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].text);
        assert_float_equal(length_hints_distance_m(cases[i].text), cases[i].m, 1e-6);
    }
}

static void test_names_of_races_have_lengths(void **state)
{
    static const struct {
        const char *name;
        double m;
    } cases[] = {
        {"City Marathon", 42195},
        {"City Half Marathon 2026", 21097.5},
        {"Berliner Halbmarathon", 21097.5},
        {"Great North Half", 21097.5},
        {"Semi-marathon de Paris", 21097.5},
        {"Media Maratón", 21097.5},
        {"東京マラソン", 42195},
        {"ハーフマラソン", 21097.5},
        {"Московский марафон", 42195},
        {"Somewhere parkrun", 5000},
        {"Somewhere junior parkrun", 2000},
        {"Ultra Marathon", 0},
        {"Marathon relay", 0},
        {"Second half", 0},
        {"Park run", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        assert_float_equal(name_hints_race_m(cases[i].name), cases[i].m, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laps),
        cmocka_unit_test(test_laps_asked),
        cmocka_unit_test(test_half_laps_asked),
        cmocka_unit_test(test_words_of_laps),
        cmocka_unit_test(test_words_of_distance),
        cmocka_unit_test(test_names_of_races_have_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
