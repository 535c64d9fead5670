/* playback.c: brings columns to a moment. A playback is opened as of one moment, in the order of
 * arrival, which gives the competitors of external races the same places in the columns as live. It
 * then goes on in the order of time, with single events and ticks merged. */
#include "store/embedded/disk/playback.h"

#include "base/mem.h"
#include "store/embedded/disk/event_blob.h"
#include "store/embedded/disk/snapshot.h"
#include "store/embedded/disk/trajectory.h"

#include <stdlib.h>

/* A snapshot of whole ticks has no distances: they are those of its tick. A competitor who has
 * finished stays at the second of the finish. */
static int fill_positions(struct playback *p, struct db *db, struct err *e)
{
    struct columns *c = p->columns;
    int rc = history_read_tick(db, &p->race, c->tick_raw, c->dist_mm, e);
    uint32_t i;

    if (rc <= 0 || !p->finish_raw_s)
        return rc < 0 ? -1 : history_damaged(&p->race, c->tick_raw, "its positions are missing", e);
    for (i = 0; i < c->n; i++)
        c->raw_s[i] = c->tick_raw < p->finish_raw_s[i] ? c->tick_raw : p->finish_raw_s[i];
    return 0;
}

/* The bytes have their checksum; what can fail here is a format that another version wrote. */
static int read_snapshot(struct playback *p, struct db *db, sqlite3_stmt *st, struct err *e)
{
    bool positions = false;

    if (snapshot_decode(p->columns, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1),
            &p->events_seq, &positions))
        return history_damaged(&p->race, p->snapshot_raw, "the snapshot cannot be read", e);
    if (!positions && fill_positions(p, db, e))
        return -1;
    columns_settle(p->columns);
    p->at_s = p->snapshot_raw;
    return 0;
}

/* The nearest snapshot at or before `to_s`, where there is one. */
static int start_from_snapshot(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    sqlite3_stmt *st = NULL;
    int rc = history_read_snapshot(db, &p->race, to_s, &st, &p->snapshot_raw, e);

    if (rc > 0)
        rc = read_snapshot(p, db, st, e);
    if (st)
        (void)sqlite3_reset(st);
    return rc;
}

/* The next tick after `*raw_s` and not beyond `to_s` into *raw_s; INT32_MAX: none. */
static int find_tick(struct playback *p, struct db *db, int32_t *raw_s, int32_t to_s, struct err *e)
{
    int32_t found = -1;

    if (!p->race.external && *raw_s < HISTORY_MAX_RAW &&
        history_first_tick(db, &p->race, *raw_s + 1, to_s, &found, e))
        return -1;
    *raw_s = found < 0 ? INT32_MAX : found;
    return 0;
}

/* The list of finishes is written with the first tick. It is read when it is needed first, because
 * a playback may have been opened before that tick. */
static int apply_tick(struct playback *p, struct db *db, int32_t raw_s, struct err *e)
{
    int rc = history_read_tick(db, &p->race, raw_s, p->dist_mm, e);

    if (rc < 0 || (!p->finish_raw_s && history_read_finish(db, &p->race, &p->finish_raw_s, e)))
        return -1;
    if (!rc || !p->finish_raw_s)
        return history_damaged(&p->race, raw_s, "its positions are missing", e);
    (void)columns_tick(p->columns, raw_s, p->dist_mm, p->finish_raw_s);
    return 0;
}

/* Events after `to_s` are passed over: a batch is in the order of arrival and may hold both. */
static int apply_batch(
    struct playback *p, const struct history_events *batch, int32_t to_s, struct err *e)
{
    struct event_blob blob =
        event_blob_of(batch->data, batch->len, p->race.run_id, p->race.course_name);
    struct event ev;
    int more;

    while ((more = event_blob_next(&blob, &ev)) > 0)
        if (ev.raw_s <= to_s)
            (void)columns_event(p->columns, &ev);
    p->events_seq = batch->seq;
    return more < 0 ? history_damaged(&p->race, batch->min_raw, EVENT_BLOB_DAMAGED, e) : 0;
}

/* Applies ticks up to `before_s`, in order. *tick_s is the next one, INT32_MAX where there is
 * none. */
static int apply_ticks_before(struct playback *p, struct db *db, int32_t *tick_s, int32_t before_s,
    int32_t to_s, struct err *e)
{
    while (*tick_s != INT32_MAX && *tick_s <= before_s)
        if (apply_tick(p, db, *tick_s, e) || find_tick(p, db, tick_s, to_s, e))
            return -1;
    return 0;
}

/* The raw second of the batch's first event: ticks up to it arrived before the batch. 0 where the
 * batch cannot be read; apply_batch then reports it. */
static int32_t first_raw(const struct history_events *batch)
{
    struct event_blob blob = event_blob_of(batch->data, batch->len, "", "");
    struct event ev;

    return event_blob_next(&blob, &ev) > 0 ? ev.raw_s : 0;
}

/* Batches in the order of arrival, which gives external competitors the numbers that they had. */
static int apply_arrivals(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    struct history_scan scan = {.race = &p->race, .seq = p->events_seq, .to_s = to_s};
    struct history_events batch;
    int32_t tick_s = p->columns->tick_raw;
    int rc;

    if (find_tick(p, db, &tick_s, to_s, e) || history_scan_begin(&scan, db, e))
        return -1;
    while ((rc = history_scan_next(&scan, db, &batch, e)) > 0)
        if (apply_ticks_before(p, db, &tick_s, first_raw(&batch), to_s, e) ||
            apply_batch(p, &batch, to_s, e)) {
            rc = -1;
            break;
        }
    history_scan_end(&scan);
    return rc ? -1 : apply_ticks_before(p, db, &tick_s, INT32_MAX - 1, to_s, e);
}

/* Whether what comes last is there: the batches that the snapshot counts, and of a finished race
 * the last finish. */
static int check_end(struct playback *p, struct db *db, int32_t to_s, struct err *e)
{
    int32_t last_s = -1;
    int64_t seq = 0;
    uint32_t i;

    if (to_s != INT32_MAX)
        return 0;
    if (p->events_seq && history_last_events(db, p->race.race_no, &seq, e))
        return -1;
    if (seq < p->events_seq)
        return history_damaged(&p->race, -1, "the last batches of events are missing", e);
    for (i = 0; p->race.finished && p->finish_raw_s && i < p->race.n; i++)
        if (p->finish_raw_s[i] > last_s)
            last_s = p->finish_raw_s[i];
    if (last_s != INT32_MAX && p->columns->max_raw < last_s)
        return history_damaged(&p->race, last_s, "the positions of this second are missing", e);
    return 0;
}

int playback_open(
    struct playback *p, struct db *db, const struct history_race *r, int32_t to_s, struct err *e)
{
    *p = (struct playback){.race = *r, .at_s = -1, .snapshot_raw = -1};
    p->columns = columns_new(r->external, r->external ? 0 : r->n, r->course);
    p->columns->live = r->live;
    p->dist_mm = r->external ? NULL : mem_alloc((size_t)r->n * sizeof *p->dist_mm);
    p->window.to_s = -1;
    if ((!r->external && history_read_finish(db, r, &p->finish_raw_s, e)) ||
        start_from_snapshot(p, db, to_s, e) || apply_arrivals(p, db, to_s, e) ||
        check_end(p, db, to_s, e) || trajectory_redo(p->columns, db, r, to_s, e)) {
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

/* Ticks and single events merged: before a tick all events of earlier seconds, after the last tick
 * those up to `to_s`. At the same second the single event comes after the tick, because it came
 * later. */
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
    if (apply_window(p, db, to_s, e) || trajectory_redo(p->columns, db, &p->race, to_s, e))
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
