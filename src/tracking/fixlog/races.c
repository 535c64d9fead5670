/* races.c: a race of the log: its beginning and end, its keys, and its start list as a file. */
#include "tracking/fixlog/fixlog_internal.h"

#include "base/uuid.h"

#include <stdio.h>
#include <string.h>

/* 122 random bits as 32 hexadecimal digits. */
static int add_key(sqlite3 *conn, int64_t race, struct err *e)
{
    char uuid[UUID_LEN + 1], key[FIXLOG_KEY_LEN + 1];
    size_t n = 0;

    uuid_v4(uuid);
    for (const char *c = uuid; *c; c++)
        if (*c != '-')
            key[n++] = *c;
    key[n] = '\0';
    return fixlog_run(conn, e, "INSERT INTO key (key, race) VALUES (?, ?)", "ti", key, race);
}

static int begin(sqlite3 *conn, const char *run_id, struct err *e)
{
    int64_t no;
    int rc = fixlog_get(conn, &no, e, "SELECT no FROM race WHERE run = ?", "t", run_id);

    if (rc < 0)
        return -1;
    if (rc)
        return err_set(e, ERR_CONFLICT, "The live race '%.64s' has begun before.", run_id);
    if (fixlog_run(conn, e, "INSERT INTO race (run) VALUES (?)", "t", run_id))
        return -1;
    return add_key(conn, sqlite3_last_insert_rowid(conn), e);
}

int fixlog_begin(struct fixlog *l, const char *run_id, struct err *e)
{
    if (fixlog_begin_write(l, e))
        return -1;
    return fixlog_end_write(l, begin(l->write.conn, run_id, e), e);
}

static int drop(sqlite3 *conn, const char *run_id, struct err *e)
{
    static const char *const statements[] = {
        "DELETE FROM fix WHERE device IN (SELECT no FROM device WHERE race = ?)",
        "DELETE FROM device WHERE race = ?", "DELETE FROM competitor WHERE race = ?",
        "DELETE FROM key WHERE race = ?", "DELETE FROM race WHERE no = ?"};
    int64_t race;
    int rc = fixlog_get(conn, &race, e, "SELECT no FROM race WHERE run = ?", "t", run_id);

    for (size_t i = 0; rc > 0 && i < sizeof statements / sizeof *statements; i++)
        if (fixlog_run(conn, e, statements[i], "i", race))
            return -1;
    return rc < 0 ? -1 : 0;
}

int fixlog_drop(struct fixlog *l, const char *run_id, struct err *e)
{
    if (fixlog_begin_write(l, e))
        return -1;
    return fixlog_end_write(l, drop(l->write.conn, run_id, e), e);
}

/* The ids of the races that are not known, each with its NUL. */
static int find_unknown(
    sqlite3 *conn, fixlog_known_fn *known, void *arg, struct buf *out, struct err *e)
{
    sqlite3_stmt *st = fixlog_prepare(conn, e, "SELECT run FROM race", "");
    int rc;

    if (!st)
        return -1;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *run_id = (const char *)sqlite3_column_text(st, 0);

        if (!known(arg, run_id))
            buf_add(out, run_id, strlen(run_id) + 1);
    }
    rc = rc == SQLITE_DONE ? 0 : fixlog_fail(conn, e);
    (void)sqlite3_finalize(st);
    return rc;
}

int fixlog_sweep(struct fixlog *l, fixlog_known_fn *known, void *arg, struct err *e)
{
    struct buf unknown = BUF_INIT;
    int rc;

    if (fixlog_begin_write(l, e))
        return -1;
    rc = find_unknown(l->write.conn, known, arg, &unknown, e);
    for (size_t at = 0; !rc && at < unknown.len; at += strlen(unknown.data + at) + 1)
        rc = drop(l->write.conn, unknown.data + at, e);
    buf_release(&unknown);
    return fixlog_end_write(l, rc, e);
}

int fixlog_put_list(struct fixlog *l, const char *run_id, const struct buf *csv, struct err *e)
{
    int64_t race;
    int rc;

    if (fixlog_begin_race(l, run_id, &race, e))
        return -1;
    rc = fixlog_run(l->write.conn, e, "UPDATE race SET list = ? WHERE no = ?", "ti",
        csv->data ? csv->data : "", race);
    return fixlog_end_write(l, rc, e);
}

/* One text of one row. 1: found. */
static int read_text(struct fixlog *l, struct buf *out, struct err *e, const char *sql,
    const char *name, int64_t number)
{
    sqlite3_stmt *st;
    int rc = -1;

    (void)pthread_mutex_lock(&l->read.lock);
    st = fixlog_prepare(l->read.conn, e, sql, "ti", name, number);
    if (st) {
        rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
            buf_adds(out, (const char *)sqlite3_column_text(st, 0));
        rc = rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : fixlog_fail(l->read.conn, e);
    }
    (void)sqlite3_finalize(st);
    (void)pthread_mutex_unlock(&l->read.lock);
    return rc;
}

static int no_race(const char *run_id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "There is no live race '%.64s' here.", run_id);
}

int fixlog_list(struct fixlog *l, const char *run_id, struct buf *csv, struct err *e)
{
    int rc = read_text(l, csv, e, "SELECT list FROM race WHERE run = ?1 AND ?2", run_id, 1);

    return rc < 0 ? -1 : rc ? 0 : no_race(run_id, e);
}

int fixlog_key(struct fixlog *l, const char *run_id, char key[FIXLOG_KEY_LEN + 1], struct err *e)
{
    struct buf text = BUF_INIT;
    int rc = read_text(l, &text, e,
        "SELECT key FROM key JOIN race ON race.no = key.race WHERE run = ?1 AND until_ms IS NULL "
        "AND ?2",
        run_id, 1);

    (void)snprintf(key, FIXLOG_KEY_LEN + 1, "%s", text.data ? text.data : "");
    buf_release(&text);
    return rc < 0 ? -1 : rc ? 0 : no_race(run_id, e);
}

int fixlog_renew_key(
    struct fixlog *l, const char *run_id, bool revoke, int64_t now_ms, struct err *e)
{
    int64_t race, until_ms = revoke ? 0 : now_ms + FIXLOG_GRACE_MS;
    sqlite3 *conn = l->write.conn;
    int rc = 0;

    if (fixlog_begin_race(l, run_id, &race, e))
        return -1;
    /* Whoever revokes means all that was handed out. */
    if (revoke)
        rc = fixlog_run(conn, e, "DELETE FROM key WHERE race = ?", "i", race);
    if (!rc)
        rc = fixlog_run(conn, e, "UPDATE key SET until_ms = ? WHERE race = ? AND until_ms IS NULL",
            "ii", until_ms, race);
    if (!rc)
        rc = add_key(conn, race, e);
    return fixlog_end_write(l, rc, e);
}

int fixlog_race_of_key(
    struct fixlog *l, const char *key, int64_t now_ms, struct buf *run_id, struct err *e)
{
    int rc = read_text(l, run_id, e,
        "SELECT run FROM race JOIN key ON race.no = key.race WHERE key = ?1 AND (until_ms IS NULL "
        "OR until_ms > ?2)",
        key, now_ms);

    if (rc)
        return rc < 0 ? -1 : 0;
    return err_set(e, ERR_FORBIDDEN,
        "The key of this address is none, or not good any more. Ask the race director for the link "
        "again.");
}
