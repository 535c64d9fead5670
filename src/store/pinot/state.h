/*
 * state.h: the live state of one race whose positions are in Pinot. The columns are loaded once.
 * Each refresh then asks for the latest positions and advances them. Where a competitor has moved
 * on by more than a second since the last refresh, the seconds between are fetched first, because
 * visits and finish need every event. A refresh never moves a competitor back: a Pinot server that
 * reads its stream again answers with old positions for a while.
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

/* One race. Columns, watermark and latest positions belong together: pinot_state_drop empties
 * all. */
struct pinot_state {
    struct columns *c; /* NULL: to be loaded */
    struct watermark watermark;
    /* Both are set before each refresh. */
    double speed; /* for the watermark: the race's, where a program makes it; else 0 */
    bool behind;  /* Pinot, or the feed, is known to lack what has been published */
    struct pinot_positions latest; /* of the last refresh */
    unsigned gaps;                 /* refreshes in a row that found seconds missing */
};

void pinot_state_init(struct pinot_state *l);
void pinot_state_release(struct pinot_state *l);
void pinot_state_drop(struct pinot_state *l); /* load anew at the next refresh */

/* Loads the columns where there are none, and advances them. *changed: columns or watermark differ
 * from before. After an error the state is as it was. */
int pinot_state_refresh(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, bool *changed, struct pinot_query_stats *query_stats,
    struct err *e) MUST_CHECK;

/* Works out visits and finish of a competitor again whose older event has arrived late. 1: Pinot
 * does not have that event yet, try again. */
int pinot_state_late(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, const struct pinot_late *late, struct err *e) MUST_CHECK;

#endif
