/*
 * gather.h: gathers the events of a simulated race, which are read back from Kafka, into ticks. A
 * tick takes 4 bytes a competitor in the store and a single event about 60.
 *
 * The partitions of `parkrun` are read one after the other, so the events of one second arrive in
 * several parts. A tick is whole when the event of every competitor that has not finished has come.
 * Whole ticks go to the sink in order. Within a competitor events come in the order of their raw
 * seconds; where one is missing, differs from what the simulator writes, or does not come for a
 * minute, the race is given up: what was gathered and what follows is delivered as events.
 *
 * Exactly once: a commit of the store holds whole ticks alone, and the cursor that is committed
 * with them stands before the first event of an unfinished tick. Events of other races behind that
 * place are in the commit already. So the cursor also says up to where they are (`done`), and after
 * a restart only events of gathered ticks are taken from the stretch in between.
 *
 * The feed's thread owns it.
 */
#ifndef FEED_KAFKA_GATHER_H
#define FEED_KAFKA_GATHER_H

#include "base/err.h"
#include "feed/feed.h"
#include "feed/kafka/cursor.h"

#include <stdint.h>

struct kafka_gather;

/* Copies the sink (whose `simulated` says which races are gathered) and the cursor. */
struct kafka_gather *kafka_gather_new(
    const struct feed_sink *sink, const struct kafka_cursor *from);
void kafka_gather_free(struct kafka_gather *g);

enum kafka_gathered {
    KAFKA_GATHER_FAILED = -1, /* the sink's error */
    KAFKA_GATHER_TAKEN,       /* part of a tick, or stored before the restart */
    KAFKA_GATHER_EVENT        /* the caller delivers it as an event */
};

enum kafka_gathered kafka_gather_event(struct kafka_gather *g, const struct event *ev,
    int32_t partition, int64_t offset, struct err *e) MUST_CHECK;

/* A record of a race was delivered. -1: the sink's error. */
int kafka_gather_race(
    struct kafka_gather *g, const struct race_record *r, struct err *e) MUST_CHECK;

/* At the end of each poll, before the commit. `reading`: the broker answers; otherwise nobody is
 * given up for being late. -1: the sink's error. */
int kafka_gather_end(struct kafka_gather *g, bool reading, struct err *e) MUST_CHECK;

/* The cursor to be committed with what was delivered, where `read` is up to where records were
 * taken. */
void kafka_gather_cursor(
    const struct kafka_gather *g, const struct kafka_cursor *read, struct kafka_cursor *out);

#endif
