/*
 * group.h: who drives which races. A consumer group on `races` gives each of its partitions to
 * exactly one living member. A race is driven by the member that holds the partition of its runId.
 * So Kafka's own protocol decides who drives, and who takes over when a member dies (after 6 s
 * without a heartbeat). Nothing is read through the group.
 *
 * One thread owns it and calls kafka_group_poll at least every few seconds.
 */
#ifndef FEED_KAFKA_GROUP_H
#define FEED_KAFKA_GROUP_H

#include "base/err.h"
#include "feed/kafka/settings.h"
#include "feed/kafka/topics.h"

#include <stdbool.h>
#include <stdint.h>

struct kafka_group;

/* Joins. `instance` (NULL: none) is a name that this server keeps and no other server has. A member
 * that is killed and started again under its name within 6 s has its partitions back at once, and
 * the others do not notice. ERR_INVALID, ERR_INTERNAL: it cannot join. */
struct kafka_group *kafka_group_new(
    const struct kafka_settings *s, const char *instance, struct err *e) MUST_CHECK;
void kafka_group_free(
    struct kafka_group *g); /* leaves; the partitions are given to others at once */

/* Heartbeats and rebalances happen here. */
void kafka_group_poll(struct kafka_group *g);

/* Bit p: partition p of `races` is ours. 0 at the latest when the session has run out without an
 * answer of the broker. */
uint64_t kafka_group_held(const struct kafka_group *g);

/* Another server has joined under the same name, as with a copied data directory. This member holds
 * nothing any more: free it and make one without a name. */
bool kafka_group_fenced(const struct kafka_group *g);

#endif
