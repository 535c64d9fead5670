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

#define PINOT_PARTITIONS_MAX 64

/* Ask Pinot now, whatever was asked before: the next view() is not older than this call. */
int store_pinot_refresh(struct store *s, const char *run_id, struct err *e) MUST_CHECK;

struct store_pinot_stats {
    uint64_t queries, failed;          /* statements for the latest positions */
    uint64_t heard_events;             /* that came by on their way to Pinot */
    double query_ms_p50, query_ms_p99; /* of the last 256 of them: asked to read */
    double refresh_ms_p50;             /* the same with what followed: seconds missed, the view */
    int64_t asked_ms;                  /* wall ms of the last good answer, 0: none yet */
    int64_t fresh_ms;  /* wall ms up to which Pinot has consumed, by its own account; 0: unknown */
    char trouble[256]; /* why the last statement failed, "" if it did not */
    uint32_t races_refreshed; /* under way at the moment */
    uint64_t course_loads;
    char course_trouble[256];
    unsigned partitions; /* of parkrun as Pinot consumes it: asked every few seconds while races
                            are refreshed; 0: not known */
    int64_t consumed[PINOT_PARTITIONS_MAX]; /* its next offset in each, -1: not known */
    int64_t still_ms[PINOT_PARTITIONS_MAX]; /* so long it has stood there while records waited */
    int64_t consumers_ms;                   /* wall ms at which Pinot told them, 0: not yet */
    char consumer_trouble[256]; /* a partition stands still for good, "" where none does */
};
void store_pinot_stats(struct store *s, struct store_pinot_stats *out);

#endif
