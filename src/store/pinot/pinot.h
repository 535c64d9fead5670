/*
 * pinot.h: the store that keeps nothing itself: positions are in Apache Pinot, which reads them
 * from Kafka, and everything about them is asked of its broker in SQL. Races and courses come
 * through the writing side (from Kafka's topics) and are kept in memory; nothing is on disk here.
 *
 * A thread of the store's own refreshes the races that somebody looks at, by one statement for all
 * their viewers, and another one loads the `courses` table after courses have changed. A race is
 * known to readers once its course can be looked up in Pinot.
 *
 * The writing side's put_tick and put_events write nothing: they say that there is something to
 * read.
 */
#ifndef STORE_PINOT_PINOT_H
#define STORE_PINOT_PINOT_H

#include "store/pinot/client.h"
#include "store/store.h"

#include <stdint.h>

struct store_pinot_options {
    struct pinot_options pinot; /* timeout_ms: of what is asked for all the time; 0: 5,000 */
    /* On the store's own thread, for each race whose view has changed: `v` is borrowed. For a
     * deleted race v->race.state is RACE_DELETED. May be NULL. */
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;
};

/* ERR_UNAVAILABLE: nobody answers there (try again). The tables have to be there already. */
struct store *store_pinot_new(const struct store_pinot_options *o, struct err *e) MUST_CHECK;

/* Somebody looks at this race for the next half a minute: it is refreshed while it runs. A call to
 * view() says so too. Any thread; returns at once. */
void store_pinot_watch(struct store *s, const char *run_id);

/* Ask Pinot now, whatever was asked before: the next view() is not older than this call. */
int store_pinot_refresh(struct store *s, const char *run_id, struct err *e) MUST_CHECK;

#endif
