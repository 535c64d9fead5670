#include "http/lag.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *lag_hop_name(enum lag_hop hop)
{
    static const char *const names[LAG_HOPS] = {
        "published", "committed", "pushed", "received", "painted"};

    return names[hop];
}

void lag_release(struct lag *l)
{
    for (int h = 0; h < LAG_HOPS; h++)
        free(l->hop[h]);
    memset(l, 0, sizeof *l);
}

void lag_add(struct lag *l, enum lag_hop hop, int64_t now_ms, double lag_ms)
{
    struct lag_ring *r = l->hop[hop];

    if (!r)
        r = l->hop[hop] = mem_zalloc(1, sizeof *r);
    r->at_ms[r->next] = now_ms;
    r->lag_ms[r->next] = (float)lag_ms;
    r->next = (r->next + 1) % LAG_SAMPLES;
    if (r->n < LAG_SAMPLES)
        r->n++;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Nearest rank: the least sample that p of all are not above. */
static double rank(const float *sorted, uint32_t n, double p)
{
    uint32_t i = (uint32_t)ceil(p * n);

    return (double)sorted[i > 0 ? i - 1 : 0];
}

bool lag_quantiles(const struct lag *l, enum lag_hop hop, int64_t now_ms, struct lag_quantiles *out)
{
    const struct lag_ring *r = l->hop[hop];
    float recent[LAG_SAMPLES];
    uint32_t n = 0;

    for (uint32_t i = 0; r && i < r->n; i++)
        if (r->at_ms[i] > now_ms - LAG_WINDOW_MS)
            recent[n++] = r->lag_ms[i];
    if (n == 0)
        return false;
    qsort(recent, n, sizeof *recent, by_size);
    *out = (struct lag_quantiles){
        n, rank(recent, n, 0.50), rank(recent, n, 0.95), rank(recent, n, 0.99)};
    return true;
}
