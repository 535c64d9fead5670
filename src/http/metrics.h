/*
 * metrics.h: counts of what the server did, and how metrics are written (Prometheus text format).
 */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/buf.h"

#include <stdint.h>

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* Count an answer, and bytes that went out. Any thread. */
void metrics_answered(struct metrics *m, const char *method, unsigned status);
void metrics_sent(struct metrics *m, uint64_t bytes);

/* Appends PREFIX_http_requests_total and PREFIX_http_sent_bytes_total. Any thread. */
void metrics_text(const struct metrics *m, const char *prefix, struct buf *out);

/* Append the HELP and TYPE lines of a metric; `type` is "gauge", "counter" or "summary". The other
 * two append the one value of a gauge or a counter too. */
void metrics_head(struct buf *out, const char *name, const char *type, const char *help);
void metrics_gauge(struct buf *out, const char *name, const char *help, double value);
void metrics_counter(struct buf *out, const char *name, const char *help, double value);

#endif
