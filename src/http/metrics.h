/*
 * metrics.h: counts of what the server did, for /metrics. Any thread.
 */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/buf.h"

#include <stdint.h>

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

void metrics_answered(struct metrics *m, const char *method, unsigned status);
void metrics_sent(struct metrics *m, uint64_t bytes);

/* Prometheus text lines. */
void metrics_text(const struct metrics *m, struct buf *out);

#endif
