/* history.c: reads the rows of history.h, and tells damage from "not there". Whatever comes from a
 * row is compared with its checksum before it is used. A length is compared with the race's number
 * of competitors before it is copied. */
#include "store/embedded/disk/history.h"

#include "base/mem.h"

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

struct history_race history_race_of(
    const struct race_record *record, int64_t race_no, struct course *course)
{
    return (struct history_race){.race_no = race_no,
        .run_id = record->spec.run_id,
        .course_name = record->spec.course,
        .start_s = record->spec.start_s,
        .external = record->external,
        .live = record->live,
        .n = record->spec.competitors,
        .finished = record->state == RACE_FINISHED,
        .course = course};
}

int64_t history_sum(int64_t id, int64_t more, const void *data, size_t len)
{
    uint64_t head[2] = {htole64((uint64_t)id), htole64((uint64_t)more)};

    return (int64_t)XXH64(len ? data : "", len, XXH64(head, sizeof head, 0));
}

/* Over id, first and last raw second and number. The raw seconds decide whether a reader looks at
 * the batch at all, so a wrong one would hide events without a word. */
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

/* Raw seconds beyond the 29 bits of an id would run into the next race's rows. */
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

/* The tick after the range is read too, because its `before` says whether one in the range is
 * missing. */
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
    int rc = first_tick(db, range, &id, &before_s, e); /* one row of any chunk is enough */

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

static const char CHANGED[] = "its bytes are not those that were written";

/* In place. Nothing to do on the machines that this usually runs on; the compiler removes the loop
 * there. */
static void from_little_endian(uint32_t *v, uint32_t n)
{
    uint32_t i;

    if (htole32(1) == 1)
        return;
    for (i = 0; i < n; i++)
        v[i] = le32toh(v[i]);
}

/* Whether the row is the chunk `id` with `len` competitors as it was written. */
static bool chunk_ok(sqlite3_stmt *st, int64_t id, uint32_t len)
{
    const void *data = sqlite3_column_blob(st, 1);

    return sqlite3_column_int64(st, 0) == id &&
           (size_t)sqlite3_column_bytes(st, 1) == (size_t)len * 4 &&
           history_sum_ok(st, 3, history_sum(id, sqlite3_column_int(st, 2), data, (size_t)len * 4));
}

/* All chunks of a tick, in order. The first that is missing ends it with 0, "no such tick". A later
 * one that is missing is damage. */
static int copy_chunks(struct db *db, sqlite3_stmt *st, const struct history_race *r, int32_t raw_s,
    uint32_t *dist_mm, struct err *e)
{
    uint32_t at;

    for (at = 0; at < r->n; at += HISTORY_CHUNK) {
        uint32_t len = r->n - at < HISTORY_CHUNK ? r->n - at : HISTORY_CHUNK;
        int rc = db_step(db, st, e);

        if (rc < 0)
            return -1;
        if (!rc && !at)
            return 0;
        if (!rc || !chunk_ok(st, history_tick_id(r->race_no, raw_s, at / HISTORY_CHUNK), len))
            return history_damaged(r, raw_s, CHANGED, e);
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
    rc = copy_chunks(db, st, r, raw_s, dist_mm, e);
    (void)sqlite3_reset(st);
    return rc;
}

/* Reading one competitor of a big race this way touches one row of 16 KB a second of the race, not
 * all of them. The checksum runs over the whole row, so it is compared once for all competitors who
 * share it. */
int history_read_distance(struct db *db, const struct history_race *r,
    const struct history_place *at, uint32_t *dist_mm, struct err *e)
{
    uint32_t chunk = at->i / HISTORY_CHUNK, left = r->n - chunk * HISTORY_CHUNK;
    int64_t id = history_tick_id(r->race_no, at->raw_s, chunk);
    sqlite3_stmt *st = db_use(db, DB_TICK_ROW, e);
    int rc;

    if (!st)
        return -1;
    left = left < HISTORY_CHUNK ? left : HISTORY_CHUNK;
    (void)sqlite3_bind_int64(st, 1, id);
    rc = db_step(db, st, e);
    if (rc > 0 && (at->check ? !chunk_ok(st, id, left)
                             : (size_t)sqlite3_column_bytes(st, 1) != (size_t)left * 4))
        rc = history_damaged(r, at->raw_s, CHANGED, e);
    if (rc > 0) {
        const uint8_t *data = sqlite3_column_blob(st, 1);

        memcpy(dist_mm, data + (size_t)(at->i % HISTORY_CHUNK) * 4, 4);
        *dist_mm = le32toh(*dist_mm);
    }
    (void)sqlite3_reset(st);
    return rc;
}

/* 1: read, 0: there is none. */
static int try_finish(
    struct db *db, const struct history_race *r, int32_t **finish_raw_s, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_FINISH_GET, e);
    size_t len = (size_t)r->n * 4;
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, r->race_no);
    rc = db_step(db, st, e);
    if (rc > 0) {
        const void *data = sqlite3_column_blob(st, 0);

        if ((size_t)sqlite3_column_bytes(st, 0) == len &&
            history_sum_ok(st, 1, history_sum(r->race_no, 0, data, len))) {
            *finish_raw_s = mem_dup(data, len);
            from_little_endian((uint32_t *)*finish_raw_s, r->n);
        } else {
            rc = history_damaged(r, -1, "the list of finishes is not what was written", e);
        }
    }
    (void)sqlite3_reset(st);
    return rc;
}

/* The list of finishes is written together with the first tick. If there are ticks and no list, the
 * list was lost. The first tick may be committed between the two reads, so the list is read
 * again. */
int history_read_finish(
    struct db *db, const struct history_race *r, int32_t **finish_raw_s, struct err *e)
{
    int32_t last_s = -1;
    int rc;

    *finish_raw_s = NULL;
    rc = try_finish(db, r, finish_raw_s, e);
    if (rc)
        return rc < 0 ? -1 : 0;
    if (history_last_tick(db, r->race_no, HISTORY_MAX_RAW, &last_s, e))
        return -1;
    if (last_s < 0)
        return 0;
    rc = try_finish(db, r, finish_raw_s, e);
    if (!rc)
        return history_damaged(r, -1, "the list of finishes is missing", e);
    return rc < 0 ? -1 : 0;
}

/* The statement stays open, since its bytes are SQLite's until the reset: they are decoded in place
 * and not copied. */
int history_read_snapshot(struct db *db, const struct history_race *r, int32_t to_s,
    sqlite3_stmt **st, int32_t *raw_s, struct err *e)
{
    int64_t first = history_snapshot_id(r->race_no, 0), id;
    int rc;

    *st = db_use(db, DB_SNAPSHOT_GET, e);
    if (!*st)
        return -1;
    (void)sqlite3_bind_int64(*st, 1, first);
    (void)sqlite3_bind_int64(*st, 2, history_snapshot_id(r->race_no, to_s));
    rc = to_s < 0 ? 0 : db_step(db, *st, e);
    if (rc <= 0)
        return rc;
    id = sqlite3_column_int64(*st, 0);
    *raw_s = (int32_t)(id - first);
    if (history_sum_ok(*st, 2,
            history_sum(id, 0, sqlite3_column_blob(*st, 1), (size_t)sqlite3_column_bytes(*st, 1))))
        return 1;
    return history_damaged(r, *raw_s, "the snapshot is not what was written", e);
}

int history_scan_begin(struct history_scan *s, struct db *db, struct err *e)
{
    s->st = db_use(db, DB_EVENTS_ROWS, e);
    if (!s->st)
        return -1;
    (void)sqlite3_bind_int64(s->st, 1, history_events_id(s->race->race_no, s->seq + 1));
    (void)sqlite3_bind_int64(s->st, 2, history_end(s->race->race_no) - 1);
    return 0;
}

/* Numbers must follow one another: a lost row leaves a gap. */
static int read_head(struct history_scan *s, struct history_events *out, struct err *e)
{
    int64_t id = sqlite3_column_int64(s->st, 0);

    *out = (struct history_events){.seq = history_events_seq(id),
        .min_raw = sqlite3_column_int(s->st, 1),
        .max_raw = sqlite3_column_int(s->st, 2),
        .n = (uint32_t)sqlite3_column_int64(s->st, 3)};
    if (out->seq != ++s->seq)
        return history_damaged(s->race, -1, "a batch of events is missing", e);
    if (!history_sum_ok(s->st, 4, history_head_sum(id, out)))
        return history_damaged(s->race, -1, "the times of a batch of events were changed", e);
    return 0;
}

/* Returns 1, as history_scan_next does for a row. */
static int read_data(struct history_scan *s, struct history_events *out, struct err *e)
{
    int64_t id = sqlite3_column_int64(s->st, 0);

    out->data = sqlite3_column_blob(s->st, 5);
    out->len = (size_t)sqlite3_column_bytes(s->st, 5);
    if (history_sum_ok(s->st, 6, history_sum(id, out->n, out->data, out->len)))
        return 1;
    return history_damaged(s->race, out->min_raw, "a batch of events is not what was written", e);
}

int history_scan_next(
    struct history_scan *s, struct db *db, struct history_events *out, struct err *e)
{
    int rc;

    while ((rc = db_step(db, s->st, e)) > 0) {
        if (read_head(s, out, e))
            return -1;
        if (out->min_raw <= s->to_s && out->max_raw >= s->from_s)
            return s->heads ? 1 : read_data(s, out, e);
    }
    return rc;
}

void history_scan_end(struct history_scan *s)
{
    if (s->st)
        (void)sqlite3_reset(s->st);
}
