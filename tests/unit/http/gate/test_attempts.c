/* Wrong tokens: how many a client may send, and that others are not touched by it. */
#include "http/gate/attempts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct address parsed(const char *text)
{
    struct address a = {{0}};

    assert_true(address_parse(text, strlen(text), &a));
    return a;
}

/* How many tokens the client can try, all wrong, in `ms` from `start_ms` with one try a
 * millisecond. */
static unsigned tries(struct attempts *t, const struct address *client, int64_t start_ms, int ms)
{
    unsigned n = 0;
    struct err e;

    for (int i = 0; i < ms; i++) {
        if (attempts_check(t, client, start_ms + i, &e))
            continue;
        attempts_wrong(t, client, start_ms + i);
        n++;
    }
    return n;
}

static void slowed(void **state)
{
    static const struct {
        int ms;
        unsigned from, to;
    } cases[] = {{1, 1, 1}, {500, ATTEMPTS_BURST, ATTEMPTS_BURST},
        {10500, ATTEMPTS_BURST + 9, ATTEMPTS_BURST + 11}, {60000, 68, 71}};
    struct address a = parsed("203.0.113.5"), b = parsed("203.0.113.6");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct attempts *t = attempts_new();
        struct err e = {0};
        unsigned n = tries(t, &a, 1000, cases[i].ms);

        assert_in_range(n, cases[i].from, cases[i].to);
        assert_int_equal(attempts_check(t, &b, 1000, &e), 0);
        attempts_free(t);
    }
}

static void forgiven(void **state)
{
    struct attempts *t = attempts_new();
    struct address a = parsed("2001:db8::1"), same = parsed("2001:db8::ffff");
    struct err e = {0};

    (void)state;
    assert_int_equal(tries(t, &a, 1000, 100), ATTEMPTS_BURST);
    assert_int_equal(attempts_check(t, &same, 1100, &e), -1);
    assert_int_equal(e.code, ERR_TOO_MANY);
    assert_non_null(strstr(e.text, "try again in 1 s"));
    assert_int_equal(tries(t, &same, 1000 + 60000, 100), ATTEMPTS_BURST);
    attempts_free(t);
}

/* A crowd larger than the table: each still has its bound, whoever is forgotten. */
static void crowd(void **state)
{
    struct attempts *t = attempts_new();
    unsigned n = 0;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        char text[32];
        struct address a;

        (void)snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        a = parsed(text);
        n += tries(t, &a, 1000, 20);
    }
    assert_int_equal(n, 20000 * ATTEMPTS_BURST);
    attempts_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slowed),
        cmocka_unit_test(forgiven),
        cmocka_unit_test(crowd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
