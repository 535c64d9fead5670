/* The checksums that databases on disk hold: they must never come out differently. */
#include "store/embedded/disk/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { BYTES = 16000 };

static void make(uint8_t *out)
{
    for (size_t i = 0; i < BYTES; i++)
        out[i] = (uint8_t)(i * 31 + 7);
}

static void test_known_sums(void **state)
{
    static const struct {
        size_t len;
        int64_t sum;
    } cases[] = {
        {0, INT64_C(-8748898943418586927)},
        {1, INT64_C(476556231224664200)},
        {4, INT64_C(-2408947714207126557)},
        {13, INT64_C(987244747033074506)},
        {31, INT64_C(-9211933981414859630)},
        {32, INT64_C(-4445888747641396156)},
        {33, INT64_C(7110662226794825493)},
        {100, INT64_C(2050195086777760652)},
        {BYTES, INT64_C(8944578150586413071)},
    };
    const struct history_events ev = {.min_raw = -1, .max_raw = 900, .n = 7};
    int64_t id = history_tick_id(3, 600, 1);
    static uint8_t bytes[BYTES];

    (void)state;
    make(bytes);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(history_sum(id, 2, cases[i].len ? bytes : NULL, cases[i].len) == cases[i].sum);
    assert_true(history_head_sum(history_events_id(5, 2), &ev) == INT64_C(-8962805330415994288));
}

static void test_every_bit_counts(void **state)
{
    static uint8_t bytes[BYTES];
    int64_t sum;

    (void)state;
    make(bytes);
    sum = history_sum(1, 2, bytes, 101);
    for (size_t i = 0; i < (size_t)101 * 8; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_true(history_sum(1, 2, bytes, 101) != sum);
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_true(history_sum(2, 2, bytes, 101) != sum);
    assert_true(history_sum(1, 3, bytes, 101) != sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_sums),
        cmocka_unit_test(test_every_bit_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
