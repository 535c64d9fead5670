/*
 * kafka.h: the Kafka feed. It publishes ticks in transactions, and races and courses idempotently.
 * It reads all of that back, its own and other programs', and delivers it to the sink.
 *
 * A race is driven (its events are made) by the one server that holds the partition of `races` its
 * runId falls into (group.h). Each such partition has a transactional.id, which is the same on
 * every server: taking it over fences the server before, and aborts what it left open. Driving
 * begins when everything that was committed until then has been read back (partition.h).
 */
#ifndef FEED_KAFKA_KAFKA_H
#define FEED_KAFKA_KAFKA_H

#include "feed/feed.h"

struct feed_kafka_options {
    const char *brokers;     /* "host:9092,host:9092" */
    const char *config_file; /* --kafka-config, or NULL */
    const char *cursor;      /* as feed_ops.cursor wrote it; NULL: from the beginning */
    const char *instance;    /* of a server: a name that it keeps and no other has; NULL: none */
    const struct feed_sink *sink; /* of a server; copied. NULL: publishes only */
    const char *transactional_id; /* simulate: publishes this one race alone, reads nothing; NULL: a
                                     server */
};

/* Whether a file for --kafka-config can be used. ERR_INVALID names file and line. */
int feed_kafka_check_config(const char *file, struct err *e) MUST_CHECK;

/* Connects, and makes the topics that are missing. The caller frees it with ops->free.
 * ERR_UNAVAILABLE: no broker answers, try again. ERR_CONFLICT: the cursor is of another cluster. */
struct feed *feed_kafka_new(const struct feed_kafka_options *o, struct err *e) MUST_CHECK;

#endif
