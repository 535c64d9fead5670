/* score.c: errors, calibration, and what went wrong. */
#include "matching/score.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define LOST_M 100.0
#define FOUND_S 45.0
#define SEEN_S 60.0

static void push(struct score_errors *e, double v)
{
    e->v = mem_grow(e->v, e->n, &e->cap, sizeof *e->v);
    e->v[e->n++] = v;
}

static bool inside(const double p[2], double m)
{
    return m >= p[0] - 0.001 && m <= p[1] + 0.001;
}

static void add_guess(struct score_errors *e, const struct score_guess *g, double m)
{
    if (!g->known)
        return;
    push(e, fabs(g->m - m));
    e->in68 += inside(g->p68, m);
    e->in95 += inside(g->p95, m);
}

static void add_detour(struct score *s, const struct truth *t, const struct phone_fixes *f,
    const struct score_guesses *g)
{
    double from = t->detour_s[0] + TRUTH_BEFORE_S;

    if (t->detour_s[0] == 0 || t->detour_s[1] - t->detour_s[0] < FOUND_S)
        return;
    s->detours++;
    for (size_t i = 0; i < f->n; i++) {
        if (f->second[i] > from && f->second[i] <= from + FOUND_S && g->now[i].off) {
            s->found++;
            return;
        }
    }
}

/* Where the runner truly was when they were said to finish. */
static double place_m(const struct truth *t, double after_s)
{
    double i = after_s + TRUTH_BEFORE_S;

    return t->dist_mm[i < 0 ? 0 : i >= t->n ? t->n - 1 : (uint32_t)i] / 1000.0;
}

/* A phone that is silent from before the finish to its last fix tells nobody of it. */
static bool seen_after_finish(const struct truth *t, const struct phone_fixes *f)
{
    return f->n && (double)f->second[f->n - 1] - TRUTH_BEFORE_S > t->finish_s + SEEN_S;
}

/* Whether the finish was said while they were elsewhere, or never, or they were said to be
 * elsewhere when they finished. */
static bool wrong_leg(
    const struct truth *t, const struct phone_fixes *f, const struct score_guesses *g)
{
    double length_m = t->dist_mm[t->n - 1] / 1000.0;

    if (g->finish_s < 0 || place_m(t, g->finish_s) < length_m - LOST_M)
        return true;
    for (size_t i = f->n; i > 0; i--)
        if ((double)f->second[i - 1] - TRUTH_BEFORE_S < t->finish_s)
            return fabs(g->settled[i - 1].m - t->dist_mm[f->second[i - 1]] / 1000.0) > LOST_M;
    return false;
}

void score_add(struct score *s, const struct truth *t, const struct phone_fixes *f,
    const struct score_guesses *g)
{
    bool lost = false;

    s->runners++;
    s->seconds += t->finish_s;
    s->fixes += f->n;
    for (size_t i = 0; i < f->n; i++) {
        double since = (double)f->second[i] - TRUTH_BEFORE_S;
        double m = t->dist_mm[f->second[i]] / 1000.0;

        if (since <= 0 || since >= t->finish_s || t->off_m[f->second[i]] > 0)
            continue;
        s->off_fixes += g->now[i].off;
        add_guess(&s->now, &g->now[i], m);
        add_guess(&s->settled, &g->settled[i], m);
        lost |= g->settled[i].known && fabs(g->settled[i].m - m) > LOST_M;
    }
    s->lost += lost;
    s->wrong_leg += seen_after_finish(t, f) && wrong_leg(t, f, g);
    add_detour(s, t, f, g);
    if (g->finish_s >= 0)
        push(&s->finish, fabs(g->finish_s - t->finish_s));
}

void score_release(struct score *s)
{
    free(s->now.v);
    free(s->settled.v);
    free(s->finish.v);
}
