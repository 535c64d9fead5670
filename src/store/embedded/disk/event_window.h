/*
 * event_window.h: the events of external producers in a stretch of raw time, in order. Batches are
 * in the order of arrival, so a stretch has to be read whole and sorted. To bound the memory the
 * stretch is halved until it has few enough events (it keeps at least one raw second). Of two
 * events of a competitor at one raw second the later arrival is kept.
 */
#ifndef STORE_EMBEDDED_EVENT_WINDOW_H
#define STORE_EMBEDDED_EVENT_WINDOW_H

#include "race/event.h"
#include "store/embedded/disk/history.h"

#define EVENT_WINDOW_MAX 32768u /* about 9 MB of struct event */

struct event_window_item {
    uint64_t order; /* of arrival */
    struct event ev;
};

/* A zeroed struct is an empty window. */
struct event_window {
    int32_t from_s, to_s;           /* what it covers */
    struct event_window_item *item; /* by raw second, then by competitorId */
    size_t n, cap, next;            /* `next` is the reader's own place */
};

/* Loads the events from `from_s` on, at most up to `to_s`; w->to_s says how far it got. Replaces
 * what was loaded before. */
int event_window_load(struct event_window *w, struct db *db, const struct history_race *r,
    int32_t from_s, int32_t to_s, struct err *e) MUST_CHECK;
void event_window_release(struct event_window *w);

#endif
