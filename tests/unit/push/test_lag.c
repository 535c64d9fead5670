/* Quantiles of the last minute; stamps of several clocks; slow or silent. */
#include "push/lag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DUE INT64_C(1767258000000)
#define HOUR 3600000

static void quantiles(void **state)
{
    struct lag l = {0};
    struct lag_quantiles q;

    (void)state;
    assert_false(lag_quantiles(&l, LAG_PAINTED, 1000, &q));
    for (int i = 1; i <= 100; i++)
        lag_add(&l, LAG_PAINTED, 1000, i);
    assert_true(lag_quantiles(&l, LAG_PAINTED, 1000, &q));
    assert_int_equal(q.samples, 100);
    assert_int_equal((int)q.p50, 50);
    assert_int_equal((int)q.p95, 95);
    assert_int_equal((int)q.p99, 99);
    assert_false(lag_quantiles(&l, LAG_PUSHED, 1000, &q));
    lag_release(&l);
}

static void one_sample_is_all_quantiles(void **state)
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

/* Older than a minute counts no longer, and no more than the ring holds. */
static void window(void **state)
{
    struct lag l = {0};
    struct lag_quantiles q;

    (void)state;
    for (int i = 0; i < 10; i++)
        lag_add(&l, LAG_PUSHED, i * 10000, i);
    assert_true(lag_quantiles(&l, LAG_PUSHED, 90000, &q));
    assert_int_equal(q.samples, 6);
    assert_int_equal((int)q.p50, 6);
    assert_false(lag_quantiles(&l, LAG_PUSHED, 90000 + LAG_WINDOW_MS, &q));
    for (unsigned i = 0; i < 3 * LAG_SAMPLES; i++)
        lag_add(&l, LAG_PUSHED, 100000, i);
    assert_true(lag_quantiles(&l, LAG_PUSHED, 100000, &q));
    assert_int_equal(q.samples, LAG_SAMPLES);
    assert_true(q.p50 >= 2.0 * LAG_SAMPLES);
    lag_release(&l);
}

/* What is known of a tick, in ms after it was due (0: not known), and what is told; -1: nothing. */
struct hop_times_case {
    const char *name;
    int64_t published, acknowledged, queryable;
    int told[3];
    bool external;
};

static int told(const struct lag *l, enum lag_hop hop)
{
    struct lag_quantiles q;

    return lag_quantiles(l, hop, 0, &q) ? (int)q.p50 : -1;
}

static void hops_in_order(void **state)
{
    static const struct hop_times_case cases[] = {
        {"as it goes", 5, 12, 30, {5, 12, 30}, false},
        {"a reader knows no acknowledgement", 5, 0, 30, {5, -1, 30}, false},
        {"it was read before its driver had the answer", 5, 12, 9, {5, 12, 12}, false},
        {"only the store's stamp", 0, 0, 30, {-1, -1, 30}, false},
        {"the reader's clock is an hour behind", 5, 0, 30 - HOUR, {5, -1, 5}, false},
        {"the publisher's clock is an hour behind", 5 - HOUR, 0, 30, {0, -1, 30}, false},
        {"another producer's race counts from published", 700, 0, 730, {-1, -1, 30}, true},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct hop_times_case *c = &cases[k];
        struct view v = {.due_ms = DUE,
            .external = c->external,
            .published_ms = c->published ? DUE + c->published : 0,
            .acknowledged_ms = c->acknowledged ? DUE + c->acknowledged : 0,
            .queryable_ms = c->queryable ? DUE + c->queryable : 0};
        struct lag l = {0};

        lag_tick(&l, &v, 0, 0);
        for (int h = 0; h < 3; h++)
            if (told(&l, (enum lag_hop)h) != c->told[h])
                fail_msg("%s: %s is %d", c->name, lag_hop_name((enum lag_hop)h),
                    told(&l, (enum lag_hop)h));
        lag_release(&l);
    }
}

/* Six seconds in which nothing was done: the last of the ticks is in time, the others are not. */
static void after_a_stall(void **state)
{
    static const struct {
        int32_t from_s;
        bool external;
        uint32_t samples;
        double p99;
    } cases[] = {
        {100, false, 1, 40},
        {94, false, 7, 6040},
        {101, false, 1, 40}, /* shown before */
        {94, true, 1, 10},
        {-100000, false, LAG_SAMPLES, 506040},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct view v = {.as_of_raw_s = 100,
            .due_ms = DUE + 100000,
            .race.anchor = {.wall_ms = DUE, .speed = 1},
            .external = cases[k].external,
            .published_ms = DUE + 100030,
            .queryable_ms = DUE + 100040};
        struct lag l = {0};
        struct lag_quantiles q;

        lag_tick(&l, &v, cases[k].from_s, 0);
        assert_true(lag_quantiles(&l, LAG_QUERYABLE, 0, &q));
        assert_int_equal(q.samples, cases[k].samples);
        assert_int_equal((int)q.p99, (int)cases[k].p99);
        assert_true(l.reached_ms < 50);
        lag_release(&l);
    }
}

/* Published to queryable in three ticks, and what that says of the clocks. */
static void clocks(void **state)
{
    static const struct {
        const char *name;
        int64_t transit[4];
        int64_t expected;
    } cases[] = {
        {"in step", {20, 30, 25, 40}, 0},
        {"in step but for some ms", {-20, -30, -25, -40}, 0},
        {"an hour behind", {20 - HOUR, 35 - HOUR, 25 - HOUR, 40 - HOUR}, 40 - HOUR},
        {"an hour ahead", {20 + HOUR, 35 + HOUR, 25 + HOUR, 40 + HOUR}, 20 + HOUR},
        {"an hour of backlog that is being read", {HOUR, HOUR - 60000, HOUR - 90000, 70000}, 0},
        {"one tick that looks odd", {20, 20 - HOUR, 25, 40}, 0},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct lag l = {0};

        for (int i = 0; i < 4; i++) {
            struct view v = {.due_ms = DUE,
                .published_ms = DUE + 5,
                .queryable_ms = DUE + 5 + cases[k].transit[i]};

            lag_tick(&l, &v, 0, i);
            assert_true(i >= 2 || lag_clock(&l, i) == 0);
        }
        if (lag_clock(&l, 4) != cases[k].expected)
            fail_msg("%s: %lld", cases[k].name, (long long)lag_clock(&l, 4));
        assert_int_equal(lag_clock(&l, 4 + LAG_WINDOW_MS), 0);
        lag_release(&l);
    }
}

static void flow(void **state)
{
    static const struct {
        bool runs;
        int64_t overdue_ms, tick_age_ms;
        const char *expected;
    } cases[] = {
        {false, 0, 900000, "idle"},
        {false, 900000, 900000, "idle"},
        {true, 0, 300, "current"},
        {true, 0, 9500, "current"}, /* a tick each ten seconds */
        {true, 30000, 100, "slow"},
        {true, 1000, 4999, "slow"},
        {true, 6000, 6000, "silent"},
        {true, 6000, -1, "silent"},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_string_equal(
            lag_flow(cases[k].runs, cases[k].overdue_ms, cases[k].tick_age_ms), cases[k].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(one_sample_is_all_quantiles),
        cmocka_unit_test(window),
        cmocka_unit_test(hops_in_order),
        cmocka_unit_test(after_a_stall),
        cmocka_unit_test(clocks),
        cmocka_unit_test(flow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
