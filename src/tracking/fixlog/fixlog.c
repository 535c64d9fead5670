/* fixlog.c: the database: opening, its tables, statements and errors. */
#include "tracking/fixlog/fixlog_internal.h"

#include "base/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000

/* A device is a row from its first fix or from the start list on. `until_ms` of a key: NULL while
 * it is the race's. A competitor who is no longer in the start list stays, with listed 0, so that
 * the id is never given again. */
static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "BEGIN;"
    "CREATE TABLE IF NOT EXISTS race (no INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL "
    "UNIQUE, list TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS key (key TEXT PRIMARY KEY, race INTEGER NOT NULL, until_ms "
    "INTEGER);"
    "CREATE TABLE IF NOT EXISTS competitor (race INTEGER NOT NULL, id INTEGER NOT NULL, bib TEXT "
    "NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY (race, id), UNIQUE (race, bib));"
    "CREATE TABLE IF NOT EXISTS device (no INTEGER PRIMARY KEY, race INTEGER NOT NULL, name TEXT "
    "NOT NULL, competitor INTEGER NOT NULL DEFAULT 0, client TEXT NOT NULL DEFAULT '', fixes "
    "INTEGER "
    "NOT NULL DEFAULT 0, time_ms INTEGER NOT NULL DEFAULT 0, received_ms INTEGER NOT NULL DEFAULT "
    "0, "
    "lat REAL, lon REAL, accuracy REAL, battery REAL, UNIQUE (race, name));"
    "CREATE TABLE IF NOT EXISTS fix (id INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT "
    "NULL, "
    "time_ms INTEGER NOT NULL, lat INTEGER NOT NULL, lon INTEGER NOT NULL, received_ms INTEGER NOT "
    "NULL, accuracy REAL, speed REAL, heading REAL, altitude REAL, battery REAL, "
    "UNIQUE (device, time_ms, lat, lon));"
    "PRAGMA user_version = 1;"
    "COMMIT";

static const char DAMAGED[] =
    " The file in the data directory is damaged: restore it from a copy, or move it away. Then the "
    "live races keep their positions and take no more.";

int fixlog_fail(sqlite3 *conn, struct err *e)
{
    int code = sqlite3_errcode(conn);

    if (code == SQLITE_FULL)
        return err_set(e, ERR_DISK_FULL, "The disk is full: the fixes could not be stored.");
    if (code == SQLITE_READONLY)
        return err_set(e, ERR_READ_ONLY, "The file fixes.db takes no writes.");
    if (code == SQLITE_IOERR)
        return err_set(e, ERR_IO, "The disk failed at fixes.db: %s.", sqlite3_errmsg(conn));
    return err_set(e, ERR_UNAVAILABLE, "fixes.db cannot be used: %s.%s", sqlite3_errmsg(conn),
        code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? DAMAGED : "");
}

static void bind(sqlite3_stmt *st, const char *types, va_list ap)
{
    for (int i = 0; types[i]; i++) {
        double d;

        switch (types[i]) {
        case 'i':
            (void)sqlite3_bind_int64(st, i + 1, va_arg(ap, int64_t));
            break;
        case 'd':
            d = va_arg(ap, double);
            (void)(isnan(d) ? sqlite3_bind_null(st, i + 1) : sqlite3_bind_double(st, i + 1, d));
            break;
        default:
            (void)sqlite3_bind_text(st, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
        }
    }
}

static sqlite3_stmt *prepare(
    sqlite3 *conn, struct err *e, const char *sql, const char *types, va_list ap)
{
    sqlite3_stmt *st = NULL;

    if (sqlite3_prepare_v2(conn, sql, -1, &st, NULL) != SQLITE_OK) {
        (void)fixlog_fail(conn, e);
        return NULL;
    }
    bind(st, types, ap);
    return st;
}

sqlite3_stmt *fixlog_prepare(sqlite3 *conn, struct err *e, const char *sql, const char *types, ...)
{
    sqlite3_stmt *st;
    va_list ap;

    va_start(ap, types);
    st = prepare(conn, e, sql, types, ap);
    va_end(ap);
    return st;
}

/* 1: the first row's number is in *out; 0: there is no row; -1. */
static int get(
    sqlite3 *conn, int64_t *out, struct err *e, const char *sql, const char *types, va_list ap)
{
    sqlite3_stmt *st = prepare(conn, e, sql, types, ap);
    int rc;

    if (!st)
        return -1;
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(st, 0);
    rc = rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : fixlog_fail(conn, e);
    (void)sqlite3_finalize(st);
    return rc;
}

int fixlog_run(sqlite3 *conn, struct err *e, const char *sql, const char *types, ...)
{
    int64_t ignored;
    va_list ap;
    int rc;

    va_start(ap, types);
    rc = get(conn, &ignored, e, sql, types, ap);
    va_end(ap);
    return rc < 0 ? -1 : 0;
}

int fixlog_get(sqlite3 *conn, int64_t *out, struct err *e, const char *sql, const char *types, ...)
{
    va_list ap;
    int rc;

    va_start(ap, types);
    rc = get(conn, out, e, sql, types, ap);
    va_end(ap);
    return rc;
}

int fixlog_race_no(sqlite3 *conn, const char *run_id, int64_t *race, struct err *e)
{
    int rc = fixlog_get(conn, race, e, "SELECT no FROM race WHERE run = ?", "t", run_id);

    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "There is no live race '%.64s' here.", run_id);
    return rc < 0 ? -1 : 0;
}

int fixlog_begin_write(struct fixlog *l, struct err *e)
{
    (void)pthread_mutex_lock(&l->write.lock);
    if (sqlite3_exec(l->write.conn, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    (void)fixlog_fail(l->write.conn, e);
    (void)pthread_mutex_unlock(&l->write.lock);
    return -1;
}

int fixlog_begin_race(struct fixlog *l, const char *run_id, int64_t *race, struct err *e)
{
    if (fixlog_begin_write(l, e))
        return -1;
    return fixlog_race_no(l->write.conn, run_id, race, e) ? fixlog_end_write(l, -1, e) : 0;
}

int fixlog_end_write(struct fixlog *l, int rc, struct err *e)
{
    sqlite3 *conn = l->write.conn;

    if (!rc && sqlite3_exec(conn, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        rc = fixlog_fail(conn, e);
    if (rc)
        (void)sqlite3_exec(conn, "ROLLBACK", NULL, NULL, NULL);
    (void)pthread_mutex_unlock(&l->write.lock);
    return rc;
}

void fixlog_changed(struct fixlog *l, bool assignments)
{
    if (assignments)
        atomic_fetch_add(&l->assignments, 1);
    atomic_fetch_add(&l->version, 1);
}

uint64_t fixlog_version(struct fixlog *l)
{
    return atomic_load(&l->version);
}

uint64_t fixlog_assignments(struct fixlog *l)
{
    return atomic_load(&l->assignments);
}

static int open_one(struct fixlog_db *db, const char *path, int flags, struct err *e)
{
    (void)pthread_mutex_init(&db->lock, NULL);
    if (sqlite3_open_v2(path, &db->conn, flags, NULL) != SQLITE_OK)
        return fixlog_fail(db->conn, e);
    (void)sqlite3_busy_timeout(db->conn, BUSY_MS);
    return 0;
}

static void close_one(struct fixlog_db *db)
{
    (void)sqlite3_close(db->conn);
    (void)pthread_mutex_destroy(&db->lock);
}

struct fixlog *fixlog_new(const char *dir, struct err *e)
{
    struct fixlog *l = mem_zalloc(1, sizeof *l);
    struct buf path = BUF_INIT;
    int rc;

    buf_addf(&path, "%s/fixes.db", dir);
    (void)pthread_mutex_init(&l->queue_lock, NULL);
    (void)pthread_cond_init(&l->committed, NULL);
    rc = open_one(&l->write, path.data, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e);
    if (!rc && sqlite3_exec(l->write.conn, SCHEMA, NULL, NULL, NULL) != SQLITE_OK)
        rc = fixlog_fail(l->write.conn, e);
    if (open_one(&l->read, path.data, SQLITE_OPEN_READONLY, rc ? &(struct err){0} : e))
        rc = -1;
    buf_release(&path);
    if (!rc)
        return l;
    fixlog_free(l);
    return NULL;
}

void fixlog_free(struct fixlog *l)
{
    if (!l)
        return;
    close_one(&l->read);
    close_one(&l->write);
    (void)pthread_cond_destroy(&l->committed);
    (void)pthread_mutex_destroy(&l->queue_lock);
    free(l);
}
