/* report.c: from a state to a result. */
#include "tracking/match/report.h"

#include "tracking/match/numeric.h"

#include <math.h>
#include <string.h>

#define SECOND_LEAST 0.01 /* a less likely second place is not told */
#define NEAR_M 40.0       /* hypotheses this near are of the same place */
#define FAR_S 6.0         /* no more of a normal distribution counts than so many deviations */

/* Metres from the start as mm, cut to the course. */
static uint32_t to_mm(const struct match_track *t, double at_m)
{
    uint32_t length_mm = t->match->course->length_mm;

    if (!(at_m > 0))
        return 0;
    return at_m * 1000 + 0.5 >= (double)length_mm ? length_mm : (uint32_t)(at_m * 1000 + 0.5);
}

static void set_place(
    const struct match_track *t, double at_m, double speed, struct match_result *r)
{
    r->dist_mm = to_mm(t, at_m);
    r->at = line_at(t->match->course->line, r->dist_mm);
    r->speed_mms = speed > 0 ? (uint32_t)(speed * 1000 + 0.5) : 0;
    r->off_mm = 0;
}

static void set_interval(
    const struct match_track *t, double at_m, double variance, struct match_result *r)
{
    double spread = variance > 0 ? sqrt(variance) : 0;

    r->p68_mm[0] = to_mm(t, at_m - MATCH_68 * spread);
    r->p68_mm[1] = to_mm(t, at_m + MATCH_68 * spread);
    r->p95_mm[0] = to_mm(t, at_m - MATCH_95 * spread);
    r->p95_mm[1] = to_mm(t, at_m + MATCH_95 * spread);
}

/* Part of the weight of all hypotheses that lies below at_m. */
static double below(const struct match_state *s, const double *weight, double at_m)
{
    double sum = 0;

    for (uint32_t i = 0; i < s->n; i++)
        sum += weight[i] * numeric_normal((at_m - s->h[i].k.x[KALMAN_PLACE]) /
                                          sqrt(s->h[i].k.p[KALMAN_PLACE][KALMAN_PLACE]));
    return sum;
}

static double quantile(const struct match_state *s, const double *weight, double part)
{
    double low = INFINITY, high = -INFINITY;

    for (uint32_t i = 0; i < s->n; i++) {
        double far_m = FAR_S * sqrt(s->h[i].k.p[KALMAN_PLACE][KALMAN_PLACE]);
        double at_m = s->h[i].k.x[KALMAN_PLACE];

        low = at_m - far_m < low ? at_m - far_m : low;
        high = at_m + far_m > high ? at_m + far_m : high;
    }
    for (int i = 0; i < 24; i++) {
        double middle = (low + high) / 2;

        *(below(s, weight, middle) < part ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* The intervals of several places are those of the mixture. */
static void set_mixture(
    const struct match_track *t, const double *weight, uint32_t second, struct match_result *r)
{
    const struct match_state *s = &t->s;

    r->second_mm = to_mm(t, s->h[second].k.x[KALMAN_PLACE]);
    r->second_ppm = (uint32_t)(weight[second] * 1e6 + 0.5);
    r->p68_mm[0] = to_mm(t, quantile(s, weight, 0.16));
    r->p68_mm[1] = to_mm(t, quantile(s, weight, 0.84));
    r->p95_mm[0] = to_mm(t, quantile(s, weight, 0.025));
    r->p95_mm[1] = to_mm(t, quantile(s, weight, 0.975));
}

/* Mean and variance of the best hypothesis and those that differ from it by how they move only.
 * Sets *second to the first other one, 0: none. */
static struct kalman_smooth best_of(
    const struct match_state *s, const double *weight, uint32_t *second)
{
    double best_m = s->h[0].k.x[KALMAN_PLACE], sum = 0, mean = 0, square = 0;

    *second = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        double apart = s->h[i].k.x[KALMAN_PLACE] - best_m;

        if (fabs(apart) > NEAR_M) {
            *second = *second ? *second : i;
            continue;
        }
        sum += weight[i];
        mean += weight[i] * apart;
        square += weight[i] * (apart * apart + s->h[i].k.p[KALMAN_PLACE][KALMAN_PLACE]);
    }
    mean /= sum;
    return (struct kalman_smooth){
        best_m + mean, s->h[0].stands ? 0 : s->h[0].k.x[KALMAN_SPEED], square / sum - mean * mean};
}

void report_hypotheses(const struct match_track *t, struct match_result *r)
{
    double weight[MATCH_HYPOTHESES], sum = 0;
    struct kalman_smooth best;
    uint32_t second;

    for (uint32_t i = 0; i < t->s.n; i++)
        sum += weight[i] = i ? numeric_exp(t->s.h[i].weight) : 1;
    for (uint32_t i = 0; i < t->s.n; i++)
        weight[i] /= sum;
    best = best_of(&t->s, weight, &second);
    report_smoothed(t, &best, r);
    if (second && weight[second] >= SECOND_LEAST)
        set_mixture(t, weight, second, r);
}

void report_smoothed(
    const struct match_track *t, const struct kalman_smooth *k, struct match_result *r)
{
    set_place(t, k->place, k->speed, r);
    set_interval(t, k->place, k->variance, r);
    r->second_mm = r->second_ppm = 0;
}

static void set_certain(uint32_t dist_mm, struct match_result *r)
{
    r->dist_mm = dist_mm;
    r->p68_mm[0] = r->p68_mm[1] = r->p95_mm[0] = r->p95_mm[1] = dist_mm;
    r->second_mm = r->second_ppm = r->speed_mms = 0;
}

void report_off(
    const struct match_track *t, struct lonlat own, uint32_t off_mm, struct match_result *r)
{
    set_certain(to_mm(t, t->s.left_m), r);
    r->status = MATCH_OFF_COURSE;
    r->at = own;
    r->off_mm = off_mm;
}

void report_finished(const struct match_track *t, struct match_result *r)
{
    set_certain(t->match->course->length_mm, r);
    r->status = MATCH_FINISHED;
    r->at = line_at(t->match->course->line, r->dist_mm);
    r->off_mm = 0;
}
