/*
 * state.h: the live state of one race that stands in Pinot: columns that are loaded once and
 * then advanced, refresh by refresh, from the latest positions. Where a competitor went on by more
 * than a second since the last refresh, the seconds between are fetched first, so that visits and
 * finish come from every event. What Pinot has already told is never taken back: an answer that is
 * behind (a server that reads its stream again) changes nothing.
 *
 * One thread at a time.
 */
#ifndef STORE_PINOT_STATE_H
#define STORE_PINOT_STATE_H

#include "board/columns.h"
#include "board/watermark.h"
#include "store/pinot/load.h"

#include <stdbool.h>
#include <stdint.h>

struct pinot_late { /* an event older than its competitor's latest, seen in the stream */
    int64_t id;
    int32_t raw_s;
    int64_t since_ms;
};

struct pinot_state {
    struct columns *c; /* NULL: to be loaded */
    struct watermark watermark;
    double
        speed;   /* for as_of: the race's, where a program makes it; else 0. Set before a refresh */
    bool behind; /* Pinot, or the feed, is known to lack what has been published; likewise */
    struct pinot_positions latest; /* of the last refresh */
    unsigned holes;                /* refreshes in a row that found seconds missing */
};

void pinot_state_init(struct pinot_state *l);
void pinot_state_release(struct pinot_state *l);
void pinot_state_drop(struct pinot_state *l); /* load anew at the next refresh */

/* Loads where nothing is loaded. *changed: the columns or their as-of are others than before.
 * An error leaves the state standing. */
int pinot_state_refresh(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, bool *changed, struct pinot_query_stats *told,
    struct err *e) MUST_CHECK;

/* Visits and finish of a competitor again, whose older event has come to be in Pinot. 1: it is not
 * there yet. */
int pinot_state_late(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, const struct pinot_late *late, struct err *e) MUST_CHECK;

#endif
