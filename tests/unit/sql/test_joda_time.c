#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sql/joda_time.h"

#define MORNING INT64_C(1767258065042) /* Thu 2026-01-01 09:01:05.042 UTC */

static void test_patterns(void **state)
{
    static const struct {
        int64_t ms;
        const char *pattern;
        int offset_min;
        const char *text;
    } cases[] = {
        {MORNING, "YYYY-MM-dd HH:mm:ss", 0, "2026-01-01 09:01:05"},
        {333333, "HH:mm:ss", 0, "00:05:33"},
        {600000, "mm:ss", 0, "10:00"},
        {3661000, "mm:ss", 0, "01:01"}, /* Pinot's wrap at an hour */
        {0, "HH:mm:ss", 0, "00:00:00"},
        {-1, "yyyy-MM-dd HH:mm:ss.SSS", 0, "1969-12-31 23:59:59.999"},
        {INT64_MAX, "YYYY-MM-dd HH:mm:ss.SSS", 0, "292278994-08-17 07:12:55.807"},
        {INT64_MIN, "yyyy-MM-dd HH:mm:ss.SSS", 0, "-292275055-05-16 16:47:04.192"},
        {INT64_MIN, "HH", 14 * 60, "06"},
        {MORNING, "E EEEE MMM MMMM", 0, "Thu Thursday Jan January"},
        {MORNING, "M/d/yy h:m:s a", 0, "1/1/26 9:1:5 AM"},
        {MORNING, "S SS SSS SSSSS", 0, "0 04 042 04200"},
        {MORNING, "yyyy-MM-dd'T'HH:mm:ss", 120, "2026-01-01T11:01:05"},
        {MORNING, "''yy'' 'o''clock'", 0, "'26' o'clock"},
        {INT64_C(951782400000), "yyyy-MM-dd E", 0, "2000-02-29 Tue"},
        {43200000, "h H a", 0, "12 12 PM"},
        {0, "h H a", 0, "12 0 AM"},
        {0, "", 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT;
        struct err e = {0};

        buf_adds(&b, "");
        assert_int_equal(
            sql_time_format(&b, cases[i].ms, cases[i].pattern, cases[i].offset_min, &e), 0);
        assert_string_equal(b.len ? b.data : "", cases[i].text);
        buf_release(&b);
    }
}

static void test_bad_patterns(void **state)
{
    static const char *const patterns[] = {
        "j", "YYYY b", "HH:mm A", "G", "C", "x", "w", "e", "D", "K", "k", "z", "HH:mm Z"};

    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct buf b = BUF_INIT;
        struct err e = {0};

        assert_int_equal(sql_time_format(&b, 0, patterns[i], 0, &e), -1);
        assert_int_equal(e.code, ERR_INVALID);
        buf_release(&b);
    }
}

static void test_zones(void **state)
{
    static const struct {
        const char *name;
        int rc, offset_min;
    } cases[] = {{"UTC", 0, 0}, {"Z", 0, 0}, {"+02:00", 0, 120}, {"-0530", 0, -330},
        {"+09", 0, 540}, {"Europe/London", -1, 0}, {"+24:00", -1, 0}, {"+02:60", -1, 0},
        {"", -1, 0}, {"+2x", -1, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};
        int offset_min = 0;

        assert_int_equal(sql_time_zone(cases[i].name, &offset_min, &e), cases[i].rc);
        assert_int_equal(offset_min, cases[i].offset_min);
    }
}

static void test_timestamps(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {{1763800099000, "2025-11-22 08:28:19.0"}, {MORNING, "2026-01-01 09:01:05.042"},
        {120, "1970-01-01 00:00:00.12"}, {100, "1970-01-01 00:00:00.1"},
        {-1, "1969-12-31 23:59:59.999"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT;

        sql_time_timestamp(&b, cases[i].ms);
        assert_string_equal(b.data, cases[i].text);
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_bad_patterns),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_timestamps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
