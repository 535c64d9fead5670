/* hills.c: how the slope of a course changes the pace along it. */
#include "sim/hills.h"

#include "base/mem.h"
#include "sim/rng.h"

#include <stdlib.h>

#define MARK_MM 100000u  /* about so far from mark to mark */
#define MEAN_MM 50000u   /* so far on either side of a mark its height is the mean of */
#define SAMPLES 5        /* on either side */
#define SLOPE_MAX 450000 /* millionths */

struct mark {
    uint32_t dist_mm;
    uint32_t effort_mm;
};

struct hills {
    uint32_t n; /* stretches; there is one mark more */
    struct mark mark[];
};

int64_t hills_cost(int64_t slope)
{
    static const int64_t c[] = {155400000, -30400000, -43300000, 46300000, 19500000, 3600000};
    int64_t cost = 0;

    slope = slope > SLOPE_MAX ? SLOPE_MAX : slope < -SLOPE_MAX ? -SLOPE_MAX : slope;
    for (size_t i = 0; i < sizeof c / sizeof c[0]; i++)
        cost = cost * slope / 1000000 + c[i];
    return cost;
}

/* The vertices of a lap. */
struct profile {
    const uint64_t *at_um;
    const int32_t *cm;
    size_t n;
    uint64_t lap_um;
    uint32_t laps;
};

/* The height at a distance, in tenths of a mm. */
static int64_t height(const struct profile *p, uint64_t dist_mm)
{
    uint64_t um = dist_mm * 1000;
    uint64_t lap = um / p->lap_um < p->laps ? um / p->lap_um : p->laps - 1;
    size_t low = 0, high = p->n - 1;
    int64_t run_mm, at_mm;

    um -= lap * p->lap_um;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (p->at_um[mid] <= um)
            low = mid;
        else
            high = mid;
    }
    run_mm = (int64_t)(p->at_um[high] - p->at_um[low]) / 1000;
    at_mm = (int64_t)(um - p->at_um[low]) / 1000;
    if (at_mm >= run_mm)
        return (int64_t)p->cm[high] * 100;
    return (int64_t)p->cm[low] * 100 + ((int64_t)p->cm[high] - p->cm[low]) * 100 * at_mm / run_mm;
}

/* The mean height around a place. Near the ends of the course less of it counts, the same on both
 * sides, so that an even rise stays what it is. */
static int64_t mean_height(const struct profile *p, uint32_t dist_mm, uint32_t length_mm)
{
    int64_t reach = MEAN_MM;
    int64_t sum = 0;

    if (reach > dist_mm)
        reach = dist_mm;
    if (reach > length_mm - dist_mm)
        reach = length_mm - dist_mm;
    for (int64_t k = -SAMPLES; k <= SAMPLES; k++)
        sum += height(p, (uint64_t)(dist_mm + reach * k / SAMPLES));
    return sum / (2 * SAMPLES + 1);
}

/* The effort of a metre between two heights, `run_mm` apart. */
static uint64_t cost_between(int64_t from, int64_t to, uint32_t run_mm)
{
    return (uint64_t)hills_cost((to - from) * 100000 / (int64_t)run_mm);
}

/* Sets the marks. The costs are summed up first, and then scaled to the length. */
static void set_marks(struct hills *h, const struct profile *p, uint32_t length_mm)
{
    uint64_t *sum = mem_zalloc(h->n + 1, sizeof *sum);
    int64_t before = mean_height(p, 0, length_mm);

    for (uint32_t k = 1; k <= h->n; k++) {
        uint32_t at = (uint32_t)((uint64_t)length_mm * k / h->n);
        uint32_t run_mm = at - h->mark[k - 1].dist_mm;
        int64_t here = mean_height(p, at, length_mm);

        h->mark[k].dist_mm = at;
        sum[k] = sum[k - 1] + cost_between(before, here, run_mm) * run_mm;
        before = here;
    }
    for (uint32_t k = 1; k <= h->n; k++)
        h->mark[k].effort_mm = (uint32_t)((rng_wide)sum[k] * length_mm / sum[h->n]);
    free(sum);
}

struct hills *hills_new(const struct course *c)
{
    uint32_t n = (uint32_t)(((uint64_t)c->length_mm + MARK_MM / 2) / MARK_MM);
    struct profile p = {
        .cm = c->elevation_cm, .lap_um = line_lap_um(c->line), .laps = line_laps(c->line)};
    const struct lonlat *vertices;
    struct hills *h;

    n = n ? n : 1;
    p.n = line_vertices(c->line, &vertices, &p.at_um);
    h = mem_zalloc(1, sizeof *h + (n + 1) * sizeof h->mark[0]);
    h->n = n;
    set_marks(h, &p, c->length_mm);
    return h;
}

void hills_free(struct hills *h)
{
    free(h);
}

enum scale { DISTANCE, EFFORT };

static uint32_t mark_mm(const struct mark *m, enum scale scale)
{
    return scale == EFFORT ? m->effort_mm : m->dist_mm;
}

/* The mark before a place on one of the scales; the last mark is never it. */
static const struct mark *mark_before(const struct hills *h, enum scale scale, uint32_t mm)
{
    uint32_t low = 0, high = h->n;

    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;

        if (mark_mm(&h->mark[mid], scale) <= mm)
            low = mid;
        else
            high = mid;
    }
    return &h->mark[low];
}

uint32_t hills_effort_mm(const struct hills *h, uint32_t dist_mm)
{
    const struct mark *m = mark_before(h, DISTANCE, dist_mm);
    uint64_t past_mm = dist_mm - m[0].dist_mm;

    return m[0].effort_mm +
           (uint32_t)(past_mm * (m[1].effort_mm - m[0].effort_mm) / (m[1].dist_mm - m[0].dist_mm));
}

/* The first second of the leg, from its begin, at which the effort is `mm` or more. */
static uint64_t seconds_to(const struct pace_leg *leg, uint32_t mm)
{
    uint64_t at = (uint64_t)mm << PACE_FRACTION;

    return at <= leg->base ? 0 : (at - leg->base + leg->step - 1) / leg->step;
}

struct pace_leg hills_leg(
    const struct hills *h, const struct pace_leg *effort, uint32_t stop_mm, int32_t raw_s)
{
    uint32_t effort_mm = pace_leg_mm(effort, raw_s);
    const struct mark *before = mark_before(h, EFFORT, effort_mm);
    struct mark from = before[0], to = before[1];
    struct pace_leg leg = *effort;
    struct mark stop;
    uint64_t first, last;
    rng_wide past;

    if (stop_mm != PACE_NO_STOP && stop_mm >= from.dist_mm && stop_mm < to.dist_mm) {
        stop = (struct mark){stop_mm, hills_effort_mm(h, stop_mm)};
        if (effort_mm >= stop.effort_mm)
            from = stop; /* from here on it is exact, so that nobody steps back after a stop */
        else
            to = stop;
    }
    if (leg.step == 0) {
        leg.base = (uint64_t)(effort_mm < h->mark[h->n].effort_mm ? stop_mm : effort_mm)
                   << PACE_FRACTION;
        return leg;
    }
    first = seconds_to(effort, from.effort_mm);
    last = seconds_to(effort, to.effort_mm);
    leg.from_s = (int32_t)((int64_t)effort->from_s + (int64_t)first);
    leg.span_s = (uint32_t)((last < effort->span_s ? last : effort->span_s) - first);
    past = effort->base + first * effort->step - ((uint64_t)from.effort_mm << PACE_FRACTION);
    leg.base = ((uint64_t)from.dist_mm << PACE_FRACTION) +
               (uint64_t)(past * (to.dist_mm - from.dist_mm) / (to.effort_mm - from.effort_mm));
    leg.step = (uint64_t)((rng_wide)effort->step * (to.dist_mm - from.dist_mm) /
                          (to.effort_mm - from.effort_mm));
    return leg;
}
