#include "unit/live/fixture.h"

#include "live/schedule.h"

/* A driver without a simulator: only what the schedule looks at. */
static struct driver *bare(const char *run_id, int64_t due_ms)
{
    struct driver *d = calloc(1, sizeof *d);

    (void)snprintf(d->race.spec.run_id, sizeof d->race.spec.run_id, "%s", run_id);
    d->race.state = RACE_RUNNING;
    d->due_ms = due_ms;
    return d;
}

static void add_all(struct schedule *s, const int64_t *due_ms, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char name[24];

        (void)snprintf(name, sizeof name, "r%03zu", i);
        schedule_add(s, bare(name, due_ms[i]));
    }
}

static void check_order(struct schedule *s, const int64_t *sorted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct driver *d = schedule_first(s);

        assert_non_null(d);
        assert_int_equal(d->due_ms, sorted[i]);
        schedule_remove(s, d);
        driver_free(d);
    }
    assert_null(schedule_first(s));
}

static void test_oldest_first(void **state)
{
    static const struct {
        int64_t due_ms[6], sorted[6];
    } cases[] = {
        {{1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6}},
        {{6, 5, 4, 3, 2, 1}, {1, 2, 3, 4, 5, 6}},
        {{3, 3, 1, 1, 2, 2}, {1, 1, 2, 2, 3, 3}},
        {{INT64_MAX, 7, INT64_MAX, -5, 0, 7}, {-5, 0, 7, 7, INT64_MAX, INT64_MAX}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct schedule s;

        schedule_init(&s);
        add_all(&s, cases[i].due_ms, 6);
        check_order(&s, cases[i].sorted, 6);
        schedule_release(&s);
    }
}

static void test_equal_by_name(void **state)
{
    struct schedule s;
    struct driver *d;

    (void)state;
    schedule_init(&s);
    schedule_add(&s, bare("b", 5));
    schedule_add(&s, bare("a", 5));
    d = schedule_first(&s);
    assert_string_equal(d->race.spec.run_id, "a");
    assert_ptr_equal(schedule_find(&s, "a"), d);
    assert_null(schedule_find(&s, "c"));
    schedule_release(&s);
}

/* Three races that are behind take turns, each at its own speed. */
static void test_takes_turns(void **state)
{
    static const int step_ms[] = {10, 20, 40};
    struct schedule s;
    int turns[3] = {0, 0, 0};

    (void)state;
    schedule_init(&s);
    add_all(&s, (int64_t[]){0, 0, 0}, 3);
    for (int64_t last_ms = 0; schedule_first(&s)->due_ms <= 400;) {
        struct driver *d = schedule_first(&s);
        int which = d->race.spec.run_id[3] - '0';

        assert_true(d->due_ms >= last_ms);
        last_ms = d->due_ms;
        turns[which]++;
        d->due_ms += step_ms[which];
        schedule_moved(&s, d);
    }
    assert_int_equal(turns[0], 41);
    assert_int_equal(turns[1], 21);
    assert_int_equal(turns[2], 11);
    schedule_release(&s);
}

static void test_rebuild_and_sweep(void **state)
{
    static const int64_t due_ms[] = {9, 4, 7, 1, 8, 2};
    struct schedule s;

    (void)state;
    schedule_init(&s);
    add_all(&s, due_ms, 6);
    for (size_t i = 0; i < s.n; i++)
        s.at[i]->due_ms = -s.at[i]->due_ms;
    schedule_rebuild(&s);
    assert_int_equal(schedule_first(&s)->due_ms, -9);
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i]->due_ms % 2)
            s.at[i]->race.state = RACE_STOPPED;
    schedule_sweep(&s);
    assert_int_equal(s.n, 3);
    check_order(&s, (int64_t[]){-8, -4, -2}, 3);
    schedule_release(&s);
}

static void test_places(void **state)
{
    struct schedule s;
    uint32_t x = 1;

    (void)state;
    schedule_init(&s);
    for (int i = 0; i < 200; i++) {
        char name[24];

        x = x * 1664525 + 1013904223;
        (void)snprintf(name, sizeof name, "%u", x);
        schedule_add(&s, bare(name, x % 50));
        if (x % 3 == 0) {
            struct driver *d = s.at[x % s.n];

            schedule_remove(&s, d);
            driver_free(d);
        }
        for (size_t k = 0; k < s.n; k++) {
            assert_int_equal(s.at[k]->place, k);
            assert_true(s.at[(k ? k - 1 : 0) / 2]->due_ms <= s.at[k]->due_ms);
        }
    }
    schedule_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oldest_first),
        cmocka_unit_test(test_equal_by_name),
        cmocka_unit_test(test_takes_turns),
        cmocka_unit_test(test_rebuild_and_sweep),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
