#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_code_point_and_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char text[5] = "";
        size_t n = utf8_encode(c, text);
        uint32_t back;

        if (c >= 0xd800 && c <= 0xdfff) {
            assert_int_equal(utf8_len(text, n), 0); /* a surrogate */
            continue;
        }
        assert_int_equal(utf8_decode(text, n, &back), n);
        assert_int_equal(back, c);
        assert_int_equal(utf8_len(text, n - 1 ? n - 1 : 1), n == 1 ? 1 : 0); /* cut off */
    }
}

static void what_is_not_utf8(void **state)
{
    static const char *const bad[] = {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3",
        "\xe2\x82"};

    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_false(utf8_valid(bad[k], strlen(bad[k])));
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("K\xc3\xb6ln \xe2\x82\xac \xf0\x9f\x8f\x83", 14));
    assert_int_equal(utf8_len("\xe2\x82", 4), 0); /* ends with a NUL */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_and_back),
        cmocka_unit_test(what_is_not_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
