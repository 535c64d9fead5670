/* UUID text, versions and variants, and that draws differ. */
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_shape(const char *text, char version)
{
    assert_int_equal(strlen(text), UUID_LEN);
    for (size_t i = 0; i < UUID_LEN; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            assert_int_equal(text[i], '-');
        else
            assert_non_null(strchr("0123456789abcdef", text[i]));
    }
    assert_int_equal(text[14], version);
    assert_non_null(strchr("89ab", text[19]));
}

static void test_text(void **state)
{
    uint8_t zero[16] = {0}, ones[16], count[16];
    char text[UUID_LEN + 1] = "";

    (void)state;
    memset(ones, 0xff, sizeof ones);
    for (int i = 0; i < 16; i++)
        count[i] = (uint8_t)(17 * i);
    uuid_text(zero, 4, text);
    assert_string_equal(text, "00000000-0000-4000-8000-000000000000");
    uuid_text(ones, 8, text);
    assert_string_equal(text, "ffffffff-ffff-8fff-bfff-ffffffffffff");
    uuid_text(count, 8, text);
    assert_string_equal(text, "00112233-4455-8677-8899-aabbccddeeff");
    assert_int_equal(count[6], 0x86);
}

static void test_v4_differ(void **state)
{
    enum { N = 500 };
    static char text[N][UUID_LEN + 1];

    (void)state;
    for (int i = 0; i < N; i++) {
        uuid_v4(text[i]);
        assert_shape(text[i], '4');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(text[i], text[k]);
    }
}

/* Over 400 draws each of the 53 bits is seen as 0 and as 1, and none above them. */
static void test_random53(void **state)
{
    uint64_t any = 0, all = UINT64_MAX;

    (void)state;
    for (int i = 0; i < 400; i++) {
        uint64_t v = uuid_random53();

        any |= v;
        all &= v;
    }
    assert_true(any == (UINT64_C(1) << 53) - 1);
    assert_true(all == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_v4_differ),
        cmocka_unit_test(test_random53),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
