/*
 * lag.h: how late a race's ticks were at each hop, counted from the moment they were due
 * (docs/lag.md): the samples of the last minute, at most LAG_SAMPLES a hop, and their quantiles.
 *
 * The times come from several machines, whose clocks may differ. No hop is reported as earlier than
 * the one before it. lag_clock() says by how much the clocks differ. Not locked: the owner locks.
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

/* Of one race. A hop without samples has no memory. A zeroed struct is empty. */
struct lag {
    struct lag_ring *hop[LAG_HOPS];
    struct lag_ring *transit; /* published to queryable as the two clocks say: may be negative */
    double reached_ms; /* the lag of the newest tick so far: no later hop has a smaller one */
};

struct lag_quantiles {
    uint32_t samples;
    double p50, p95, p99;
};

const char *lag_hop_name(enum lag_hop hop);
void lag_release(struct lag *l);

/* The moment from which a tick's lag is counted: when it was due. Another producer's race has no
 * known due time: there it is when the tick was published, and that hop is not reported. */
static inline int64_t lag_due_ms(const struct view *v)
{
    return v->external && v->published_ms ? v->published_ms : v->due_ms;
}

/* Adds a view's tick: published, acknowledged and queryable, as far as they are known. After a
 * stall one view brings several ticks: those from from_s on became queryable with it, and each is
 * late by a time of its own. */
void lag_tick(struct lag *l, const struct view *v, int32_t from_s, int64_t now_ms);

/* Adds one more hop of a tick. A negative lag counts as 0. */
void lag_add(struct lag *l, enum lag_hop hop, int64_t now_ms, double lag_ms);

/* The quantiles of the last minute. False: it has no sample, and `out` is left alone. */
bool lag_quantiles(
    const struct lag *l, enum lag_hop hop, int64_t now_ms, struct lag_quantiles *out);

/*
 * By how many ms this server's clock is at least ahead of the publisher's (negative: behind); 0:
 * there is no sign that they differ. It is behind if every tick of the last minute could be read
 * before it was published. It is ahead if every tick was read more than a minute late, and always
 * by the same time.
 */
int64_t lag_clock(const struct lag *l, int64_t now_ms);

/* Whether a race is slow, or nothing happens: "idle": nothing is due; "current": ticks come in
 * time; "slow": ticks come late; "silent": ticks are due and none comes. `tick_age_ms`: since the
 * newest tick, -1: there was none. Static text. */
const char *lag_flow(bool runs, int64_t overdue_ms, int64_t tick_age_ms);

#endif
