#include "unit/live/fixture.h"

#include "base/log.h"
#include "live/engine_impl.h"
#include "unit/live/door.h"

#include <math.h>
#include <stdatomic.h>
#include <unistd.h>

/* What the listener was told. */
struct told {
    atomic_int views, backwards, deleted, paused;
    pthread_mutex_t lock;
    struct {
        char run_id[RUN_ID_MAX + 1];
        int32_t as_of_s;
    } last[8];
    int n;
};

struct world {
    char dir[64];
    struct store *store;
    struct engine *engine;
    struct course *course;
    struct told told;
    struct err e;
};

static void listener(void *arg, struct view *v)
{
    struct told *t = arg;
    int i = 0;

    (void)pthread_mutex_lock(&t->lock);
    while (i < t->n && strcmp(t->last[i].run_id, v->race.spec.run_id) != 0)
        i++;
    if (i < 8) {
        if (i < t->n && v->as_of_raw_s < t->last[i].as_of_s)
            atomic_fetch_add(&t->backwards, 1);
        (void)snprintf(t->last[i].run_id, sizeof t->last[i].run_id, "%s", v->race.spec.run_id);
        t->last[i].as_of_s = v->as_of_raw_s;
        t->n = i == t->n ? i + 1 : t->n;
    }
    (void)pthread_mutex_unlock(&t->lock);
    atomic_fetch_add(&t->views, 1);
    atomic_fetch_add(&t->deleted, v->race.state == RACE_DELETED);
    atomic_fetch_add(
        &t->paused, v->race.state == RACE_PAUSED && strcmp(v->race.reason, DRIVER_DISK_FULL) == 0);
}

static void open_all(struct world *w)
{
    struct store_embedded_options so = {.dir = w->dir};
    struct engine_options eo = {.listener = listener, .listener_arg = &w->told};

    w->store = store_embedded_new(&so, &w->e);
    if (!w->store)
        fail_msg("store: %s", w->e.text);
    eo.store = w->store;
    w->engine = engine_new(&eo, &w->e);
    if (!w->engine)
        fail_msg("engine: %s", w->e.text);
}

static void close_all(struct world *w)
{
    engine_free(w->engine);
    w->store->ops->free(w->store);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    log_set_level(LOG_ERROR);
    (void)pthread_mutex_init(&w->told.lock, NULL);
    (void)strcpy(w->dir, "/tmp/trackside-engine-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    open_all(w);
    w->course = fixture_course("short");
    assert_int_equal(engine_course_put(w->engine, course_ref(w->course), 0, &w->e), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    close_all(w);
    fixture_remove(w->dir);
    course_unref(w->course);
    assert_int_equal(atomic_load(&w->told.backwards), 0);
    (void)pthread_mutex_destroy(&w->told.lock);
    free(w);
    return 0;
}

static struct race_record create(struct world *w, const char *run_id, uint32_t n, double speed)
{
    struct race_spec spec = fixture_spec(run_id, n, speed);
    struct race_record r;

    if (engine_race_create(w->engine, &spec, &r, &w->e))
        fail_msg("create: %s", w->e.text);
    return r;
}

static struct race_record wait_state(struct world *w, const char *run_id, enum race_state s)
{
    return fixture_wait(w->store, run_id, fixture_in_state, s);
}

static void test_whole_race(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "whole", 200, 1000);
    struct engine_stats f;
    struct view *v;

    assert_int_equal(r.state, RACE_RUNNING);
    assert_string_equal(r.spec.revision, w->course->revision);
    r = wait_state(w, "whole", RACE_FINISHED);
    fixture_exactly_once(w->store, &r, w->course, -1);
    v = w->store->ops->view(w->store, "whole", &w->e);
    assert_non_null(v);
    assert_int_equal(v->counts.finished, 200);
    view_unref(v);
    engine_stats(w->engine, &f);
    assert_int_equal(f.races_running, 0);
    assert_int_equal(f.disk_full, 0);
    assert_true(f.ticks >= 100 && f.events > f.ticks && f.wakeups >= 1);
    assert_true(atomic_load(&w->told.views) >= 1);
}

static void test_two_at_once(void **state)
{
    struct world *w = *state;
    struct race_record a = create(w, "a", 50, 300), b = create(w, "b", 80, 1000);

    a = wait_state(w, "a", RACE_FINISHED);
    b = wait_state(w, "b", RACE_FINISHED);
    fixture_exactly_once(w->store, &a, w->course, -1);
    fixture_exactly_once(w->store, &b, w->course, -1);
}

static int32_t as_of(struct world *w, const char *run_id)
{
    struct view *v = w->store->ops->view(w->store, run_id, &w->e);
    int32_t raw_s = v ? v->as_of_raw_s : -1;

    view_unref(v);
    return raw_s;
}

static void test_pause_resume_speed_stop(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "p", 20, 200);
    int32_t at_s;

    (void)fixture_wait(w->store, "p", fixture_at_raw, 10);
    assert_int_equal(engine_race_pause(w->engine, "p", &r, &w->e), 0);
    assert_int_equal(r.state, RACE_PAUSED);
    assert_string_equal(r.reason, "by hand");
    at_s = as_of(w, "p");
    assert_int_equal(r.anchor.raw_s, at_s);
    fixture_sleep(200);
    assert_int_equal(as_of(w, "p"), at_s);
    fixture_exactly_once(w->store, &r, w->course, at_s);
    assert_int_equal(engine_race_resume(w->engine, "p", &r, &w->e), 0);
    (void)fixture_wait(w->store, "p", fixture_at_raw, at_s + 5);
    assert_int_equal(engine_race_speed(w->engine, "p", 20, &r, &w->e), 0);
    assert_true(r.anchor.speed == 20);
    at_s = as_of(w, "p");
    (void)fixture_wait(w->store, "p", fixture_at_raw, at_s + 3);
    assert_int_equal(engine_race_stop(w->engine, "p", &r, &w->e), 0);
    assert_int_equal(r.state, RACE_STOPPED);
    at_s = as_of(w, "p");
    fixture_exactly_once(w->store, &r, w->course, at_s);
    fixture_sleep(150);
    assert_int_equal(as_of(w, "p"), at_s);
    assert_int_equal(engine_race_resume(w->engine, "p", &r, &w->e), -1);
    assert_int_equal(w->e.code, ERR_CONFLICT);
}

/* Ended and started again at any moment, also while it stands still: no hole and no double. */
static void test_restart(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "again", 30, 100), other = create(w, "still", 10, 100);
    int32_t still_s;

    (void)fixture_wait(w->store, "still", fixture_at_raw, 2);
    assert_int_equal(engine_race_pause(w->engine, "still", &other, &w->e), 0);
    still_s = as_of(w, "still");
    for (int i = 1; i <= 5; i++) {
        (void)fixture_wait(w->store, "again", fixture_at_raw, i * 8);
        close_all(w);
        fixture_sleep(i % 2 ? 0 : 50);
        open_all(w);
    }
    assert_int_equal(engine_race_speed(w->engine, "again", 1000, &r, &w->e), 0);
    r = wait_state(w, "again", RACE_FINISHED);
    fixture_exactly_once(w->store, &r, w->course, -1);
    assert_int_equal(as_of(w, "still"), still_s);
    assert_int_equal(engine_race_resume(w->engine, "still", &other, &w->e), 0);
    assert_int_equal(engine_race_speed(w->engine, "still", 1000, &other, &w->e), 0);
    other = wait_state(w, "still", RACE_FINISHED);
    fixture_exactly_once(w->store, &other, w->course, -1);
}

/* What was due while the program was away is made at once, and counted as late. */
static void test_catches_up(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "away", 30, 50);
    struct engine_stats f;

    (void)fixture_wait(w->store, "away", fixture_at_raw, 2);
    close_all(w);
    fixture_sleep(1200);
    open_all(w);
    (void)fixture_wait(w->store, "away", fixture_at_raw, 50);
    engine_stats(w->engine, &f);
    assert_true(f.late_ticks >= 40);
    assert_true(f.max_late_ms >= 1000);
    assert_int_equal(engine_race_stop(w->engine, "away", &r, &w->e), 0);
    fixture_exactly_once(w->store, &r, w->course, as_of(w, "away"));
}

static void test_delete(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "gone", 20, 100), list;
    struct race_record *races;
    size_t n;

    (void)r;
    (void)fixture_wait(w->store, "gone", fixture_at_raw, 3);
    assert_int_equal(engine_race_delete(w->engine, "gone", &w->e), 0);
    assert_int_equal(atomic_load(&w->told.deleted), 1);
    assert_int_equal(w->store->ops->race(w->store, "gone", &list, &w->e), -1);
    assert_int_equal(w->e.code, ERR_NOT_FOUND);
    assert_int_equal(w->store->ops->races(w->store, &races, &n, &w->e), 0);
    assert_int_equal(n, 0);
    free(races);
    assert_int_equal(engine_race_delete(w->engine, "gone", &w->e), -1);
    assert_int_equal(w->e.code, ERR_NOT_FOUND);
    r = create(w, "over", 20, 1000);
    (void)wait_state(w, "over", RACE_FINISHED);
    assert_int_equal(engine_race_delete(w->engine, "over", &w->e), 0);
    close_all(w);
    open_all(w);
    assert_int_equal(w->store->ops->races(w->store, &races, &n, &w->e), 0);
    assert_int_equal(n, 0);
    free(races);
}

static void test_future_and_past_start(void **state)
{
    struct world *w = *state;
    struct race_spec spec = fixture_spec("future", 10, 100);
    struct race_record r;
    int64_t now_s = clock_wall_ms() / 1000;

    spec.start_s = now_s + 2;
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
    assert_int_equal(r.state, RACE_SCHEDULED);
    assert_int_equal(r.anchor.wall_ms, (now_s + 2) * 1000);
    assert_int_equal(as_of(w, "future"), -1);
    assert_int_equal(engine_race_pause(w->engine, "future", &r, &w->e), -1);
    close_all(w);
    open_all(w);
    r = wait_state(w, "future", RACE_RUNNING);
    assert_true(clock_wall_ms() >= (now_s + 2) * 1000);
    spec = fixture_spec("past", 10, 100);
    spec.start_s = 1000000000;
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
    assert_int_equal(r.state, RACE_RUNNING);
    assert_true(r.anchor.wall_ms >= now_s * 1000);
    r = wait_state(w, "past", RACE_FINISHED);
    fixture_exactly_once(w->store, &r, w->course, -1);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *run_id, *course;
        uint32_t competitors;
        double speed, stop_ratio;
        enum err_code code;
        const char *field;
    } cases[] = {
        {"taken", "short", 10, 1, 0, ERR_CONFLICT, "runId"},
        {"x", "nowhere", 10, 1, 0, ERR_NOT_FOUND, "course"},
        {"x", "short", 0, 1, 0, ERR_INVALID, "competitors"},
        {"x", "short", 10, 0, 0, ERR_INVALID, "speed"},
        {"x", "short", 10, 1e9, 0, ERR_INVALID, "speed"},
        {"x", "short", 10, 1, 1.5, ERR_INVALID, "stopRatio"},
        {"a b", "short", 10, 1, 0, ERR_INVALID, "runId"},
    };
    struct world *w = *state;
    struct race_record r = create(w, "taken", 10, 1);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct race_spec spec = fixture_spec(cases[i].run_id, cases[i].competitors, cases[i].speed);

        (void)strcpy(spec.course, cases[i].course);
        spec.stop_ratio = cases[i].stop_ratio;
        w->e.field[0] = '\0';
        assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), -1);
        assert_int_equal(w->e.code, cases[i].code);
        assert_string_equal(w->e.field, cases[i].field);
    }
    assert_int_equal(engine_race_pause(w->engine, "nobody", &r, &w->e), -1);
    assert_int_equal(w->e.code, ERR_NOT_FOUND);
}

static void test_left_out(void **state)
{
    struct world *w = *state;
    struct race_spec spec = fixture_spec("", 10, 1);
    struct race_record r;

    spec.stop_ratio = (double)NAN;
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
    assert_int_equal(strlen(r.spec.run_id), UUID_LEN);
    assert_int_equal(r.spec.run_id[14], '4');
    assert_true(r.spec.stop_ratio == 0.1);
}

static void test_too_many_competitors(void **state)
{
    struct world *w = *state;
    struct race_spec spec = fixture_spec("b", 1000000, 0.1);
    struct race_record r;

    spec.start_s = clock_wall_ms() / 1000 + 86400;
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
    (void)strcpy(spec.run_id, "c");
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
    (void)strcpy(spec.run_id, "d");
    spec.competitors = 1;
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), -1);
    assert_int_equal(w->e.code, ERR_CONFLICT);
    assert_int_equal(engine_race_stop(w->engine, "b", &r, &w->e), 0);
    assert_int_equal(engine_race_create(w->engine, &spec, &r, &w->e), 0);
}

static void test_courses(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "on-it", 10, 1);
    struct course *c = fixture_course("short");

    assert_int_equal(engine_course_put(w->engine, course_ref(c), 0, &w->e), -1);
    assert_int_equal(w->e.code, ERR_CONFLICT);
    assert_int_equal(engine_course_put(w->engine, c, 1, &w->e), 0);
    assert_int_equal(engine_course_delete(w->engine, "short", &w->e), -1);
    assert_int_equal(w->e.code, ERR_CONFLICT);
    assert_int_equal(engine_course_delete(w->engine, "nowhere", &w->e), -1);
    assert_int_equal(w->e.code, ERR_NOT_FOUND);
    assert_int_equal(engine_race_stop(w->engine, "on-it", &r, &w->e), 0);
    assert_int_equal(engine_course_delete(w->engine, "short", &w->e), 0);
    c = w->store->ops->course(w->store, "short", &w->e);
    assert_null(c);
}

/* A race keeps the revision that it started with, over a new geofence and a restart. */
static void test_keeps_its_revision(void **state)
{
    struct world *w = *state;
    struct race_record r = create(w, "old", 30, 100);
    struct course *bare = course_with_fence(w->course, NULL, &w->e);

    assert_non_null(bare);
    assert_string_not_equal(bare->revision, w->course->revision);
    assert_int_equal(engine_course_put(w->engine, bare, 1, &w->e), 0);
    (void)fixture_wait(w->store, "old", fixture_at_raw, 5);
    close_all(w);
    open_all(w);
    assert_int_equal(engine_race_speed(w->engine, "old", 1000, &r, &w->e), 0);
    r = wait_state(w, "old", RACE_FINISHED);
    assert_string_equal(r.spec.revision, w->course->revision);
    fixture_exactly_once(w->store, &r, w->course, -1);
}

static void wait_full(struct world *w, int full)
{
    struct engine_stats f = {0};

    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        engine_stats(w->engine, &f);
        if (f.disk_full == full)
            return;
        fixture_sleep(10);
    }
    fail_msg("the engine's disk_full did not become %d", full);
}

static void test_disk_full(void **state)
{
    struct world *w = *state;
    struct race_spec spec = fixture_spec("late", 10, 1);
    struct race_record r, shown;
    int32_t at_s;

    engine_free(w->engine);
    door_put(w->store);
    w->engine = engine_new(
        &(struct engine_options){.store = w->store, .listener = listener, .listener_arg = &w->told},
        &w->e);
    r = create(w, "full", 40, 50);
    (void)fixture_wait(w->store, "full", fixture_at_raw, 5);

    atomic_store(&door.shut, true);
    wait_full(w, 1);
    at_s = as_of(w, "full");
    shown = r;
    engine_race_shown(w->engine, &shown);
    assert_int_equal(shown.state, RACE_PAUSED);
    assert_string_equal(shown.reason, "disk full");
    assert_true(atomic_load(&w->told.paused) >= 1);
    assert_int_equal(engine_race_create(w->engine, &spec, &shown, &w->e), -1);
    assert_int_equal(w->e.code, ERR_DISK_FULL);
    assert_int_equal(engine_race_pause(w->engine, "full", &shown, &w->e), -1);
    fixture_sleep(1500);
    assert_int_equal(as_of(w, "full"), at_s);

    atomic_store(&door.shut, false);
    wait_full(w, 0);
    shown = r;
    engine_race_shown(w->engine, &shown);
    assert_int_equal(shown.state, RACE_RUNNING);
    (void)fixture_wait(w->store, "full", fixture_at_raw, at_s + 5);
    assert_int_equal(engine_race_speed(w->engine, "full", 1000, &r, &w->e), 0);
    r = wait_state(w, "full", RACE_FINISHED);
    fixture_exactly_once(w->store, &r, w->course, -1);
    assert_int_equal(w->store->ops->race(w->store, "late", &shown, &w->e), -1);
    door_take_away(w->store);
}

/* Callers from several threads at once. */
static void *make_and_drop(void *arg)
{
    struct world *w = arg;
    struct err e;

    for (int i = 0; i < 5; i++) {
        struct race_spec spec = fixture_spec("", 20, 1000);
        struct race_record r;
        struct engine_stats f;

        if (engine_race_create(w->engine, &spec, &r, &e))
            return arg;
        (void)snprintf(spec.run_id, sizeof spec.run_id, "%s", r.spec.run_id);
        engine_stats(w->engine, &f);
        if (engine_race_pause(w->engine, spec.run_id, &r, &e) == 0 &&
            engine_race_resume(w->engine, spec.run_id, &r, &e))
            return arg;
        if (engine_race_delete(w->engine, spec.run_id, &e))
            return arg;
    }
    return NULL;
}

static void test_many_callers(void **state)
{
    struct world *w = *state;
    pthread_t thread[4];

    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, make_and_drop, w), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;

        (void)pthread_join(thread[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(atomic_load(&w->told.deleted), 20);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_whole_race),
        T(test_two_at_once),
        T(test_pause_resume_speed_stop),
        T(test_restart),
        T(test_catches_up),
        T(test_delete),
        T(test_future_and_past_start),
        T(test_refusals),
        T(test_left_out),
        T(test_too_many_competitors),
        T(test_courses),
        T(test_keeps_its_revision),
        T(test_disk_full),
        T(test_many_callers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
