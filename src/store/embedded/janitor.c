#include "store/embedded/embedded.h"

#include "base/mem.h"

#include <stdlib.h>
#include <time.h>

/* The janitor removes the rows of deleted races in small steps, gives the space back to the file
 * system and empties the write-ahead log. Each step holds the write lock for a few milliseconds, so
 * a commit never waits longer than that. Deleting a big race in one statement would hold it for
 * seconds. */
#define ROWS_A_STEP 64       /* 1 MiB of ticks */
#define REST_NS 2000000      /* between two steps: a waiting commit gets the lock first */
#define CHECKPOINT_PAGES 256 /* 4 MiB of log */
#define FREE_PAGES_KEPT 64   /* fewer are not worth a vacuum */

struct janitor {
    struct embedded *em;
    struct db db; /* its own, for checkpoints, which do not hold the writer up */
    bool db_open;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken; /* under `lock`: somebody has called since it last waited */
    atomic_bool stop;
    bool swept;   /* something was removed: give the space back */
    bool shorten; /* that is done: the log's file too */
};

/* The rows of one race in one table. */
struct sweep {
    enum db_statement which;
    int64_t from, to;
};

/* 1: there may be more of it. */
static int sweep_rows(struct db *db, const struct sweep *sw, struct err *e)
{
    sqlite3_stmt *st = db_use(db, sw->which, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, sw->from);
    (void)sqlite3_bind_int64(st, 2, sw->to);
    (void)sqlite3_bind_int(st, 3, ROWS_A_STEP);
    if (db_run(db, st, e))
        return -1;
    return sqlite3_changes(db->conn) > 0;
}

/* The last rows of a deleted race. DB_GARBAGE_DONE comes last: if the process is killed before, the
 * race is swept again. */
static int sweep_rest(struct db *db, int64_t race_no, struct err *e)
{
    static const enum db_statement last[] = {DB_GARBAGE_FINISH, DB_GARBAGE_ROSTER, DB_GARBAGE_DONE};
    size_t k;

    for (k = 0; k < sizeof last / sizeof *last; k++) {
        sqlite3_stmt *st = db_use(db, last[k], e);

        if (!st)
            return -1;
        (void)sqlite3_bind_int64(st, 1, race_no);
        if (db_run(db, st, e))
            return -1;
    }
    return 1;
}

/* Sweeps one table after the other, each until nothing is left. 1: there may be more. */
static int sweep_race(struct db *db, int64_t race_no, struct err *e)
{
    const int64_t first = race_no << 37, last = history_end(race_no) - 1;
    const struct sweep all[] = {{DB_GARBAGE_TICKS, first, last}, {DB_GARBAGE_EVENTS, first, last},
        {DB_GARBAGE_SNAPSHOTS, first, last}};
    size_t k;

    for (k = 0; k < sizeof all / sizeof *all; k++) {
        int rc = sweep_rows(db, &all[k], e);

        if (rc)
            return rc;
    }
    return sweep_rest(db, race_no, e);
}

/* The number that a statement without parameters answers; 0 where it answers nothing. */
static int ask(struct db *db, enum db_statement which, int64_t *out, struct err *e)
{
    sqlite3_stmt *st = db_use(db, which, e);
    int rc;

    *out = 0;
    if (!st)
        return -1;
    rc = db_step(db, st, e);
    if (rc > 0)
        *out = sqlite3_column_int64(st, 0);
    (void)sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

/* 1: some pages were given back and there may be more. A vacuum moves pages from the end of the
 * file into free ones, 256 at a time. */
static int give_space_back(struct janitor *j, struct db *db, struct err *e)
{
    sqlite3_stmt *st;
    int64_t pages;

    if (ask(db, DB_FREE_PAGES, &pages, e))
        return -1;
    if (pages <= FREE_PAGES_KEPT) {
        j->swept = false;
        j->shorten = true;
        return 0;
    }
    st = db_use(db, DB_VACUUM, e);
    return st && !db_run(db, st, e) ? 1 : -1;
}

/* 1: there is more to do, 0: all is tidy, -1: not now (the disk is full, say). */
static int step(struct janitor *j)
{
    struct embedded *em = j->em;
    struct err ignored;
    int64_t race_no;
    int rc;

    (void)pthread_mutex_lock(&em->write_lock);
    rc = datadir_check(&em->dir, &ignored);
    if (!rc)
        rc = ask(&em->db, DB_GARBAGE_NEXT, &race_no, &ignored);
    if (!rc && race_no) {
        j->swept = true;
        rc = sweep_race(&em->db, race_no, &ignored);
    } else if (!rc && j->swept) {
        rc = give_space_back(j, &em->db, &ignored);
    }
    (void)pthread_mutex_unlock(&em->write_lock);
    return rc;
}

/* TRUNCATE shortens the log's file, PASSIVE only copies its pages. Neither waits for anybody. */
static void checkpoint(struct janitor *j)
{
    int how = j->shorten ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int log = 0, done = 0;
    struct err gone;

    /* The log of a database that is gone is left alone: it may be needed to put things back. */
    if (!j->db_open || datadir_gone(&j->em->dir, &gone) ||
        (!j->shorten && atomic_load(&j->em->wal_pages) < CHECKPOINT_PAGES))
        return;
    j->shorten = false;
    if (sqlite3_wal_checkpoint_v2(j->db.conn, NULL, how, &log, &done) == SQLITE_OK && log == done)
        atomic_store(&j->em->wal_pages, 0);
}

static void rest(void)
{
    const struct timespec t = {0, REST_NS};

    (void)nanosleep(&t, NULL);
}

/* Waits until it is woken, or for a second: the log grows without anybody calling. */
static void wait_for_work(struct janitor *j)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    (void)pthread_mutex_lock(&j->lock);
    /* Looped, because a condition may wake without a signal. A timeout ends the loop too. */
    while (!j->woken && !atomic_load(&j->stop))
        if (pthread_cond_timedwait(&j->wake, &j->lock, &until))
            break;
    j->woken = false;
    (void)pthread_mutex_unlock(&j->lock);
}

/* The janitor's thread. A step that fails (the disk is full) ends the inner loop, and the next try
 * comes a second later. */
static void *run(void *arg)
{
    struct janitor *j = arg;

    while (!atomic_load(&j->stop)) {
        while (!atomic_load(&j->stop) && step(j) > 0) {
            checkpoint(j);
            rest();
        }
        checkpoint(j);
        wait_for_work(j);
    }
    return NULL;
}

struct janitor *janitor_new(struct embedded *em)
{
    struct janitor *j = mem_zalloc(1, sizeof *j);
    struct err ignored;

    j->em = em;
    j->swept = true; /* what a killed process has left */
    /* Without a connection of its own the writer empties the log, only later. */
    j->db.health = &em->health;
    j->db_open = !db_open(&j->db, em->dir.database, !em->dir.temporary, &ignored);
    if (j->db_open)
        (void)sqlite3_busy_timeout(j->db.conn, 0); /* it can wait for another time, nobody for it */
    (void)pthread_mutex_init(&j->lock, NULL);
    (void)pthread_cond_init(&j->wake, NULL);
    if (pthread_create(&j->thread, NULL, run, j)) {
        if (j->db_open)
            db_close(&j->db);
        free(j);
        return NULL;
    }
    return j;
}

void janitor_wake(struct janitor *j)
{
    if (!j)
        return;
    (void)pthread_mutex_lock(&j->lock);
    j->woken = true;
    (void)pthread_cond_signal(&j->wake);
    (void)pthread_mutex_unlock(&j->lock);
}

void janitor_free(struct janitor *j)
{
    if (!j)
        return;
    atomic_store(&j->stop, true);
    janitor_wake(j);
    (void)pthread_join(j->thread, NULL);
    if (j->db_open)
        db_close(&j->db);
    (void)pthread_cond_destroy(&j->wake);
    (void)pthread_mutex_destroy(&j->lock);
    free(j);
}
