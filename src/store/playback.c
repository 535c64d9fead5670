#include "store/playback.h"

#include "base/mem.h"
#include "store/event_blob.h"
#include "store/snapshot.h"
#include "store/track.h"

#include <stdlib.h>

static int fill_positions(struct playback *p, struct db *db, struct err *e)
{
    struct columns *c = p->columns;
    int rc = history_read_tick(db, &p->race, c->tick_raw, c->dist_mm, e);
    uint32_t i;

    if (rc <= 0 || !p->finish_raw_s)
        return rc < 0 ? -1 : history_damaged(&p->race, e);
    for (i = 0; i < c->n; i++)
        c->raw_s[i] = c->tick_raw < p->finish_raw_s[i] ? c->tick_raw : p->finish_raw_s[i];
    return 0;
}

static int read_snapshot(struct playback *p, struct db *db, sqlite3_stmt *st, struct err *e)
{
    bool positions = false;

    p->snapshot_raw =
        (int32_t)(sqlite3_column_int64(st, 0) - history_snapshot_id(p->race.race_no, 0));
    if (snapshot_decode(p->columns, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1),
            &p->events_seq, &positions))
        return history_damaged(&p->race, e);
    if (!positions && fill_positions(p, db, e))
        return -1;
    columns_settle(p->columns);
    p->at_s = p->snapshot_raw;
    return 0;
}

/* The nearest snapshot at or before `to_s`, where there is one. */
static int start_from_snapshot(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOT_GET, e);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_snapshot_id(p->race.race_no, 0));
    (void)sqlite3_bind_int64(st, 2, history_snapshot_id(p->race.race_no, to_s));
    rc = to_s < 0 ? 0 : db_step(db, st, e);
    if (rc > 0)
        rc = read_snapshot(p, db, st, e);
    (void)sqlite3_reset(st);
    return rc;
}

/* The next tick after `*raw_s` and not beyond `to_s` into *raw_s; INT32_MAX: none. */
static int find_tick(struct playback *p, struct db *db, int32_t *raw_s, int32_t to_s, struct err *e)
{
    int32_t found = -1;

    if (!p->race.foreign && *raw_s < HISTORY_MAX_RAW &&
        history_first_tick(db, p->race.race_no, *raw_s + 1, to_s, &found, e))
        return -1;
    *raw_s = found < 0 ? INT32_MAX : found;
    return 0;
}

static int apply_tick(struct playback *p, struct db *db, int32_t raw_s, struct err *e)
{
    int rc = history_read_tick(db, &p->race, raw_s, p->dist_mm, e);

    if (rc < 0 || (!p->finish_raw_s && history_read_finish(db, &p->race, &p->finish_raw_s, e)))
        return -1;
    if (!rc || !p->finish_raw_s)
        return history_damaged(&p->race, e);
    (void)columns_tick(p->columns, raw_s, p->dist_mm, p->finish_raw_s);
    return 0;
}

static int apply_batch(struct playback *p, sqlite3_stmt *st, int32_t to_s, struct err *e)
{
    const uint8_t *data = sqlite3_column_blob(st, 1);
    struct event_blob blob = {
        data, data + sqlite3_column_bytes(st, 1), p->race.run_id, p->race.course_name};
    struct event ev;
    int more;

    while ((more = event_blob_next(&blob, &ev)) > 0)
        if (ev.raw_s <= to_s)
            (void)columns_event(p->columns, &ev);
    p->events_seq = history_events_seq(sqlite3_column_int64(st, 0));
    return more < 0 ? history_damaged(&p->race, e) : 0;
}

static int apply_ticks_before(struct playback *p, struct db *db, int32_t *tick_s, int32_t before_s,
    int32_t to_s, struct err *e)
{
    while (*tick_s != INT32_MAX && *tick_s <= before_s)
        if (apply_tick(p, db, *tick_s, e) || find_tick(p, db, tick_s, to_s, e))
            return -1;
    return 0;
}

/* Batches in the order of arrival, which gives foreign competitors the numbers that they had. */
static int apply_arrivals(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_EVENTS_DATA, e);
    int32_t tick_s = p->columns->tick_raw;
    int rc;

    if (!st || find_tick(p, db, &tick_s, to_s, e))
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_events_id(p->race.race_no, p->events_seq + 1));
    (void)sqlite3_bind_int64(st, 2, history_end(p->race.race_no) - 1);
    (void)sqlite3_bind_int(st, 3, to_s);
    (void)sqlite3_bind_int(st, 4, 0);
    while ((rc = db_step(db, st, e)) > 0) {
        int32_t min_raw = 0;
        struct event_blob blob;
        struct event ev;

        blob = (struct event_blob){sqlite3_column_blob(st, 1), NULL, "", ""};
        blob.end = blob.at + sqlite3_column_bytes(st, 1);
        if (event_blob_next(&blob, &ev) > 0)
            min_raw = ev.raw_s;
        if (apply_ticks_before(p, db, &tick_s, min_raw, to_s, e) || apply_batch(p, st, to_s, e)) {
            rc = -1;
            break;
        }
    }
    (void)sqlite3_reset(st);
    return rc ? -1 : apply_ticks_before(p, db, &tick_s, INT32_MAX - 1, to_s, e);
}

int playback_open(
    struct playback *p, struct db *db, const struct history_race *r, int32_t to_s, struct err *e)
{
    *p = (struct playback){.race = *r, .at_s = -1, .snapshot_raw = -1};
    p->columns = columns_new(r->foreign, r->foreign ? 0 : r->n, r->course);
    p->dist_mm = r->foreign ? NULL : mem_alloc((size_t)r->n * sizeof *p->dist_mm);
    p->window.to_s = -1;
    if ((!r->foreign && history_read_finish(db, r, &p->finish_raw_s, e)) ||
        start_from_snapshot(p, db, to_s, e) || apply_arrivals(p, db, to_s, e) ||
        track_redo(p->columns, db, r, to_s, e)) {
        playback_release(p);
        return -1;
    }
    p->at_s = to_s;
    p->window.to_s = to_s;
    return 0;
}

/* All events of the window up to `upto_s`; then the next window, until `upto_s` is behind us. */
static int apply_window(struct playback *p, struct db *db, int32_t upto_s, struct err *e)
{
    struct event_window *w = &p->window;

    for (;;) {
        for (; w->next < w->n && w->item[w->next].ev.raw_s <= upto_s; w->next++)
            (void)columns_event(p->columns, &w->item[w->next].ev);
        if (w->next < w->n || w->to_s >= upto_s)
            return 0;
        if (event_window_load(w, db, &p->race, w->to_s + 1, INT32_MAX, e))
            return -1;
    }
}

int playback_to(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    int32_t tick_s = p->at_s;

    if (to_s <= p->at_s)
        return 0;
    if (find_tick(p, db, &tick_s, to_s, e))
        return -1;
    while (tick_s != INT32_MAX)
        if (apply_window(p, db, tick_s - 1, e) || apply_tick(p, db, tick_s, e) ||
            find_tick(p, db, &tick_s, to_s, e))
            return -1;
    if (apply_window(p, db, to_s, e) || track_redo(p->columns, db, &p->race, to_s, e))
        return -1;
    p->at_s = to_s;
    return 0;
}

struct columns *playback_detach(struct playback *p)
{
    struct columns *c = p->columns;

    p->columns = NULL;
    return c;
}

void playback_release(struct playback *p)
{
    columns_free(p->columns);
    event_window_release(&p->window);
    free(p->dist_mm);
    free(p->finish_raw_s);
    *p = (struct playback){.at_s = -1};
}
