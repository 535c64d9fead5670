/* The event codec: what is written, what is read, and that a JSON library agrees with both. */
#include "base/clock.h"
#include "race/event.h"

#include "meridian.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct event_writer writer(void)
{
    struct event_writer w = {.run_id = "637648ff-46fa-464b-9d80-acb647e7aa41",
        .course = "meridian",
        .start_s = 1767258000,
        .line = meridian->line};

    return w;
}

static void text_is_the_template(void **state)
{
    struct event_writer w = writer();
    char at[EVENT_JSON_MAX];

    (void)state;
    *event_write(&w, 1, 0, 0, at) = '\0';
    assert_string_equal(at,
        "{\"runId\": \"637648ff-46fa-464b-9d80-acb647e7aa41\", "
        "\"eventId\": \"9daef3ff-4479-818f-baf0-cb68dd3cb528\", \"competitorId\": 1, \"rawTime\": "
        "0, "
        "\"timestamp\": \"2026-01-01 09:00:00\", \"lat\": 51.400000000, \"lon\": -0.064245000, "
        "\"distance\": 0.000, \"course\": \"meridian\"}");
}

/* The id is a UUID of version 8 and another for every (race, competitor, second). */
static void ids_are_derived(void **state)
{
    char id[UUID_LEN + 1], other[UUID_LEN + 1];
    static const struct {
        const char *run_id;
        int64_t competitor;
        int32_t raw;
    } others[] = {{"r2", 1, 5}, {"r1", 2, 5}, {"r1", 1, 6}, {"r1", 5, 1}, {"r11", 1, 5}};

    (void)state;
    event_id("r1", 1, 5, id);
    assert_int_equal(strlen(id), UUID_LEN);
    assert_int_equal(id[14], '8');
    assert_non_null(strchr("89ab", id[19]));
    event_id("r1", 1, 5, other);
    assert_string_equal(id, other);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        event_id(others[i].run_id, others[i].competitor, others[i].raw, other);
        assert_string_not_equal(id, other);
    }
}

static void assert_same(const struct event *a, const struct event *b)
{
    assert_string_equal(a->run_id, b->run_id);
    assert_string_equal(a->event_id, b->event_id);
    assert_string_equal(a->course, b->course);
    assert_true(a->competitor_id == b->competitor_id);
    assert_int_equal(a->raw_s, b->raw_s);
    assert_true(a->timestamp_s == b->timestamp_s);
    assert_memory_equal(&a->lat_deg, &b->lat_deg, sizeof a->lat_deg);
    assert_memory_equal(&a->lon_deg, &b->lon_deg, sizeof a->lon_deg);
    assert_memory_equal(&a->distance_m, &b->distance_m, sizeof a->distance_m);
}

static void must_parse(const char *json, size_t len, struct event *out)
{
    struct err e = {0};

    memset(out, 0, sizeof *out);
    if (event_parse(json, len, out, &e))
        fail_msg("%.*s: %s", (int)len, json, e.text);
}

/* Written, made, formatted and read again are one and the same event, to the last bit. */
static void own_events_round_trip(void **state)
{
    struct event_writer w = writer();
    uint64_t x = 88172645463325252u;

    (void)state;
    for (int k = 0; k < 20000; k++) {
        struct event made, parsed;
        char at[EVENT_JSON_MAX], again[EVENT_JSON_MAX];
        char *end;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        event_make(&w, (int64_t)(x >> 44), (int32_t)(x >> 20 & 0xffff),
            (uint32_t)((x & 0xffffff) % (meridian->length_mm + 1)), &made);
        end = event_write(
            &w, made.competitor_id, made.raw_s, (uint32_t)lround(made.distance_m * 1000), at);
        assert_true(end - at < EVENT_JSON_MAX);
        must_parse(at, (size_t)(end - at), &parsed);
        assert_same(&made, &parsed);
        assert_int_equal(event_format(&made, again) - again, end - at);
        assert_memory_equal(at, again, (size_t)(end - at));
    }
}

/* As the seeds print it, in jq's layout: short decimals, a distance without a point. */
static const char seed_event[] =
    "{\n  \"runId\": \"637648ff-46fa-464b-9d80-acb647e7aa41\",\n"
    "  \"eventId\": \"07803c75-cae5-4e69-8361-3bda41aa686f\",\n"
    "  \"competitorId\": 551870,\n  \"rawTime\": 0,\n"
    "  \"timestamp\": \"2023-05-25 10:17:49\",\n  \"lat\": 51.45034,\n"
    "  \"lon\": -0.29499,\n  \"distance\": 0,\n  \"course\": \"richmond\"\n}\n";

static void seeds_event(void **state)
{
    struct event ev;

    (void)state;
    must_parse(seed_event, sizeof seed_event - 1, &ev);
    assert_string_equal(ev.run_id, "637648ff-46fa-464b-9d80-acb647e7aa41");
    assert_string_equal(ev.event_id, "07803c75-cae5-4e69-8361-3bda41aa686f");
    assert_int_equal(ev.competitor_id, 551870);
    assert_int_equal(ev.raw_s, 0);
    assert_int_equal(ev.timestamp_s, 1685009869);
    assert_true(ev.lat_deg == 51.45034);
    assert_true(ev.lon_deg == -0.29499);
    assert_true(ev.distance_m == 0);
    assert_string_equal(ev.course, "richmond");
}

#define HEAD "{\"runId\": \"r\", \"eventId\": \"e\", "
#define IDS HEAD "\"competitorId\": 1, \"rawTime\": 2, "
#define TIME "\"timestamp\": \"2026-01-01 09:00:02\", "
#define PLACE "\"lat\": 51.4, \"lon\": -0.06, \"distance\": 5.5, "
#define TAIL "\"course\": \"c\"}"

static const char *const fine[] = {
    IDS TIME PLACE TAIL,
    "\t\r\n " IDS TIME PLACE TAIL " \n",
    "{\"course\":\"c\",\"distance\":5.5,\"lon\":-0.06,\"lat\":51.4,\"timestamp\":\"2026-01-01 "
    "09:00:02\","
    "\"rawTime\":2,\"competitorId\":1,\"eventId\":\"e\",\"runId\":\"r\"}",
    HEAD "\"competitorId\": 1.0, \"rawTime\": 2e0, " TIME PLACE TAIL,
    HEAD "\"competitorId\": 10e-1, \"rawTime\": 0.2E+1, " TIME PLACE TAIL,
    IDS TIME "\"lat\": 514e-1, \"lon\": -6E-2, \"distance\": 0.55e1, " TAIL,
    IDS TIME
    "\"lat\": 51.4000000000000000000000000000000, \"lon\": -0.06, \"distance\": 5.5, " TAIL,
    IDS "\"timestamp\": \"2026-01-01T09:00:02Z\", " PLACE TAIL,
    IDS "\"timestamp\": \"2026-01-01T10:00:02+01:00\", " PLACE TAIL,
    IDS TIME PLACE
    "\"extra\": {\"a\": [1, 2.5e-3, true, false, null, {}, [], \"\\u00e9\\ud83d\\ude00\"]}, " TAIL,
    "{\"run\\u0049d\": \"\\u0072\", \"eventId\": \"\\u0065\", \"competitorId\": 1, \"rawTime\": "
    "2, " TIME PLACE "\"course\": \"\\u0063\"}",
    IDS TIME PLACE "\"ignored\": \"bell \\\" and \\\\ and \\/\", " TAIL,
};

static void every_form_reads_the_same(void **state)
{
    struct event first, ev;

    (void)state;
    must_parse(fine[0], strlen(fine[0]), &first);
    assert_true(first.lat_deg == 51.4 && first.lon_deg == -0.06 && first.distance_m == 5.5);
    assert_true(first.timestamp_s == 1767258002 && first.competitor_id == 1 && first.raw_s == 2);
    for (size_t i = 1; i < sizeof fine / sizeof fine[0]; i++) {
        must_parse(fine[i], strlen(fine[i]), &ev);
        assert_same(&first, &ev);
    }
}

static const struct {
    const char *json;
    const char *field; /* "" where none is to blame */
} bad[] = {
    {"", ""},
    {"null", ""},
    {"[]", ""},
    {"{", ""},
    {"{}", "runId"},
    {"{} x", ""},
    {IDS TIME PLACE "\"course\": \"c\",}", ""},
    {IDS TIME PLACE TAIL "}", ""},
    {IDS TIME PLACE "\"course\": \"c\"", ""},
    {IDS TIME PLACE "\"course\": \"c", "course"},
    {IDS TIME PLACE "course: \"c\"}", ""},
    {IDS TIME PLACE "'course': 'c'}", ""},
    {IDS TIME PLACE "\"course\"; \"c\"}", ""},
    {IDS TIME PLACE "\"lat\": 51.4}", "lat"}, /* twice */
    {IDS TIME PLACE "\"extra\": 1}", "course"},
    {IDS TIME PLACE "\"extra\": nul, " TAIL, ""},
    {IDS TIME PLACE "\"extra\": 01, " TAIL, ""},
    {IDS TIME PLACE "\"extra\": \"\x01\", " TAIL, ""},
    {IDS TIME PLACE "\"extra\": \"\xff\", " TAIL, ""},
    {IDS TIME PLACE "\"extra\": \"\xed\xa0\x80\", " TAIL, ""},
    {IDS TIME PLACE "\"extra\": \"\\ud800\", " TAIL, ""},
    {IDS TIME PLACE "\"extra\": \"\\x\", " TAIL, ""},
    {IDS TIME PLACE
        "\"extra\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]], " TAIL,
        ""},
    {IDS TIME PLACE "\"course\": \"\"}", "course"},
    {IDS TIME PLACE "\"course\": \"a\\u0000b\"}", "course"},
    {IDS TIME PLACE "\"course\": \"a\\\"b\"}", "course"},
    {IDS TIME PLACE "\"course\": 5}", "course"},
    {IDS TIME PLACE
        "\"course\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
        "course"},
    {"{\"runId\": \"with space\", ", "runId"},
    {"{\"runId\": \"quote\\\"\", ", "runId"},
    {"{\"runId\": null, ", "runId"},
    {"{\"runId\": \"r\", \"eventId\": \"\xc3\xa9\", ", "eventId"},
    {HEAD "\"competitorId\": \"1\", ", "competitorId"},
    {HEAD "\"competitorId\": 1.5, ", "competitorId"},
    {HEAD "\"competitorId\": 9223372036854775808, ", "competitorId"},
    {HEAD "\"competitorId\": 1e400, ", "competitorId"},
    {HEAD "\"competitorId\": -, ", "competitorId"},
    {HEAD "\"competitorId\": 1, \"rawTime\": -1, ", "rawTime"},
    {HEAD "\"competitorId\": 1, \"rawTime\": 2147483648, ", "rawTime"},
    {HEAD "\"competitorId\": 1, \"rawTime\": true, ", "rawTime"},
    {IDS "\"timestamp\": \"2026-02-29 09:00:00\", ", "timestamp"},
    {IDS "\"timestamp\": \"2026-01-01 24:00:00\", ", "timestamp"},
    {IDS "\"timestamp\": \"yesterday\", ", "timestamp"},
    {IDS "\"timestamp\": 1767258002, ", "timestamp"},
    {IDS "\"timestamp\": \"9999-12-31T23:59:59-01:00\", ", "timestamp"},
    {IDS TIME "\"lat\": 91, ", "lat"},
    {IDS TIME "\"lat\": NaN, ", "lat"},
    {IDS TIME "\"lat\": .5, ", "lat"},
    {IDS TIME "\"lat\": 5., ", "lat"},
    {IDS TIME "\"lat\": 5e, ", "lat"},
    {IDS TIME "\"lat\": 1, \"lon\": -180.0000001, ", "lon"},
    {IDS TIME "\"lat\": 1, \"lon\": 1, \"distance\": -0.001, ", "distance"},
    {IDS TIME "\"lat\": 1, \"lon\": 1, \"distance\": 1e999, ", "distance"},
};

static void wrong_ones_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct event ev;
        struct err e = {0};

        if (event_parse(bad[i].json, strlen(bad[i].json), &ev, &e) == 0)
            fail_msg("taken: %s", bad[i].json);
        assert_int_equal(e.code, ERR_INVALID);
        if (strcmp(e.field, bad[i].field) != 0)
            fail_msg("%s: blames \"%s\": %s", bad[i].json, e.field, e.text);
    }
}

/* Every piece cut off at any byte, without a NUL behind it, is refused and nothing behind the end
 * is read. */
static void cut_off_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        size_t len = strlen(fine[i]);

        while (len && strchr(" \n}", fine[i][len - 1]))
            len--;
        for (size_t cut = 0; cut <= len; cut++) {
            char *copy = mem_dup(fine[i], cut);
            struct event ev;
            struct err e = {0};

            assert_int_equal(event_parse(copy, cut, &ev, &e), -1);
            assert_int_equal(e.code, ERR_INVALID);
            free(copy);
        }
    }
}

static void huge_ones_are_refused(void **state)
{
    size_t len = (size_t)1 << 20;
    char *json = mem_alloc(len);
    struct event ev;
    struct err e = {0};

    (void)state;
    memset(json, ' ', len);
    assert_int_equal(event_parse(json, len, &ev, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    memset(json, '[', 60000);
    assert_int_equal(event_parse(json, 60000, &ev, &e), -1);
    free(json);
}

static double next_double(uint64_t *x)
{
    double v;

    do {
        *x = *x * 6364136223846793005u + 1442695040888963407u;
        memcpy(&v, x, sizeof v);
        v = ldexp(frexp(v, &(int){0}), (int)(*x >> 33 & 63) - 57);
    } while (!isfinite(v));
    return v;
}

/* Foreign doubles keep their last bit: through event_format and event_parse, and as jansson prints
 * and reads them. */
static void external_doubles_round_trip(void **state)
{
    uint64_t x = 1;

    (void)state;
    for (int k = 0; k < 20000; k++) {
        struct event ev = {.run_id = "r",
                         .event_id = "e",
                         .course = "K\xc3\xb6ln",
                         .competitor_id = INT64_MIN + k,
                         .raw_s = INT32_MAX,
                         .timestamp_s = 1767258000 + k},
                     back;
        char at[EVENT_JSON_MAX];
        json_t *j;
        char *end, *text;

        ev.lat_deg = fmod(next_double(&x), 90);
        ev.lon_deg = fmod(next_double(&x), 180);
        ev.distance_m = fabs(next_double(&x)) * (k % 3 ? 1e3 : 1e290);
        end = event_format(&ev, at);
        assert_true(end - at < EVENT_JSON_MAX);
        must_parse(at, (size_t)(end - at), &back);
        assert_same(&ev, &back);
        j = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(j);
        assert_true(json_real_value(json_object_get(j, "lat")) == ev.lat_deg);
        text = json_dumps(j, JSON_INDENT(k % 3) | (k % 2 ? JSON_SORT_KEYS : 0));
        must_parse(text, strlen(text), &back);
        assert_same(&ev, &back);
        free(text);
        json_decref(j);
    }
}

/* Bytes changed at random: what jansson refuses is refused, and what is taken jansson reads alike.
 */
static void jansson_agrees(void **state)
{
    static const char alphabet[] = "\"{}[]:,.-+eE0123456789 \\utrfn\x01\x7f\xc3\xa9";
    uint64_t x = 99;
    int taken = 0;

    (void)state;
    for (int k = 0; k < 200000; k++) {
        char json[512];
        size_t len = strlen(fine[(size_t)k % (sizeof fine / sizeof fine[0])]);
        struct event ev;
        struct err e = {0};
        json_t *j;
        int rc;

        memcpy(json, fine[(size_t)k % (sizeof fine / sizeof fine[0])], len);
        for (int change = 0; change <= k % 3; change++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            json[(x >> 33) % len] = alphabet[(x >> 20) % (sizeof alphabet - 1)];
        }
        rc = event_parse(json, len, &ev, &e);
        if (rc)
            continue;
        taken++;
        j = json_loadb(json, len, JSON_ALLOW_NUL, NULL);
        if (!j)
            fail_msg("taken, but is not JSON: %.*s", (int)len, json);
        assert_true(json_number_value(json_object_get(j, "lat")) == ev.lat_deg);
        assert_true(json_number_value(json_object_get(j, "distance")) == ev.distance_m);
        assert_true(
            (int64_t)json_number_value(json_object_get(j, "competitorId")) == ev.competitor_id);
        assert_string_equal(json_string_value(json_object_get(j, "runId")), ev.run_id);
        assert_string_equal(json_string_value(json_object_get(j, "course")), ev.course);
        json_decref(j);
    }
    assert_true(taken > 1000);
}

static void run_ids(void **state)
{
    static const struct {
        const char *id;
        bool valid;
    } cases[] = {{"637648ff-46fa-464b-9d80-acb647e7aa41", true}, {"a", true},
        {"parkrun/2023~!", true}, {"", false}, {"a b", false}, {"a\"", false}, {"a\\", false},
        {"a\n", false}, {"\xc3\xa9", false}, {"a\x7f", false},
        {"0123456789012345678901234567890123456789012345678901234567890123", true},
        {"01234567890123456789012345678901234567890123456789012345678901234", false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(race_run_id_valid(cases[i].id), cases[i].valid);
}

static void event_times(void **state)
{
    static const struct {
        const char *text;
        int64_t s; /* -1: refused */
    } cases[] = {{"1970-01-01 00:00:00", 0}, {"2000-02-29 23:59:59", 951868799},
        {"2026-01-01 09:00:00", 1767258000}, {"9999-12-31 23:59:59", 253402300799},
        {"2026-13-01 00:00:00", -1}, {"2026-00-01 00:00:00", -1}, {"1900-02-29 00:00:00", -1},
        {"2026-01-01T00:00:00", -1}, {"2026-01-01 00:60:00", -1}, {"2026-01-01 00:00:60", -1},
        {"2026-1 -01 00:00:00", -1}, {"+026-01-01 00:00:00", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[CLOCK_EVENT_LEN + 1];
        int64_t s = -1;

        assert_int_equal(clock_parse_event(cases[i].text, &s), cases[i].s < 0 ? -1 : 0);
        assert_true(s == cases[i].s);
        if (s >= 0) {
            clock_format_event(s, text);
            assert_string_equal(text, cases[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_the_template),
        cmocka_unit_test(ids_are_derived),
        cmocka_unit_test(own_events_round_trip),
        cmocka_unit_test(seeds_event),
        cmocka_unit_test(every_form_reads_the_same),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(cut_off_anywhere),
        cmocka_unit_test(huge_ones_are_refused),
        cmocka_unit_test(external_doubles_round_trip),
        cmocka_unit_test(jansson_agrees),
        cmocka_unit_test(run_ids),
        cmocka_unit_test(event_times),
    };

    return cmocka_run_group_tests(tests, open_course, close_course);
}
