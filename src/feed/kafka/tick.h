/*
 * tick.h: one tick as records: the events of each partition together, one batch after the
 * other (grouping costs half of what sending them interleaved does). Remembers which partition each
 * competitor falls into.
 */
#ifndef FEED_KAFKA_TICK_H
#define FEED_KAFKA_TICK_H

#include "feed/feed.h"
#include "feed/kafka/producer.h"

struct kafka_tick;

struct kafka_tick *kafka_tick_new(const struct kafka_topics *t); /* keeps the pointer */
void kafka_tick_free(struct kafka_tick *k);

/* Events for those with raw_s <= finish; 0, or -1 as kafka_producer_send (the commit then says
 * why). */
int kafka_tick_send(struct kafka_tick *k, struct kafka_producer *p, const struct tick *t);

#endif
