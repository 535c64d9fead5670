/* What a disk changed or lost is never answered as if it were whole; a database of version 1 opens
 * and reads as before. */
#include "base/mem.h"
#include "course/course.h"
#include "store/embedded/disk/check.h"
#include "store/store.h"

#include <ftw.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWN "own"         /* by whole ticks, finished */
#define RUNNING "running" /* the same, not finished */
#define EVENTS "events"   /* of another producer */
#define N 4500u           /* two chunks */
#define LAST_S 130

static const char LINE[] =
    "{\"type\":\"FeatureCollection\",\"name\":\"The \\\"long\\\" meridian\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"role\":\"route\"},\"geometry\":{\"type\":"
    "\"LineString\",\"coordinates\":[[0,51],[0,51],[0,58]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":{\"type\":"
    "\"Polygon\","
    "\"coordinates\":[[[-1,57],[1,57],[1,57.5],[-1,57.5],[-1,57]]]}}]}";

struct fixture {
    char dir[64];
    struct store *store;
    struct course *course;
    uint32_t dist_mm[N];
    int32_t finish_raw_s[N];
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void open_store(struct fixture *f)
{
    struct store_embedded_options o = {.dir = f->dir};
    struct err e = {0};

    f->store = store_embedded_new(&o, &e);
    if (!f->store)
        fail_msg("%s", e.text);
}

static void close_store(struct fixture *f)
{
    f->store->ops->free(f->store);
    f->store = NULL;
}

static void check(int rc, const struct err *e)
{
    if (rc)
        fail_msg("%s", e->text);
}

static struct race_record record_of(const struct fixture *f, const char *run_id)
{
    struct race_record r = {.state = RACE_RUNNING, .created_ms = 1767258000000};

    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "%s", run_id);
    (void)snprintf(r.spec.course, sizeof r.spec.course, "meridian");
    memcpy(r.spec.revision, f->course->revision, sizeof f->course->revision);
    r.spec.competitors = N;
    r.spec.fastest = 144;
    r.spec.slowest = 500;
    r.spec.min_pause = 10;
    r.spec.max_pause = 60;
    r.spec.speed = 1;
    r.spec.start_s = 1767258000;
    r.anchor = (struct race_anchor){.wall_ms = 1767258000000, .speed = 1};
    return r;
}

static void put_tick(struct fixture *f, const struct race_record *r, int32_t raw_s)
{
    struct tick t = {.race = r,
        .course = f->course,
        .raw_s = raw_s,
        .n = N,
        .first_id = 1,
        .id_step = 1,
        .dist_mm = f->dist_mm,
        .finish_raw_s = f->finish_raw_s};
    struct err e = {0};

    for (uint32_t i = 0; i < N; i++)
        f->dist_mm[i] = (uint32_t)raw_s * (2000 + i % 997);
    check(f->store->ops->put_tick(f->store, &t, &e), &e);
}

static void put_events(struct fixture *f, int32_t raw_s)
{
    struct event ev[3] = {0};
    struct err e = {0};

    for (int i = 0; i < 3; i++) {
        (void)snprintf(ev[i].event_id, sizeof ev[i].event_id, "%d-%d", raw_s, i);
        (void)snprintf(ev[i].run_id, sizeof ev[i].run_id, "%s", EVENTS);
        (void)snprintf(ev[i].course, sizeof ev[i].course, "elsewhere");
        ev[i].competitor_id = i + 1;
        ev[i].raw_s = raw_s;
        ev[i].timestamp_s = 1767258000 + raw_s;
        ev[i].lat_deg = 51.4;
        ev[i].distance_m = 3.0 * raw_s;
    }
    check(f->store->ops->put_events(f->store, ev, 3, &e), &e);
}

/* Three races of LAST_S + 1 seconds, closed. */
static void fixture_init(struct fixture *f)
{
    struct race_record own, running;
    struct err e = {0};

    *f = (struct fixture){.dir = "/tmp/trackside-test-XXXXXX"};
    assert_non_null(mkdtemp(f->dir));
    f->course =
        course_import(LINE, strlen(LINE), &(struct course_options){.short_name = "meridian"}, &e);
    if (!f->course)
        fail_msg("%s", e.text);
    for (uint32_t i = 0; i < N; i++)
        f->finish_raw_s[i] = LAST_S - (int32_t)(i % 3);
    own = record_of(f, OWN);
    running = record_of(f, RUNNING);
    open_store(f);
    check(f->store->ops->put_course(f->store, f->course, &e), &e);
    check(f->store->ops->put_race(f->store, &own, &e), &e);
    check(f->store->ops->put_race(f->store, &running, &e), &e);
    for (int32_t raw_s = 0; raw_s <= LAST_S; raw_s++) {
        put_tick(f, &own, raw_s);
        put_tick(f, &running, raw_s);
        put_events(f, raw_s);
        check(f->store->ops->commit(f->store, &e), &e);
    }
    own.state = RACE_FINISHED;
    check(f->store->ops->put_race(f->store, &own, &e), &e);
    check(f->store->ops->commit(f->store, &e), &e);
    close_store(f);
}

static void fixture_release(struct fixture *f)
{
    if (f->store)
        close_store(f);
    (void)nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    course_unref(f->course);
}

static void run_sql(const struct fixture *f, const char *sql, bool changes)
{
    char path[96], *why = NULL;
    sqlite3 *db;

    (void)snprintf(path, sizeof path, "%s/trackside.db", f->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    if (changes)
        assert_true(sqlite3_total_changes(db) > 0);
    (void)sqlite3_close(db);
}

struct heard {
    int32_t last_s;
    size_t n;
};

static int hear(void *arg, const struct event *ev)
{
    struct heard *h = arg;

    h->last_s = ev->raw_s;
    h->n++;
    return 0;
}

static int see(void *arg, struct view *v)
{
    struct heard *h = arg;

    h->last_s = v->as_of_raw_s;
    h->n++;
    return 0;
}

enum how { VIEW = 1, EVENTS_ALL = 2, REPLAY = 4, COMPETITOR = 8, WAYS = 4 };

/* One way to read the whole race: -1 and the sentence where it is not whole. */
static int read_race(
    struct fixture *f, const char *run_id, enum how how, struct heard *h, struct err *e)
{
    const struct store_ops *ops = f->store->ops;
    struct splits_competitor who = {0};
    struct view *v;
    int rc;

    if (how == EVENTS_ALL)
        return ops->events(f->store, run_id, 0, INT32_MAX, hear, h, e);
    if (how == REPLAY)
        return ops->replay(f->store, run_id, 0, INT32_MAX, 1, see, h, e);
    if (how == COMPETITOR) {
        rc = ops->competitor(f->store, run_id, 2, -1, &who, e);
        h->n = who.track_n;
        splits_competitor_release(&who);
        return rc;
    }
    v = ops->view_at(f->store, run_id, 100, e);
    h->last_s = v ? v->as_of_raw_s : -1;
    view_unref(v);
    return v ? 0 : -1;
}

static void check_whole(struct fixture *f, const char *run_id)
{
    for (int k = 0; k < WAYS; k++) {
        struct heard h = {-1, 0};
        struct err e = {0};

        if (read_race(f, run_id, 1 << k, &h, &e))
            fail_msg("%s, way %d: %s", run_id, k, e.text);
        if (1 << k == VIEW)
            assert_int_equal(h.last_s, 100);
        else if (1 << k != COMPETITOR)
            assert_int_equal(h.last_s, LAST_S);
        else
            assert_true(h.n >= LAST_S - 2);
    }
}

/* 60: the second of a snapshot; races are numbered 1 (own), 2 (running), 3 (events). */
#define TICK(race, raw, chunk) "((" #race " << 37) + (" #raw " << 8) + " #chunk ")"
#define FLIPPED(column, byte)                                                           \
    "CAST(substr(" column ", 1, " #byte ") || x'deadbeef' || substr(" column ", " #byte \
    " + 5) AS BLOB)"

static const struct damage {
    const char *run_id, *sql;
    int fails; /* ways that have to notice */
} damages[] = {
    {OWN, "UPDATE tick SET data = " FLIPPED("data", 16) " WHERE id = " TICK(1, 99, 0),
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN, "UPDATE tick SET data = " FLIPPED("data", 16) " WHERE id = " TICK(1, 99, 1),
        EVENTS_ALL | REPLAY | VIEW},
    {OWN, "UPDATE tick SET id = " TICK(1, 99, 0) " + 256 * 4000000 WHERE id = " TICK(1, 99, 0),
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN, "DELETE FROM tick WHERE id = " TICK(1, 99, 0), EVENTS_ALL | REPLAY | VIEW},
    {OWN, "DELETE FROM tick WHERE id = " TICK(1, 99, 1), EVENTS_ALL | REPLAY | VIEW},
    {OWN, "DELETE FROM tick WHERE id BETWEEN " TICK(1, 99, 0) " AND " TICK(1, 99, 9),
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN, "DELETE FROM tick WHERE id BETWEEN " TICK(1, 0, 0) " AND " TICK(1, 0, 9),
        EVENTS_ALL | REPLAY | COMPETITOR},
    {OWN, "DELETE FROM tick WHERE id BETWEEN " TICK(1, 130, 0) " AND " TICK(1, 130, 9),
        EVENTS_ALL | REPLAY},
    {OWN, "DELETE FROM tick WHERE id BETWEEN " TICK(1, 0, 0) " AND " TICK(1, 130, 9),
        EVENTS_ALL | REPLAY | VIEW},
    {RUNNING, "DELETE FROM tick WHERE id BETWEEN " TICK(2, 99, 0) " AND " TICK(2, 99, 9),
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN, "DELETE FROM finish WHERE race_no = 1", EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN, "UPDATE finish SET data = " FLIPPED("data", 8) " WHERE race_no = 1",
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {OWN,
        "UPDATE snapshot SET data = " FLIPPED(
            "data", 8) " WHERE id BETWEEN (1 << 37) AND (2 << 37)",
        EVENTS_ALL | REPLAY | VIEW},
    {EVENTS, "UPDATE events SET data = " FLIPPED("data", 20) " WHERE id = (3 << 37) + 80",
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {EVENTS, "UPDATE events SET min_raw = 2000000, max_raw = 2000001 WHERE id = (3 << 37) + 80",
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {EVENTS, "UPDATE events SET n = 2 WHERE id = (3 << 37) + 80", EVENTS_ALL | REPLAY},
    {EVENTS, "DELETE FROM events WHERE id = (3 << 37) + 80",
        EVENTS_ALL | REPLAY | VIEW | COMPETITOR},
    {EVENTS, "DELETE FROM events WHERE id = (3 << 37) + 1", EVENTS_ALL | REPLAY | COMPETITOR},
    {EVENTS, "DELETE FROM events WHERE id > (3 << 37) + 110", EVENTS_ALL},
};

struct findings {
    const char *run_id;
    int n, of_race;
};

static void note(void *arg, const struct check_finding *f)
{
    struct findings *all = arg;

    all->n++;
    all->of_race += strcmp(f->kind, "race") == 0 && strcmp(f->name, all->run_id) == 0;
    assert_true(strlen(f->text) > 10);
}

/* `trackside check`: names the race, and no other. */
static void check_finds(struct fixture *f, const char *run_id, bool damaged)
{
    struct findings all = {.run_id = run_id};
    struct check_totals totals;
    struct err e = {0};

    if (store_check(f->dir, note, &all, &totals, &e))
        fail_msg("%s", e.text);
    assert_int_equal(totals.findings, all.n);
    assert_int_equal(all.n, all.of_race);
    assert_int_equal(all.of_race > 0, damaged);
    assert_int_equal(totals.races, 3);
}

static void check_damage(struct fixture *f, const struct damage *d)
{
    run_sql(f, d->sql, true);
    check_finds(f, d->run_id, true);
    open_store(f);
    for (int k = 0; k < WAYS; k++) {
        struct heard h = {-1, 0};
        struct err e = {0};

        if (!(d->fails & 1 << k))
            continue;
        if (!read_race(f, d->run_id, 1 << k, &h, &e))
            fail_msg("%s: way %d takes it for whole (last %d, %zu)", d->sql, k, h.last_s, h.n);
        if (e.code != ERR_INTERNAL || !strstr(e.text, "damaged") || !strstr(e.text, d->run_id))
            fail_msg("%s: %d %s", d->sql, e.code, e.text);
    }
    close_store(f);
}

static void no_damage_is_read_as_whole(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
        struct fixture f;

        fixture_init(&f);
        check_damage(&f, &damages[k]);
        fixture_release(&f);
    }
}

/* The list of courses says what the course does, also where version 1 kept no summaries. */
static void check_list(struct fixture *f)
{
    struct course_summary want = course_summary_of(f->course), *list;
    struct err e = {0};
    size_t n;

    check(f->store->ops->course_list(f->store, &list, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_string_equal(list->short_name, want.short_name);
    assert_string_equal(list->long_name, want.long_name);
    assert_string_equal(list->revision, want.revision);
    assert_int_equal(list->length_mm, want.length_mm);
    assert_int_equal(list->laps, want.laps);
    assert_int_equal(list->has_fence, want.has_fence);
    assert_int_equal(list->diagnostics_n, want.diagnostics_n);
    free(list);
}

static void what_is_whole_is_read(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    check_finds(&f, OWN, false);
    open_store(&f);
    check_list(&f);
    check_whole(&f, OWN);
    check_whole(&f, RUNNING);
    check_whole(&f, EVENTS);
    fixture_release(&f);
}

/* As version 1 had it: the same rows without the columns that came later. */
static const char TO_VERSION_1[] =
    "ALTER TABLE race DROP COLUMN sum; ALTER TABLE roster DROP COLUMN sum;"
    "ALTER TABLE finish DROP COLUMN sum; ALTER TABLE tick DROP COLUMN sum;"
    "ALTER TABLE tick DROP COLUMN before; ALTER TABLE events DROP COLUMN sum;"
    "ALTER TABLE events DROP COLUMN head_sum; ALTER TABLE snapshot DROP COLUMN sum;"
    "ALTER TABLE cursor DROP COLUMN sum; DROP TABLE course_summary; PRAGMA user_version = 1";

static void a_database_of_version_1(void **state)
{
    struct race_record r;
    struct fixture f;
    struct err e = {0};

    (void)state;
    fixture_init(&f);
    run_sql(&f, TO_VERSION_1, false);
    open_store(&f);
    check_list(&f);
    check_whole(&f, OWN);
    check_whole(&f, EVENTS);
    r = record_of(&f, RUNNING);
    put_tick(&f, &r, LAST_S + 1); /* what it writes from now on is checked */
    check(f.store->ops->commit(f.store, &e), &e);
    close_store(&f);
    open_store(&f);
    close_store(&f);
    check_damage(
        &f, &(struct damage){RUNNING,
                "UPDATE tick SET data = " FLIPPED("data", 16) " WHERE id = " TICK(2, 131, 0),
                EVENTS_ALL | REPLAY});
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_whole_is_read),
        cmocka_unit_test(no_damage_is_read_as_whole),
        cmocka_unit_test(a_database_of_version_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
