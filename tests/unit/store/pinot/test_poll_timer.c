/* When Pinot is asked about a race again: by what the last looks found. */
#include "store/pinot/poll_timer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define WALL 1000000

static struct race_record running(double speed)
{
    return (struct race_record){
        .state = RACE_RUNNING, .anchor = {.wall_ms = WALL, .raw_s = 0, .speed = speed}};
}

/* A look that began so many ms after second `s` was due and took 8 ms: it found that part of it. */
static struct pinot_poll look(
    const struct race_record *r, int32_t s, int64_t after_ms, double share)
{
    int64_t due_ms = WALL + (int64_t)(s * 1000 / r->anchor.speed);

    return (struct pinot_poll){.race = r,
        .began_ms = due_ms + after_ms,
        .ended_ms = due_ms + after_ms + 8,
        .shown_s = share < 1 ? s - 1 : s,
        .newest_s = s,
        .share = share};
}

/* A Pinot in which each second is whole `ready_ms` after it was due, evenly from 10 ms on: what the
 * first look at the last second found, and how many looks the last ten seconds needed. */
static double play(struct pinot_poll_timer *p, double ready_ms, int seconds, int *looks)
{
    struct race_record r = running(1);
    double first = 0;
    int64_t at_ms = WALL + 1015;

    *looks = 0;
    for (int32_t s = 1; s <= seconds; s++) {
        double share = 0;

        for (bool again = false; share < 1; again = true) {
            int64_t after_ms = at_ms - (WALL + 1000 * (int64_t)s);
            struct pinot_poll l;

            share = fmax(0, fmin(1, ((double)after_ms - 10) / (ready_ms - 10)));
            l = look(&r, share > 0 ? s : s - 1, after_ms + (share > 0 ? 0 : 1000),
                share > 0 ? share : 1);
            at_ms = pinot_poll_timer_next(p, &l);
            first = again ? first : share;
            *looks += s > seconds - 10;
        }
    }
    return first;
}

static void learns_when_a_second_is_whole(void **state)
{
    static const double ready_ms[] = {15, 45, 90, 180};

    (void)state;
    for (size_t k = 0; k < sizeof ready_ms / sizeof ready_ms[0]; k++) {
        struct pinot_poll_timer p = {0};
        int looks;

        assert_true(play(&p, ready_ms[k], 200, &looks) > 0.8);
        assert_in_range(looks, 10, 14);
        assert_in_range((int64_t)p.after_due_ms, ready_ms[k] < 20 ? 10 : (int64_t)ready_ms[k] - 25,
            (int64_t)ready_ms[k] + 25);
    }
}

static void forgets_a_slow_time(void **state)
{
    struct pinot_poll_timer p = {0};
    int looks;

    (void)state;
    (void)play(&p, 240, 100, &looks);
    assert_true(p.after_due_ms > 150);
    (void)play(&p, 30, 300, &looks);
    assert_true(p.after_due_ms < 50);
}

static void waits_for_the_rest_in_proportion(void **state)
{
    static const struct {
        int64_t after_ms;
        double share;
        int64_t least_ms, most_ms;
    } c[] = {
        {32, 0.5, 38, 42},   /* half in 40 ms: the rest in 40 */
        {32, 0.9, 8, 8},     /* never shorter than a look takes */
        {92, 0.1, 60, 60},   /* nor longer than this */
        {192, 0.99, 25, 25}, /* the last few are asked for less and less often */
    };
    struct race_record r = running(1);

    (void)state;
    for (size_t k = 0; k < sizeof c / sizeof c[0]; k++) {
        struct pinot_poll_timer p = {.after_due_ms = 250, .polled_s = 7};
        struct pinot_poll l = look(&r, 7, c[k].after_ms, c[k].share);

        assert_in_range(pinot_poll_timer_next(&p, &l) - l.ended_ms, c[k].least_ms, c[k].most_ms);
    }
}

static void asks_at_most_half_the_time(void **state)
{
    struct race_record r = running(1);
    struct pinot_poll_timer p = {0};
    struct pinot_poll l = look(&r, 3, 40, 0.9);

    (void)state;
    l.ended_ms = l.began_ms + 700;
    assert_int_equal(pinot_poll_timer_next(&p, &l), l.ended_ms + 700);
}

static void learns_nothing_where_seconds_crowd(void **state)
{
    struct race_record r = running(100);
    struct pinot_poll_timer p = {0};
    struct pinot_poll l = look(&r, 3, 0, 0.5);

    (void)state;
    l.share = 1;
    l.shown_s = -1; /* far behind */
    assert_int_equal(pinot_poll_timer_next(&p, &l) - l.ended_ms, 40);
    l.share = 0.5;
    assert_in_range(pinot_poll_timer_next(&p, &l) - l.ended_ms, 40, 60);
    assert_true(p.after_due_ms == 0);
}

static void rests_with_the_race(void **state)
{
    static const struct {
        enum race_state state;
        bool external;
        unsigned unchanged;
        int64_t wait_ms;
    } c[] = {
        {RACE_FINISHED, false, 0, 300},
        {RACE_FINISHED, false, 10, 5000},
        {RACE_PAUSED, false, 10, 5000},
        {RACE_RUNNING, true, 0, 150},
        {RACE_RUNNING, true, 40, 600},
        {RACE_RUNNING, true, 200, 2000},
        {RACE_RUNNING, false, 0, 40},
        {RACE_RUNNING, false, 3, 150},
        {RACE_RUNNING, false, 40, 600},
    };

    (void)state;
    for (size_t k = 0; k < sizeof c / sizeof c[0]; k++) {
        struct race_record r = running(1);
        struct pinot_poll_timer p = {0};
        struct pinot_poll l;

        r.state = c[k].state;
        r.external = c[k].external;
        l = look(&r, 5, 5000, 1); /* the next is long due */
        l.unchanged = c[k].unchanged;
        assert_int_equal(pinot_poll_timer_next(&p, &l) - l.ended_ms, c[k].wait_ms);
    }
}

static void what_goes_by_brings_a_look_forward(void **state)
{
    struct race_record r = running(1);
    struct pinot_poll_timer p = {.after_due_ms = 50};

    (void)state;
    assert_int_equal(pinot_poll_timer_seen(&p, &r, WALL + 600, WALL), WALL + 50);
    assert_int_equal(pinot_poll_timer_seen(&p, &r, WALL + 20, WALL), WALL + 20);
    r.external = true; /* of these nobody knows how long they take */
    assert_int_equal(pinot_poll_timer_seen(&p, &r, WALL + 600, WALL), WALL + 40);
    r.external = false;
    r.state = RACE_FINISHED;
    assert_int_equal(pinot_poll_timer_seen(&p, &r, WALL + 600, WALL), WALL + 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_when_a_second_is_whole),
        cmocka_unit_test(forgets_a_slow_time),
        cmocka_unit_test(waits_for_the_rest_in_proportion),
        cmocka_unit_test(asks_at_most_half_the_time),
        cmocka_unit_test(learns_nothing_where_seconds_crowd),
        cmocka_unit_test(rests_with_the_race),
        cmocka_unit_test(what_goes_by_brings_a_look_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
