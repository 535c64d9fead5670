/* event_window.c: replays a stretch of a race of single events in the order of time. The batches
 * are in the order of arrival, and an event may come minutes late. So all batches that touch the
 * stretch are read and their events sorted. */
#include "store/embedded/disk/event_window.h"

#include "base/mem.h"
#include "store/embedded/disk/event_blob.h"

#include <stdlib.h>

/* What is known of a batch without reading its data. */
struct batch {
    int32_t min_raw, max_raw;
    int64_t n;
};

/* How many events up to `to_s` there can be at most. A batch that begins before counts whole, since
 * its data is not read yet. */
static int64_t most_events(const struct batch *b, size_t n, int32_t to_s)
{
    int64_t sum = 0;
    size_t k;

    for (k = 0; k < n; k++)
        if (b[k].min_raw <= to_s)
            sum += b[k].n;
    return sum;
}

/* Halves the stretch until no more than EVENT_WINDOW_MAX events can be in it. */
static int shorten(
    struct event_window *w, struct db *db, const struct history_race *r, struct err *e)
{
    struct history_scan scan = {.race = r, .from_s = w->from_s, .to_s = w->to_s, .heads = true};
    struct history_events ev;
    struct batch *batch = NULL;
    size_t n = 0, cap = 0;
    int rc;

    if (history_scan_begin(&scan, db, e))
        return -1;
    while ((rc = history_scan_next(&scan, db, &ev, e)) > 0) {
        batch = mem_grow(batch, n, &cap, sizeof *batch);
        batch[n++] = (struct batch){ev.min_raw, ev.max_raw, ev.n};
    }
    history_scan_end(&scan);
    while (!rc && w->to_s > w->from_s && most_events(batch, n, w->to_s) > EVENT_WINDOW_MAX)
        w->to_s = w->from_s + (w->to_s - w->from_s) / 2;
    free(batch);
    return rc;
}

/* By second, then competitor, then arrival. The last makes qsort's answer the same on every
 * machine. */
static int compare_items(const void *a, const void *b)
{
    const struct event_window_item *x = a, *y = b;

    if (x->ev.raw_s != y->ev.raw_s)
        return x->ev.raw_s < y->ev.raw_s ? -1 : 1;
    if (x->ev.competitor_id != y->ev.competitor_id)
        return x->ev.competitor_id < y->ev.competitor_id ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int add_batch(struct event_window *w, const struct history_race *r, struct event_blob *blob,
    uint64_t *order, struct err *e)
{
    struct event_window_item it;
    int more;

    while ((more = event_blob_next(blob, &it.ev)) > 0) {
        it.order = ++*order;
        if (it.ev.raw_s < w->from_s || it.ev.raw_s > w->to_s)
            continue;
        w->item = mem_grow(w->item, w->n, &w->cap, sizeof *w->item);
        w->item[w->n++] = it;
    }
    return more < 0 ? history_damaged(r, w->from_s, EVENT_BLOB_DAMAGED, e) : 0;
}

/* The sorted items of one competitor and second stand side by side, the last arrival at the end. */
static void keep_last_arrivals(struct event_window *w)
{
    size_t from, to = 0;

    for (from = 0; from < w->n; from++) {
        const struct event *ev = &w->item[from].ev;

        if (from + 1 < w->n && w->item[from + 1].ev.raw_s == ev->raw_s &&
            w->item[from + 1].ev.competitor_id == ev->competitor_id)
            continue;
        if (to != from)
            w->item[to] = w->item[from];
        to++;
    }
    w->n = to;
}

int event_window_load(struct event_window *w, struct db *db, const struct history_race *r,
    int32_t from_s, int32_t to_s, struct err *e)
{
    struct history_scan scan = {.race = r};
    struct history_events ev;
    uint64_t order = 0;
    int rc;

    w->from_s = from_s;
    w->to_s = to_s;
    w->n = w->next = 0;
    /* Two scans: the first reads only heads and finds the stretch, the second reads the data of
     * what is in it. */
    if (shorten(w, db, r, e))
        return -1;
    scan.from_s = w->from_s;
    scan.to_s = w->to_s;
    if (history_scan_begin(&scan, db, e))
        return -1;
    while ((rc = history_scan_next(&scan, db, &ev, e)) > 0) {
        struct event_blob blob = event_blob_of(ev.data, ev.len, r->run_id, r->course_name);

        rc = add_batch(w, r, &blob, &order, e);
        if (rc)
            break;
    }
    history_scan_end(&scan);
    if (rc)
        return -1;
    if (w->n)
        qsort(w->item, w->n, sizeof *w->item, compare_items);
    keep_last_arrivals(w);
    return 0;
}

void event_window_release(struct event_window *w)
{
    free(w->item);
    *w = (struct event_window){0};
}
