#include "store/embedded/disk/history.h"

#include "base/mem.h"
#include "race/race.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Only its inline functions are used: the program does not link the library. */
#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(RACE_MAX_COMPETITORS <= 256 * HISTORY_CHUNK, "a chunk's number has 8 bits");

int history_damaged(const struct history_race *r, int32_t raw_s, const char *what, struct err *e)
{
    char at[48] = "";

    if (raw_s >= 0)
        (void)snprintf(at, sizeof at, " at raw second %d", raw_s);
    return err_set(e, ERR_INTERNAL,
        "The history of race %s in the data directory is damaged%s: %s. Restore the directory from "
        "a copy, or delete the race; 'trackside check' lists everything that is damaged.",
        r->run_id, at, what);
}

int64_t history_sum(int64_t id, int64_t more, const void *data, size_t len)
{
    uint64_t head[2] = {htole64((uint64_t)id), htole64((uint64_t)more)};

    return (int64_t)XXH64(len ? data : "", len, XXH64(head, sizeof head, 0));
}

int64_t history_head_sum(int64_t id, const struct history_events *ev)
{
    uint64_t head[4] = {htole64((uint64_t)id), htole64((uint64_t)ev->min_raw),
        htole64((uint64_t)ev->max_raw), htole64(ev->n)};

    return (int64_t)XXH64(head, sizeof head, 0);
}

bool history_sum_ok(sqlite3_stmt *st, int at, int64_t sum)
{
    return sqlite3_column_type(st, at) == SQLITE_NULL || sqlite3_column_int64(st, at) == sum;
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

static int put_chunk(
    struct db *db, int64_t race_no, const struct history_tick *t, uint32_t at, struct err *e)
{
    uint32_t room[HISTORY_CHUNK];
    uint32_t len = t->n - at < HISTORY_CHUNK ? t->n - at : HISTORY_CHUNK;
    int64_t id = history_tick_id(race_no, t->raw_s, at / HISTORY_CHUNK);
    const void *data = little_endian(t->dist_mm + at, len, room);
    sqlite3_stmt *st = db_use(db, DB_TICK_PUT, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_blob(st, 2, data, (int)(len * 4), SQLITE_STATIC);
    (void)sqlite3_bind_int(st, 3, t->before_s);
    (void)sqlite3_bind_int64(st, 4, history_sum(id, t->before_s, data, (size_t)len * 4));
    if (db_run(db, st, e))
        return -1;
    (void)sqlite3_clear_bindings(st);
    return 0;
}

int history_put_tick(struct db *db, int64_t race_no, const struct history_tick *t, struct err *e)
{
    uint32_t at;

    for (at = 0; at < t->n; at += HISTORY_CHUNK)
        if (put_chunk(db, race_no, t, at, e))
            return -1;
    return 0;
}

int history_put_finish(
    struct db *db, int64_t race_no, const int32_t *finish_raw_s, uint32_t n, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_FINISH_PUT, e);
    const void *data;
    uint32_t *room;
    int rc;

    if (!st)
        return -1;
    room = mem_dup(finish_raw_s, (size_t)n * 4);
    data = little_endian(room, n, room);
    (void)sqlite3_bind_int64(st, 1, race_no);
    (void)sqlite3_bind_blob(st, 2, data, (int)(n * 4), SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 3, history_sum(race_no, 0, data, (size_t)n * 4));
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    free(room);
    return rc;
}

int history_put_snapshot(
    struct db *db, int64_t race_no, int32_t raw_s, const struct buf *snapshot, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOT_PUT, e);
    int64_t id = history_snapshot_id(race_no, raw_s);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_blob(st, 2, snapshot->data, (int)snapshot->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 3, history_sum(id, 0, snapshot->data, snapshot->len));
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
    int64_t id = history_events_id(race_no, ev->seq);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_int(st, 2, ev->min_raw);
    (void)sqlite3_bind_int(st, 3, ev->max_raw);
    (void)sqlite3_bind_int64(st, 4, ev->n);
    (void)sqlite3_bind_blob(st, 5, ev->data, (int)ev->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 6, history_head_sum(id, ev));
    (void)sqlite3_bind_int64(st, 7, history_sum(id, ev->n, ev->data, ev->len));
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

/* The first row of ticks in the range and what is before it: 1, or 0 where there is none. */
static int first_tick(
    struct db *db, const int64_t range[2], int64_t *id, int32_t *before_s, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_TICK_FIRST, e);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, range[0]);
    (void)sqlite3_bind_int64(st, 2, range[1]);
    rc = db_step(db, st, e);
    if (rc > 0) {
        *id = sqlite3_column_int64(st, 0);
        *before_s = sqlite3_column_int(st, 1); /* NULL: 0 */
    }
    (void)sqlite3_reset(st);
    return rc;
}

/* The tick after the range is looked at too: it says whether one in the range is missing. */
int history_first_tick(struct db *db, const struct history_race *r, int32_t from_s, int32_t to_s,
    int32_t *raw_s, struct err *e)
{
    int64_t range[2], id = -1;
    int32_t found_s, before_s = 0;
    int rc;

    *raw_s = -1;
    from_s = from_s < 0 ? 0 : from_s;
    if (from_s > to_s || from_s > HISTORY_MAX_RAW)
        return 0;
    range[0] = history_tick_id(r->race_no, from_s, 0);
    range[1] = history_end(r->race_no) - 1;
    rc = first_tick(db, range, &id, &before_s, e);
    if (rc <= 0)
        return rc;
    found_s = history_tick_raw(id);
    if (before_s > 0 && found_s - before_s >= from_s)
        return history_damaged(
            r, found_s - before_s, "the positions of this second are missing", e);
    if (found_s <= to_s)
        *raw_s = found_s;
    return 0;
}

int history_has_tick(struct db *db, int64_t race_no, int32_t raw_s, bool *found, struct err *e)
{
    int64_t range[2] = {history_tick_id(race_no, raw_s, 0), history_tick_id(race_no, raw_s, 255)};
    int64_t id;
    int32_t before_s;
    int rc = first_tick(db, range, &id, &before_s, e);

    *found = rc > 0;
    return rc < 0 ? -1 : 0;
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
