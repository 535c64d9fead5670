/*
 * stats.h: whether a broker answers, from librdkafka's statistics (JSON text, once a second
 * with statistics.interval.ms=1000). Fields: STATISTICS.md of librdkafka, brokers.*.state, .rxidle.
 */
#ifndef FEED_KAFKA_STATS_H
#define FEED_KAFKA_STATS_H

#include <stdint.h>

/* How long ago (ms) anything came from that broker, among those that are connected, from which
 * something came last. -1: none is connected. */
int64_t kafka_stats_silent_ms(const char *json);

#endif
