/*
 * group.h: who drives which races. A consumer group on `races` (session 6 s) gives each of
 * its partitions to exactly one living member; a race is driven by whoever holds the partition of
 * its runId. Kafka's own protocol is the lease and the take-over. Nothing is read through it.
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

/* `instance` (NULL: none) is a name that this server has for good, and no other has: started again
 * under it, it has back at once what it held when it was killed, and nobody else is disturbed. */
struct kafka_group *kafka_group_new(
    const struct kafka_settings *s, const char *instance, struct err *e) MUST_CHECK;
void kafka_group_free(struct kafka_group *l); /* gives everything back at once */

void kafka_group_poll(struct kafka_group *l);

/* Bit p: partition p of `races` is ours. Lost at the latest when the session has run out without
 * the broker's word. */
uint64_t kafka_group_held(const struct kafka_group *l);

/* Another server goes by the same name, as with a copied data directory: this lease holds nothing
 * any more. Make one without a name. */
bool kafka_group_fenced(const struct kafka_group *l);

#endif
