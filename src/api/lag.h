/*
 * lag.h: what GET /api/lag and /metrics tell of the way of the data (docs/lag.md): the lag of
 * every hop, and whether each part of the way lives.
 */
#ifndef API_LAG_H
#define API_LAG_H

#include "api/api.h"
#include "base/buf.h"

/* Prometheus lines. Any thread. */
void api_lag_text(const struct api *a, struct buf *out);

#endif
