#include "sim/pace.h"

#include "sim/rng.h"

#define US_PER_S 1000000u
#define MILLION 1000000
#define JITTER_MAX 199000u   /* millionths: 20 % is asked for, rounding stays below it */
#define FIRST_JITTER_DRAW 8u /* the indices below belong to sim.c */

/* A stretch has at most 300,001 mm (pace_plan_init), which is what keeps these products in 64 bits:
 * mm * 10^6 << PACE_FRACTION < 2^63, and mm * µs * jitter / 10^6 < 2^62 up to 36,000 s/km. */
struct stretch {
    uint64_t from_us, to_us;
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

int64_t pace_finish_s(const struct pace_plan *p, uint32_t pace, uint32_t stop_s)
{
    uint64_t run_us = (uint64_t)pace * p->length_mm;

    return (int64_t)((run_us + US_PER_S - 1) / US_PER_S + stop_s);
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
    int64_t even_us = (int64_t)r->pace * (middle - from);

    first->from_mm = from;
    first->to_mm = middle;
    first->from_us = (uint64_t)r->pace * from;
    first->to_us = first->from_us + (uint64_t)(even_us + even_us * x / MILLION);
    second->from_mm = middle;
    second->to_mm = to;
    second->from_us = first->to_us;
    second->to_us = (uint64_t)r->pace * to;
}

static struct stretch stretch_at_us(
    const struct pace_plan *p, const struct pace_runner *r, uint64_t us)
{
    /* Never too high, and at most one too low: there are fewer pairs than mm in a pair. */
    uint32_t pair = (uint32_t)(us / ((uint64_t)r->pace * (p->pair_mm + 1)));
    struct stretch first, second;

    if (us >= (uint64_t)r->pace * pair_start_mm(p, pair + 1))
        pair++;
    cut_pair(p, r, pair, &first, &second);
    return us < first.to_us ? first : second;
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

static uint64_t ceil_s(uint64_t us)
{
    return (us + US_PER_S - 1) / US_PER_S;
}

/* The part of a stretch up to `end_us`, `pause_us` of standing behind it. */
static struct pace_leg running(const struct stretch *s, uint64_t end_us, uint64_t pause_us)
{
    uint64_t from_s = ceil_s(s->from_us + pause_us);
    uint64_t late_us = from_s * US_PER_S - (s->from_us + pause_us);
    uint64_t step =
        ((uint64_t)(s->to_mm - s->from_mm) * US_PER_S << PACE_FRACTION) / (s->to_us - s->from_us);

    return (struct pace_leg){
        .from_s = (int32_t)from_s,
        .span_s = (uint32_t)(ceil_s(end_us + pause_us) - from_s),
        .base = ((uint64_t)s->from_mm << PACE_FRACTION) + late_us * step / US_PER_S,
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
    const struct pace_plan *p, const struct pace_runner *r, uint64_t us)
{
    struct stretch s = stretch_at_mm(p, r, r->stop_mm);
    uint64_t mm = s.to_mm - s.from_mm;
    /* The first µs at which it is there: before it the place is short of stop_mm, at it or beyond
     * from then on. */
    uint64_t stop_us = s.from_us + ((r->stop_mm - s.from_mm) * (s.to_us - s.from_us) + mm - 1) / mm;
    uint64_t pause_us = (uint64_t)r->stop_s * US_PER_S;

    if (us < stop_us) {
        s = stretch_at_us(p, r, us);
        return running(&s, s.to_us < stop_us ? s.to_us : stop_us, 0);
    }
    if (us < stop_us + pause_us)
        return standing(r->stop_mm, ceil_s(stop_us), ceil_s(stop_us + pause_us));
    s = stretch_at_us(p, r, us - pause_us);
    if (s.from_us < stop_us) {
        s.from_us = stop_us;
        s.from_mm = r->stop_mm;
    }
    return running(&s, s.to_us, pause_us);
}

struct pace_leg pace_leg_at(const struct pace_plan *p, const struct pace_runner *r, int32_t raw_s)
{
    uint64_t us = (uint64_t)raw_s * US_PER_S;
    struct stretch s;

    if (raw_s >= r->finish_s)
        return standing(p->length_mm, (uint64_t)r->finish_s, (uint64_t)INT32_MAX + 1);
    if (r->stop_mm != PACE_NO_STOP)
        return leg_with_stop(p, r, us);
    s = stretch_at_us(p, r, us);
    return running(&s, s.to_us, 0);
}
