/*
 * records.h: reads the records of the four topics and gives them to the sink: events in batches,
 * races, courses and rosters one by one. A record that cannot be read is skipped; feed_stats counts
 * it and keeps the last one as an example.
 */
#ifndef FEED_KAFKA_RECORDS_H
#define FEED_KAFKA_RECORDS_H

#include "base/buf.h"
#include "feed/feed.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/gather.h"

#define KAFKA_READ_EVENT_MAX 65536u /* bytes; no position event is longer */

struct kafka_records;

struct kafka_records_options {
    /* Races that it has signed are skipped: the server published them itself and may have changed
     * them since. NULL: none are. */
    const char *server_id;
    struct kafka_gather *gather; /* borrowed; NULL: all events are delivered as they are */
};

/* Copies the sink and the options; all zero: every record is delivered. */
struct kafka_records *kafka_records_new(
    const struct feed_sink *sink, const struct kafka_records_options *o);
void kafka_records_free(struct kafka_records *r);

/* Reads one record. Events are kept until there are many, or until kafka_records_flush delivers
 * them; races, courses and rosters are delivered at once. -1: the sink's error. */
int kafka_records_record(struct kafka_records *r, const struct kafka_incoming *m,
    struct feed_stats *f, struct err *e) MUST_CHECK;
int kafka_records_flush(struct kafka_records *r, struct err *e) MUST_CHECK;

/* Appends a race as the value of a record of `races`: {runId, course, startTime (epoch ms), state,
 * driver, spec}. The first three are what programs of the articles read. `spec` is the whole record
 * as a string of JSON, because Pinot cannot keep a nested object in a STRING column. */
void kafka_records_format_race(const struct race_record *r, struct buf *out);

#endif
