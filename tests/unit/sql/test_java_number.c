#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/java_number.h"

#include <math.h>

static void test_shortest(void **state)
{
    static const struct {
        double v;
        const char *text, *plain;
    } cases[] = {
        {0, "0.0", "0"},
        {51.41917000000001, "51.41917000000001", "51.41917000000001"},
        {51.419386, "51.419386", "51.419386"},
        {-0.064245, "-0.064245", "-0.064245"},
        {0.1, "0.1", "0.1"},
        {1.0 / 3, "0.3333333333333333", "0.3333333333333333"},
        {100, "100.0", "100"},
        {-4966.445, "-4966.445", "-4966.445"},
        {1e16, "10000000000000000.0", "10000000000000000"},
        {1e300, "1.0e+300", NULL},
        {1.5e-7, "1.5e-07", "0.00000015"},
        {1763800099000, "1763800099000.0", "1763800099000"},
        {INFINITY, "Infinity", NULL},
        {-INFINITY, "-Infinity", NULL},
        {NAN, "NaN", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT;

        sql_number_add(&b, cases[i].v);
        assert_string_equal(b.data, cases[i].text);
        buf_clear(&b);
        if (cases[i].plain) {
            sql_number_add_plain(&b, cases[i].v);
            assert_string_equal(b.data, cases[i].plain);
        }
        buf_release(&b);
    }
}

/* Whatever the bits are, the text reads back as the same number. */
static void test_reads_back(void **state)
{
    uint64_t bits = 0x9E3779B97F4A7C15u;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct buf b = BUF_INIT;
        double v;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        sql_number_add(&b, v);
        assert_true(strtod(b.data, NULL) == v);
        buf_release(&b);
    }
}

static void test_long(void **state)
{
    static const struct {
        double v;
        int64_t whole;
    } cases[] = {{3.9, 3}, {-3.9, -3}, {NAN, 0}, {INFINITY, INT64_MAX}, {-INFINITY, INT64_MIN},
        {1e19, INT64_MAX}, {-0x1p63, INT64_MIN}, {0x1p62, INT64_C(1) << 62}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(sql_number_long(cases[i].v) == cases[i].whole);
}

/* BigDecimal.valueOf(v).setScale(scale, HALF_UP) */
static void test_round(void **state)
{
    static const struct {
        double v;
        int scale;
        double rounded;
    } cases[] = {
        {1.005, 2, 1.01}, /* in binary it is 1.00499…; its shortest form is what is rounded */
        {2.675, 2, 2.68},
        {2.5, 0, 3},
        {-2.5, 0, -3},
        {9.99, 1, 10},
        {0.05, 1, 0.1},
        {0.04, 1, 0},
        {-0.04, 1, 0},
        {1234.5, -2, 1200},
        {1250, -2, 1300},
        {60, -2, 100},
        {40, -2, 0},
        {40, -5, 0},
        {3166.445, 1, 3166.4},
        {0.3, 20, 0.3},
        {1e300, 2, 1e300},
        {1e-300, 2, 0},
        {0, 3, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(sql_number_round(cases[i].v, cases[i].scale) == cases[i].rounded);
    assert_true(isnan(sql_number_round(NAN, 1)));
    assert_true(isinf(sql_number_round(INFINITY, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shortest),
        cmocka_unit_test(test_reads_back),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
