/* track.c: one person: what happens with each fix. */
#include "base/mem.h"
#include "tracking/match/finish.h"
#include "tracking/match/hypotheses.h"
#include "tracking/match/report.h"
#include "tracking/match/resume.h"
#include "tracking/match/state.h"
#include "tracking/match/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ACCURACY_PER_DEVIATION 1.51 /* a radius with 68 % in two dimensions */
#define ERROR_LEAST_M 2.0
#define ERROR_MOST_M 1000.0
#define ERROR_MEMORY_S 300.0 /* of the variance of fixes without an accuracy */
#define RADIUS_LEAST_M 50.0
#define BEYOND_LEAST_M 40.0
#define BEYOND_DEVIATIONS 4.0
#define OFF_AFTER_MS 30000
#define OFF_FIXES 3u
#define BACK_FIXES 2u
#define LOST_FIXES 3u /* not believed in a row: the match begins anew */
#define LOST_MS 10000
#define BACK_LEAST_M 25.0 /* so far behind the furthest place is an error of the match */
#define BACK_DEVIATIONS 4.0
#define LATEST_MS INT64_C(31622400000) /* a fix a year after the gun is none */
#define STARTED_M 50.0
#define MARGIN_M 100.0 /* of what can be reached */

struct match_track *match_track_new(const struct match *m, int64_t gun_ms)
{
    struct match_track *t = mem_zalloc(1, sizeof *t);

    t->match = m;
    t->gun_ms = gun_ms;
    state_reset(t);
    return t;
}

void match_track_free(struct match_track *t)
{
    if (!t)
        return;
    resume_release(t);
    free(t->w.fix);
    free(t->w.step);
    free(t);
}

static struct sighting sighting_of(const struct match_track *t, const struct fix *f)
{
    double error_m =
        f->accuracy_mm ? f->accuracy_mm / (1000 * ACCURACY_PER_DEVIATION) : sqrt(t->s.error_m2);
    double radius_m = 3 * ACCURACY_PER_DEVIATION * error_m;

    error_m = error_m < ERROR_LEAST_M ? ERROR_LEAST_M : error_m;
    error_m = error_m > ERROR_MOST_M ? ERROR_MOST_M : error_m;
    return (struct sighting){.at = path_unwrap(&t->match->path, f->at),
        .own = f->at,
        .time_ms = f->time_ms,
        .error_m = error_m,
        .radius_m = radius_m > RADIUS_LEAST_M ? radius_m : RADIUS_LEAST_M};
}

static double limit_m(const struct sighting *f)
{
    double m = BEYOND_DEVIATIONS * f->error_m;

    return m > BEYOND_LEAST_M ? m : BEYOND_LEAST_M;
}

static double length_of(struct path_offset o)
{
    return sqrt(o.east * o.east + o.north * o.north);
}

/* How far the fix is from the course, where it can be reached. A fix near the place that is
 * expected needs no search. */
static double off_course_m(const struct match_track *t, const struct sighting *f)
{
    const struct match_state *s = &t->s;
    double dt_s = (double)(f->time_ms - s->left_ms) / 1000;
    double near_m = length_of(path_to(&t->match->path, s->h[0].k.x[KALMAN_PLACE], f->at));

    if (s->status == MATCH_ON_COURSE && near_m <= BEYOND_LEAST_M)
        return near_m;
    return path_nearest(&t->match->path, f->at, s->left_m - MARGIN_M,
        s->left_m + t->match->vmax_mps * dt_s + MARGIN_M)
        .off_m;
}

/* Adds a fix to the window. */
static struct window_fix *begin(struct match_track *t, const struct fix *f, double off_m)
{
    struct window *w = &t->w;
    struct window_fix *out;

    w->fix = mem_grow(w->fix, w->fixes, &w->fix_cap, sizeof *w->fix);
    out = &w->fix[w->fixes++];
    memset(out, 0, sizeof *out);
    out->own = f->at;
    out->off_mm = off_m < 4e6 ? (uint32_t)(off_m * 1000) : 4000000000u;
    out->r.time_ms = f->time_ms;
    out->r.status = MATCH_ON_COURSE;
    return out;
}

static uint32_t number(const struct match_track *t)
{
    return (uint32_t)t->w.fixes - 1;
}

/* The person's own spread to the side, for fixes that come without an accuracy. */
static void learn_error(struct match_track *t, const struct fix *f, double dt_s)
{
    struct path_near near;
    double part = dt_s / (ERROR_MEMORY_S + dt_s), x = t->s.h[0].k.x[KALMAN_PLACE];

    if (f->accuracy_mm)
        return;
    near = path_nearest(&t->match->path, path_unwrap(&t->match->path, f->at), x - RADIUS_LEAST_M,
        x + RADIUS_LEAST_M);
    t->s.error_m2 += part * (near.off_m * near.off_m - t->s.error_m2);
}

static void believed(struct match_track *t, const struct fix *f, double dt_s)
{
    memset(&t->s.doubt, 0, sizeof t->s.doubt);
    learn_error(t, f, dt_s);
    t->s.left_m = t->s.h[0].k.x[KALMAN_PLACE];
    t->s.left_ms = f->time_ms;
    t->s.left_at = f->at;
    t->s.short_cut = t->s.h[0].short_cut;
    if (t->s.left_m >= t->s.furthest_m) {
        t->s.furthest_m = t->s.left_m;
        t->s.furthest_ms = f->time_ms;
        t->s.furthest_at = f->at;
    }
    finish_look(t, f->time_ms);
}

/* Begins anew where the fix is. */
static bool restart(struct match_track *t, const struct sighting *f, const struct fix *raw)
{
    if (!hypotheses_restart(t, f, number(t)))
        return false;
    t->s.status = MATCH_ON_COURSE;
    believed(t, raw, 0);
    return true;
}

/* Nobody goes back on a course. Who seems to has been followed on the wrong leg of a turn: the
 * match begins anew from the furthest place. */
static void never_back(struct match_track *t, const struct sighting *f, const struct fix *raw)
{
    struct match_state *s = &t->s;
    double most_m = BACK_DEVIATIONS * f->error_m;

    if (s->h[0].k.x[KALMAN_PLACE] >=
        s->furthest_m - (most_m > BACK_LEAST_M ? most_m : BACK_LEAST_M))
        return;
    s->left_m = s->furthest_m;
    s->left_ms = s->furthest_ms;
    s->left_at = s->furthest_at;
    if (restart(t, f, raw) && s->h[0].k.x[KALMAN_PLACE] < s->furthest_m) {
        s->furthest_m = s->h[0].k.x[KALMAN_PLACE];
        s->furthest_ms = f->time_ms;
        s->furthest_at = raw->at;
    }
}

/* Whether so many fixes beyond the limit, over such a time, mean off the course. */
static bool is_off(const struct doubt *d, int64_t time_ms)
{
    int64_t span_ms = time_ms - d->beyond_ms;
    uint32_t need = OFF_FIXES;

    if (d->beyond > 1 && span_ms / (d->beyond - 1) > OFF_AFTER_MS)
        need--;
    return d->beyond >= need && span_ms >= OFF_AFTER_MS;
}

/* Not at the start, where many wait far behind the line, and not after the finish. */
static bool can_be_off(const struct match_track *t)
{
    return t->s.furthest_m >= STARTED_M && t->s.finish_seen_ms == INT64_MIN;
}

static void count_doubt(struct match_track *t, int64_t time_ms, bool beyond)
{
    struct doubt *d = &t->s.doubt;

    if (!d->n++)
        d->since_ms = time_ms;
    if (!beyond)
        d->beyond = 0;
    else if (!d->beyond++)
        d->beyond_ms = time_ms;
}

/* A fix of somebody who is on the course. */
static void on_course(struct match_track *t, const struct sighting *f, const struct fix *raw)
{
    double dt_s = (double)(f->time_ms - t->s.state_ms) / 1000;
    double off_m = off_course_m(t, f);
    bool beyond = off_m > limit_m(f);
    struct window_fix *w = begin(t, raw, off_m);

    if (!beyond && hypotheses_update(t, f, number(t))) {
        never_back(t, f, raw);
        believed(t, raw, dt_s);
        w->r.used = true;
    } else {
        count_doubt(t, f->time_ms, beyond);
        if (can_be_off(t) && is_off(&t->s.doubt, f->time_ms) && !finish_by_leaving(t, f->time_ms)) {
            t->s.status = MATCH_OFF_COURSE;
            window_mark_off(t, t->s.doubt.beyond_ms);
            return;
        }
        if (!beyond && t->s.doubt.n >= LOST_FIXES && f->time_ms - t->s.doubt.since_ms >= LOST_MS &&
            restart(t, f, raw))
            w->r.used = true;
        else
            hypotheses_skip(t, f, number(t));
    }
    report_hypotheses(t, &w->r);
}

static void off_course(struct match_track *t, const struct sighting *f, const struct fix *raw)
{
    double off_m = off_course_m(t, f);
    struct window_fix *w = begin(t, raw, off_m);
    struct doubt *d = &t->s.doubt;

    d->returned = off_m <= limit_m(f) / 2 ? d->returned + 1 : 0;
    if (d->returned >= BACK_FIXES && restart(t, f, raw)) {
        w->r.used = true;
        report_hypotheses(t, &w->r);
    } else {
        report_off(t, raw->at, w->off_mm, &w->r);
    }
}

/* Tells a result that has no step in the window. */
static void tell(struct match_track *t, const struct fix *f, enum match_status status,
    match_sink *sink, void *context)
{
    struct match_result r = {.time_ms = f->time_ms, .at = f->at, .settled = true};

    r.status = (uint8_t)status;
    r.short_cut = t->s.short_cut;
    if (status == MATCH_FINISHED)
        report_finished(t, &r);
    t->s.last = r;
    sink(context, &r);
}

/* Whether a person who has not started is at the start now. */
static bool starts(struct match_track *t, const struct sighting *f)
{
    double dt_s = (double)(f->time_ms - t->gun_ms) / 1000;
    struct path_near near =
        path_nearest(&t->match->path, f->at, 0, t->match->vmax_mps * dt_s + RADIUS_LEAST_M);

    if (near.off_m > f->radius_m)
        return false;
    hypotheses_start(t, f->error_m);
    t->s.status = MATCH_ON_COURSE;
    return true;
}

static void settle(struct match_track *t, int64_t time_ms, match_sink *sink, void *context)
{
    int64_t edge = (time_ms - t->gun_ms) / MATCH_EDGE_MS;
    int64_t until_ms = t->gun_ms + edge * MATCH_EDGE_MS - MATCH_SETTLE_MS;

    if (t->s.finish_seen_ms != INT64_MIN) {
        if (time_ms - t->s.finish_seen_ms < MATCH_SETTLE_MS)
            return;
        finish_settle(t);
        window_settle(t, time_ms, sink, context);
        t->s.status = MATCH_FINISHED;
        t->s.n = 0;
        resume_keep_settled(t);
        return;
    }
    if (edge > t->s.edge) {
        window_settle(t, until_ms, sink, context);
        resume_settled(t, until_ms, time_ms);
        t->s.edge = edge;
    }
    if (t->s.status == MATCH_ON_COURSE && !t->s.doubt.n)
        resume_keep(t);
}

/* A fix at the time of the last one, or before it. */
static void repeat(struct match_track *t, const struct fix *f, match_sink *sink, void *context)
{
    struct match_result r = t->s.last;

    r.time_ms = f->time_ms;
    r.used = false;
    sink(context, &r);
}

void match_track_add(struct match_track *t, const struct fix *f, match_sink *sink, void *context)
{
    struct sighting s;
    struct match_result *r;

    if (f->time_ms <= t->s.last_ms || !lonlat_is_valid(f->at) ||
        f->time_ms > t->gun_ms + LATEST_MS) {
        repeat(t, f, sink, context);
        return;
    }
    t->s.last_ms = f->time_ms;
    if (t->s.status == MATCH_FINISHED) {
        tell(t, f, MATCH_FINISHED, sink, context);
        return;
    }
    s = sighting_of(t, f);
    if (t->s.status == MATCH_BEFORE_START && (f->time_ms < t->gun_ms || !starts(t, &s))) {
        tell(t, f, MATCH_BEFORE_START, sink, context);
        return;
    }
    if (t->s.status == MATCH_OFF_COURSE)
        off_course(t, &s, f);
    else
        on_course(t, &s, f);
    r = &t->w.fix[t->w.fixes - 1].r;
    r->short_cut = t->s.short_cut;
    if (t->s.finish_seen_ms != INT64_MIN)
        report_finished(t, r);
    t->s.last = *r;
    sink(context, r);
    settle(t, f->time_ms, sink, context);
}

bool match_track_finish(const struct match_track *t, struct match_finish *out)
{
    if (t->s.finish_seen_ms == INT64_MIN)
        return false;
    *out = t->s.finish;
    return true;
}
