/* Quantiles of the last minute. */
#include "http/lag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void quantiles(void **state)
{
    struct lag l = {0};
    struct lag_quantiles q;

    (void)state;
    assert_false(lag_quantiles(&l, LAG_PAINTED, 1000, &q));
    for (int i = 100; i >= 1; i--)
        lag_add(&l, LAG_PAINTED, 1000, i);
    assert_true(lag_quantiles(&l, LAG_PAINTED, 1000, &q));
    assert_int_equal(q.samples, 100);
    assert_int_equal((int)q.p50, 50);
    assert_int_equal((int)q.p95, 95);
    assert_int_equal((int)q.p99, 99);
    assert_false(lag_quantiles(&l, LAG_PUSHED, 1000, &q));
    lag_release(&l);
}

static void one_sample(void **state)
{
    struct lag l = {0};
    struct lag_quantiles q;

    (void)state;
    lag_add(&l, LAG_PUSHED, 0, 7);
    assert_true(lag_quantiles(&l, LAG_PUSHED, 0, &q));
    assert_int_equal((int)q.p50, 7);
    assert_int_equal((int)q.p99, 7);
    lag_release(&l);
}

/* What is older than a minute does not count, and the newest take the places of the oldest. */
static void window(void **state)
{
    struct lag l = {0};
    struct lag_quantiles q;

    (void)state;
    for (int i = 0; i < 10; i++)
        lag_add(&l, LAG_PUSHED, i * 10000, i);
    assert_true(lag_quantiles(&l, LAG_PUSHED, 90000, &q));
    assert_int_equal(q.samples, 6); /* 40 s to 90 s */
    assert_int_equal((int)q.p50, 6);
    assert_false(lag_quantiles(&l, LAG_PUSHED, 90000 + LAG_WINDOW_MS, &q));
    for (unsigned i = 0; i < 3 * LAG_SAMPLES; i++)
        lag_add(&l, LAG_PUSHED, 100000, i);
    assert_true(lag_quantiles(&l, LAG_PUSHED, 100000, &q));
    assert_int_equal(q.samples, LAG_SAMPLES);
    assert_true(q.p50 >= 2.0 * LAG_SAMPLES);
    lag_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(one_sample),
        cmocka_unit_test(window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
