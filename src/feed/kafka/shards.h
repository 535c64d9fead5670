/*
 * shards.h: which parts of a race that several programs make are done. A part's mark is an
 * offset that it commits for a consumer group of its own, which nobody is a member of: Kafka keeps
 * it, and no reader of the topics has to pass over it.
 *
 * Who sets a mark once its events are committed, and then asks for all of them, knows: of those who
 * finish together at least one, and whoever finishes last in any case, finds all of them set.
 */
#ifndef FEED_KAFKA_SHARDS_H
#define FEED_KAFKA_SHARDS_H

#include "base/err.h"
#include "feed/kafka/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* The group of part I of N is "NAME-I-N". ERR_UNAVAILABLE: no answer within timeout_ms. */
int kafka_shards_set(const struct kafka_settings *s, const char *name, uint32_t part, uint32_t of,
    int timeout_ms, struct err *e) MUST_CHECK;

/* Whether all of the `of` parts have theirs; each question has timeout_ms. */
int kafka_shards_all(const struct kafka_settings *s, const char *name, uint32_t of, int timeout_ms,
    bool *all, struct err *e) MUST_CHECK;

#endif
