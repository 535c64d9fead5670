/* position_cursor.c: the walk itself. Each race is finished before the next begins, so one view or
 * one chunk is in memory at a time. */
#include "sql/position_cursor.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A chunk has at least this many events and ends with the end of a second, so that the next one can
 * begin at a second: the memory is bounded by this and one tick. */
#define CHUNK 65536u
#define LATE_EVERY 1024u /* events or rows between two looks at the clock */

/* Forgets what was read of a race; the next one begins from from_s. */
static void leave_race(struct sql_walk *w)
{
    view_unref(w->view);
    w->view = NULL;
    w->n = w->at = 0;
    w->more = true;
    w->next_s = w->from_s;
}

/* Every event. */

/* The store's callback. Non-zero stops the store. A chunk ends before the first event of another
 * second, because the next call begins with a whole second. */
static int take_event(void *arg, const struct event *ev)
{
    struct sql_walk *w = arg;

    if (++w->context->rows_read % LATE_EVERY == 0 && sql_context_late(w->context))
        return 1;
    if (w->n >= CHUNK && ev->raw_s != w->event[w->n - 1].raw_s) {
        w->stopped = true;
        w->next_s = ev->raw_s;
        return 1;
    }
    if (w->by_id && ev->competitor_id != w->id)
        return 0;
    w->event = mem_grow(w->event, w->n, &w->cap, sizeof *w->event);
    w->event[w->n++] = (struct sql_position){.id = ev->competitor_id,
        .timestamp_s = ev->timestamp_s,
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m,
        .raw_s = ev->raw_s,
        .event_id = w->event_ids.len};
    if (w->want_event_id)
        buf_add(&w->event_ids, ev->event_id, strlen(ev->event_id) + 1);
    return 0;
}

/* The sentence is not seen: query.c says how long the statement has run. */
static int late(struct err *e)
{
    return err_set(e, ERR_TIMEOUT, "The statement's time is up.");
}

/* Stopping the store's callback is no error: `stopped` says that there is more. A race that was
 * deleted meanwhile has no more rows. */
static int read_chunk(struct sql_walk *w, struct err *e)
{
    struct store *s = w->context->store;
    int rc;

    w->n = w->at = 0;
    w->stopped = false;
    buf_clear(&w->event_ids);
    rc = s->ops->events(
        s, w->context->race[w->race].spec.run_id, w->next_s, w->to_s, take_event, w, e);
    w->more = w->stopped;
    if (sql_context_late(w->context))
        return late(e);
    return rc && !w->stopped && e->code != ERR_NOT_FOUND ? -1 : 0;
}

/* To the next event at or behind `at`, of this race or a later one. */
static int seek_event(struct sql_walk *w, struct err *e)
{
    while (w->race < w->race_end && w->at >= w->n) {
        if (!w->more) {
            leave_race(w);
            w->race++;
            continue;
        }
        if (read_chunk(w, e))
            return -1;
    }
    return 0;
}

/* The latest of each competitor. */

/* A competitor who is looked for is one row, or none. */
static int open_view(struct sql_walk *w, struct err *e)
{
    w->view = sql_context_view(w->context, w->race, e);
    if (!w->view)
        return e->code == ERR_NOT_FOUND ? 0 : -1;
    w->i = 0;
    w->i_end = w->view->n;
    if (w->by_id) {
        uint32_t i = view_find(w->view, w->id);

        w->i = i == UINT32_MAX ? w->view->n : i;
        w->i_end = i == UINT32_MAX ? w->view->n : i + 1;
    }
    return 0;
}

/* Competitors without a position yet have raw second -1. */
static bool in_range(const struct sql_walk *w)
{
    int32_t raw_s = w->view->raw_s[w->i];

    return raw_s >= 0 && raw_s >= w->from_s && raw_s <= w->to_s;
}

/* To the next row of the latest positions, of this race or a later one. */
static int seek_latest(struct sql_walk *w, struct err *e)
{
    for (; w->race < w->race_end; w->race++) {
        if (!w->view && open_view(w, e))
            return -1;
        if (sql_context_late(w->context))
            return late(e);
        for (; w->view && w->i < w->i_end; w->i++) {
            if (++w->context->rows_read % LATE_EVERY == 0 && sql_context_late(w->context))
                return late(e);
            if (in_range(w))
                return 0;
        }
        leave_race(w);
    }
    return 0;
}

static int seek(struct sql_walk *w, struct err *e)
{
    return w->every ? seek_event(w, e) : seek_latest(w, e);
}

/* A range that is empty has no rows: no race is opened for it. */
int sql_walk_begin(struct sql_walk *w, struct err *e)
{
    leave_race(w);
    if (w->to_s < w->from_s)
        w->race = w->race_end;
    return seek(w, e);
}

int sql_walk_next(struct sql_walk *w, struct err *e)
{
    if (w->every)
        w->at++;
    else
        w->i++;
    return seek(w, e);
}

bool sql_walk_over(const struct sql_walk *w)
{
    return w->race >= w->race_end;
}

void sql_walk_release(struct sql_walk *w)
{
    view_unref(w->view);
    free(w->event);
    buf_release(&w->event_ids);
}

/* The view's columns are read one by one: a row costs no copy of what the statement does not ask
 * for. */
struct sql_position sql_walk_position(const struct sql_walk *w)
{
    const struct view *v = w->view;
    struct sql_position p;

    if (w->every)
        return w->event[w->at];
    p = (struct sql_position){.id = view_id(v, w->i), .raw_s = v->raw_s[w->i]};
    p.timestamp_s = v->race.spec.start_s + p.raw_s;
    view_place(v, w->i, &p.lon_deg, &p.lat_deg, &p.distance_m);
    return p;
}

/* The ids of a simulated race follow from the position. Those of an external race are in its
 * events. */
static void add_latest_event_id(const struct sql_walk *w, struct buf *out)
{
    const struct view *v = w->view;
    struct store *s = w->context->store;
    int64_t id = view_id(v, w->i);
    char text[UUID_LEN + 1];
    struct splits_competitor who;
    struct err e;

    if (!v->external) {
        event_id(v->race.spec.run_id, id, v->raw_s[w->i], text);
        buf_adds(out, text);
    } else if (s->ops->competitor(s, v->race.spec.run_id, id, -1, &who, &e) == 0) {
        buf_adds(out, who.latest.event_id);
        splits_competitor_release(&who);
    }
}

void sql_walk_event_id(const struct sql_walk *w, struct buf *out)
{
    if (w->every)
        buf_adds(out, w->event_ids.data + w->event[w->at].event_id);
    else
        add_latest_event_id(w, out);
}
