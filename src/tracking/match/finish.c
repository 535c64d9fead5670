/* finish.c: finds the finish, and the time of it. */
#include "tracking/match/finish.h"

#include "base/mem.h"
#include "tracking/match/numeric.h"
#include "tracking/match/window.h"

#include <math.h>
#include <stdlib.h>

#define LEAVE_M 30.0 /* who goes off so near to the end has finished */
#define STILL_M 6.0
#define STAND_MS 30000 /* so long at the end is a finish */
#define END_M 10.0     /* the end begins so far before the line, or at so many deviations */
#define END_DEVIATIONS 2.5
#define STAND_DEVIATIONS 5.0 /* for somebody who stands there */
#define CORNER_M 30.0        /* before a stand the smoothed way is too slow */
#define APPROACH_M 60.0      /* before that it has the pace of the arrival */
#define SPEED_LEAST 0.5      /* of a crossing, m/s */

/* Whether anybody may have finished; this is quicker than their probability. */
static bool is_near(const struct match_track *t)
{
    for (uint32_t i = 0; i < t->s.n; i++) {
        const struct kalman *k = &t->s.h[i].k;
        double left_m = t->match->path.length_m - k->x[0];

        if (left_m <= 0 || left_m * left_m < 25 * k->p[0][0])
            return true;
    }
    return false;
}

/* That they are at the finish or beyond it. */
static double probability(const struct match_track *t)
{
    double sum = 0, all = 0;

    if (!is_near(t))
        return 0;
    for (uint32_t i = 0; i < t->s.n; i++) {
        const struct kalman *k = &t->s.h[i].k;
        double w = numeric_exp(t->s.h[i].weight);

        sum += w * numeric_normal((k->x[0] - t->match->path.length_m) / sqrt(k->p[0][0]));
        all += w;
    }
    return sum / all;
}

static void set_finish(struct match_track *t, double time_ms, double spread_m, double speed)
{
    struct match_finish *f = &t->s.finish;
    double ms = 1000 * spread_m / (speed > SPEED_LEAST ? speed : SPEED_LEAST);

    f->time_ms = t->gun_ms + (int64_t)(time_ms > 0 ? time_ms + 0.5 : 0);
    f->p68_ms = (uint32_t)(ms * MATCH_68);
    f->p95_ms = (uint32_t)(ms * MATCH_95);
}

/* The first time since the gun, in ms, at which the smoothed way comes to a place, and the variance
 * there. Negative: it never does. */
static double reached(const struct match_track *t, const struct window_point *p, size_t n,
    double place_m, double *variance)
{
    for (size_t i = 1; i < n; i++) {
        if (p[i - 1].k.place < place_m && p[i].k.place >= place_m) {
            double part = (place_m - p[i - 1].k.place) / (p[i].k.place - p[i - 1].k.place);

            *variance = p[i].k.variance;
            return (double)(p[i - 1].time_ms - t->gun_ms) +
                   part * (double)(p[i].time_ms - p[i - 1].time_ms);
        }
    }
    return -1;
}

/* The time at which somebody who then stands came to their place: the smoother rounds the corner
 * between running and standing off, so the pace before it is carried on up to there. */
static double came_to(const struct match_track *t, const struct window_point *p, size_t n,
    double place_m, double *variance)
{
    double far_ms = reached(t, p, n, place_m - APPROACH_M - CORNER_M, variance);
    double near_ms = reached(t, p, n, place_m - CORNER_M, variance);

    if (far_ms < 0 || near_ms <= far_ms)
        return reached(t, p, n, place_m - 1, variance);
    return near_ms + CORNER_M / APPROACH_M * (near_ms - far_ms);
}

/* Smooths the window; returns how many of its fixes have a place. */
static size_t way(const struct match_track *t, const double *end_m, struct window_point *p)
{
    size_t n = 0;

    window_smooth(t, end_m, p, t->w.fixes);
    for (size_t i = 0; i < t->w.fixes; i++)
        if (p[i].known)
            p[n++] = p[i];
    return n;
}

/* The first point of a stand near the finish: nothing moves for STAND_MS. NULL: there is none. */
static const struct window_point *stand(
    const struct match_track *t, const struct window_point *p, size_t n)
{
    for (size_t i = 0, last = 0; i < n; i++) {
        double off_m = fabs(p[i].k.place - t->match->path.length_m);

        if (off_m > STAND_DEVIATIONS * sqrt(p[i].k.variance))
            continue;
        for (last = i; last + 1 < n && fabs(p[last + 1].k.place - p[i].k.place) < STILL_M;)
            last++;
        if (p[last].time_ms - p[i].time_ms >= STAND_MS)
            return &p[i];
    }
    return NULL;
}

/* The time of the finish from the smoothed fixes of the window. Who stands near the line is taken
 * to stand on it: then the error of the phone is known there, and so is more of the way before. */
static void compute(struct match_track *t)
{
    struct window_point *p = mem_alloc(t->w.fixes * sizeof *p);
    const struct window_point *still;
    double length_m = t->match->path.length_m, stand_m = 0, time_ms, variance = 0;
    size_t n = way(t, NULL, p);
    bool stood;

    still = stand(t, p, n);
    stood = still != NULL;
    if (still)
        stand_m = still->k.place;
    if (stood && t->s.h[0].stands) {
        n = way(t, &length_m, p);
        stand_m = n ? p[n - 1].k.place : length_m;
    }
    time_ms = stood ? came_to(t, p, n, stand_m, &variance) : reached(t, p, n, length_m, &variance);
    if (time_ms < 0 && n)
        time_ms = came_to(t, p, n, p[n - 1].k.place, &variance);
    if (time_ms < 0)
        time_ms = (double)((t->s.at_end_ms != INT64_MIN ? t->s.at_end_ms : t->s.finish_seen_ms) -
                           t->gun_ms);
    set_finish(t, time_ms, sqrt(variance), n ? p[n - 1].k.speed : 0);
    free(p);
}

/* Whether they have stood at the end of the last lap for long enough. */
static bool stands(struct match_track *t, int64_t time_ms)
{
    const struct kalman *k = &t->s.h[0].k;
    double spread = sqrt(k->p[0][0]);
    double reach = (t->s.h[0].stands ? STAND_DEVIATIONS : END_DEVIATIONS) * spread;

    reach = reach > END_M ? reach : END_M;

    if (k->x[KALMAN_PLACE] < t->match->path.length_m - reach)
        t->s.at_end_ms = INT64_MIN;
    else if (t->s.at_end_ms == INT64_MIN)
        t->s.at_end_ms = time_ms;
    return t->s.at_end_ms != INT64_MIN && time_ms - t->s.at_end_ms >= STAND_MS;
}

void finish_look(struct match_track *t, int64_t time_ms)
{
    bool standing = stands(t, time_ms);

    if (t->s.finish_seen_ms != INT64_MIN || (!standing && probability(t) < 0.5))
        return;
    t->s.finish_seen_ms = time_ms;
    compute(t);
}

bool finish_by_leaving(struct match_track *t, int64_t time_ms)
{
    if (t->s.furthest_m < t->match->path.length_m - LEAVE_M)
        return false;
    t->s.finish_seen_ms = time_ms;
    compute(t);
    return true;
}

void finish_settle(struct match_track *t)
{
    compute(t);
    t->s.finish.settled = true;
}
