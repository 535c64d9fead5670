/*
 * partition.h: a partition of the topic `races`, and the producer of the races whose runId falls
 * into it. Exactly one server has it ACTIVE and makes the events of those races.
 *
 * UNASSIGNED: the consumer group gave it to another server, or to nobody yet. ASSIGNED: it is ours,
 * but its transactional id is not yet. RESTORING: the id is ours, so that no other server can
 * commit any more, and what was committed before is being read. ACTIVE: all of it has been read.
 */
#ifndef FEED_KAFKA_PARTITION_H
#define FEED_KAFKA_PARTITION_H

#include "feed/feed.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/producer.h"

#include <stdbool.h>
#include <stdint.h>

enum kafka_partition_state {
    PARTITION_UNASSIGNED,
    PARTITION_ASSIGNED,
    PARTITION_RESTORING,
    PARTITION_ACTIVE,
};

/* All zero: UNASSIGNED. */
struct kafka_partition {
    enum kafka_partition_state state;
    struct kafka_producer *producer;
    enum feed_outcome outcome;          /* of the last flush */
    int64_t ends[KAFKA_MAX_PARTITIONS]; /* RESTORING: parkrun is read up to here */
    int64_t retry_ms;                   /* ASSIGNED: not tried again before */
};

/* What a step needs of the feed. Borrowed. */
struct kafka_partition_feed {
    const struct kafka_settings *settings;
    struct kafka_consumer *consumer;
    bool away; /* no broker answers */
};

/* Goes one state on where that is possible now. `number` is the partition's, `held`: the consumer
 * group has given it to this server. -1: not now, it is tried again in a second. */
int kafka_partition_step(struct kafka_partition *p, int number, bool held,
    const struct kafka_partition_feed *f, struct err *e) MUST_CHECK;

/* Commits what was published, and says in `outcome` what became of it. */
int kafka_partition_flush(struct kafka_partition *p, int timeout_ms, struct err *e) MUST_CHECK;

/* Something was published since the last flush. */
bool kafka_partition_is_open(const struct kafka_partition *p);

/* Aborts what is open. UNASSIGNED afterwards. */
void kafka_partition_leave(struct kafka_partition *p);

#endif
