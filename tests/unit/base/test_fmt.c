/* Numbers as text, against printf, at every count of digits. */
#include "base/fmt.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GUARD '#'

static void test_u64(void **state)
{
    char got[32], want[32];

    (void)state;
    for (int power = 0; power < 20; power++) {
        uint64_t ten = 1;

        for (int i = 0; i < power; i++)
            ten *= 10;
        for (uint64_t v = ten - 2; v != ten + 3; v++) {
            int len = snprintf(want, sizeof want, "%" PRIu64, v);

            memset(got, GUARD, sizeof got);
            assert_ptr_equal(fmt_u64(got, v), got + len);
            assert_memory_equal(got, want, (size_t)len);
            assert_int_equal(got[len], GUARD);
        }
    }
    *fmt_u64(got, UINT64_MAX) = '\0';
    assert_string_equal(got, "18446744073709551615");
}

static void test_i64(void **state)
{
    static const struct {
        int64_t v;
        const char *text;
    } cases[] = {{0, "0"}, {-1, "-1"}, {7, "7"}, {-10, "-10"}, {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"}};
    char got[32];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        *fmt_i64(got, cases[i].v) = '\0';
        assert_string_equal(got, cases[i].text);
    }
}

static void test_fixed(void **state)
{
    static const struct {
        int64_t scaled;
        int decimals;
        const char *text;
    } cases[] = {
        {0, 0, "0"},
        {0, 3, "0.000"},
        {5, 3, "0.005"},
        {-5, 3, "-0.005"},
        {4966445, 3, "4966.445"},
        {-63253000, 9, "-0.063253000"},
        {180000000000, 9, "180.000000000"},
        {-179999999999, 9, "-179.999999999"},
        {99, 1, "9.9"},
        {-10, 1, "-1.0"},
        {1234, 2, "12.34"},
        {INT64_MAX, 9, "9223372036.854775807"},
        {INT64_MIN, 9, "-9223372036.854775808"},
        {INT64_MIN, 0, "-9223372036854775808"},
    };
    char got[32];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *end = fmt_fixed(got, cases[i].scaled, cases[i].decimals);

        assert_in_range(end - got, 1, 22);
        *end = '\0';
        assert_string_equal(got, cases[i].text);
    }
    for (int64_t v = -100500; v < 100500; v += 7) {
        char want[32];

        (void)snprintf(want, sizeof want, "%.3f", (double)v / 1000);
        *fmt_fixed(got, v, 3) = '\0';
        assert_string_equal(got, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64),
        cmocka_unit_test(test_i64),
        cmocka_unit_test(test_fixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
