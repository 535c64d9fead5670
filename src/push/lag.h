/*
 * lag.h: how late a race's ticks were at each hop, counted from the moment they were due
 * (docs/lag.md): the samples of the last minute, at most LAG_SAMPLES a hop, and their quantiles.
 *
 * The stamps come from several clocks. No hop is told as earlier than the one before it; that one
 * had to be moved, and by how much, says lag_clock(). Not locked: the owner does that.
 */
#ifndef PUSH_LAG_H
#define PUSH_LAG_H

#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

#define LAG_SAMPLES 512u
#define LAG_WINDOW_MS 60000

enum lag_hop {
    LAG_PUBLISHED,
    LAG_ACKNOWLEDGED,
    LAG_QUERYABLE,
    LAG_PUSHED,
    LAG_RECEIVED,
    LAG_PAINTED,
    LAG_HOPS
};

struct lag_ring {
    int64_t at_ms[LAG_SAMPLES];
    float lag_ms[LAG_SAMPLES];
    uint32_t next, n;
};

/* One race's; a hop that has no sample has no memory. */
struct lag {
    struct lag_ring *hop[LAG_HOPS];
    struct lag_ring *transit; /* published to queryable as the two clocks say: may be negative */
    double reached_ms;        /* by the newest tick so far: what comes next is not earlier */
};

struct lag_quantiles {
    uint32_t samples;
    double p50, p95, p99;
};

const char *lag_hop_name(enum lag_hop hop);
void lag_release(struct lag *l);

/* What a tick's lag is counted from: when it was due. Of another producer's race nobody knows that:
 * there it is when it was published, and that hop is not told. */
static inline int64_t lag_due_ms(const struct view *v)
{
    return v->foreign && v->published_ms ? v->published_ms : v->due_ms;
}

/* A view's tick: published, acknowledged and queryable, as far as they are known. Those from from_s
 * on that it brought along, after a stall, became queryable with it, each late by its own time. */
void lag_tick(struct lag *l, const struct view *v, int32_t from_s, int64_t now_ms);

/* One more hop of a tick; a negative lag counts as 0. */
void lag_add(struct lag *l, enum lag_hop hop, int64_t now_ms, double lag_ms);

/* False where the last minute has no sample. */
bool lag_quantiles(
    const struct lag *l, enum lag_hop hop, int64_t now_ms, struct lag_quantiles *out);

/*
 * How far this server's clock is ahead (negative: behind) of the one that published, at least; 0:
 * they agree as far as can be seen. Behind: everything of the last minute could be read before it
 * was published. Ahead: everything was read more than a minute late, and always by the same time.
 */
int64_t lag_clock(const struct lag *l, int64_t now_ms);

/* Slow, or nothing happening? "idle": nothing is due, "current": in time, "slow": late ticks come,
 * "silent": ticks are due and none comes. `tick_age_ms` since the newest, -1: none ever. */
const char *lag_flow(bool runs, int64_t overdue_ms, int64_t tick_age_ms);

#endif
