/* lag.c: the lags of one race, a ring of samples for each hop. Quantiles are worked out when
 * somebody asks, so that adding a sample is a few instructions. */
#include "push/lag.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SAMPLES 3u     /* fewer prove nothing about the clocks */
#define CLOCK_BEHIND_MS 250  /* less than that is the error of clocks in step */
#define CLOCK_AHEAD_MS 60000 /* no hop takes that long while readers keep up */
#define FLOW_LATE_MS 1000    /* overdue by less is current */
#define FLOW_SILENT_MS 5000  /* without a tick for so long it is not slow but silent */
#define CLOCK_STEADY_MS 2000 /* a reader that is slow is not late by the same time all along */

const char *lag_hop_name(enum lag_hop hop)
{
    static const char *const names[LAG_HOPS] = {
        "published", "acknowledged", "queryable", "pushed", "received", "painted"};

    return names[hop];
}

void lag_release(struct lag *l)
{
    for (int h = 0; h < LAG_HOPS; h++)
        free(l->hop[h]);
    free(l->transit);
    memset(l, 0, sizeof *l);
}

/* The ring is made with its first sample: most races never have some hops. */
static void add(struct lag_ring **ring, int64_t now_ms, double ms)
{
    struct lag_ring *r = *ring;

    if (!r)
        r = *ring = mem_zalloc(1, sizeof *r);
    r->at_ms[r->next] = now_ms;
    r->lag_ms[r->next] = (float)ms;
    r->next = (r->next + 1) % LAG_SAMPLES;
    if (r->n < LAG_SAMPLES)
        r->n++;
}

/* A lag below zero comes from clocks that differ a little, and counts as none. */
void lag_add(struct lag *l, enum lag_hop hop, int64_t now_ms, double lag_ms)
{
    add(&l->hop[hop], now_ms, lag_ms > 0 ? lag_ms : 0);
}

/* Adds the hops of the view's own tick, none earlier than the one before it. */
static void hops(struct lag *l, const struct view *v, int64_t now_ms)
{
    const struct {
        enum lag_hop hop;
        int64_t at_ms;
    } hop_time[] = {{LAG_PUBLISHED, v->published_ms}, {LAG_ACKNOWLEDGED, v->acknowledged_ms},
        {LAG_QUERYABLE, v->queryable_ms}};

    l->reached_ms = 0;
    for (size_t k = 0; k < sizeof hop_time / sizeof *hop_time; k++) {
        if (!hop_time[k].at_ms || (v->external && hop_time[k].hop == LAG_PUBLISHED))
            continue;
        l->reached_ms = fmax(l->reached_ms, (double)(hop_time[k].at_ms - lag_due_ms(v)));
        lag_add(l, hop_time[k].hop, now_ms, l->reached_ms);
    }
}

/* One view may bring several ticks. Those before the last became queryable with it. */
void lag_tick(struct lag *l, const struct view *v, int32_t from_s, int64_t now_ms)
{
    int32_t last_s = v->as_of_raw_s;

    if (v->external || from_s > last_s)
        from_s = last_s;
    if (last_s - from_s >= (int32_t)LAG_SAMPLES)
        from_s = last_s - (int32_t)LAG_SAMPLES + 1;
    for (int32_t r = from_s; r < last_s && v->queryable_ms; r++)
        lag_add(
            l, LAG_QUERYABLE, now_ms, (double)(v->queryable_ms - race_due_ms(&v->race.anchor, r)));
    hops(l, v, now_ms);
    if (v->published_ms && v->queryable_ms)
        add(&l->transit, now_ms, (double)(v->queryable_ms - v->published_ms));
}

/* The samples of the last minute. */
static uint32_t recent(const struct lag_ring *r, int64_t now_ms, float out[LAG_SAMPLES])
{
    uint32_t n = 0;

    for (uint32_t i = 0; r && i < r->n; i++)
        if (r->at_ms[i] > now_ms - LAG_WINDOW_MS)
            out[n++] = r->lag_ms[i];
    return n;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Nearest rank: the smallest sample that at least a share p of all samples do not exceed. */
static double rank(const float *sorted, uint32_t n, double p)
{
    uint32_t i = (uint32_t)ceil(p * n);

    return (double)sorted[i > 0 ? i - 1 : 0];
}

bool lag_quantiles(const struct lag *l, enum lag_hop hop, int64_t now_ms, struct lag_quantiles *out)
{
    float some[LAG_SAMPLES];
    uint32_t n = recent(l->hop[hop], now_ms, some);

    if (n == 0)
        return false;
    qsort(some, n, sizeof *some, by_size);
    *out = (struct lag_quantiles){n, rank(some, n, 0.50), rank(some, n, 0.95), rank(some, n, 0.99)};
    return true;
}

/* How far two clocks differ, 0: they agree as far as can be told. A negative transit is certain; a
 * very long one counts only where it is steady. */
int64_t lag_clock(const struct lag *l, int64_t now_ms)
{
    float some[LAG_SAMPLES], least, most;
    uint32_t n = recent(l->transit, now_ms, some);

    if (n < CLOCK_SAMPLES)
        return 0;
    least = most = some[0];
    for (uint32_t i = 1; i < n; i++) {
        least = some[i] < least ? some[i] : least;
        most = some[i] > most ? some[i] : most;
    }
    if (most < -CLOCK_BEHIND_MS)
        return (int64_t)most;
    return least > CLOCK_AHEAD_MS && most - least < CLOCK_STEADY_MS ? (int64_t)least : 0;
}

const char *lag_flow(bool runs, int64_t overdue_ms, int64_t tick_age_ms)
{
    if (!runs)
        return "idle";
    if (overdue_ms < FLOW_LATE_MS)
        return "current";
    return tick_age_ms >= 0 && tick_age_ms < FLOW_SILENT_MS ? "slow" : "silent";
}
