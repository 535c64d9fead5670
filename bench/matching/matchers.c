/* matchers.c: runs a matcher over one runner's fixes. */
#include "matching/matchers.h"

#include <math.h>
#include <string.h>

#define PLAIN_VMAX 8.0
#define PLAIN_END_M 20.0
#define METRES_PER_DEGREE 111195.0

/* Results come at the fix, and again when they settle, in order. */
struct sorter {
    const struct phone_fixes *f;
    struct score_guesses *out;
    size_t now;     /* the fix that is added */
    size_t settled; /* the next one to settle */
};

static void set_guess(const struct match_result *r, struct score_guess *g)
{
    *g = (struct score_guess){.known = r->status == MATCH_ON_COURSE,
        .off = r->status == MATCH_OFF_COURSE,
        .m = r->dist_mm / 1000.0};
    for (int i = 0; i < 2; i++) {
        g->p68[i] = r->p68_mm[i] / 1000.0;
        g->p95[i] = r->p95_mm[i] / 1000.0;
    }
}

static void take(void *context, const struct match_result *r)
{
    struct sorter *s = context;

    if (!r->settled) {
        set_guess(r, &s->out->now[s->now]);
        set_guess(r, &s->out->settled[s->now]);
        return;
    }
    while (s->settled < s->f->n && s->f->fix[s->settled].time_ms < r->time_ms)
        s->settled++;
    for (size_t i = s->settled; i < s->f->n && s->f->fix[i].time_ms == r->time_ms; i++)
        set_guess(r, &s->out->settled[i]);
}

void matchers_trackside(
    const struct matchers_course *c, const struct phone_fixes *f, struct score_guesses *out)
{
    struct match_track *t = match_track_new(c->match, PHONE_GUN_MS);
    struct match_finish finish;
    struct sorter s = {.f = f, .out = out};

    for (; s.now < f->n; s.now++)
        match_track_add(t, &f->fix[s.now], take, &s);
    out->finish_s =
        match_track_finish(t, &finish) ? (double)(finish.time_ms - PHONE_GUN_MS) / 1000 : -1;
    match_track_free(t);
}

/* The place between from_m and to_m that is nearest to a fix, without any index. */
static double nearest(const struct course *c, struct lonlat p, double from_m, double to_m)
{
    const struct lonlat *v;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &v, &at_um);
    double lap_m = (double)line_lap_um(c->line) / 1e6, least = INFINITY, best = from_m;
    double scale = cos((double)p.lat_nd * M_PI / 180e9);

    for (uint32_t lap = 0; lap < line_laps(c->line); lap++) {
        for (size_t i = 0; i + 1 < n; i++) {
            double a = (double)at_um[i] / 1e6 + lap * lap_m,
                   len = (double)(at_um[i + 1] - at_um[i]) / 1e6;
            double dx = (double)(v[i + 1].lon_nd - v[i].lon_nd) * scale,
                   dy = (double)(v[i + 1].lat_nd - v[i].lat_nd);
            double x = (double)(p.lon_nd - v[i].lon_nd) * scale,
                   y = (double)(p.lat_nd - v[i].lat_nd);
            double part = (x * dx + y * dy) / (dx * dx + dy * dy);

            part = fmin(fmax(part, fmax(0, (from_m - a) / len)), fmin(1, (to_m - a) / len));
            if (a + len < from_m || a > to_m)
                continue;
            x = hypot(x - part * dx, y - part * dy);
            if (x < least) {
                least = x;
                best = a + part * len;
            }
        }
    }
    return best;
}

static void run_plain(const struct matchers_course *c, const struct phone_fixes *f,
    struct score_guesses *out, bool monotone)
{
    double length_m = c->course->length_mm / 1000.0, at_m = 0;
    double lap_m = (double)line_lap_um(c->course->line) / 1e6;
    int64_t last_ms = PHONE_GUN_MS;

    out->finish_s = -1;
    for (size_t i = 0; i < f->n; i++) {
        double since_s = (double)(f->fix[i].time_ms - PHONE_GUN_MS) / 1000;
        double from_m = monotone ? at_m : 0, to_m = length_m;

        if (since_s < 0)
            continue;
        if (monotone)
            to_m = fmin(length_m, at_m + PLAIN_VMAX * (double)(f->fix[i].time_ms - last_ms) / 1000);
        else if (c->course->length_mm > lap_m * 1001) /* the lap that begins nearest before */
            from_m = at_m > 0.9 * lap_m ? at_m - 0.4 * lap_m : 0, to_m = from_m + lap_m;
        at_m = nearest(c->course, f->fix[i].at, from_m, to_m);
        last_ms = f->fix[i].time_ms;
        out->now[i] = out->settled[i] = (struct score_guess){.known = true, .m = at_m};
        if (out->finish_s < 0 && at_m > length_m - PLAIN_END_M)
            out->finish_s = since_s;
    }
}

void matchers_nearest(
    const struct matchers_course *c, const struct phone_fixes *f, struct score_guesses *out)
{
    run_plain(c, f, out, false);
}

void matchers_monotone(
    const struct matchers_course *c, const struct phone_fixes *f, struct score_guesses *out)
{
    run_plain(c, f, out, true);
}
