/*
 * shards.h: which parts of a race are done, where several programs make one race. A part that is
 * done commits an offset for a consumer group of its own, which has no members: this is its mark.
 * Kafka keeps the mark, and no reader of the topics sees it.
 *
 * A program sets its mark once its events are committed, and then asks for the marks of all parts.
 * The one that finishes last finds all of them, so it can announce the end of the race. Where
 * several finish together at least one of them finds all.
 */
#ifndef FEED_KAFKA_SHARDS_H
#define FEED_KAFKA_SHARDS_H

#include "base/err.h"
#include "feed/kafka/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Sets the mark of a part, 1 to `of`. Its group is "NAME-PART-OF". ERR_UNAVAILABLE: no answer
 * within timeout_ms. */
int kafka_shards_set(const struct kafka_settings *s, const char *name, uint32_t part, uint32_t of,
    int timeout_ms, struct err *e) MUST_CHECK;

/* *all: every part has its mark. ERR_UNAVAILABLE: one question got no answer within timeout_ms. */
int kafka_shards_all(const struct kafka_settings *s, const char *name, uint32_t of, int timeout_ms,
    bool *all, struct err *e) MUST_CHECK;

#endif
