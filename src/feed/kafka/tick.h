/*
 * tick.h: sends one tick as records, the events of each partition together. Grouped records cost
 * half of what interleaved ones do. It remembers the partition of each competitor from tick to
 * tick.
 */
#ifndef FEED_KAFKA_TICK_H
#define FEED_KAFKA_TICK_H

#include "feed/feed.h"
#include "feed/kafka/producer.h"

struct kafka_tick;

struct kafka_tick *kafka_tick_new(const struct kafka_topics *t); /* borrows t */
void kafka_tick_free(struct kafka_tick *k);

/* Sends an event for each competitor with raw_s <= finish. -1: the next commit says why. */
int kafka_tick_send(struct kafka_tick *k, struct kafka_producer *p, const struct tick *t);

#endif
