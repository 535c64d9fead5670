/* Parameters: decoded texts become names and values, and getters say what is wrong. */
#include "http/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The library cuts the address at each & and decodes the parts. */
static int add_all(struct params *q, const char *text, struct err *e)
{
    int rc = 0;

    for (size_t len; rc == 0 && *text; text += len + (text[len] == '&')) {
        len = strcspn(text, "&");
        rc = params_add(q, text, len, e);
    }
    return rc;
}

static void parsed(const char *text, struct params *q)
{
    struct err e = {0};

    params_init(q);
    if (add_all(q, text, &e))
        fail_msg("%s: %s", text, e.text);
}

static void pairs(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *name, *value; /* of the last */
    } cases[] = {
        {"", 0, NULL, NULL},
        {"a=1", 1, "a", "1"},
        {"a", 1, "a", ""},
        {"a=", 1, "a", ""},
        {"a=1&b=2", 2, "b", "2"},
        {"&&a=1&&", 1, "a", "1"},
        {"a=b=c", 1, "a", "b=c"},
        {"a=%e4", 1, "a", "%e4"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct params q;

        parsed(cases[i].text, &q);
        assert_int_equal(q.n, cases[i].n);
        if (cases[i].n) {
            assert_string_equal(q.pair[q.n - 1].name, cases[i].name);
            assert_string_equal(q.pair[q.n - 1].value, cases[i].value);
        }
        params_release(&q);
    }
}

static void no_query(void **state)
{
    struct params q;
    struct err e = {0};

    (void)state;
    params_init(&q);
    assert_int_equal(add_all(&q, "1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17", &e), -1);
    assert_int_equal(e.code, ERR_INVALID);
    params_release(&q);
    assert_int_equal(params_add(&q, "a=\0", 3, &e), -1);
    params_release(&q);
}

static void whole_numbers(void **state)
{
    static const int64_t range[] = {-5, 1000};
    static const struct {
        const char *text;
        int rc;
        int64_t value;
    } cases[] = {
        {"", 0, 77},
        {"x=3", 0, 77},
        {"n=3", 0, 3},
        {"n=-5", 0, -5},
        {"n=1000", 0, 1000},
        {"n= 7", -1, 0},
        {"n=+7", 0, 7},
        {"n=1001", -1, 0},
        {"n=-6", -1, 0},
        {"n=1.5", -1, 0},
        {"n=1e2", -1, 0},
        {"n=0x10", -1, 0},
        {"n=", -1, 0},
        {"n= ", -1, 0},
        {"n=5 ", -1, 0},
        {"n=99999999999999999999", -1, 0},
        {"n=1&n=1", -1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct params q;
        struct err e = {0};
        int64_t v = 77;

        parsed(cases[i].text, &q);
        assert_int_equal(params_i64(&q, "n", range, &v, &e), cases[i].rc);
        assert_int_equal(v, cases[i].rc ? 77 : cases[i].value);
        assert_string_equal(e.field, cases[i].rc ? "n" : "");
        params_release(&q);
    }
}

static void numbers(void **state)
{
    static const double range[] = {0, 10};
    static const struct {
        const char *text;
        int rc;
        double value;
    } cases[] = {
        {"d=2.5", 0, 2.5},
        {"d=1e1", 0, 10},
        {"d=10.01", -1, 0},
        {"d=nan", -1, 0},
        {"d=inf", -1, 0},
        {"d=-0.1", -1, 0},
        {"d=", -1, 0},
        {"d=2,5", -1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct params q;
        struct err e = {0};
        double v = -1;

        parsed(cases[i].text, &q);
        assert_int_equal(params_double(&q, "d", range, &v, &e), cases[i].rc);
        if (cases[i].rc == 0)
            assert_true(v >= cases[i].value && v <= cases[i].value);
        params_release(&q);
    }
}

static void truths(void **state)
{
    static const struct {
        const char *text;
        int rc;
        bool value;
    } cases[] = {
        {"b=true", 0, true},
        {"b=1", 0, true},
        {"b", 0, true},
        {"b=false", 0, false},
        {"b=0", 0, false},
        {"", 0, false},
        {"b=yes", -1, false},
        {"b=TRUE", -1, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct params q;
        struct err e = {0};
        bool v = false;

        parsed(cases[i].text, &q);
        assert_int_equal(params_bool(&q, "b", &v, &e), cases[i].rc);
        assert_int_equal(v, cases[i].value);
        params_release(&q);
    }
}

static void misspelt(void **state)
{
    static const char *const known[] = {"limit", "at", NULL};
    struct params q;
    struct err e = {0};

    (void)state;
    parsed("limit=1&at=2", &q);
    assert_int_equal(params_only(&q, known, &e), 0);
    params_release(&q);
    parsed("limit=1&limits=2", &q);
    assert_int_equal(params_only(&q, known, &e), -1);
    assert_string_equal(e.field, "limits");
    params_release(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),
        cmocka_unit_test(no_query),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(numbers),
        cmocka_unit_test(truths),
        cmocka_unit_test(misspelt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
