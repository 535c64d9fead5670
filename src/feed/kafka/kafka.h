/*
 * kafka.h: the Kafka feed: publishes ticks in transactions, races and courses idempotently, and
 * reads all of it back, its own and everybody else's, through the sink.
 *
 * A race is driven (its events are made) by the one server that holds the partition of `races` its
 * runId falls into. Each such partition has a transactional.id, the same on every server: taking it
 * over fences the one before and aborts what it left open; driving begins when everything that was
 * committed until then has been read back.
 */
#ifndef FEED_KAFKA_KAFKA_H
#define FEED_KAFKA_KAFKA_H

#include "feed/feed.h"

struct feed_kafka_options {
    const char *brokers;     /* "host:9092,host:9092" */
    const char *config_file; /* --kafka-config, or NULL */
    const char *cursor;      /* what feed_ops.cursor gave last time; NULL: from the beginning */
    const char *instance; /* of a server: a name that it keeps, and that no other has; NULL: none */
    const struct feed_sink *sink; /* of a server; copied. NULL: publishes only */
    const char *transactional_id; /* simulate: publishes this one race alone, reads nothing; NULL: a
                                     server */
};

/* Whether that file of settings can be used: ERR_INVALID with a sentence that names file and line.
 */
int feed_kafka_check_config(const char *file, struct err *e) MUST_CHECK;

/* Connects, makes the topics that are missing. ERR_UNAVAILABLE: no broker answers (try again).
 * ERR_CONFLICT: the cursor is of another cluster. */
struct feed *feed_kafka_new(const struct feed_kafka_options *o, struct err *e) MUST_CHECK;

#endif
