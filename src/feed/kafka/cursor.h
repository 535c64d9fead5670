/*
 * cursor.h: up to where the topics have been read: the next offset of every partition, and of
 * which cluster. As text it is kept by the store in the transaction that holds what was read:
 * "CLUSTER_ID parkrun 0:123-130 1:45 races 0:6 courses 0:1". Here partition 0 is read again from
 * 123, where an unfinished tick begins, and everything else before 130 has been stored (gather.h).
 */
#ifndef FEED_KAFKA_CURSOR_H
#define FEED_KAFKA_CURSOR_H

#include "base/buf.h"
#include "base/err.h"
#include "feed/kafka/topics.h"

#include <stdint.h>

struct kafka_cursor {
    char cluster_id[128];
    int64_t next[KAFKA_TOPICS][KAFKA_MAX_PARTITIONS]; /* 0 at the start: from the beginning */
    int64_t done[KAFKA_MAX_PARTITIONS];               /* of parkrun */
};

/* Appends the cursor as text; kafka_cursor_parse reads it. ERR_INTERNAL: it is damaged. */
void kafka_cursor_format(
    const struct kafka_cursor *c, const struct kafka_topics *t, struct buf *out);
int kafka_cursor_parse(struct kafka_cursor *c, const char *text, struct err *e) MUST_CHECK;

#endif
