/*
 * event_window.h: the events of other producers in a stretch of raw time, in order, with bounded
 * memory: the stretch is made as short as it has to be (one raw second at the least). Of two events
 * of a competitor at one raw second the later arrival is kept.
 */
#ifndef STORE_EMBEDDED_EVENT_WINDOW_H
#define STORE_EMBEDDED_EVENT_WINDOW_H

#include "race/event.h"
#include "store/embedded/disk/history.h"

#define EVENT_WINDOW_MAX 32768u

struct event_window_item {
    uint64_t order; /* of arrival */
    struct event ev;
};

struct event_window {
    int32_t from_s, to_s;           /* what it covers */
    struct event_window_item *item; /* by raw second, then by competitorId */
    size_t n, cap, next;            /* `next` is the reader's own place */
};

/* From `from_s` on, not beyond `to_s`. */
int event_window_load(struct event_window *w, struct db *db, const struct history_race *r,
    int32_t from_s, int32_t to_s, struct err *e) MUST_CHECK;
void event_window_release(struct event_window *w);

#endif
