/*
 * db.h: the SQLite database behind the embedded store: opening (WAL, synchronous FULL), the schema
 * and its version, statements prepared once per connection, SQLite's errors as sentences.
 *
 * A connection is for one thread at a time. A pool lends read-only connections to readers. In WAL
 * mode readers never wait for the writer, and the writer never waits for them.
 */
#ifndef STORE_EMBEDDED_DB_H
#define STORE_EMBEDDED_DB_H

#include "base/err.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * PRAGMA user_version. 1: without checksums. 2: `sum` columns (history.h), NULL in rows that
 * version 1 wrote; course_summary. An older database is brought to this version when it is opened.
 */
#define DB_VERSION 2

/* The statements, named by table and what they do: PUT writes a row, GET reads one, a plural or
 * RANGE reads many, LAST the newest id, DROP removes. GARBAGE_* belong to the janitor, who removes
 * the rows of deleted races bit by bit. */
enum db_statement {
    DB_BEGIN,
    DB_BEGIN_READ,
    DB_COMMIT,
    DB_ROLLBACK,
    DB_RACES,
    DB_RACE_GET,
    DB_RACE_PUT,
    DB_RACE_DROP,
    DB_RACE_LAST_NO,
    DB_COURSES,
    DB_COURSES_ALL,
    DB_COURSE_GET,
    DB_SUMMARY_PUT,
    DB_SUMMARY_DROP,
    DB_COURSE_RETIRE,
    DB_COURSE_PUT,
    DB_COURSE_DROP,
    DB_ROSTER_GET,
    DB_ROSTER_PUT,
    DB_CURSOR_GET,
    DB_CURSOR_PUT,
    DB_FINISH_GET,
    DB_FINISH_PUT,
    DB_TICK_PUT,
    DB_TICK_RANGE,
    DB_TICK_FIRST,
    DB_TICK_ROW,
    DB_TICK_LAST,
    DB_EVENTS_PUT,
    DB_EVENTS_ROWS,
    DB_EVENTS_LAST,
    DB_SNAPSHOT_PUT,
    DB_SNAPSHOT_GET,
    DB_SNAPSHOT_RANGE,
    DB_SNAPSHOTS_DROP,
    DB_GARBAGE_PUT,
    DB_GARBAGE_NEXT,
    DB_GARBAGE_TICKS,
    DB_GARBAGE_EVENTS,
    DB_GARBAGE_SNAPSHOTS,
    DB_GARBAGE_FINISH,
    DB_GARBAGE_ROSTER,
    DB_GARBAGE_DONE,
    DB_FREE_PAGES,
    DB_VACUUM,
    DB_STATEMENTS, /* how many there are */
};

/* What the connections of one database share: when and how the disk last failed, or the database
 * was found damaged. Any thread. */
struct db_health {
    pthread_mutex_t lock;
    int64_t at_ms; /* wall clock; INT64_MIN: never */
    struct err why;
};

/* for so long after its last failure a database counts as failing. A disk that fails now and then
 * would otherwise flicker between ready and not ready. */
#define DB_ILL_MS 30000

void db_health_init(struct db_health *h);
void db_health_release(struct db_health *h);

/* -1 and the sentence of the failure, where there was one in the last DB_ILL_MS. */
int db_health_check(struct db_health *h, int64_t now_ms, struct err *e) MUST_CHECK;

/* One connection. An own struct, because SQLite's does not keep the statements. */
struct db {
    sqlite3 *conn;
    struct db_health *health; /* borrowed; set before opening; NULL: failures are not noted */
    int system; /* errno after the last step: SQLite does not keep that of a COMMIT that fails */
    /* NULL until first used. Preparing takes longer than most of these statements run. */
    sqlite3_stmt *stmt[DB_STATEMENTS];
};

/* The writer's connection: makes the database where there is none and brings an older one to
 * DB_VERSION. A newer version is refused. */
int db_open(struct db *db, const char *path, bool synced, struct err *e) MUST_CHECK;
/* A read-only connection. The database must exist. */
int db_open_reader(struct db *db, const char *path, struct err *e) MUST_CHECK;
void db_close(struct db *db); /* a db of zeros is fine */

/* The version of the database at `path`, which `db` has open. ERR_CONFLICT where it is newer than
 * this program. */
int db_version(struct db *db, const char *path, int *version, struct err *e) MUST_CHECK;

/* The statement, reset and ready for its parameters to be bound. It is prepared at its first use.
 * NULL with an error where it cannot be prepared. */
sqlite3_stmt *db_use(struct db *db, enum db_statement which, struct err *e) MUST_CHECK;

/* Runs a statement that answers nothing, and resets it. Not interrupted by a cancellation: a write
 * that has begun is finished. */
int db_run(struct db *db, sqlite3_stmt *st, struct err *e) MUST_CHECK;

/* Step: 1 a row, 0 the end, -1 an error, which is ERR_TIMEOUT where the work of this thread has to
 * end (base/cancel.h). The caller resets. */
int db_step(struct db *db, sqlite3_stmt *st, struct err *e) MUST_CHECK;

/*
 * The sentence for the connection's last error, by its name: ERR_DISK_FULL (ENOSPC, EFBIG),
 * ERR_QUOTA (EDQUOT), ERR_READ_ONLY (EROFS), ERR_IO (EIO and what else a disk may say),
 * ERR_UNAVAILABLE (it cannot be opened), ERR_INTERNAL (damaged). Tells db->health. Returns -1.
 */
int db_fail(struct db *db, struct err *e);

/* Idle read-only connections, for any thread. More may be lent than are kept. */
struct db_pool {
    pthread_mutex_t lock;
    const char *path;         /* borrowed */
    struct db_health *health; /* borrowed */
    /* As many as usually read at once. More would only hold file descriptors and caches. */
    struct db *idle[8];
    size_t idle_n;
};

void db_pool_init(struct db_pool *p, const char *path, struct db_health *health);
void db_pool_release(struct db_pool *p);
/* A connection, opened where none is idle; NULL with an error. db_pool_give resets its
 * statements. */
struct db *db_pool_take(struct db_pool *p, struct err *e) MUST_CHECK;
void db_pool_give(struct db_pool *p, struct db *db); /* NULL is fine */

#endif
