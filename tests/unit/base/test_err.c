/* What an error carries, and that its text is fit to show whatever was quoted in it. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set(void **state)
{
    struct err e = {0};

    (void)state;
    assert_int_equal(err_set_field(&e, "fastest", "%d is more than %d", 5, 4), -1);
    assert_int_equal(e.code, ERR_INVALID);
    assert_string_equal(e.field, "fastest");
    assert_string_equal(e.text, "5 is more than 4");
    assert_int_equal(err_set(&e, ERR_CONFLICT, "it is there already"), -1);
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_string_equal(e.field, "");
    /* The old text may be an argument of the new one. */
    assert_int_equal(err_set(&e, ERR_INTERNAL, "again: %s", e.text), -1);
    assert_string_equal(e.text, "again: it is there already");
}

static void test_prefix(void **state)
{
    struct err e = {0};

    (void)state;
    (void)err_set_field(&e, "course", "no line in it");
    assert_int_equal(err_prefix(&e, "%s.kml", "park"), -1);
    assert_string_equal(e.text, "park.kml: no line in it");
    assert_string_equal(e.field, "course");
    assert_int_equal(e.code, ERR_INVALID);
}

static void test_long_texts_are_cut(void **state)
{
    struct err e = {0};
    char text[2000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)err_set_field(&e, text, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_int_equal(strlen(e.field), sizeof e.field - 1);
    (void)err_prefix(&e, "%s", text);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[sizeof text - 2] = '\0';
    (void)err_set(&e, ERR_INVALID, "%s", text);
    assert_int_equal(e.text[sizeof e.text - 2], '?');
}

static void test_text_is_utf8_on_one_line(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\x83", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\x83"},
        {"two\nlines\r\tand\x7f\x01.", "two lines  and  ."},
        {"cut \xe2\x82", "cut ??"},
        {"\xff\xfe\x80", "???"},
        {"overlong \xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf", "overlong ?? ??? ????"},
        {"surrogate \xed\xa0\x80", "surrogate ???"},
        {"too high \xf4\x90\x80\x80 \xf5", "too high ???? ?"},
        {"broken \xe2 \x82\xac", "broken ? ??"},
    };
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)err_set(&e, ERR_INVALID, "%s", cases[i].in);
        assert_string_equal(e.text, cases[i].out);
        (void)err_set_field(&e, "name", "%s", cases[i].in);
        assert_string_equal(e.text, cases[i].out);
    }
    (void)err_set(&e, ERR_INVALID, "b");
    (void)err_prefix(&e, "%s", "a\n");
    assert_string_equal(e.text, "a : b");
}

static void test_http_status(void **state)
{
    static const int want[] = {
        200, 400, 401, 403, 404, 409, 413, 429, 500, 503, 504, 507, 507, 503, 500};

    (void)state;
    for (int code = ERR_NONE; code <= ERR_IO; code++)
        assert_int_equal(err_http_status((enum err_code)code), want[code]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_text_is_utf8_on_one_line),
        cmocka_unit_test(test_http_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
