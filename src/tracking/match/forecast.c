/* forecast.c: where a person may be later, and when they may finish, from pace. */
#include "tracking/match/match_internal.h"
#include "tracking/match/report.h"

#include <math.h>

#define ERROR_M 10.0       /* of a later fix; it does not matter to the place */
#define PACE_LEAST_MPS 0.2 /* slower is no pace */

/* The time at which a state comes to the end of the course, with `deviations` of its uncertainty
 * ahead. Three steps of a fixed point are good to a second. */
static int64_t finish_ms(const struct match_track *t, const struct kalman *k, double deviations)
{
    double pace = k->x[KALMAN_PACE], way = t->match->path.length_m - k->x[KALMAN_PLACE], dt_s;

    if (way <= 0)
        return t->s.state_ms;
    dt_s = way / (pace > PACE_LEAST_MPS ? pace : PACE_LEAST_MPS);
    for (int i = 0; i < 6; i++) {
        struct kalman later = *k;
        struct kalman_step unused;
        struct kalman_time time = kalman_time(dt_s);
        double v, place;

        kalman_predict(&later, KALMAN_MOVES, &time, ERROR_M, &unused);
        place = later.x[KALMAN_PLACE] + deviations * sqrt(later.p[KALMAN_PLACE][KALMAN_PLACE]);
        v = (place - k->x[KALMAN_PLACE]) / dt_s;
        if (v < PACE_LEAST_MPS)
            return INT64_MAX;
        dt_s += (t->match->path.length_m - place) / v;
        dt_s = dt_s > 1 ? dt_s : 1;
    }
    return t->s.state_ms + (int64_t)(dt_s * 1000);
}

bool match_track_forecast(const struct match_track *t, int64_t time_ms, struct match_forecast *out)
{
    struct match_result r = {0};
    struct kalman k;
    struct kalman_step unused;
    double dt_s = (double)(time_ms - t->s.state_ms) / 1000;
    struct kalman_smooth s;
    struct kalman_time time;

    if (t->s.status != MATCH_ON_COURSE || t->s.finish_seen_ms != INT64_MIN || !t->s.n)
        return false;
    k = t->s.h[0].k;
    time = kalman_time(dt_s > 0 ? dt_s : 0);
    kalman_predict(&k, t->s.h[0].stands ? KALMAN_STANDS : KALMAN_MOVES, &time, ERROR_M, &unused);
    s = (struct kalman_smooth){
        k.x[KALMAN_PLACE], k.x[KALMAN_SPEED], k.p[KALMAN_PLACE][KALMAN_PLACE]};
    report_smoothed(t, &s, &r);
    *out = (struct match_forecast){.dist_mm = r.dist_mm};
    for (int i = 0; i < 2; i++) {
        out->p68_mm[i] = r.p68_mm[i];
        out->p95_mm[i] = r.p95_mm[i];
    }
    k = t->s.h[0].k;
    out->finish_ms[0] = finish_ms(t, &k, MATCH_95);
    out->finish_ms[1] = finish_ms(t, &k, 0);
    out->finish_ms[2] = finish_ms(t, &k, -MATCH_95);
    return true;
}
