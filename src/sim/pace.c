#include "sim/pace.h"

#include "sim/rng.h"

#define NS_PER_S UINT64_C(1000000000)
#define MILLION 1000000
#define JITTER_MAX 199000u   /* millionths: 20 % is asked for, rounding stays below it */
#define FIRST_JITTER_DRAW 8u /* the indices below belong to sim.c */

/* A stretch has at most 300,001 mm (pace_plan_init) and lasts at most 1.3 * 10^13 ns (36,000 s/km).
 * So ns * jitter and ns * mm stay below 2^63. The products in running() need 128 bits. */
struct stretch {
    uint64_t from_ns, to_ns;
    uint32_t from_mm, to_mm;
};

void pace_plan_init(struct pace_plan *p, uint32_t length_mm)
{
    uint32_t pairs = (uint32_t)(((uint64_t)length_mm + PACE_PAIR_MM / 2) / PACE_PAIR_MM);

    p->length_mm = length_mm;
    p->pairs = pairs ? pairs : 1;
    p->pair_mm = length_mm / p->pairs;
    p->longer = length_mm % p->pairs;
}

int64_t pace_finish_s(const struct pace_plan *p, uint32_t pace_ms, uint32_t stop_s)
{
    uint64_t run_ns = (uint64_t)pace_ms * p->length_mm;

    return (int64_t)((run_ns + NS_PER_S - 1) / NS_PER_S + stop_s);
}

static uint32_t pair_start_mm(const struct pace_plan *p, uint32_t pair)
{
    return pair * p->pair_mm + (pair < p->longer ? pair : p->longer);
}

/* Both stretches of a pair: the first is run at 1 + x of the pace, the end of the second is exact.
 */
static void cut_pair(const struct pace_plan *p, const struct pace_runner *r, uint32_t pair,
    struct stretch *first, struct stretch *second)
{
    uint32_t from = pair_start_mm(p, pair);
    uint32_t to = pair_start_mm(p, pair + 1);
    uint32_t middle = from + (to - from) / 2;
    int64_t x =
        (int64_t)rng_below(r->key, FIRST_JITTER_DRAW + pair, 2 * JITTER_MAX + 1) - JITTER_MAX;
    int64_t even_ns = (int64_t)r->pace_ms * (middle - from);

    first->from_mm = from;
    first->to_mm = middle;
    first->from_ns = (uint64_t)r->pace_ms * from;
    first->to_ns = first->from_ns + (uint64_t)(even_ns + even_ns * x / MILLION);
    second->from_mm = middle;
    second->to_mm = to;
    second->from_ns = first->to_ns;
    second->to_ns = (uint64_t)r->pace_ms * to;
}

static struct stretch stretch_at_ns(
    const struct pace_plan *p, const struct pace_runner *r, uint64_t ns)
{
    /* Never too high, and at most one too low: there are fewer pairs than mm in a pair. */
    uint32_t pair = (uint32_t)(ns / ((uint64_t)r->pace_ms * (p->pair_mm + 1)));
    struct stretch first, second;

    if (ns >= (uint64_t)r->pace_ms * pair_start_mm(p, pair + 1))
        pair++;
    cut_pair(p, r, pair, &first, &second);
    return ns < first.to_ns ? first : second;
}

static struct stretch stretch_at_mm(
    const struct pace_plan *p, const struct pace_runner *r, uint32_t mm)
{
    uint32_t pair = mm / (p->pair_mm + 1);
    struct stretch first, second;

    if (mm >= pair_start_mm(p, pair + 1))
        pair++;
    cut_pair(p, r, pair, &first, &second);
    return mm < first.to_mm ? first : second;
}

static uint64_t ceil_s(uint64_t ns)
{
    return (ns + NS_PER_S - 1) / NS_PER_S;
}

/* The part of a stretch up to `end_ns`, `pause_ns` of standing behind it. */
static struct pace_leg running(const struct stretch *s, uint64_t end_ns, uint64_t pause_ns)
{
    uint64_t from_s = ceil_s(s->from_ns + pause_ns);
    uint64_t late_ns = from_s * NS_PER_S - (s->from_ns + pause_ns);
    uint64_t step = (uint64_t)(((rng_wide)(s->to_mm - s->from_mm) * NS_PER_S << PACE_FRACTION) /
                               (s->to_ns - s->from_ns));

    return (struct pace_leg){
        .from_s = (int32_t)from_s,
        .span_s = (uint32_t)(ceil_s(end_ns + pause_ns) - from_s),
        .base = ((uint64_t)s->from_mm << PACE_FRACTION) +
                (uint64_t)((rng_wide)late_ns * step / NS_PER_S),
        .step = step,
    };
}

static struct pace_leg standing(uint32_t mm, uint64_t from_s, uint64_t to_s)
{
    return (struct pace_leg){
        .from_s = (int32_t)from_s,
        .span_s = (uint32_t)(to_s - from_s),
        .base = (uint64_t)mm << PACE_FRACTION,
    };
}

static struct pace_leg leg_with_stop(
    const struct pace_plan *p, const struct pace_runner *r, uint64_t ns)
{
    struct stretch s = stretch_at_mm(p, r, r->stop_mm);
    uint64_t mm = s.to_mm - s.from_mm;
    /* The first ns at which it is there: before it the place is short of stop_mm, at it or beyond
     * from then on. */
    uint64_t stop_ns = s.from_ns + ((r->stop_mm - s.from_mm) * (s.to_ns - s.from_ns) + mm - 1) / mm;
    uint64_t pause_ns = (uint64_t)r->stop_s * NS_PER_S;

    if (ns < stop_ns) {
        s = stretch_at_ns(p, r, ns);
        return running(&s, s.to_ns < stop_ns ? s.to_ns : stop_ns, 0);
    }
    if (ns < stop_ns + pause_ns)
        return standing(r->stop_mm, ceil_s(stop_ns), ceil_s(stop_ns + pause_ns));
    s = stretch_at_ns(p, r, ns - pause_ns);
    if (s.from_ns < stop_ns) {
        s.from_ns = stop_ns;
        s.from_mm = r->stop_mm;
    }
    return running(&s, s.to_ns, pause_ns);
}

struct pace_leg pace_leg_at(const struct pace_plan *p, const struct pace_runner *r, int32_t raw_s)
{
    uint64_t ns = (uint64_t)raw_s * NS_PER_S;
    struct stretch s;

    if (raw_s >= r->finish_s)
        return standing(p->length_mm, (uint64_t)r->finish_s, (uint64_t)INT32_MAX + 1);
    if (r->stop_mm != PACE_NO_STOP)
        return leg_with_stop(p, r, ns);
    s = stretch_at_ns(p, r, ns);
    return running(&s, s.to_ns, 0);
}
