/* What a race is asked for, what is left out, what is refused; its record and its clock. */
#include "race/race.h"

#include "fixture_course.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW 1767258000 /* 2026-01-01T09:00:00Z */

static int parse(const char *text, struct race_spec *s, struct err *e)
{
    json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);
    int rc;

    if (!j)
        fail_msg("the case is not JSON: %s", text);
    rc = race_spec_parse(j, NOW, s, e);
    json_decref(j);
    return rc;
}

static void what_is_left_out(void **state)
{
    struct race_spec s, t;
    struct err e = {0};

    (void)state;
    assert_int_equal(parse("{\"course\": \"crystal\"}", &s, &e), 0);
    assert_string_equal(s.course, "crystal");
    assert_int_equal(s.competitors, 100);
    assert_int_equal(s.fastest, 144);
    assert_int_equal(s.slowest, 500);
    assert_true(isnan(s.stop_ratio));
    assert_int_equal(s.min_pause, 10);
    assert_int_equal(s.max_pause, 60);
    assert_true(s.speed == 1);
    assert_int_equal(s.start_s, NOW);
    assert_int_equal(strlen(s.run_id), UUID_LEN);
    assert_true(s.seed < (uint64_t)1 << 53);
    /* Drawn anew for every race, told, and null is as good as left out. */
    assert_int_equal(
        parse("{\"course\": \"crystal\", \"seed\": null, \"runId\": null, \"stopRatio\": null}", &t,
            &e),
        0);
    assert_string_not_equal(s.run_id, t.run_id);
    assert_true(s.seed != t.seed);
}

static void what_is_said(void **state)
{
    struct race_spec s;
    struct err e = {0};

    (void)state;
    assert_int_equal(
        parse("{\"course\": \"half\", \"competitors\": 5.0, \"fastest\": 30, \"slowest\": 36000, "
              "\"stopRatio\": 1, \"minPause\": 0, \"maxPause\": 86400, \"seed\": 9007199254740991, "
              "\"speed\": 0.1, \"startTime\": \"2026-01-01T10:00:00+01:00\", \"runId\": \"mine\"}",
            &s, &e),
        0);
    assert_int_equal(s.competitors, 5);
    assert_int_equal(s.slowest, 36000);
    assert_true(s.stop_ratio == 1);
    assert_int_equal(s.max_pause, 86400);
    assert_true(s.seed == 9007199254740991u);
    assert_true(s.speed == 0.1);
    assert_int_equal(s.start_s, NOW);
    assert_string_equal(s.run_id, "mine");
}

static const struct {
    const char *json;
    const char *field;
    const char *says; /* part of the sentence */
} bad[] = {
    {"[]", "", "JSON object"},
    {"{}", "course", "missing"},
    {"{\"course\": 5}", "course", "text"},
    {"{\"course\": \"Crystal Palace\"}", "course", "short name"},
    {"{\"course\": \"../etc\"}", "course", "short name"},
    {"{\"course\": \"c\", \"colour\": 1}", "colour", "\"colour\" is not a field"},
    {"{\"course\": \"c\", \"competitors\": 0}", "competitors", "from 1 to 1000000, not 0"},
    {"{\"course\": \"c\", \"competitors\": -5}", "competitors", "not -5"},
    {"{\"course\": \"c\", \"competitors\": 5.5}", "competitors", "whole number"},
    {"{\"course\": \"c\", \"competitors\": 1000000000000}", "competitors", "not 1000000000000"},
    {"{\"course\": \"c\", \"competitors\": 1e300}", "competitors", "whole number"},
    {"{\"course\": \"c\", \"competitors\": \"ten\"}", "competitors", "not text"},
    {"{\"course\": \"c\", \"competitors\": [1]}", "competitors", "whole number"},
    {"{\"course\": \"c\", \"competitors\": true}", "competitors", "whole number"},
    {"{\"course\": \"c\", \"fastest\": 29}", "fastest", "from 30"},
    {"{\"course\": \"c\", \"slowest\": 36001}", "slowest", "to 36000"},
    {"{\"course\": \"c\", \"fastest\": 400, \"slowest\": 300}", "fastest", "smaller number"},
    {"{\"course\": \"c\", \"spread\": \"even\"}", "spread", "uniform"},
    {"{\"course\": \"c\", \"spread\": 1}", "spread", "text"},
    {"{\"course\": \"c\", \"hills\": \"yes\"}", "hills", "true or false"},
    {"{\"course\": \"c\", \"hills\": 1}", "hills", "true or false"},
    {"{\"course\": \"c\", \"stopRatio\": 1.01}", "stopRatio", "0 to 1"},
    {"{\"course\": \"c\", \"stopRatio\": -0.1}", "stopRatio", "0 to 1"},
    {"{\"course\": \"c\", \"stopRatio\": \"NaN\"}", "stopRatio", "number"},
    {"{\"course\": \"c\", \"minPause\": 61}", "minPause", "longer than maxPause"},
    {"{\"course\": \"c\", \"maxPause\": 86401}", "maxPause", "86400"},
    {"{\"course\": \"c\", \"seed\": -1}", "seed", "from 0"},
    {"{\"course\": \"c\", \"seed\": 9007199254740992}", "seed", "to 9007199254740991"},
    {"{\"course\": \"c\", \"speed\": 0}", "speed", "0.1 to 1000"},
    {"{\"course\": \"c\", \"speed\": 1001}", "speed", "0.1 to 1000"},
    {"{\"course\": \"c\", \"speed\": \"fast\"}", "speed", "number"},
    {"{\"course\": \"c\", \"startTime\": \"tomorrow\"}", "startTime", "2026-01-01T09:00:00Z"},
    {"{\"course\": \"c\", \"startTime\": 5}", "startTime", "text"},
    {"{\"course\": \"c\", \"runId\": \"\"}", "runId", "1 to 64"},
    {"{\"course\": \"c\", \"runId\": \"a b\"}", "runId", "printable ASCII"},
    {"{\"course\": \"c\", \"runId\": \"<b>\\\"\"}", "runId", "quotes"},
};

static void wrong_ones_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct race_spec s = {.competitors = 77};
        struct err e = {0};

        if (parse(bad[i].json, &s, &e) == 0)
            fail_msg("taken: %s", bad[i].json);
        assert_int_equal(e.code, ERR_INVALID);
        if (strcmp(e.field, bad[i].field) != 0 || !strstr(e.text, bad[i].says))
            fail_msg("%s: blames \"%s\": %s", bad[i].json, e.field, e.text);
        assert_int_equal(s.competitors, 77);
    }
}

static struct race_spec good_spec(void)
{
    struct race_spec s;
    struct err e = {0};

    assert_int_equal(parse("{\"course\": \"meridian\", \"seed\": 3}", &s, &e), 0);
    return s;
}

static void ratio_depends_on_the_course(void **state)
{
    static const struct fence_span span = {1000, 2000};
    struct course *with = fixture_course(91, 500000, &span, 1),
                  *without = fixture_course(91, 500000, NULL, 0);
    struct race_spec s = good_spec();
    struct err e = {0};

    (void)state;
    assert_int_equal(race_spec_check(&s, with, &e), 0);
    assert_true(s.stop_ratio == 0.1);
    assert_string_equal(s.revision, with->revision);
    s = good_spec();
    assert_int_equal(race_spec_check(&s, without, &e), 0);
    assert_true(s.stop_ratio == 0);
    s.stop_ratio = 0.2;
    assert_int_equal(race_spec_check(&s, without, &e), -1);
    assert_int_equal(e.code, ERR_INVALID);
    assert_string_equal(e.field, "stopRatio");
    assert_non_null(strstr(e.text, "no geofence"));
    fixture_course_free(with);
    fixture_course_free(without);
}

/* A spec that was not read from JSON meets the same limits. */
static void check_finds_what_parse_finds(void **state)
{
    struct course *c = fixture_course(91, 500000, NULL, 0);
    struct race_spec s;
    struct err e = {0};

    (void)state;
#define REFUSED(change, name)                             \
    do {                                                  \
        s = good_spec();                                  \
        change;                                           \
        assert_int_equal(race_spec_check(&s, c, &e), -1); \
        assert_string_equal(e.field, name);               \
    } while (0)
    REFUSED(s.competitors = 0, "competitors");
    REFUSED(s.competitors = RACE_MAX_COMPETITORS + 1, "competitors");
    REFUSED(s.fastest = 0, "fastest");
    REFUSED(s.fastest = 501, "fastest");
    REFUSED(s.min_pause = 61, "minPause");
    REFUSED(s.max_pause = 90000, "maxPause");
    REFUSED(s.seed = UINT64_MAX, "seed");
    REFUSED(s.speed = 0.01, "speed");
    REFUSED(s.speed = NAN, "speed");
    REFUSED(s.stop_ratio = 2, "stopRatio");
    REFUSED(s.run_id[0] = ' ', "runId");
    REFUSED(s.start_s = INT64_MAX, "startTime");
    REFUSED(s.start_s = 253402300799, "startTime");
#undef REFUSED
    s = good_spec();
    s.speed = 0; /* as fast as it can: the caller decides */
    assert_int_equal(race_spec_check(&s, c, &e), 0);
    fixture_course_free(c);
}

static struct race_record good_record(void)
{
    struct course *c = fixture_course(91, 500000, NULL, 0);
    struct race_record r;
    struct err e = {0};

    memset(&r, 0, sizeof r);
    r.spec = good_spec();
    assert_int_equal(race_spec_check(&r.spec, c, &e), 0);
    fixture_course_free(c);
    r.state = RACE_PAUSED;
    (void)snprintf(r.reason, sizeof r.reason, "by hand");
    r.anchor = (struct race_anchor){1767258000123, 17, 2.5};
    r.created_ms = 1767257999007;
    (void)snprintf(r.driver, sizeof r.driver, "driver-1");
    return r;
}

static int read_back(const struct race_record *r, struct race_record *back, struct err *e)
{
    json_t *j = race_record_json(r), *again;
    char *text = json_dumps(j, 0);
    int rc;

    again = json_loads(text, 0, NULL);
    rc = race_record_parse(again, back, e);
    free(text);
    json_decref(again);
    json_decref(j);
    return rc;
}

static void record_round_trips(void **state)
{
    struct race_record r = good_record(), back;
    struct err e = {0};

    (void)state;
    for (int s = RACE_SCHEDULED; s <= RACE_DELETED; s++) {
        r.state = (enum race_state)s;
        r.spec.hills = s % 2 != 0;
        if (read_back(&r, &back, &e))
            fail_msg("%s", e.text);
        assert_memory_equal(&r.spec, &back.spec, sizeof r.spec);
        assert_int_equal(back.state, s);
        assert_string_equal(back.reason, "by hand");
        assert_string_equal(back.driver, "driver-1");
        assert_true(back.anchor.wall_ms == r.anchor.wall_ms && back.anchor.raw_s == 17);
        assert_true(back.anchor.speed == 2.5);
        assert_true(back.created_ms == r.created_ms);
        assert_false(back.external);
    }
}

static void external_record_round_trips(void **state)
{
    struct race_record r = good_record(), back;
    struct err e = {0};

    (void)state;
    r.external = true;
    r.state = RACE_RUNNING;
    (void)snprintf(r.spec.course, sizeof r.spec.course, "Richmond Park");
    if (read_back(&r, &back, &e))
        fail_msg("%s", e.text);
    assert_true(back.external);
    assert_string_equal(back.spec.course, "Richmond Park");
    assert_string_equal(back.spec.run_id, r.spec.run_id);
    assert_int_equal(back.spec.start_s, NOW);
    assert_int_equal(back.spec.competitors, 0);
}

/* Nothing of a record may be left to a default or be of another type. */
static void broken_records_are_refused(void **state)
{
    static const char *const needed[] = {"runId", "course", "revision", "competitors", "fastest",
        "slowest", "stopRatio", "minPause", "maxPause", "seed", "speed", "startTime", "state",
        "reason", "anchor", "createdAt", "driver"};
    struct race_record r = good_record(), back;

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        for (int wrong = 0; wrong < 2; wrong++) {
            json_t *j = race_record_json(&r);
            struct err e = {0};

            if (wrong)
                (void)json_object_set_new(j, needed[i], json_array());
            else
                (void)json_object_del(j, needed[i]);
            if (race_record_parse(j, &back, &e) == 0)
                fail_msg("taken without %s", needed[i]);
            assert_string_equal(e.field, needed[i]);
            json_decref(j);
        }
}

static void states_have_names(void **state)
{
    enum race_state s;
    struct err e = {0};

    (void)state;
    for (int i = RACE_SCHEDULED; i <= RACE_DELETED; i++) {
        assert_int_equal(race_state_parse(race_state_name((enum race_state)i), &s, &e), 0);
        assert_int_equal(s, i);
    }
    assert_int_equal(race_state_parse("running ", &s, &e), -1);
}

/* raw is due at due(raw) and not a millisecond earlier, at every speed. */
static void due_is_its_own_inverse(void **state)
{
    static const double speeds[] = {
        0.1, 0.3, 0.7, 1, 1.1, 3, 7.7, 10, 29.97, 60, 100, 333.3, 999.9, 1000};
    static const int32_t raws[] = {
        0, 1, 2, 3, 59, 60, 61, 999, 1000, 3599, 86400, 1000000, 144000000, INT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++)
        for (int32_t from = 0; from < 1000; from += 333) {
            struct race_anchor a = {1767258000123, from, speeds[i]};

            assert_true(race_due_ms(&a, from) == a.wall_ms);
            for (size_t k = 0; k < sizeof raws / sizeof raws[0]; k++) {
                int64_t due = race_due_ms(&a, raws[k]);

                assert_int_equal(race_due_raw(&a, due), raws[k]);
                assert_int_equal(race_due_raw(&a, due - 1), raws[k] - 1);
            }
        }
}

static void due_far_away(void **state)
{
    struct race_anchor a = {1767258000123, 0, 1};

    (void)state;
    assert_int_equal(race_due_raw(&a, 0), -1);
    assert_int_equal(race_due_raw(&a, INT64_MIN), -1);
    assert_int_equal(race_due_raw(&a, INT64_MAX), INT32_MAX);
    assert_int_equal(race_due_raw(&a, a.wall_ms - 1), -1);
    assert_int_equal(race_due_raw(&a, a.wall_ms), 0);
    assert_int_equal(race_due_raw(&a, a.wall_ms + 999), 0);
    assert_int_equal(race_due_raw(&a, a.wall_ms + 1000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out),
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(ratio_depends_on_the_course),
        cmocka_unit_test(check_finds_what_parse_finds),
        cmocka_unit_test(record_round_trips),
        cmocka_unit_test(external_record_round_trips),
        cmocka_unit_test(broken_records_are_refused),
        cmocka_unit_test(states_have_names),
        cmocka_unit_test(due_is_its_own_inverse),
        cmocka_unit_test(due_far_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
