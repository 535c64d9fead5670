/*
 * poll_timer.h: when to ask Pinot about a race again. A statement that comes too early sees half of
 * a second's positions and delays Pinot while it reads the other half. One that comes too late adds
 * lag. So the first poll of a second waits for as long as the last seconds took to be complete. A
 * poll that finds a second incomplete tells from the share that is there how long the rest will
 * take. No clock, no I/O: all times are wall ms that the caller passes in.
 */
#ifndef STORE_PINOT_POLL_TIMER_H
#define STORE_PINOT_POLL_TIMER_H

#include "race/race.h"

#include <stdint.h>

#define PINOT_POLL_SOONEST_MS 20 /* between the beginnings of two polls of one race */

struct pinot_poll_timer {
    double after_due_ms; /* from due to complete, as learnt; 0: nothing is known yet */
    int32_t polled_s;    /* the newest second that a poll has found any of */
};

/* What a poll has found. */
struct pinot_poll {
    const struct race_record *race;
    int64_t began_ms, ended_ms;
    unsigned unchanged; /* polls in a row that brought nothing */
    int32_t shown_s;    /* the board's second, -1: none */
    int32_t newest_s;   /* the newest second of anybody, -1: none */
    double share;       /* of the competitors who have come to newest_s or finished; 1: all */
};

/* The wall ms of the next poll, learning from the last one. At most half of the time is spent
 * asking. */
int64_t pinot_poll_timer_next(struct pinot_poll_timer *p, const struct pinot_poll *l);

/* Events of the race were seen on the feed at `now_ms`: returns when to poll, which may be sooner
 * than `next_ms`. */
int64_t pinot_poll_timer_seen(
    const struct pinot_poll_timer *p, const struct race_record *r, int64_t next_ms, int64_t now_ms);

#endif
