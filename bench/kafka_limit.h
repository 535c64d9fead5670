/*
 * kafka_limit.h: what librdkafka alone does with the same bytes on the same broker: produced in
 * batches to explicit partitions, in transactions of as many events as Trackside's, and meanwhile
 * consumed read_committed on another thread, without looking at them. Whatever fails ends the
 * benchmark with a sentence.
 */
#ifndef BENCH_KAFKA_LIMIT_H
#define BENCH_KAFKA_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

struct kafka_limit;

/* Nobody has published positions there yet. */
bool kafka_limit_is_empty(const char *broker);

/* Makes its topic. `sample`: how many events will be added. */
struct kafka_limit *kafka_limit_new(const char *broker, size_t sample);
void kafka_limit_free(struct kafka_limit *l);

/* An event of the sample; copies. */
void kafka_limit_add(struct kafka_limit *l, const char *text, size_t len);

/* Send the sample again and again, `events` in all; seconds until the last one was consumed. */
double kafka_limit_run(struct kafka_limit *l, size_t events);

#endif
