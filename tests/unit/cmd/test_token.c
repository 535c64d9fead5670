#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/token.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/trackside-token-XXXXXX";
static char file[64];

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(dir + sizeof dir - 7, "XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(file, sizeof file, "%s/token", dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(file);
    return rmdir(dir);
}

static void fill(const char *bytes, size_t len)
{
    FILE *f = fopen(file, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void test_read(void **state)
{
    static const struct {
        const char *content, *want; /* NULL: refused */
    } cases[] = {
        {"0123456789abcdef", "0123456789abcdef"},
        {"0123456789abcdef\n", "0123456789abcdef"},
        {"0123456789abcdef\r\nsecond line\n", "0123456789abcdef"},
        {"0123456789abcde\n", NULL}, /* one too short */
        {"\n0123456789abcdef\n", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};
        char *token;

        fill(cases[i].content, strlen(cases[i].content));
        token = token_read(file, TOKEN_MIN, &e);
        if (cases[i].want)
            assert_string_equal(token, cases[i].want);
        else {
            assert_null(token);
            assert_int_equal(e.code, ERR_INVALID);
            assert_non_null(strstr(e.text, file));
        }
        free(token);
    }
}

static void test_too_long(void **state)
{
    char bytes[TOKEN_MAX + 1];
    struct err e;
    char *token;

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    fill(bytes, TOKEN_MAX);
    token = token_read(file, TOKEN_MIN, &e);
    assert_non_null(token);
    assert_int_equal(strlen(token), TOKEN_MAX);
    free(token);
    fill(bytes, sizeof bytes);
    assert_null(token_read(file, TOKEN_MIN, &e));
}

static void test_made_once(void **state)
{
    struct err e;
    struct stat st;
    char *first, *again;

    (void)state;
    assert_null(token_read(file, TOKEN_MIN, &e));
    first = token_read_or_make(file, &e);
    assert_non_null(first);
    assert_int_equal(strlen(first), 64);
    assert_int_equal(strspn(first, "0123456789abcdef"), 64);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    again = token_read_or_make(file, &e);
    assert_string_equal(again, first);
    free(again);
    assert_int_equal(unlink(file), 0);
    again = token_read_or_make(file, &e);
    assert_string_not_equal(again, first);
    free(again);
    free(first);
}

static void test_nowhere(void **state)
{
    struct err e;

    (void)state;
    assert_null(token_read_or_make("/proc/token", &e));
    assert_non_null(strstr(e.text, "/proc/token"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_read),
        T(test_too_long),
        T(test_made_once),
        T(test_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
