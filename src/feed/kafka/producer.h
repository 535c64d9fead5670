/*
 * producer.h: writes records to explicit partitions, in transactions or (id NULL)
 * idempotently.
 *
 * One thread owns it. A transaction is open from the first send to the commit. What fails says how:
 * ERR_UNAVAILABLE means that nothing since the last commit counts and may be sent again later (the
 * broker is away, a queue is full for too long); ERR_CONFLICT means that another producer has taken
 * over this transactional id: stop for good.
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

/* Does not connect yet. */
struct kafka_producer *kafka_producer_new(
    const struct kafka_settings *s, const char *transactional_id, struct err *e) MUST_CHECK;
void kafka_producer_free(struct kafka_producer *p); /* aborts what is open */

/* Fence whoever had the transactional id before and abort what it left open. Call it until it
 * succeeds. */
int kafka_producer_take_over(struct kafka_producer *p, int timeout_ms, struct err *e) MUST_CHECK;

/* Send `n` records to one partition; copies. A full queue is waited for (back-pressure), up to some
 * seconds. */
int kafka_producer_send(struct kafka_producer *p, enum kafka_topic topic, int32_t partition,
    const struct kafka_record *records, size_t n);

/* Everything sent is committed (or, without transactions, acknowledged) when it returns 0. A commit
 * that ran out of time is taken up again by the next call; `kafka_producer_pending` says so, and
 * nothing may be sent in between. Without transactions what was not acknowledged in time is taken
 * back: it was not published, unless just the acknowledgement is missing; where no broker is
 * connected, that is so after a second. */
int kafka_producer_commit(struct kafka_producer *p, int timeout_ms, struct err *e) MUST_CHECK;
int kafka_producer_pending(const struct kafka_producer *p);
int kafka_producer_open(
    const struct kafka_producer *p); /* something was sent since the last commit */

/* Keys and values that were sent to parkrun since the last commit, in bytes before compression: the
 * most of any partition. */
size_t kafka_producer_open_bytes(const struct kafka_producer *p);

/* Let librdkafka say what it has to say: call it now and then where nothing is sent. */
void kafka_producer_serve(struct kafka_producer *p);

#endif
