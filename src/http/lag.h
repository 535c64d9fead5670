/*
 * lag.h: how late the data were at each hop, counted from the moment an event was due: the samples
 * of the last minute, at most LAG_SAMPLES a hop, and their quantiles. Not locked: the owner does
 * that.
 */
#ifndef HTTP_LAG_H
#define HTTP_LAG_H

#include <stdbool.h>
#include <stdint.h>

#define LAG_SAMPLES 512u
#define LAG_WINDOW_MS 60000

enum lag_hop { LAG_PUBLISHED, LAG_COMMITTED, LAG_PUSHED, LAG_RECEIVED, LAG_PAINTED, LAG_HOPS };

struct lag_ring {
    int64_t at_ms[LAG_SAMPLES];
    float lag_ms[LAG_SAMPLES];
    uint32_t next, n;
};

/* One race's; a hop that has no sample has no memory. */
struct lag {
    struct lag_ring *hop[LAG_HOPS];
};

struct lag_quantiles {
    uint32_t samples;
    double p50, p95, p99;
};

const char *lag_hop_name(enum lag_hop hop);
void lag_release(struct lag *l);
void lag_add(struct lag *l, enum lag_hop hop, int64_t now_ms, double lag_ms);

/* False where the last minute has no sample. */
bool lag_quantiles(
    const struct lag *l, enum lag_hop hop, int64_t now_ms, struct lag_quantiles *out);

#endif
