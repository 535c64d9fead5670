/*
 * producer.h: writes records to given partitions, in transactions, or idempotently where it has no
 * transactional id.
 *
 * One thread owns it. A transaction is open from the first send to the commit. ERR_UNAVAILABLE:
 * what was sent since the last commit does not count and may be sent again later (the broker is
 * away, or a queue is full for too long). ERR_CONFLICT: another producer has taken over this
 * transactional id; nothing more can be sent.
 */
#ifndef FEED_KAFKA_PRODUCER_H
#define FEED_KAFKA_PRODUCER_H

#include "base/err.h"
#include "feed/kafka/settings.h"
#include "feed/kafka/topics.h"

#include <stddef.h>
#include <stdint.h>

struct kafka_producer;

struct kafka_record {
    const void *key;
    size_t key_len;
    const void *value; /* NULL: a tombstone */
    size_t value_len;
};

/* Does not connect yet. ERR_INVALID: librdkafka refuses the settings. */
struct kafka_producer *kafka_producer_new(
    const struct kafka_settings *s, const char *transactional_id, struct err *e) MUST_CHECK;
void kafka_producer_free(struct kafka_producer *p); /* aborts what is open */

/* Fences the producer that had the transactional id before, and aborts what it left open. To be
 * called until it succeeds. */
int kafka_producer_take_over(struct kafka_producer *p, int timeout_ms, struct err *e) MUST_CHECK;

/* Sends `n` records to one partition, which it copies. Waits up to 5 s while the queue is full. -1:
 * the next commit says why. */
int kafka_producer_send(struct kafka_producer *p, enum kafka_topic topic, int32_t partition,
    const struct kafka_record *records, size_t n);

/* 0: everything that was sent is committed or, without transactions, acknowledged. A commit that
 * ran out of time is continued by the next call: kafka_producer_pending is then true, and nothing
 * may be sent in between. Without transactions, what is not acknowledged in time is withdrawn, so
 * it does not come out later; it may still be published where only the acknowledgement was lost.
 * Where no broker is connected the time is a second. */
int kafka_producer_commit(struct kafka_producer *p, int timeout_ms, struct err *e) MUST_CHECK;
int kafka_producer_pending(const struct kafka_producer *p);
int kafka_producer_open(
    const struct kafka_producer *p); /* something was sent since the last commit */

/* Bytes of keys and values, before compression, that were sent to parkrun since the last commit: in
 * the partition that has the most of them. */
size_t kafka_producer_open_bytes(const struct kafka_producer *p);

/* Runs librdkafka's callbacks. To be called now and then where nothing is sent. */
void kafka_producer_serve(struct kafka_producer *p);

#endif
