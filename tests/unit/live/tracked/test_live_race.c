/* A live race whose fixes cannot be read stands still, and goes on once they can. */
#include "unit/live/fixture.h"

#include "live/tracked/live_race.h"
#include "unit/tracking/fixlog/log_dir.h"

#include <math.h>
#include <sqlite3.h>

#define START_S 1777626000

/* A store that knows no race yet. */
static int no_race(struct store *s, const char *run_id, struct race_record *out, struct err *e)
{
    (void)s, (void)out;
    return err_set(e, ERR_NOT_FOUND, "There is no race %s.", run_id);
}

static size_t published;

static int count_events(struct feed *f, const struct event *events, size_t n, struct err *e)
{
    (void)f, (void)events, (void)e;
    published += n;
    return 0;
}

/* Changes the database beside the program. */
static void change(const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(log_dir_path("fixes.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* One runner at the start of the course, a second after the gun. */
static void send_fix(struct fixlog *log)
{
    struct fixlog_entrant people[] = {{"7", "", 0}};
    struct decoded_fix at = {.device = "7",
        .time_ms = (START_S + 1) * INT64_C(1000),
        .lat_deg = 50,
        .lon_deg = 10,
        .accuracy_m = 5,
        .speed_mps = NAN,
        .heading_deg = NAN,
        .altitude_m = NAN,
        .battery_pct = NAN};
    struct decoded fixes = {.fix = &at, .n = 1};
    struct fixlog_batch b = {
        .run_id = "r", .fixes = &fixes, .client = "test", .received_ms = at.time_ms};
    struct err e;

    assert_int_equal(fixlog_put_people(log, "r", people, 1, &e), 0);
    assert_int_equal(fixlog_append(log, &b, &e), 0);
}

static void a_log_that_cannot_be_read_stops_nothing(void **state)
{
    static const struct store_ops store_ops = {.race = no_race};
    static const struct feed_ops feed_ops = {.publish_events = count_events};
    struct store store = {.ops = &store_ops};
    struct feed feed = {.ops = &feed_ops};
    struct race_record r = {.spec = fixture_spec("r", 1, 1), .live = true};
    struct course *c = fixture_course("short");
    struct err e;
    struct fixlog *log = fixlog_new(log_dir, &e);
    struct live_race *l;
    uint64_t events = 0;

    (void)state;
    assert_non_null(log);
    assert_int_equal(fixlog_begin(log, "r", &e), 0);
    r.spec.start_s = START_S;
    l = live_race_new(&r, c, log, &store, &e);
    assert_non_null(l);
    send_fix(log);
    change("ALTER TABLE fix RENAME TO gone");
    assert_int_equal(
        live_race_step(l, &feed, (START_S + 90) * INT64_C(1000), false, &events, &e), 0);
    assert_int_equal(events, 0);
    assert_int_equal(
        live_race_step(l, &feed, (START_S + 90) * INT64_C(1000), true, &events, &e), -1);
    assert_int_equal(events, 0);
    change("ALTER TABLE gone RENAME TO fix");
    assert_int_equal(
        live_race_step(l, &feed, (START_S + 90) * INT64_C(1000), false, &events, &e), 0);
    assert_int_equal(events, 1);
    assert_int_equal(published, 1);
    live_race_free(l);
    fixlog_free(log);
    course_unref(c);
}

static int known_race(struct store *s, const char *run_id, struct race_record *out, struct err *e)
{
    (void)s, (void)run_id, (void)e;
    *out = (struct race_record){0};
    return 0;
}

/* One position of one runner, which was published before the log was lost. */
static int one_event(struct store *s, const char *run_id, int32_t from, int32_t to,
    store_event_fn *fn, void *arg, struct err *e)
{
    (void)s, (void)run_id, (void)from, (void)to, (void)e;
    return fn(arg, &(struct event){.run_id = "lost",
                       .competitor_id = 7,
                       .raw_s = 60,
                       .distance_m = 20,
                       .lat_deg = 50,
                       .lon_deg = 10});
}

static void positions_stay_when_the_log_is_lost(void **state)
{
    static const struct store_ops store_ops = {.race = known_race, .events = one_event};
    static const struct feed_ops feed_ops = {.publish_events = count_events};
    struct store store = {.ops = &store_ops};
    struct feed feed = {.ops = &feed_ops};
    struct race_record r = {.spec = fixture_spec("lost", 1, 1), .live = true};
    struct course *c = fixture_course("short");
    struct err e;
    struct fixlog *log = fixlog_new(log_dir, &e);
    struct live_race *l;
    uint64_t events = 0;

    (void)state;
    assert_non_null(log);
    r.spec.start_s = START_S;
    l = live_race_new(&r, c, log, &store, &e);
    assert_non_null(l);
    assert_int_equal(
        live_race_step(l, &feed, (START_S + 90) * INT64_C(1000), true, &events, &e), 0);
    assert_int_equal(events, 0);
    live_race_free(l);
    fixlog_free(log);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_cannot_be_read_stops_nothing),
        cmocka_unit_test(positions_stay_when_the_log_is_lost),
    };

    return cmocka_run_group_tests(tests, log_dir_make, log_dir_remove);
}
