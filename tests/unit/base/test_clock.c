/* Seconds to text and back, against the C library's calendar. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void test_format(void **state)
{
    static const struct {
        int64_t epoch_s;
        const char *text;
    } cases[] = {
        {0, "1970-01-01 00:00:00"},
        {-1, "1969-12-31 23:59:59"},
        {1767258000, "2026-01-01 09:00:00"},
        {951782400, "2000-02-29 00:00:00"},
        {4107542399, "2100-02-28 23:59:59"},
        {4107542400, "2100-03-01 00:00:00"},
        {-62167219200, "0000-01-01 00:00:00"},
        {253402300799, "9999-12-31 23:59:59"},
        {INT64_MIN, "0000-01-01 00:00:00"},
        {INT64_MAX, "9999-12-31 23:59:59"},
    };
    char event[CLOCK_EVENT_LEN + 1], iso[CLOCK_ISO_LEN + 1], want[32];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clock_format_event(cases[i].epoch_s, event);
        assert_string_equal(event, cases[i].text);
        clock_format_iso(cases[i].epoch_s, iso);
        (void)snprintf(want, sizeof want, "%.10sT%sZ", cases[i].text, cases[i].text + 11);
        assert_string_equal(iso, want);
    }
}

static void test_every_day_like_gmtime(void **state)
{
    char event[CLOCK_EVENT_LEN + 1], iso[CLOCK_ISO_LEN + 1], want[64];

    (void)state;
    for (int64_t s = -30000LL * 86400 + 12345; s < 100000LL * 86400; s += 86400 * 13 + 3607) {
        time_t t = (time_t)s;
        struct tm tm;
        int64_t back;
        struct err e;

        assert_non_null(gmtime_r(&t, &tm));
        assert_int_equal(strftime(want, sizeof want, "%Y-%m-%d %H:%M:%S", &tm), CLOCK_EVENT_LEN);
        clock_format_event(s, event);
        assert_string_equal(event, want);
        clock_format_iso(s, iso);
        assert_int_equal(clock_parse(iso, &back, &e), 0);
        assert_int_equal(back, s);
        event[CLOCK_EVENT_LEN] = 'x'; /* no more than the 19 are looked at */
        assert_int_equal(clock_parse_event(event, &back), 0);
        assert_int_equal(back, s);
    }
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t epoch_s;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:01z", 1},
        {"1970-01-01 00:00:02", 2},
        {"1970-01-01T00:00:03.999Z", 3},
        {"1970-01-01T00:00:04,5", 4},
        {"1970-01-01T02:00:05+02:00", 5},
        {"1970-01-01T02:00:06+0200", 6},
        {"1970-01-01T02:00:07.25+02", 7},
        {"1969-12-31T18:30:08-05:30", 8},
        {"2024-02-29T23:59:59Z", 1709251199},
        {"0000-01-01T00:00:00Z", -62167219200},
    };
    int64_t s;
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(clock_parse(cases[i].text, &s, &e), 0);
        assert_int_equal(s, cases[i].epoch_s);
    }
    assert_int_equal(e.code, ERR_NONE);
}

static void test_parse_refuses(void **state)
{
    static const char *const bad[] = {"", "now", "2026", "2026-01-01", "2026-01-01T09:00",
        "2026-1-1T9:0:0", " 2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z ", "2026-01-01T09:00:00X",
        "2026-01-01T09:00:00.Z", "2026-13-01T09:00:00Z", "2026-00-01T09:00:00Z",
        "2026-02-29T09:00:00Z", "1900-02-29T09:00:00Z", "2026-04-31T09:00:00Z",
        "2026-01-00T09:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T09:60:00Z",
        "2026-01-01T09:00:60Z", "2026-01-01T09:00:00+19:00", "2026-01-01T09:00:00+02:60",
        "2026-01-01T09:00:00+2", "2026-01-01T09:00:00+02:0", "2026-01-01T09:00:00+02:00Z",
        "+026-01-01T09:00:00Z", "2026-+1-01T09:00:00Z", "2026-01-01x09:00:00Z",
        "2026-01-01T09:00:00Zjunk", "20260101T090000Z"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t s = 77;
        struct err e = {0};

        if (clock_parse(bad[i], &s, &e) != -1)
            fail_msg("took \"%s\"", bad[i]);
        assert_int_equal(e.code, ERR_INVALID);
        assert_non_null(strstr(e.text, "2026-01-01T09:00:00Z"));
        assert_int_equal(s, 77);
    }
}

static void test_parse_event_refuses(void **state)
{
    static const char *const bad[] = {"", "2026-01-01T09:00:00", "2026-01-01 09:00:0x",
        "2026-01-01 09:00", "2026-02-30 09:00:00", "2026-01-01 24:00:00", "2026/01/01 09:00:00",
        "-026-01-01 09:00:00", "2026-01-01 09:00:60"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t s = 77;

        if (clock_parse_event(bad[i], &s) != -1)
            fail_msg("took \"%s\"", bad[i]);
        assert_int_equal(s, 77);
    }
}

static void test_clocks_go_on(void **state)
{
    int64_t wall_ms = clock_wall_ms(), mono_ns = clock_mono_ns();

    (void)state;
    assert_true(
        wall_ms / 1000 >= (int64_t)time(NULL) - 5 && wall_ms / 1000 <= (int64_t)time(NULL) + 5);
    assert_true(clock_mono_ns() >= mono_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_every_day_like_gmtime),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_parse_event_refuses),
        cmocka_unit_test(test_clocks_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
