#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/table.h"

#include <locale.h>

static char *printed(const struct table *t)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    assert_non_null(f);
    table_print(t, f);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void test_columns(void **state)
{
    static const struct {
        const char *align;
        const char *cell[6];
        const char *want;
    } cases[] = {
        {"lr", {"NAME", "M", "crystal", "4966.4", NULL}, "NAME          M\ncrystal  4966.4\n"},
        {"lr", {"a", "long heading", "b", "1", NULL}, "a  long heading\nb             1\n"},
        {"ll", {"a", "b", "", "c", NULL}, "a  b\n   c\n"},
        {"rl", {"n", "of", "100", "x", NULL}, "  n  of\n100  x\n"},
        /* Two bytes, one place; two places. */
        {"ll", {"zürück", "x", "ab", "y", NULL}, "zürück  x\nab      y\n"},
        {"ll", {"東京", "x", "abcd", "y", NULL}, "東京  x\nabcd  y\n"},
        {"l", {NULL}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table t;
        char *text;

        table_init(&t, cases[i].align);
        for (size_t k = 0; cases[i].cell[k]; k++)
            table_add(&t, cases[i].cell[k]);
        text = printed(&t);
        assert_string_equal(text, cases[i].want);
        free(text);
        table_release(&t);
    }
}

/* As `trackside sql` prints: a long value is whole, and does not widen its column. */
static void test_ruled(void **state)
{
    struct table t;
    char *text;

    (void)state;
    table_init(&t, "lr");
    t.width_max = 4;
    t.ruled = true;
    for (size_t i = 0; i < 6; i++)
        table_add(&t, (const char *const[]){"a", "n", "abcdef", "1", "b", "22"}[i]);
    text = printed(&t);
    assert_string_equal(text, "a      n\n----  --\nabcdef   1\nb     22\n");
    free(text);
    table_release(&t);
}

/* A name from somebody's file must not steer the terminal. */
static void test_harmless(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"plain", "plain"},
        {"", ""},
        {"\033[2Jgone", "?[2Jgone"},
        {"a\nb\tc\r", "a?b?c?"},
        {"\177", "?"},
        {"\302\233[31m", "?[31m"}, /* C1's CSI */
        {"h\303\274bsch", "h\303\274bsch"},
        {"<b>", "<b>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = table_harmless(cases[i].text);

        assert_string_equal(text, cases[i].want);
        free(text);
    }
}

static void test_formatted(void **state)
{
    struct table t;
    char *text;

    (void)state;
    table_init(&t, "lr");
    table_addf(&t, "%d %s", 1, "\033x");
    table_addf(&t, "%.1f", 2.25);
    text = printed(&t);
    assert_string_equal(text, "1 ?x  2.2\n");
    free(text);
    table_release(&t);
    table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_ruled),
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_formatted),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
