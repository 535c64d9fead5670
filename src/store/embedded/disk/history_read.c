/* The reading half of history.h: every row is compared with its checksum before it is used. */
#include "store/embedded/disk/history.h"

#include "base/mem.h"

#include <endian.h>
#include <string.h>

static const char CHANGED[] = "its bytes are not those that were written";

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

/* Without a list of finishes nobody would miss the ticks that need it. It is written together with
 * the first tick, which may happen between two looks: then the second one finds it. */
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
