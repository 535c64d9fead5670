#include "store/history.h"

#include "base/mem.h"
#include "feed/race.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(RACE_MAX_COMPETITORS <= 256 * HISTORY_CHUNK, "a chunk's number has 8 bits");

int history_damaged(const struct history_race *r, struct err *e)
{
    return err_set(e, ERR_INTERNAL,
        "The history of race %s in the data directory is damaged; restore the directory from a "
        "copy, or delete the race.",
        r->run_id);
}

/* The same bytes on every machine: nothing to do where memory is little endian already. */
static const void *little_endian(const uint32_t *v, uint32_t n, uint32_t *room)
{
    uint32_t i;

    if (htole32(1) == 1)
        return v;
    for (i = 0; i < n; i++)
        room[i] = htole32(v[i]);
    return room;
}

static void from_little_endian(uint32_t *v, uint32_t n)
{
    uint32_t i;

    if (htole32(1) == 1)
        return;
    for (i = 0; i < n; i++)
        v[i] = le32toh(v[i]);
}

int history_put_tick(struct db *db, int64_t race_no, int32_t raw_s, const uint32_t *dist_mm,
    uint32_t n, struct err *e)
{
    uint32_t room[HISTORY_CHUNK];
    uint32_t at;

    for (at = 0; at < n; at += HISTORY_CHUNK) {
        uint32_t len = n - at < HISTORY_CHUNK ? n - at : HISTORY_CHUNK;
        sqlite3_stmt *st = db_use(db, DB_TICK_PUT, e);

        if (!st)
            return -1;
        (void)sqlite3_bind_int64(st, 1, history_tick_id(race_no, raw_s, at / HISTORY_CHUNK));
        (void)sqlite3_bind_blob(
            st, 2, little_endian(dist_mm + at, len, room), (int)(len * 4), SQLITE_STATIC);
        if (db_run(db, st, e))
            return -1;
        (void)sqlite3_clear_bindings(st);
    }
    return 0;
}

int history_put_finish(
    struct db *db, int64_t race_no, const int32_t *finish_raw_s, uint32_t n, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_FINISH_PUT, e);
    uint32_t *room;
    int rc;

    if (!st)
        return -1;
    room = mem_dup(finish_raw_s, (size_t)n * 4);
    (void)sqlite3_bind_int64(st, 1, race_no);
    (void)sqlite3_bind_blob(st, 2, little_endian(room, n, room), (int)(n * 4), SQLITE_STATIC);
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    free(room);
    return rc;
}

int history_put_snapshot(
    struct db *db, int64_t race_no, int32_t raw_s, const struct buf *snapshot, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOT_PUT, e);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_snapshot_id(race_no, raw_s));
    (void)sqlite3_bind_blob(st, 2, snapshot->data, (int)snapshot->len, SQLITE_STATIC);
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

int history_drop_snapshots(struct db *db, int64_t race_no, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOTS_DROP, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_snapshot_id(race_no, 0));
    (void)sqlite3_bind_int64(st, 2, history_end(race_no) - 1);
    return db_run(db, st, e);
}

int history_put_events(
    struct db *db, int64_t race_no, const struct history_events *ev, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_EVENTS_PUT, e);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_events_id(race_no, ev->seq));
    (void)sqlite3_bind_int(st, 2, ev->min_raw);
    (void)sqlite3_bind_int(st, 3, ev->max_raw);
    (void)sqlite3_bind_int64(st, 4, ev->n);
    (void)sqlite3_bind_blob(st, 5, ev->data, (int)ev->len, SQLITE_STATIC);
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

/* The one id that a statement over a range answers; -1: none. */
static int one_id(
    struct db *db, enum db_statement which, int64_t from, int64_t to, int64_t *id, struct err *e)
{
    sqlite3_stmt *st = db_use(db, which, e);
    int rc;

    *id = -1;
    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, from);
    (void)sqlite3_bind_int64(st, 2, to);
    rc = db_step(db, st, e);
    if (rc > 0)
        *id = sqlite3_column_int64(st, 0);
    (void)sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}

static int32_t cap_raw(int32_t raw_s)
{
    return raw_s > HISTORY_MAX_RAW ? HISTORY_MAX_RAW : raw_s;
}

int history_first_tick(
    struct db *db, int64_t race_no, int32_t from_s, int32_t to_s, int32_t *raw_s, struct err *e)
{
    int64_t id = -1;

    *raw_s = -1;
    if (from_s > to_s || from_s > HISTORY_MAX_RAW)
        return 0;
    if (one_id(db, DB_TICK_FIRST, history_tick_id(race_no, from_s < 0 ? 0 : from_s, 0),
            history_tick_id(race_no, cap_raw(to_s), 255), &id, e))
        return -1;
    if (id >= 0)
        *raw_s = history_tick_raw(id);
    return 0;
}

int history_last_tick(struct db *db, int64_t race_no, int32_t to_s, int32_t *raw_s, struct err *e)
{
    int64_t id = -1;

    *raw_s = -1;
    if (to_s < 0)
        return 0;
    if (one_id(db, DB_TICK_LAST, history_tick_id(race_no, 0, 0),
            history_tick_id(race_no, cap_raw(to_s), 255), &id, e))
        return -1;
    if (id >= 0)
        *raw_s = history_tick_raw(id);
    return 0;
}

int history_last_events(struct db *db, int64_t race_no, int64_t *seq, struct err *e)
{
    int64_t id = -1;

    if (one_id(db, DB_EVENTS_LAST, history_events_id(race_no, 0), history_end(race_no) - 1, &id, e))
        return -1;
    *seq = id < 0 ? 0 : history_events_seq(id);
    return 0;
}

static int copy_chunks(
    struct db *db, sqlite3_stmt *st, const struct history_race *r, uint32_t *dist_mm, struct err *e)
{
    uint32_t at;

    for (at = 0; at < r->n; at += HISTORY_CHUNK) {
        uint32_t len = r->n - at < HISTORY_CHUNK ? r->n - at : HISTORY_CHUNK;
        int rc = db_step(db, st, e);

        if (rc < 0)
            return -1;
        if (!rc && !at)
            return 0;
        if (!rc || (size_t)sqlite3_column_bytes(st, 1) != (size_t)len * 4)
            return history_damaged(r, e);
        memcpy(dist_mm + at, sqlite3_column_blob(st, 1), (size_t)len * 4);
    }
    from_little_endian(dist_mm, r->n);
    return 1;
}

int history_read_tick(
    struct db *db, const struct history_race *r, int32_t raw_s, uint32_t *dist_mm, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_TICK_RANGE, e);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_tick_id(r->race_no, raw_s, 0));
    (void)sqlite3_bind_int64(st, 2, history_tick_id(r->race_no, raw_s, 255));
    rc = copy_chunks(db, st, r, dist_mm, e);
    (void)sqlite3_reset(st);
    return rc;
}

int history_read_finish(
    struct db *db, const struct history_race *r, int32_t **finish_raw_s, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_FINISH_GET, e);
    int rc;

    *finish_raw_s = NULL;
    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, r->race_no);
    rc = db_step(db, st, e);
    if (rc > 0 && sqlite3_column_bytes(st, 0) == (int)(r->n * 4)) {
        *finish_raw_s = mem_dup(sqlite3_column_blob(st, 0), (size_t)r->n * 4);
        from_little_endian((uint32_t *)*finish_raw_s, r->n);
    } else if (rc > 0) {
        rc = history_damaged(r, e);
    }
    (void)sqlite3_reset(st);
    return rc < 0 ? -1 : 0;
}
