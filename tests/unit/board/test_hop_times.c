/* When the latest raw seconds went by. */
#include "board/hop_times.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_tick_has_its_own(void **state)
{
    struct hop_times s = {0};
    struct hop_time at;

    (void)state;
    hop_times_published(&s, 0, 100);
    hop_times_published(&s, 1, 1100);
    hop_times_published(&s, 0, 105);
    hop_times_published(&s, 0, 103); /* the latest of its events counts */
    hop_times_acknowledged(&s, 0, 0, 110);
    at = hop_times_read(&s, 0, 120);
    assert_int_equal(at.published_ms, 105);
    assert_int_equal(at.acknowledged_ms, 110);
    assert_int_equal(at.queryable_ms, 120);
    at = hop_times_read(&s, 0, 900); /* it can be read since before */
    assert_int_equal(at.queryable_ms, 120);
    at = hop_times_read(&s, 1, 1200);
    assert_int_equal(at.published_ms, 1100);
    assert_int_equal(at.acknowledged_ms, 0);
}

static void what_is_not_known_is_zero(void **state)
{
    struct hop_times s = {0};
    struct hop_time at = hop_times_read(&s, -1, 50);

    (void)state;
    assert_int_equal(at.published_ms, 0);
    assert_int_equal(at.queryable_ms, 50);
    at = hop_times_read(&s, 7, 60);
    assert_int_equal(at.published_ms, 0);
    assert_int_equal(at.queryable_ms, 60);
}

static void newer_ticks_take_the_place(void **state)
{
    struct hop_times s = {0};

    (void)state;
    hop_times_published(&s, 3, 10);
    hop_times_published(&s, 3 + HOP_TIMES_MAX, 20);
    hop_times_published(&s, 3, 30);
    assert_int_equal(hop_times_read(&s, 3 + HOP_TIMES_MAX, 40).published_ms, 20);
    assert_int_equal(hop_times_read(&s, 3, 40).published_ms, 0);
}

/* A driver that was away publishes a thousand at once. */
static void many_at_once(void **state)
{
    struct hop_times s = {0};

    (void)state;
    hop_times_acknowledged(&s, 5, 1004, 77);
    assert_int_equal(hop_times_read(&s, 1004, 99).acknowledged_ms, 77);
    assert_int_equal(hop_times_read(&s, 1004 - HOP_TIMES_MAX + 1, 99).acknowledged_ms, 77);
    assert_int_equal(hop_times_read(&s, 1005, 99).acknowledged_ms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_has_its_own),
        cmocka_unit_test(what_is_not_known_is_zero),
        cmocka_unit_test(newer_ticks_take_the_place),
        cmocka_unit_test(many_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
