/*
 * poll_timer.h: when to ask Pinot about a race again. A statement that comes too early shows half a
 * second's positions and keeps Pinot from reading the other half; one that comes too late is lag.
 * So the first look at a second waits for as long as the last seconds took to be whole, and a look
 * that shows a part of them says how long the rest will take. Pure: times are wall ms of the
 * caller's.
 */
#ifndef STORE_PINOT_POLL_TIMER_H
#define STORE_PINOT_POLL_TIMER_H

#include "race/race.h"

#include <stdint.h>

#define PINOT_PACE_SOONEST_MS 20 /* between the beginnings of two looks at one race */

struct pinot_poll_timer {
    double after_due_ms; /* 0: nothing is known yet */
    int32_t looked_s;    /* the newest second that a look has shown any of */
};

/* What a look has found. */
struct pinot_poll {
    const struct race_record *race;
    int64_t began_ms, ended_ms;
    unsigned unchanged; /* looks in a row that brought nothing */
    int32_t shown_s;    /* the board's second, -1: none */
    int32_t newest_s;   /* the newest second of anybody, -1: none */
    double share;       /* of the competitors who have come to newest_s or finished; 1: all */
};

/* The wall ms of the next look. At most half the time is spent asking. */
int64_t pinot_poll_timer_next(struct pinot_poll_timer *p, const struct pinot_poll *l);

/* Events of the race have gone by at `now_ms`: the look that was to be at `next_ms` may be sooner.
 */
int64_t pinot_poll_timer_heard(
    const struct pinot_poll_timer *p, const struct race_record *r, int64_t next_ms, int64_t now_ms);

#endif
