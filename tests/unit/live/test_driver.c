#include "unit/live/fixture.h"

#include "live/driver.h"

#include <math.h>

/* A feed that writes down what was published, and fails when it is told to. */
struct recorder {
    struct feed feed;
    struct race_record race[16];
    int races;
    int32_t tick[2000];
    int ticks;
    int fail_after; /* so many more calls succeed; -1: all */
};

static int may(struct recorder *r, struct err *e)
{
    if (r->fail_after == 0)
        return err_set(e, ERR_DISK_FULL, "no room");
    r->fail_after -= r->fail_after > 0;
    return 0;
}

static int take_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct recorder *r = (struct recorder *)f;

    if (may(r, e))
        return -1;
    assert_in_range(r->ticks, 0, 1999);
    r->tick[r->ticks++] = t->raw_s;
    return 0;
}

static int take_race(struct feed *f, const struct race_record *record, struct err *e)
{
    struct recorder *r = (struct recorder *)f;

    if (may(r, e))
        return -1;
    assert_in_range(r->races, 0, 15);
    r->race[r->races++] = *record;
    return 0;
}

static const struct feed_ops recorder_ops = {
    .name = "recorder", .publish_tick = take_tick, .publish_race = take_race};

#define NOW_MS 1000000

struct world {
    struct recorder r;
    struct course *course;
    struct driver *d;
    struct err e;
    uint64_t events;
};

static struct driver *driver(struct world *w, int64_t start_s, double speed)
{
    struct race_record r = {.spec = fixture_spec("x", 5, speed)};

    r.spec.start_s = start_s;
    if (race_spec_check(&r.spec, w->course, &w->e))
        fail_msg("%s", w->e.text);
    w->d = driver_new(&r, w->course, 0, &w->e);
    assert_non_null(w->d);
    driver_start_clock(w->d, NOW_MS);
    return w->d;
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    w->r.feed.ops = &recorder_ops;
    w->r.fail_after = -1;
    w->course = fixture_course("short");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    driver_free(w->d);
    course_unref(w->course);
    free(w);
    return 0;
}

static void step(struct world *w, int times)
{
    while (times-- > 0)
        assert_int_equal(driver_step(w->d, &w->r.feed, &w->events, &w->e), 0);
}

/* Start, speed, raw second: the state and when that second is due. */
static void test_first_due(void **state)
{
    static const struct {
        int64_t start_s;
        double speed;
        enum race_state want;
        int64_t due_ms;
    } cases[] = {
        {NOW_MS / 1000, 1, RACE_RUNNING, NOW_MS},
        {NOW_MS / 1000 - 86400, 1, RACE_RUNNING, NOW_MS},
        {NOW_MS / 1000 + 1, 1, RACE_SCHEDULED, NOW_MS + 1000},
        {NOW_MS / 1000 + 3600, 1000, RACE_SCHEDULED, NOW_MS + 3600000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = *state;
        struct driver *d = driver(w, cases[i].start_s, cases[i].speed);

        assert_int_equal(d->race.state, cases[i].want);
        assert_int_equal(d->due_ms, cases[i].due_ms);
        step(w, 1);
        assert_int_equal(d->race.state, RACE_RUNNING);
        assert_int_equal(d->due_ms, cases[i].due_ms + (int64_t)(1000 / cases[i].speed));
        driver_free(d);
        w->d = NULL;
    }
}

static void test_every_second_once_to_the_end(void **state)
{
    struct world *w = *state;
    struct driver *d = driver(w, 0, 1);
    int32_t last_s = sim_last_raw(d->sim);
    uint64_t want = 0;

    for (uint32_t i = 0; i < 5; i++)
        want += (uint64_t)sim_finish_raw(d->sim)[i] + 1;
    step(w, last_s);
    assert_int_equal(d->race.state, RACE_RUNNING);
    step(w, 1);
    assert_int_equal(d->race.state, RACE_FINISHED);
    assert_true(driver_is_over(d));
    assert_int_equal(d->due_ms, INT64_MAX);
    assert_int_equal(w->r.ticks, last_s + 1);
    for (int32_t s = 0; s <= last_s; s++)
        assert_int_equal(w->r.tick[s], s);
    assert_int_equal(w->events, want);
    assert_int_equal(w->r.race[w->r.races - 1].state, RACE_FINISHED);
}

/* A pause of any length moves the clock by just that, whatever the speed. */
static void test_pause_and_resume(void **state)
{
    static const struct {
        double speed;
        int steps;
        int64_t paused_ms, resumed_ms, due_ms;
    } cases[] = {
        {1, 1, 400, 5400, 6400},
        {1, 10, 9100, 9100, 10100},
        {10, 3, 250, 1000250, 1000350},
        {1000, 100, 99, 200, 201},
        {0.1, 2, 15000, 16000, 26000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = *state;
        struct driver *d = driver(w, 0, cases[i].speed);

        w->r.races = w->r.ticks = 0;
        step(w, cases[i].steps);
        assert_int_equal(driver_pause(d, &w->r.feed, NOW_MS + cases[i].paused_ms, &w->e), 0);
        assert_int_equal(d->due_ms, INT64_MAX);
        assert_string_equal(d->race.reason, "by hand");
        assert_int_equal(driver_resume(d, &w->r.feed, NOW_MS + cases[i].resumed_ms, &w->e), 0);
        assert_int_equal(d->due_ms, NOW_MS + cases[i].due_ms);
        assert_string_equal(d->race.reason, "");
        step(w, 1);
        assert_int_equal(w->r.tick[w->r.ticks - 1], cases[i].steps);
        driver_free(d);
        w->d = NULL;
    }
}

/* The part of the second that is to go, or the backlog, is kept in race seconds. */
static void test_speed_has_no_jump(void **state)
{
    static const struct {
        double from, to;
        int steps;
        int64_t at_ms, due_ms; /* of the next second */
    } cases[] = {
        {1, 2, 1, 0, 500},        /* a whole second to go */
        {1, 2, 1, 600, 800},      /* 0.4 s */
        {2, 1, 1, 250, 750},      /* 0.5 s */
        {1, 1000, 5, 4500, 4501}, /* rounded to ms */
        {10, 10, 4, 333, 400},    /* no change */
        {1000, 1, 50, 62, 62},    /* just due is due now, not 12 s ago */
        {1, 10, 1, 11000, 10000}, /* ten seconds behind: still ten, one wall second */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = *state;
        struct driver *d = driver(w, 0, cases[i].from);
        int64_t now_ms = NOW_MS + cases[i].at_ms;

        w->r.races = w->r.ticks = 0;
        step(w, cases[i].steps);
        assert_int_equal(driver_speed(d, &w->r.feed, now_ms, cases[i].to, &w->e), 0);
        assert_in_range(d->due_ms - NOW_MS + 100000, cases[i].due_ms + 100000 - 1,
            cases[i].due_ms + 100000 + 1);
        assert_true(d->race.anchor.speed == cases[i].to);
        step(w, 1);
        assert_in_range(d->due_ms - NOW_MS + 100000,
            (int64_t)((double)cases[i].due_ms + 1000 / cases[i].to) + 100000 - 1,
            (int64_t)((double)cases[i].due_ms + 1000 / cases[i].to) + 100000 + 1);
        driver_free(d);
        w->d = NULL;
    }
}

static void test_speed_of_a_race_that_waits(void **state)
{
    struct world *w = *state;
    struct driver *d = driver(w, NOW_MS / 1000 + 60, 1);

    assert_int_equal(driver_speed(d, &w->r.feed, NOW_MS, 20, &w->e), 0);
    assert_int_equal(d->due_ms, NOW_MS + 60000);
    step(w, 1);
    assert_int_equal(d->due_ms, NOW_MS + 60050);
}

enum verb { PAUSE, RESUME, STOP, SPEED };

static int act(struct world *w, enum verb v)
{
    struct feed *f = &w->r.feed;

    switch (v) {
    case PAUSE:
        return driver_pause(w->d, f, NOW_MS, &w->e);
    case RESUME:
        return driver_resume(w->d, f, NOW_MS, &w->e);
    case STOP:
        return driver_stop(w->d, f, NOW_MS, &w->e);
    default:
        return driver_speed(w->d, f, NOW_MS, 5, &w->e);
    }
}

static void test_states(void **state)
{
    static const struct {
        enum race_state from;
        enum verb verb;
        int rc;
        enum race_state to;
    } cases[] = {
        {RACE_SCHEDULED, PAUSE, -1, RACE_SCHEDULED},
        {RACE_SCHEDULED, RESUME, -1, RACE_SCHEDULED},
        {RACE_SCHEDULED, STOP, 0, RACE_STOPPED},
        {RACE_RUNNING, PAUSE, 0, RACE_PAUSED},
        {RACE_RUNNING, RESUME, -1, RACE_RUNNING},
        {RACE_RUNNING, STOP, 0, RACE_STOPPED},
        {RACE_RUNNING, SPEED, 0, RACE_RUNNING},
        {RACE_PAUSED, PAUSE, -1, RACE_PAUSED},
        {RACE_PAUSED, RESUME, 0, RACE_RUNNING},
        {RACE_PAUSED, STOP, 0, RACE_STOPPED},
        {RACE_PAUSED, SPEED, 0, RACE_PAUSED},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = *state;

        (void)driver(w, 0, 1);
        w->d->race.state = cases[i].from;
        w->r.races = 0;
        assert_int_equal(act(w, cases[i].verb), cases[i].rc);
        assert_int_equal(w->d->race.state, cases[i].to);
        assert_int_equal(w->r.races, cases[i].rc == 0);
        if (cases[i].rc)
            assert_int_equal(w->e.code, ERR_CONFLICT);
        driver_free(w->d);
        w->d = NULL;
    }
}

static void test_bad_speed(void **state)
{
    static const double bad[] = {0, -1, 0.01, 1001, (double)INFINITY, (double)NAN};
    struct world *w = *state;

    (void)driver(w, 0, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(driver_speed(w->d, &w->r.feed, NOW_MS, bad[i], &w->e), -1);
        assert_string_equal(w->e.field, "speed");
        assert_true(w->d->race.anchor.speed == 1);
    }
}

/* What failed is tried again, and nothing is left out or told twice. */
static void test_failures_can_be_repeated(void **state)
{
    struct world *w = *state;
    struct driver *d = driver(w, NOW_MS / 1000 + 5, 1);
    int32_t last_s = sim_last_raw(d->sim);

    for (int tries = 0; !driver_is_over(d); tries++) {
        assert_in_range(tries, 0, 3 * last_s);
        w->r.fail_after = tries % 3;
        if (driver_step(d, &w->r.feed, &w->events, &w->e))
            assert_int_equal(w->e.code, ERR_DISK_FULL);
    }
    assert_int_equal(w->r.ticks, last_s + 1);
    for (int32_t s = 0; s <= last_s; s++)
        assert_int_equal(w->r.tick[s], s);
    assert_int_equal(w->r.races, 2); /* running, finished */
    assert_int_equal(w->r.race[0].state, RACE_RUNNING);
    assert_int_equal(w->r.race[1].state, RACE_FINISHED);
}

static void test_clock_after_a_full_disk(void **state)
{
    struct world *w = *state;
    struct driver *d = driver(w, 0, 2);

    step(w, 8);
    assert_int_equal(driver_restart_clock(d, &w->r.feed, NOW_MS + 60000, &w->e), 0);
    assert_int_equal(d->due_ms, NOW_MS + 60500);
    assert_int_equal(d->next_raw_s, 8);
    driver_free(d);
    d = driver(w, NOW_MS / 1000 + 90, 2);
    assert_int_equal(driver_restart_clock(d, &w->r.feed, NOW_MS + 60000, &w->e), 0);
    assert_int_equal(d->due_ms, NOW_MS + 90000);
    assert_int_equal(driver_restart_clock(d, &w->r.feed, NOW_MS + 95000, &w->e), 0);
    assert_int_equal(d->due_ms, NOW_MS + 95000);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_first_due),
        T(test_every_second_once_to_the_end),
        T(test_pause_and_resume),
        T(test_speed_has_no_jump),
        T(test_speed_of_a_race_that_waits),
        T(test_states),
        T(test_bad_speed),
        T(test_failures_can_be_repeated),
        T(test_clock_after_a_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
