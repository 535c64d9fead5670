/*
 * pinot.h: the store that keeps nothing itself. Positions are in Apache Pinot, which reads them
 * from Kafka; everything about them is asked of Pinot's broker in SQL. Races and courses come
 * through the writing side (from Kafka's topics) and are kept in memory. Nothing is on disk here.
 *
 * Two threads of the store's own: the poller asks about the races that somebody watches, one
 * statement per race and refresh, however many viewers there are. The loader puts changed courses
 * into Pinot's table `courses`. Readers see a race once its course can be looked up there, because
 * the SQL of a race joins that table.
 *
 * put_tick and put_events write nothing: they tell the poller that there is something to read.
 */
#ifndef STORE_PINOT_PINOT_H
#define STORE_PINOT_PINOT_H

#include "store/pinot/client.h"
#include "store/store.h"

#include <stdint.h>

struct store_pinot_options {
    struct pinot_options pinot; /* timeout_ms: of a statement for a live board; 0: 5,000 */
    /* Called on the poller's thread for each race whose view has changed; `v` is borrowed. For a
     * deleted race v->race.state is RACE_DELETED. May be NULL. */
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;
};

/* A store over a Pinot whose tables exist (setup.h). NULL with ERR_UNAVAILABLE where nobody
 * answers: try again. Its ops free it. */
struct store *store_pinot_new(const struct store_pinot_options *o, struct err *e) MUST_CHECK;

/* Has the race refreshed for the next half a minute, while it runs. A call to view() does the same.
 * Any thread; returns at once. */
void store_pinot_watch(struct store *s, const char *run_id);

/* Asks Pinot about the race now and waits for the answer: the next view() is not older than this
 * call. */
int store_pinot_refresh(struct store *s, const char *run_id, struct err *e) MUST_CHECK;

#endif
