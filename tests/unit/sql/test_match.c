/* LIKE and GLOB answer what SQLite's own functions answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mem.h"
#include "sql/match.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static void test_cases(void **state)
{
    static const struct {
        const char *pattern, *text;
        uint32_t escape;
        bool like, glob;
    } cases[] = {
        {"", "", 0, true, true},
        {"", "a", 0, false, false},
        {"abc", "ABC", 0, true, false},
        {"a%c", "abbbc", 0, true, false},
        {"%", "", 0, true, false},
        {"a*c", "abbbc", 0, false, true},
        {"*", "", 0, false, true},
        {"_", "\xC3\xA4", 0, true, false},
        {"?", "\xC3\xA4", 0, false, true},
        {"\xC3\x84", "\xC3\xA4", 0, false, false},
        {"10\\%", "10%", '\\', true, false},
        {"10\\%", "100", '\\', false, false},
        {"a\\", "a\\", '\\', false, true},
        {"[a-c]x", "bx", 0, false, true},
        {"[^a-c]x", "bx", 0, false, false},
        {"[]]", "]", 0, false, true},
        {"[^]]", "a", 0, false, true},
        {"[a", "a", 0, false, false},
        {"[a-]", "-", 0, false, true},
        {"*[ab]*c", "xxaxbxc", 0, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum sql_match like = sql_match_like(cases[i].pattern, cases[i].text, cases[i].escape);
        enum sql_match glob = sql_match_glob(cases[i].pattern, cases[i].text);

        if ((like == SQL_MATCH_YES) != cases[i].like || (glob == SQL_MATCH_YES) != cases[i].glob)
            fail_msg(
                "\"%s\" and \"%s\": like %d, glob %d", cases[i].pattern, cases[i].text, like, glob);
    }
}

static void draw(uint32_t *seed, const char *from, char *out, size_t max)
{
    size_t n = (*seed = *seed * 1664525u + 1013904223u) >> 16;

    n %= max;
    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        out[i] = from[(*seed >> 16) % strlen(from)];
    }
    out[n] = 0;
}

static void test_as_sqlite(void **state)
{
    uint32_t seed = 1;
    char pattern[16], text[16];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        draw(&seed, "ab%_*?[]^-A", pattern, sizeof pattern);
        draw(&seed, "abB]-^", text, sizeof text);
        if ((sql_match_like(pattern, text, 0) == SQL_MATCH_YES) !=
            (sqlite3_strlike(pattern, text, 0) == 0))
            fail_msg("\"%s\" LIKE \"%s\"", text, pattern);
        if ((sql_match_like(pattern, text, '^') == SQL_MATCH_YES) !=
            (sqlite3_strlike(pattern, text, '^') == 0))
            fail_msg("\"%s\" LIKE \"%s\" ESCAPE '^'", text, pattern);
        if ((sql_match_glob(pattern, text) == SQL_MATCH_YES) !=
            (sqlite3_strglob(pattern, text) == 0))
            fail_msg("\"%s\" GLOB \"%s\"", text, pattern);
    }
}

static void test_time(void **state)
{
    size_t n = 8u << 20;
    char *text = mem_alloc(n + 1);
    int64_t began_ns = clock_mono_ns();
    struct cancel before = cancel_set((struct cancel){.deadline_ns = began_ns + 20000000});

    (void)state;
    memset(text, 'a', n);
    text[n] = 0;
    while (sql_match_glob("*[a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z]b",
               text) != SQL_MATCH_LATE)
        assert_true(clock_mono_ns() < began_ns + 10000000000);
    assert_true(clock_mono_ns() < began_ns + 520000000);
    (void)cancel_set(before);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_as_sqlite),
        cmocka_unit_test(test_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
