/*
 * consumer.h: reads the four topics from a cursor on. Only committed records are read
 * (read_committed). Every partition is assigned by hand, so each reader sees everything. `courses`,
 * `races` and `rosters` are read to their end before `parkrun` is begun, because events need their
 * race.
 *
 * One thread owns it. The cursor moves past a record when the handler has taken it.
 */
#ifndef FEED_KAFKA_CONSUMER_H
#define FEED_KAFKA_CONSUMER_H

#include "base/err.h"
#include "feed/kafka/cursor.h"
#include "feed/kafka/settings.h"
#include "feed/kafka/topics.h"

#include <stddef.h>
#include <stdint.h>

struct kafka_consumer;

struct kafka_incoming {
    enum kafka_topic topic;
    const char *key;
    size_t key_len;
    const char *value; /* NULL: a tombstone */
    size_t value_len;
    int64_t published_ms; /* the record's own timestamp */
    int32_t partition;
    int64_t offset;
};

typedef int kafka_incoming_fn(void *arg, const struct kafka_incoming *m, struct err *e);

/* Keeps a pointer to `t` (its partition counts) and a copy of `from`. */
struct kafka_consumer *kafka_consumer_new(const struct kafka_settings *s,
    const struct kafka_topics *t, const struct kafka_cursor *from, struct err *e) MUST_CHECK;
void kafka_consumer_free(struct kafka_consumer *c);

/* Gives records to `fn`: waits up to timeout_ms for the first, then takes at most `max` without
 * waiting. Returns how many, or -1 with the handler's error; the cursor then stands before that
 * record, which comes again. A broker that is away is no error. */
int kafka_consumer_poll(struct kafka_consumer *c, int timeout_ms, int max, kafka_incoming_fn *fn,
    void *arg, struct err *e);

/* Up to where records were taken. Borrowed. */
const struct kafka_cursor *kafka_consumer_cursor(const struct kafka_consumer *c);

/* Raises the ends to where the partitions end for those who read uncommitted records too, as the
 * last fetch has told. Committed records behind an open transaction of another program can be read
 * only when that has ended: kafka_consumer_ends does not count them, this does. */
void kafka_consumer_held(const struct kafka_consumer *c, int64_t ends[KAFKA_MAX_PARTITIONS]);

/* Asks where the partitions of parkrun end now, within timeout_ms in all. ERR_UNAVAILABLE: no
 * answer in time. kafka_consumer_passed tells whether everything before such ends has been read. */
int kafka_consumer_ends(
    struct kafka_consumer *c, int64_t ends[KAFKA_MAX_PARTITIONS], int timeout_ms, struct err *e);
int kafka_consumer_passed(const struct kafka_consumer *c, const int64_t ends[KAFKA_MAX_PARTITIONS]);

/* `courses`, `races` and `rosters` have been read to their end once. */
int kafka_consumer_ready(const struct kafka_consumer *c);

/* No broker answers: a second ago no connection was up, or nothing has come over any for three
 * seconds. */
int kafka_consumer_away(const struct kafka_consumer *c);

/* Once it is ready: begins with parkrun at the cursor. Where since_ms > 0, partitions of which the
 * cursor knows nothing begin with the first record that is not older. Does nothing the second
 * time. */
int kafka_consumer_begin(
    struct kafka_consumer *c, int64_t since_ms, int timeout_ms, struct err *e) MUST_CHECK;
int kafka_consumer_begun(const struct kafka_consumer *c);

#endif
