/*
 * records.h: records of the four topics into the sink: events in batches, races, courses and
 * rosters one by one. What cannot be read is counted, remembered as an example, and skipped.
 */
#ifndef FEED_KAFKA_RECORDS_H
#define FEED_KAFKA_RECORDS_H

#include "base/buf.h"
#include "feed/feed.h"
#include "feed/kafka/consumer.h"

#define KAFKA_READ_EVENT_MAX 65536u

struct kafka_records;

/* Copies the sink. Races that `server_id` (NULL: none) has signed are skipped: the server published
 * them itself and may have changed them since. */
struct kafka_records *kafka_records_new(const struct feed_sink *sink, const char *server_id);
void kafka_records_free(struct kafka_records *r);

/* Reads one record. Events are kept until there are many, or until kafka_records_flush delivers
 * them; races, courses and rosters are delivered at once. -1: the sink's error. */
int kafka_records_record(struct kafka_records *r, const struct kafka_incoming *m,
    struct feed_stats *f, struct err *e) MUST_CHECK;
int kafka_records_flush(struct kafka_records *r, struct err *e) MUST_CHECK;

/* A race as the record of `races`: {runId, course, startTime (epoch ms), state, driver, spec: "…"}:
 * the seeds' three fields first, the whole record as a string of JSON in `spec` (Pinot cannot keep
 * a nested object in a STRING). */
void kafka_records_format_race(const struct race_record *r, struct buf *out);

#endif
