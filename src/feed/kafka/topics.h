/*
 * topics.h: the four topics: `parkrun` (position events, key competitorId), `races`,
 * `courses` and `rosters` (compacted, latest wins, keys runId, shortName and runId), and which
 * partition a key goes to.
 */
#ifndef FEED_KAFKA_TOPICS_H
#define FEED_KAFKA_TOPICS_H

#include "base/err.h"
#include "feed/kafka/settings.h"

#include <stddef.h>
#include <stdint.h>

enum kafka_topic { KAFKA_PARKRUN, KAFKA_RACES, KAFKA_COURSES, KAFKA_ROSTERS, KAFKA_TOPICS };

extern const char *const kafka_topic_name[KAFKA_TOPICS];

#define KAFKA_MAX_PARTITIONS 64
#define KAFKA_RECORD_MAX 8388608u /* bytes: a long course with its prepared lengths */
#define KAFKA_RECORD_MAX_TEXT "8388608"

struct kafka_topics {
    int32_t partitions[KAFKA_TOPICS];
    char cluster_id[128];
};

/* Makes the topics that are missing (parkrun 4 partitions, races 4, courses and rosters 1), then
 * asks how many partitions each has. A topic that somebody made with another number is used as it
 * is, up to KAFKA_MAX_PARTITIONS. ERR_UNAVAILABLE: no broker answers within timeout_ms.
 * ERR_UNAUTHORIZED: the broker refuses the password, or its certificate is not trusted. */
int kafka_topics_ensure(struct kafka_topics *t, const struct kafka_settings *s, int timeout_ms,
    struct err *e) MUST_CHECK;

/* Sets ERR_TOO_LARGE and says what to do about a record of that length. Returns -1. */
int kafka_topics_too_large(enum kafka_topic topic, size_t len, struct err *e);

/* Java's default partitioner for keyed records (murmur2). */
int32_t kafka_topics_partition(const void *key, size_t len, int32_t partitions);

#endif
