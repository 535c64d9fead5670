/* What only the embedded store promises: its directory, its disk, being killed, giving space back.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "board/board.h"
#include "fixture_course.h"
#include "store/store.h"

#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define RUN "11111111-2222-4333-8444-555555555555"

struct fixture {
    char dir[64];
    struct store *store;
    struct course *course;
    struct race_record record;
    uint32_t n;
    uint32_t *dist_mm;
    int32_t *finish_raw_s;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static struct store *open_store(const struct fixture *f)
{
    struct store_embedded_options o = {.dir = f->dir};
    struct err e = {0};
    struct store *s = store_embedded_new(&o, &e);

    if (!s)
        fail_msg("%s", e.text);
    return s;
}

static void put_race(struct fixture *f)
{
    struct err e = {0};

    assert_int_equal(f->store->ops->put_race(f->store, &f->record, &e), 0);
    if (f->store->ops->commit(f->store, &e))
        fail_msg("%s", e.text);
}

/* Everybody runs at 2 m/s and more, on for ever. */
static void fixture_init(struct fixture *f, uint32_t n)
{
    uint32_t i;

    *f = (struct fixture){.n = n};
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/trackside-test-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->course = fixture_course(3, 100000000, NULL, 0);
    f->dist_mm = mem_zalloc(n, sizeof *f->dist_mm);
    f->finish_raw_s = mem_zalloc(n, sizeof *f->finish_raw_s);
    for (i = 0; i < n; i++)
        f->finish_raw_s[i] = INT32_MAX;
    (void)snprintf(f->record.spec.run_id, sizeof f->record.spec.run_id, "%s", RUN);
    (void)snprintf(f->record.spec.course, sizeof f->record.spec.course, "meridian");
    memcpy(f->record.spec.revision, f->course->revision, sizeof f->course->revision);
    f->record.spec.competitors = n;
    f->record.spec.fastest = 144;
    f->record.spec.slowest = 500;
    f->record.spec.min_pause = 10;
    f->record.spec.max_pause = 60;
    f->record.spec.speed = 1;
    f->record.spec.start_s = 1767258000;
    f->record.state = RACE_RUNNING;
    f->record.anchor = (struct race_anchor){.wall_ms = 1767258000000, .speed = 1};
    f->record.created_ms = 1767258000000;
    f->store = open_store(f);
    put_race(f);
}

static void fixture_release(struct fixture *f)
{
    if (f->store)
        f->store->ops->free(f->store);
    (void)nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    fixture_course_free(f->course);
    free(f->dist_mm);
    free(f->finish_raw_s);
}

static uint32_t dist_of(uint32_t i, int32_t raw_s)
{
    return (uint32_t)raw_s * (2000 + i % 997);
}

static void put(struct fixture *f, int32_t raw_s)
{
    struct tick t = {.race = &f->record,
        .course = f->course,
        .raw_s = raw_s,
        .n = f->n,
        .first_id = 1,
        .id_step = 1,
        .dist_mm = f->dist_mm,
        .finish_raw_s = f->finish_raw_s};
    struct err e = {0};
    uint32_t i;

    for (i = 0; i < f->n; i++)
        f->dist_mm[i] = dist_of(i, raw_s);
    if (f->store->ops->put_tick(f->store, &t, &e))
        fail_msg("%s", e.text);
}

static int commit(struct fixture *f, struct err *e)
{
    return f->store->ops->commit(f->store, e);
}

/* Exactly the ticks 0 ... last_s are there. */
static void check_history(struct fixture *f, int32_t last_s)
{
    struct err e = {0};
    struct view *v = f->store->ops->view(f->store, RUN, &e);
    int32_t raw_s;
    uint32_t i;

    assert_non_null(v);
    assert_int_equal(v->as_of_raw_s, last_s);
    view_unref(v);
    for (raw_s = 0; raw_s <= last_s; raw_s++) {
        v = f->store->ops->view_at(f->store, RUN, raw_s, &e);
        assert_non_null(v);
        assert_int_equal(v->as_of_raw_s, raw_s);
        for (i = 0; i < f->n; i++)
            assert_int_equal(v->dist_mm[i], dist_of(i, raw_s));
        view_unref(v);
    }
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* No file may grow beyond 1.5 MB, which is what a full disk is to a database. */
static void a_full_disk_loses_nothing(void **state)
{
    struct fixture f;
    struct err e = {0};
    int32_t raw_s = 0, shown;
    struct view *v;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    int k;

    (void)state;
    fixture_init(&f, 5000);
    set_file_limit(1500000);
    do {
        assert_true(raw_s < 1000);
        put(&f, raw_s++);
    } while (!commit(&f, &e));
    shown = raw_s - 2;
    assert_int_equal(e.code, ERR_DISK_FULL);
    assert_non_null(strstr(e.text, "full"));
    for (k = 0; k < 3; k++) { /* nothing that is not on disk is shown */
        v = f.store->ops->view(f.store, RUN, &e);
        assert_int_equal(v->as_of_raw_s, shown);
        view_unref(v);
        put(&f, raw_s++);
        assert_int_equal(commit(&f, &e), -1);
        assert_int_equal(e.code, ERR_DISK_FULL);
    }
    set_file_limit(RLIM_INFINITY);
    assert_int_equal(commit(&f, &e), 0);
    check_history(&f, raw_s - 1);
    f.store->ops->free(f.store);
    f.store = open_store(&f);
    check_history(&f, raw_s - 1);
    (void)signal(SIGXFSZ, before);
    fixture_release(&f);
}

static void check_refused(const char *dir, enum err_code code, const char *part)
{
    struct store_embedded_options o = {.dir = dir};
    struct err e = {0};

    assert_null(store_embedded_new(&o, &e));
    if (e.code != code || !strstr(e.text, part))
        fail_msg("%d: %s", e.code, e.text);
}

static void directories_that_will_not_do(void **state)
{
    struct fixture f;
    char path[128];

    (void)state;
    fixture_init(&f, 1);
    check_refused(f.dir, ERR_CONFLICT, f.dir); /* it is open already */
    check_refused(f.dir, ERR_CONFLICT, "another trackside");
    (void)snprintf(path, sizeof path, "%s/lock/below", f.dir); /* lock is a file */
    check_refused(path, ERR_INVALID, "cannot be made");
    check_refused("/proc/trackside", ERR_INVALID, "cannot be made");
    check_refused("/proc", ERR_INVALID, "cannot be written to");
    fixture_release(&f);
}

static void a_directory_is_made(void **state)
{
    struct fixture f;
    struct store_embedded_options o = {0};
    struct err e = {0};
    char path[128];
    struct store *s;

    (void)state;
    fixture_init(&f, 1);
    (void)snprintf(path, sizeof path, "%s/a/b/c/", f.dir);
    o.dir = path;
    s = store_embedded_new(&o, &e);
    assert_non_null(s);
    s->ops->free(s);
    fixture_release(&f);
}

static void database_path(const struct fixture *f, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/trackside.db", f->dir);
}

static void a_newer_database_is_left_alone(void **state)
{
    struct fixture f;
    sqlite3 *db;
    char path[128];

    (void)state;
    fixture_init(&f, 1);
    f.store->ops->free(f.store);
    f.store = NULL;
    database_path(&f, path, sizeof path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 999", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    check_refused(f.dir, ERR_CONFLICT, "newer trackside");
    check_refused(f.dir, ERR_CONFLICT, path);
    fixture_release(&f);
}

static void a_file_that_is_no_database(void **state)
{
    struct fixture f;
    char path[128];
    FILE *file;

    (void)state;
    fixture_init(&f, 1);
    f.store->ops->free(f.store);
    f.store = NULL;
    database_path(&f, path, sizeof path);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("competitorId,name\nthis is somebody's roster and no database at all\n", file);
    (void)fclose(file);
    check_refused(f.dir, ERR_INTERNAL, "damaged");
    fixture_release(&f);
}

static uint64_t disk_bytes(const struct fixture *f)
{
    struct store_stats figures;

    store_stats(f->store, &figures);
    return figures.disk_bytes;
}

/* The janitor does it in the background, while the writer goes on. */
static void wait_until_below(struct fixture *f, uint64_t bytes)
{
    const struct timespec t = {0, 20000000};
    struct err e = {0};
    int k;

    for (k = 0; k < 1500 && disk_bytes(f) >= bytes; k++) {
        (void)nanosleep(&t, NULL);
        assert_int_equal(commit(f, &e), 0);
    }
    if (disk_bytes(f) >= bytes)
        fail_msg("%llu bytes are still there", (unsigned long long)disk_bytes(f));
}

static void a_deleted_race_gives_its_space_back(void **state)
{
    struct fixture f;
    struct err e = {0};
    uint64_t empty;
    int32_t raw_s;

    (void)state;
    fixture_init(&f, 5000);
    empty = disk_bytes(&f);
    for (raw_s = 0; raw_s < 400; raw_s++) {
        put(&f, raw_s);
        if (raw_s % 20 == 19)
            assert_int_equal(commit(&f, &e), 0);
    }
    assert_int_equal(commit(&f, &e), 0);
    assert_true(disk_bytes(&f) > empty + 8000000);
    f.record.state = RACE_DELETED;
    put_race(&f);
    wait_until_below(&f, empty + 3000000);
    fixture_release(&f);
}

static void old_races_go_after_keep_days(void **state)
{
    struct store_embedded_options o = {0};
    struct fixture f;
    struct err e = {0};
    struct race_record r;
    sqlite3 *db;
    char path[128];

    (void)state;
    fixture_init(&f, 3);
    put(&f, 0);
    f.record.state = RACE_STOPPED;
    put_race(&f);
    memcpy(f.record.spec.run_id, "young", 6);
    put_race(&f);
    f.store->ops->free(f.store);
    database_path(&f, path, sizeof path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                         "UPDATE race SET changed_ms = changed_ms - 3 * 86400000 WHERE run_id "
                         "<> 'young'",
                         NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    o.dir = f.dir;
    o.keep_days = 4;
    f.store = store_embedded_new(&o, &e);
    assert_int_equal(commit(&f, &e), 0);
    assert_int_equal(f.store->ops->race(f.store, RUN, &r, &e), 0);
    f.store->ops->free(f.store);
    o.keep_days = 2;
    f.store = store_embedded_new(&o, &e);
    assert_int_equal(commit(&f, &e), 0);
    assert_int_equal(f.store->ops->race(f.store, RUN, &r, &e), -1);
    assert_int_equal(f.store->ops->race(f.store, "young", &r, &e), 0);
    fixture_release(&f);
}

/* Writes ticks for ever and tells each that is committed. */
static void write_until_killed(struct fixture *f, int32_t raw_s, int fd)
{
    struct err e = {0};

    f->store = open_store(f);
    for (;; raw_s++) {
        put(f, raw_s);
        if (commit(f, &e) || write(fd, &raw_s, sizeof raw_s) != (ssize_t)sizeof raw_s)
            _exit(1);
    }
}

/* Returns the last tick that it told of. */
static int32_t kill_a_writer(struct fixture *f, int32_t raw_s, int ticks)
{
    int32_t told = raw_s - 1, next;
    int status, fd[2];
    pid_t pid;

    assert_int_equal(pipe(fd), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        write_until_killed(f, raw_s, fd[1]);
    (void)close(fd[1]);
    while (ticks-- && read(fd[0], &next, sizeof next) == (ssize_t)sizeof next)
        told = next;
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (read(fd[0], &next, sizeof next) == (ssize_t)sizeof next)
        told = next;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    (void)close(fd[0]);
    return told;
}

static void killed_at_any_moment(void **state)
{
    struct fixture f;
    struct err e = {0};
    struct view *v;
    int32_t raw_s = 0;
    int k;

    (void)state;
    fixture_init(&f, 9000);
    for (k = 0; k < 6; k++) {
        int32_t told;

        f.store->ops->free(f.store);
        f.store = NULL;
        told = kill_a_writer(&f, raw_s, 3 + 7 * k);
        f.store = open_store(&f);
        v = f.store->ops->view(f.store, RUN, &e);
        assert_non_null(v);
        /* What was told is there; one more may be, committed and not told any more. */
        assert_true(v->as_of_raw_s == told || v->as_of_raw_s == told + 1);
        raw_s = v->as_of_raw_s + 1;
        view_unref(v);
    }
    check_history(&f, raw_s - 1);
    fixture_release(&f);
}

static void ticks_that_are_wrong(void **state)
{
    struct fixture f;
    struct err e = {0};
    struct tick t;

    (void)state;
    fixture_init(&f, 5);
    t = (struct tick){.race = &f.record,
        .raw_s = 0,
        .n = 4,
        .first_id = 1,
        .id_step = 1,
        .dist_mm = f.dist_mm,
        .finish_raw_s = f.finish_raw_s};
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), -1); /* one is missing */
    assert_int_equal(e.code, ERR_INVALID);
    t.n = 5;
    t.id_step = 2;
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), -1);
    t.id_step = 1;
    t.raw_s = -1;
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), -1);
    put(&f, 0);
    put(&f, 5);
    t.raw_s = 3; /* never was there, and too late now */
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), -1);
    t.raw_s = 5;
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), 0);
    memcpy(f.record.spec.run_id, "nobody", 7);
    assert_int_equal(f.store->ops->put_tick(f.store, &t, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    fixture_release(&f);
}

static void figures_count(void **state)
{
    struct fixture f;
    struct store_stats figures;
    struct err e = {0};

    (void)state;
    fixture_init(&f, 5);
    f.finish_raw_s[2] = 0;
    put(&f, 0);
    put(&f, 1);
    assert_int_equal(commit(&f, &e), 0);
    assert_int_equal(commit(&f, &e), 0); /* of nothing */
    store_stats(f.store, &figures);
    assert_int_equal(figures.committed_events, 9);
    assert_int_equal(figures.commits, 2);
    assert_true(figures.disk_bytes > 0);
    assert_true(figures.last_commit_ms > 0);
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_loses_nothing),
        cmocka_unit_test(directories_that_will_not_do),
        cmocka_unit_test(a_directory_is_made),
        cmocka_unit_test(a_newer_database_is_left_alone),
        cmocka_unit_test(a_file_that_is_no_database),
        cmocka_unit_test(a_deleted_race_gives_its_space_back),
        cmocka_unit_test(old_races_go_after_keep_days),
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(ticks_that_are_wrong),
        cmocka_unit_test(figures_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
