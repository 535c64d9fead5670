/* CSV as JSON: names, numbers, texts, quotes. */
#include "cmd/remote/csv_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_rows(void **state)
{
    static const struct {
        const char *csv, *json;
    } cases[] = {
        {"", "[]"},
        {"a,b\n", "[]"},
        {"a,b\n1,x\n", "[{\"a\":1,\"b\":\"x\"}]"},
        {"a,b\r\n-1.5,\r\n0:12:03,true\r\n",
            "[{\"a\":-1.5,\"b\":null},{\"a\":\"0:12:03\",\"b\":\"true\"}]"},
        {"a\n\"x, \"\"y\"\"\nz\"\n", "[{\"a\":\"x, \\\"y\\\"\\nz\"}]"},
        {"a\n\"12\"\n", "[{\"a\":\"12\"}]"},
        {"a\n'=1+1\n'''=x\n'plain\n", "[{\"a\":\"=1+1\"},{\"a\":\"''=x\"},{\"a\":\"'plain\"}]"},
        {"a\n1,2\n", "[{\"a\":1}]"},
        {"a,b\n1\n", "[{\"a\":1}]"},
        {"\"a b\"\n\"open", "[{\"a b\":\"open\"}]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};
        json_t *j = csv_json(cases[i].csv, strlen(cases[i].csv), &e);
        char *text = json_dumps(j, JSON_COMPACT);

        assert_non_null(text);
        assert_string_equal(text, cases[i].json);
        free(text);
        json_decref(j);
    }
}

static void test_not_utf8(void **state)
{
    static const char *const cases[] = {"a\n\xff\n", "a\n1\n\xff\n", "a,b\nx,\xc3\n2,3\n"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};

        assert_null(csv_json(cases[i], strlen(cases[i]), &e));
        assert_non_null(strstr(e.text, "UTF-8"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_not_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
