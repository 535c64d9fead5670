/* window.c: smooths and settles the latest fixes. */
#include "tracking/match/window.h"

#include "base/mem.h"
#include "tracking/match/report.h"

#include <stdlib.h>
#include <string.h>

/* What the hypotheses that are not followed back add to the variance of a smoothed place. Measured:
 * docs/decisions. */
#define OTHERS 1.08
#define KNOWN_M2 9.0 /* variance of a place that is known */

static struct window_point smooth(
    const struct window_step *s, const struct kalman_back *back, int64_t time_ms)
{
    struct window_point out = {time_ms, kalman_smoothed(&s->k, back), true};

    out.k.variance *= OTHERS;
    out.k.speed = s->stands ? 0 : out.k.speed;
    return out;
}

/* What a known place after the last step tells the steps before. */
static void know_end(const struct hypothesis *h, double end_m, struct kalman_back *back)
{
    double s = h->k.p[KALMAN_PLACE][KALMAN_PLACE] + KNOWN_M2;

    back->l[KALMAN_PLACE] = (h->k.x[KALMAN_PLACE] - end_m) / s;
    back->m[KALMAN_PLACE][KALMAN_PLACE] = 1 / s;
}

void window_smooth(
    const struct match_track *t, const double *end_m, struct window_point *out, size_t n)
{
    const struct window *w = &t->w;
    struct kalman_back back = {0};
    uint32_t i = t->s.n ? t->s.h[0].step : MATCH_NO_STEP;

    if (end_m && t->s.n)
        know_end(&t->s.h[0], *end_m, &back);
    for (size_t k = 0; k < n; k++)
        out[k].known = false;
    for (; i != MATCH_NO_STEP; i = w->step[i].before) {
        const struct window_step *s = &w->step[i];

        if (s->fix < n)
            out[s->fix] = smooth(s, &back, w->fix[s->fix].r.time_ms);
        if (s->fresh)
            memset(&back, 0, sizeof back);
        else
            kalman_backward(&s->k, &back);
    }
}

/* Removes the first n fixes and their steps, and counts the others anew. */
static void remove_first(struct match_track *t, size_t n)
{
    struct window *w = &t->w;
    uint32_t steps = 0;

    while (steps < w->steps && w->step[steps].fix < n)
        steps++;
    w->fixes -= n;
    w->steps -= steps;
    memmove(w->fix, w->fix + n, w->fixes * sizeof *w->fix);
    memmove(w->step, w->step + steps, w->steps * sizeof *w->step);
    for (size_t i = 0; i < w->steps; i++) {
        struct window_step *s = &w->step[i];

        s->fix -= (uint32_t)n;
        s->before =
            s->before == MATCH_NO_STEP || s->before < steps ? MATCH_NO_STEP : s->before - steps;
    }
    for (uint32_t i = 0; i < t->s.n; i++) {
        uint32_t *s = &t->s.h[i].step;

        *s = *s == MATCH_NO_STEP || *s < steps ? MATCH_NO_STEP : *s - steps;
    }
}

void window_settle(struct match_track *t, int64_t until_ms, match_sink *sink, void *context)
{
    struct window *w = &t->w;
    struct window_point *point;
    size_t n = 0;

    while (n < w->fixes && w->fix[n].r.time_ms <= until_ms)
        n++;
    if (!n)
        return;
    point = mem_alloc(n * sizeof *point);
    window_smooth(t, NULL, point, n);
    for (size_t i = 0; i < n; i++) {
        struct match_result *r = &w->fix[i].r;

        if (r->status == MATCH_ON_COURSE && point[i].known)
            report_smoothed(t, &point[i].k, r);
        if (t->s.finish_seen_ms != INT64_MIN && r->time_ms >= t->s.finish.time_ms)
            report_finished(t, r);
        r->settled = true;
        sink(context, r);
    }
    free(point);
    remove_first(t, n);
}

void window_mark_off(struct match_track *t, int64_t since_ms)
{
    for (size_t i = t->w.fixes; i > 0 && t->w.fix[i - 1].r.time_ms >= since_ms; i--) {
        struct window_fix *f = &t->w.fix[i - 1];

        report_off(t, f->own, f->off_mm, &f->r);
    }
}
