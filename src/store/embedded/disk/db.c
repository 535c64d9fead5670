#include "store/embedded/disk/db.h"

#include "base/cancel.h"
#include "base/clock.h"

#include <errno.h>
#include <string.h>

/*
 * Rows of history are clustered by their rowid (history.h), so a race is read and deleted as a
 * range. Every race that runs writes the page at its end, so pages are small enough for a thousand
 * races at once (a commit of 1,000 races of 100: 30 ms, with 64 KiB pages 54 ms), and hold one
 * chunk of a big race each (1,000,000 runners: no slower than with 64 KiB pages).
 */
static const char SCHEMA[] =
    "CREATE TABLE course (short_name TEXT NOT NULL, revision TEXT NOT NULL, current INTEGER NOT "
    "NULL, geojson TEXT NOT NULL, PRIMARY KEY (short_name, revision));"
    "CREATE TABLE race (race_no INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, "
    "changed_ms INTEGER NOT NULL, sum INTEGER, record TEXT);" /* record NULL: deleted */
    "CREATE TABLE roster (race_no INTEGER PRIMARY KEY, sum INTEGER, csv TEXT NOT NULL);"
    "CREATE TABLE finish (race_no INTEGER PRIMARY KEY, sum INTEGER, data BLOB NOT NULL);"
    "CREATE TABLE tick (id INTEGER PRIMARY KEY, before INTEGER, sum INTEGER, data BLOB NOT NULL);"
    "CREATE TABLE events (id INTEGER PRIMARY KEY, min_raw INTEGER NOT NULL, max_raw INTEGER NOT "
    "NULL, n INTEGER NOT NULL, head_sum INTEGER, sum INTEGER, data BLOB NOT NULL);"
    "CREATE TABLE snapshot (id INTEGER PRIMARY KEY, sum INTEGER, data BLOB NOT NULL);"
    "CREATE TABLE garbage (race_no INTEGER PRIMARY KEY);"
    "CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), sum INTEGER, place TEXT NOT "
    "NULL);"
    "CREATE TABLE course_summary (short_name TEXT NOT NULL, revision TEXT NOT NULL, json TEXT NOT "
    "NULL, PRIMARY KEY (short_name, revision));"
    "PRAGMA user_version = 2";

/* From version 1. Only the schema changes. No row is written, so it takes no time. */
static const char FROM_1[] =
    "ALTER TABLE race ADD COLUMN sum INTEGER;"
    "ALTER TABLE roster ADD COLUMN sum INTEGER;"
    "ALTER TABLE finish ADD COLUMN sum INTEGER;"
    "ALTER TABLE tick ADD COLUMN before INTEGER;"
    "ALTER TABLE tick ADD COLUMN sum INTEGER;"
    "ALTER TABLE events ADD COLUMN head_sum INTEGER;"
    "ALTER TABLE events ADD COLUMN sum INTEGER;"
    "ALTER TABLE snapshot ADD COLUMN sum INTEGER;"
    "ALTER TABLE cursor ADD COLUMN sum INTEGER;"
    "CREATE TABLE course_summary (short_name TEXT NOT NULL, revision TEXT NOT NULL, json TEXT NOT "
    "NULL, PRIMARY KEY (short_name, revision));"
    "PRAGMA user_version = 2";

/* Every statement of the program, one by one prepared at its first use on a connection. A race is
 * a range of ids (history.h), which the row ids themselves find: the big tables have no other
 * index. */
static const char *const SQL[DB_STATEMENTS] = {
    [DB_BEGIN] = "BEGIN IMMEDIATE",
    [DB_BEGIN_READ] = "BEGIN",
    [DB_COMMIT] = "COMMIT",
    [DB_ROLLBACK] = "ROLLBACK",
    [DB_RACES] = "SELECT race_no, run_id, changed_ms, record, sum FROM race",
    [DB_RACE_GET] = "SELECT record, sum FROM race WHERE race_no = ?",
    [DB_RACE_PUT] = "INSERT OR REPLACE INTO race (race_no, run_id, changed_ms, record, sum) VALUES "
                    "(?, ?, ?, ?, ?)",
    [DB_RACE_DROP] = "UPDATE race SET record = NULL, sum = NULL WHERE race_no = ?",
    [DB_RACE_LAST_NO] = "SELECT max((SELECT ifnull(max(race_no), 0) FROM race), (SELECT "
                        "ifnull(max(race_no), 0) FROM garbage))",
    [DB_COURSES] =
        "SELECT c.short_name, c.revision, s.json FROM course c LEFT JOIN course_summary s "
        "USING (short_name, revision) WHERE c.current ORDER BY c.short_name",
    [DB_SUMMARY_PUT] =
        "INSERT OR REPLACE INTO course_summary (short_name, revision, json) VALUES (?, "
        "?, ?)",
    [DB_SUMMARY_DROP] =
        "DELETE FROM course_summary WHERE short_name = ? AND revision = ? AND NOT "
        "EXISTS (SELECT 1 FROM course c WHERE c.short_name = ?1 AND c.revision = ?2)",
    [DB_COURSES_ALL] = "SELECT short_name, revision, geojson FROM course ORDER BY short_name",
    [DB_COURSE_GET] = "SELECT geojson FROM course WHERE short_name = ? AND revision = ?",
    [DB_COURSE_RETIRE] = "UPDATE course SET current = 0 WHERE short_name = ?",
    [DB_COURSE_PUT] = "INSERT OR REPLACE INTO course (short_name, revision, current, geojson) "
                      "VALUES (?, ?, 1, ?)",
    [DB_COURSE_DROP] = "DELETE FROM course WHERE short_name = ? AND revision = ? AND NOT current",
    [DB_ROSTER_GET] = "SELECT csv, sum FROM roster WHERE race_no = ?",
    [DB_ROSTER_PUT] = "INSERT OR REPLACE INTO roster (race_no, csv, sum) VALUES (?, ?, ?)",
    [DB_CURSOR_GET] = "SELECT place, sum FROM cursor",
    [DB_CURSOR_PUT] = "INSERT OR REPLACE INTO cursor (one, place, sum) VALUES (1, ?, ?)",
    [DB_FINISH_GET] = "SELECT data, sum FROM finish WHERE race_no = ?",
    [DB_FINISH_PUT] = "INSERT OR REPLACE INTO finish (race_no, data, sum) VALUES (?, ?, ?)",
    [DB_TICK_PUT] = "INSERT OR REPLACE INTO tick (id, data, before, sum) VALUES (?, ?, ?, ?)",
    [DB_TICK_RANGE] = "SELECT id, data, before, sum FROM tick WHERE id BETWEEN ? AND ? ORDER BY id",
    [DB_TICK_FIRST] = "SELECT id, before FROM tick WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1",
    [DB_TICK_ROW] = "SELECT id, data, before, sum FROM tick WHERE id = ?",
    [DB_TICK_LAST] = "SELECT id FROM tick WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
    [DB_EVENTS_PUT] =
        "INSERT INTO events (id, min_raw, max_raw, n, data, head_sum, sum) VALUES (?, "
        "?, ?, ?, ?, ?, ?)",
    [DB_EVENTS_ROWS] = "SELECT id, min_raw, max_raw, n, head_sum, data, sum FROM events WHERE id "
                       "BETWEEN ? AND ? ORDER BY id",
    [DB_EVENTS_LAST] = "SELECT id FROM events WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
    [DB_SNAPSHOT_PUT] = "INSERT OR REPLACE INTO snapshot (id, data, sum) VALUES (?, ?, ?)",
    [DB_SNAPSHOT_GET] =
        "SELECT id, data, sum FROM snapshot WHERE id BETWEEN ? AND ? ORDER BY id DESC "
        "LIMIT 1",
    [DB_SNAPSHOT_RANGE] = "SELECT id, data, sum FROM snapshot WHERE id BETWEEN ? AND ? ORDER BY id",
    [DB_SNAPSHOTS_DROP] = "DELETE FROM snapshot WHERE id BETWEEN ? AND ?",
    [DB_GARBAGE_PUT] = "INSERT OR IGNORE INTO garbage (race_no) VALUES (?)",
    [DB_GARBAGE_NEXT] = "SELECT race_no FROM garbage LIMIT 1",
    [DB_GARBAGE_TICKS] = "DELETE FROM tick WHERE id IN (SELECT id FROM tick WHERE id BETWEEN ? AND "
                         "? ORDER BY id LIMIT ?)",
    [DB_GARBAGE_EVENTS] = "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id BETWEEN "
                          "? AND ? ORDER BY id LIMIT ?)",
    [DB_GARBAGE_SNAPSHOTS] = "DELETE FROM snapshot WHERE id IN (SELECT id FROM snapshot WHERE id "
                             "BETWEEN ? AND ? ORDER BY id LIMIT ?)",
    [DB_GARBAGE_FINISH] = "DELETE FROM finish WHERE race_no = ?",
    [DB_GARBAGE_ROSTER] = "DELETE FROM roster WHERE race_no = ?",
    [DB_GARBAGE_DONE] = "DELETE FROM garbage WHERE race_no = ?",
    [DB_FREE_PAGES] = "PRAGMA freelist_count",
    [DB_VACUUM] = "PRAGMA incremental_vacuum(256)",
};

/* The error for an errno that has a sentence of its own: -1; or 0 where it has none. */
static int name_fault(int system, struct err *e)
{
    switch (system) {
    case ENOSPC:
        return err_set(e, ERR_DISK_FULL,
            "The disk of the data directory is full; nothing more can be kept until there is "
            "room.");
    case EFBIG:
        return err_set(e, ERR_DISK_FULL,
            "A file in the data directory has reached the largest size that it may have (ulimit "
            "-f, or the file system's limit), which is as good as a full disk; nothing more can be "
            "kept until the limit is raised.");
    case EDQUOT:
        return err_set(e, ERR_QUOTA,
            "The disk quota of the user that the server runs as is used up; nothing more can be "
            "kept in the data directory until there is room or a larger quota.");
    case EROFS:
        return err_set(e, ERR_READ_ONLY,
            "The file system of the data directory is read-only (it was mounted so, or an error "
            "made it so); nothing more can be kept until it takes writes again.");
    case EMFILE:
    case ENFILE:
        return err_set(e, ERR_UNAVAILABLE,
            "The database in the data directory cannot be opened: too many files are open.");
    default:
        return 0;
    }
}

/* The sentence for SQLite's code. SQLite reports a full disk, a quota and a limit on file size
 * all as SQLITE_FULL or SQLITE_IOERR, but each needs something else to be done. errno tells them
 * apart. */
static int name_error(struct db *db, struct err *e)
{
    int extended = sqlite3_extended_errcode(db->conn);
    int primary = extended & 0xff;
    int system = db->system ? db->system : sqlite3_system_errno(db->conn);
    bool io = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;

    if (primary == SQLITE_FULL)
        return name_fault(system == EDQUOT || system == EFBIG ? system : ENOSPC, e);
    if (primary == SQLITE_READONLY)
        return name_fault(EROFS, e);
    if (io && name_fault(system, e))
        return -1;
    if (primary == SQLITE_IOERR)
        return err_set(e, ERR_IO,
            "The disk of the data directory answers with an error (%s): look at the system's log "
            "and at the disk. What cannot be read or kept now is tried again.",
            strerror(system ? system : EIO));
    if (primary == SQLITE_CANTOPEN)
        return err_set(e, ERR_UNAVAILABLE,
            "The database in the data directory cannot be opened: %s.",
            system ? strerror(system) : sqlite3_errmsg(db->conn));
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        return err_set(e, ERR_INTERNAL,
            "The database in the data directory is damaged (%s); restore it from a copy, or start "
            "with another directory.",
            sqlite3_errmsg(db->conn));
    return err_set(e, ERR_INTERNAL, "The database in the data directory failed: %s.",
        sqlite3_errmsg(db->conn));
}

void db_health_init(struct db_health *h)
{
    *h = (struct db_health){.at_ms = INT64_MIN};
    (void)pthread_mutex_init(&h->lock, NULL);
}

void db_health_release(struct db_health *h)
{
    (void)pthread_mutex_destroy(&h->lock);
}

int db_health_check(struct db_health *h, int64_t now_ms, struct err *e)
{
    bool ill;

    (void)pthread_mutex_lock(&h->lock);
    ill = h->at_ms > now_ms - DB_ILL_MS;
    if (ill)
        *e = h->why;
    (void)pthread_mutex_unlock(&h->lock);
    return ill ? -1 : 0;
}

int db_fail(struct db *db, struct err *e)
{
    int primary = sqlite3_extended_errcode(db->conn) & 0xff;

    (void)name_error(db, e);
    if (db->health && (e->code == ERR_IO || e->code == ERR_UNAVAILABLE ||
                          primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)) {
        (void)pthread_mutex_lock(&db->health->lock);
        db->health->why = *e;
        db->health->at_ms = clock_wall_ms();
        (void)pthread_mutex_unlock(&db->health->lock);
    }
    return -1;
}

/* For texts of several statements and those that run once per connection. errno is cleared first:
 * SQLite does not clear it, and an old one would name a wrong reason. */
static int run_text(struct db *db, const char *sql, struct err *e)
{
    int rc;

    errno = 0;
    rc = sqlite3_exec(db->conn, sql, NULL, NULL, NULL);
    db->system = errno;
    return rc == SQLITE_OK ? 0 : db_fail(db, e);
}

static int read_int(struct db *db, const char *sql, int *out, struct err *e)
{
    sqlite3_stmt *st = NULL;
    int rc = 0;

    if (sqlite3_prepare_v2(db->conn, sql, -1, &st, NULL) != SQLITE_OK)
        return db_fail(db, e);
    if (sqlite3_step(st) == SQLITE_ROW)
        *out = sqlite3_column_int(st, 0);
    else
        rc = db_fail(db, e);
    (void)sqlite3_finalize(st);
    return rc;
}

/* Nothing is written before the version is known: a newer database is left as it is. */
int db_version(struct db *db, const char *path, int *version, struct err *e)
{
    if (read_int(db, "PRAGMA user_version", version, e))
        return -1;
    if (*version > DB_VERSION)
        return err_set(e, ERR_CONFLICT,
            "%s was written by a newer trackside (its version is %d, this program reads up to %d). "
            "Use the newer program, or another directory with --data.",
            path, *version, DB_VERSION);
    return 0;
}

/* All of `schema`, which sets the version at its end, or nothing. */
static int make_schema(struct db *db, const char *schema, struct err *e)
{
    struct err ignored;

    if (run_text(db, "BEGIN IMMEDIATE", e))
        return -1;
    if (run_text(db, schema, e) || run_text(db, "COMMIT", e)) {
        (void)run_text(db, "ROLLBACK", &ignored);
        return -1;
    }
    return 0;
}

/* "name" that names nothing is an error. As it is built, most SQLites take it for a text. */
static int refuse_quoted_texts(sqlite3 *conn)
{
    int rc = sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);

    return rc == SQLITE_OK ? sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) : rc;
}

/* NOMUTEX: a connection is one thread's at a time, so SQLite need not lock for it. */
static int open_conn(struct db *db, const char *path, int flags, struct err *e)
{
    *db = (struct db){.health = db->health};
    errno = 0;
    if (sqlite3_open_v2(path, &db->conn, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        db->system = errno;
        if (db->conn)
            (void)db_fail(db, e);
        else
            (void)err_set(e, ERR_UNAVAILABLE, "%s cannot be opened: out of memory.", path);
        db_close(db);
        return -1;
    }
    if (refuse_quoted_texts(db->conn) != SQLITE_OK) {
        (void)db_fail(db, e);
        db_close(db);
        return -1;
    }
    (void)sqlite3_extended_result_codes(db->conn, 1);
    /* In WAL mode readers never wait. This is for the moments when the writer and the janitor
     * meet. */
    (void)sqlite3_busy_timeout(db->conn, 10000);
    return 0;
}

int db_open(struct db *db, const char *path, bool synced, struct err *e)
{
    int version = 0;

    if (open_conn(db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e))
        return -1;
    /* page_size and auto_vacuum take hold only in a database that is still empty. No checkpoint
     * inside of a commit, because it would make some commits slow: the janitor does it. 16 MiB of
     * cache for the writer, 16 MB of log kept for the next writes. FULL: a commit has reached the
     * disk when it returns. A temporary directory does not outlive the process, so it need not be
     * synced. */
    if (db_version(db, path, &version, e) ||
        (!version &&
            run_text(db, "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL", e)) ||
        run_text(db,
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; "
            "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 16777216",
            e) ||
        run_text(db, synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF", e) ||
        (version < DB_VERSION && make_schema(db, version ? FROM_1 : SCHEMA, e))) {
        db_close(db);
        return -1;
    }
    return 0;
}

int db_open_reader(struct db *db, const char *path, struct err *e)
{
    if (open_conn(db, path, SQLITE_OPEN_READONLY, e))
        return -1;
    /* 4 MiB for each reader: there may be many, and each reads ranges of rows once. */
    if (run_text(db, "PRAGMA query_only = 1; PRAGMA cache_size = -4096", e)) {
        db_close(db);
        return -1;
    }
    return 0;
}

void db_close(struct db *db)
{
    int i;

    for (i = 0; i < DB_STATEMENTS; i++)
        (void)sqlite3_finalize(db->stmt[i]);
    (void)sqlite3_close_v2(db->conn);
    *db = (struct db){0};
}

sqlite3_stmt *db_use(struct db *db, enum db_statement which, struct err *e)
{
    sqlite3_stmt **st = &db->stmt[which];

    if (*st) {
        (void)sqlite3_reset(*st);
        return *st;
    }
    db->system = 0;
    if (sqlite3_prepare_v3(db->conn, SQL[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) !=
        SQLITE_OK)
        (void)db_fail(db, e);
    return *st;
}

/* 1: a row, 0: the end, -1 with the sentence. */
static int step(struct db *db, sqlite3_stmt *st, struct err *e)
{
    int rc;

    errno = 0;
    rc = sqlite3_step(st);
    db->system = errno;
    if (rc == SQLITE_ROW)
        return 1;
    return rc == SQLITE_DONE ? 0 : db_fail(db, e);
}

int db_step(struct db *db, sqlite3_stmt *st, struct err *e)
{
    return cancel_due() ? cancel_fail(e) : step(db, st, e);
}

/* A pragma like incremental_vacuum answers rows; they are skipped. */
int db_run(struct db *db, sqlite3_stmt *st, struct err *e)
{
    int rc;

    do {
        rc = step(db, st, e);
    } while (rc > 0);
    (void)sqlite3_reset(st);
    return rc;
}
