/* The head of a request: where it ends, what is refused, and its path as the client sent it. */
#include "http/gate/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void where_it_ends(void **state)
{
    (void)state;
    assert_int_equal(head_blank("\r\n\nGET", 6), 3);
    assert_int_equal(head_length("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest", 31), 27);
    assert_int_equal(head_length("GET / HTTP/1.1\nHost: a\n\nrest", 28), 24);
    assert_int_equal(head_length("GET / HTTP/1.1\r\nHost: a\r\n", 25), 0);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *head;
        bool taken;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: \r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", false},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        bool taken = head_check(cases[i].head, strlen(cases[i].head), &e) == 0;

        if (taken != cases[i].taken)
            fail_msg("case %zu: %s", i, taken ? "taken" : e.text);
    }
}

/* The escapes of the path pass the library, which decodes once; those of the query stay. */
static void path_is_kept(void **state)
{
    static const char head[] = "GET /%61%2F..%2Fb%2E?q=%20 HTTP/1.1\r\nX: 50%\r\n\r\n";
    static const char kept[] = "GET /%61%252F..%252Fb%252E?q=%20 HTTP/1.1\r\nX: 50%\r\n\r\n";
    static char longest[HEAD_MAX], out[HEAD_KEPT_MAX];

    (void)state;
    assert_int_equal(head_keep_path(head, sizeof head - 1, out), sizeof kept - 1);
    assert_memory_equal(out, kept, sizeof kept - 1);
    memset(longest, '%', sizeof longest);
    memcpy(longest, "GET /", 5);
    assert_int_equal(head_keep_path(longest, sizeof longest, out), sizeof longest);
    longest[4 + HEAD_PATH_MAX] = ' ';
    assert_int_equal(
        head_keep_path(longest, sizeof longest, out), sizeof longest + 2 * (HEAD_PATH_MAX - 1));
    assert_int_equal(head_keep_path("nothing", 7, out), 7);
    assert_int_equal(head_keep_path("GET\r\nX: 50%\r\n\r\n", 15, out), 15); /* no path at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_it_ends),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(path_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
