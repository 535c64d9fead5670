/* truth.c: the two generators of paces, and detours. */
#include "matching/truth.h"

#include "base/mem.h"
#include "geo/planar.h"
#include "matching/draws.h"
#include "sim/pace.h"
#include "sim/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METRES_PER_DEGREE 111195.0
#define DETOUR_SPEED 2.5
#define DETOUR_LIMIT_M 40.0 /* of the course; so near it is none */
#define DETOUR_CLEAR_M 60.0 /* off it in spite of an error of 10 m */
#define LONGEST_S 60000u

void truths_init(struct truths *s, struct course *c, enum truth_pace pace, uint32_t runners,
    uint64_t seed, bool detours)
{
    struct race_spec spec = {.competitors = runners,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = c->spans.n ? 0.1 : 0,
        .min_pause = 10,
        .max_pause = 60,
        .seed = seed,
        .speed = 1,
        .run_id = "matching"};
    struct err e = {0};

    *s = (struct truths){course_ref(c), pace, NULL, seed, runners, detours};
    memcpy(spec.revision, c->revision, sizeof spec.revision);
    s->sim = sim_new(&spec, c, (struct sim_shard){1, 1}, &e);
    if (!s->sim) {
        (void)fprintf(stderr, "matching: %s\n", e.text);
        exit(1);
    }
}

void truths_release(struct truths *s)
{
    sim_free(s->sim);
    course_unref(s->course);
}

/* Places of the simulator's runner, per second from the gun. */
static double *simulator(struct truths *s, uint32_t runner, uint32_t *n, double *finish_s)
{
    struct sim_truth t;
    struct pace_plan plan;
    struct pace_runner r;
    double *m;

    sim_truth(s->sim, runner, &t);
    *n = (uint32_t)t.finish_raw_s + 1;
    m = mem_zalloc(*n, sizeof *m);
    pace_plan_init(&plan, s->course->length_mm);
    r = (struct pace_runner){rng_key(rng_race_key(s->seed), sim_id(s->sim, runner)), t.pace_ms,
        t.stop_mm, t.stop_s, t.finish_raw_s};
    for (uint32_t i = 0; i < *n;) {
        struct pace_leg leg = pace_leg_at(&plan, &r, (int32_t)i);

        for (; i < *n && (uint32_t)((int32_t)i - leg.from_s) < leg.span_s; i++)
            m[i] = pace_leg_mm(&leg, (int32_t)i) / 1000.0;
    }
    *finish_s =
        (double)t.pace_ms * s->course->length_mm / 1e9 + (t.stop_mm == UINT32_MAX ? 0 : t.stop_s);
    return m;
}

/* What a run-walk runner does for a while. */
struct phase {
    double speed; /* m/s */
    double left_s;
    bool run;
};

static void next_phase(struct draws *d, struct phase *p, double run_mps, bool walks)
{
    double u = draws_uniform(d);

    if (u < 0.04) {
        *p = (struct phase){0, draws_between(d, 8, 70), false}; /* water, a shoe, a friend */
    } else if (walks && p->run) {
        *p = (struct phase){draws_between(d, 1.2, 1.9), draws_between(d, 20, 100), false};
    } else {
        *p = (struct phase){run_mps, draws_between(d, 120, 400), true};
    }
}

/* Places of a runner who starts up to 60 s late from a place behind the line, runs and perhaps
 * walks in turn, tires, and stops now and then. The speed follows what they want with a lag of 4 s,
 * and wanders by 5 %. */
static double *run_walk(struct truths *s, uint32_t runner, uint32_t *n, double *finish_s)
{
    struct draws d;
    struct phase phase = {0};
    double length_m = s->course->length_mm / 1000.0, *m = mem_zalloc(LONGEST_S, sizeof *m);
    double run_mps, fade, wait_s, speed = 0, wander = 0;
    bool walks;

    draws_init(&d, s->seed, runner);
    run_mps = 1000 / draws_between(&d, 190, 480);
    walks = draws_uniform(&d) < 0.4;
    fade = draws_between(&d, 0, 0.25);
    wait_s = draws_between(&d, 0, 60);
    m[0] = -draws_between(&d, 0, wait_s * 0.7);
    phase = (struct phase){run_mps, draws_between(&d, 100, 400), true};
    for (*n = 1; *n < LONGEST_S; ++*n) {
        double want = phase.speed * (1 - fade * (m[*n - 1] > 0 ? m[*n - 1] / length_m : 0));

        if (*n < wait_s)
            want = 0;
        else if ((phase.left_s -= 1) < 0)
            next_phase(&d, &phase, run_mps, walks);
        wander += -wander / 20 + 0.05 * sqrt(2 / 20.0) * draws_normal(&d);
        speed += (want * (1 + wander) - speed) / 4;
        m[*n] = m[*n - 1] + (speed > 0.02 ? speed : 0);
        if (m[*n] >= length_m)
            break;
    }
    *finish_s = *n - 1 + (length_m - m[*n - 1]) / (m[*n] - m[*n - 1]);
    ++*n;
    return m;
}

/* The place at m metres; before the start and beyond the finish it goes on straight. */
static struct lonlat place(const struct course *c, double m)
{
    uint32_t length = c->length_mm;
    double over = m < 0 ? -m : m > length / 1000.0 ? m - length / 1000.0 : 0;
    struct lonlat end, in;

    if (over == 0)
        return line_at(c->line, (uint32_t)(m * 1000 + 0.5));
    end = line_at(c->line, m < 0 ? 0 : length);
    in = line_at(c->line, m < 0 ? 5000 : length - 5000);
    return (struct lonlat){end.lon_nd + (int64_t)((double)(end.lon_nd - in.lon_nd) * over / 5),
        end.lat_nd + (int64_t)((double)(end.lat_nd - in.lat_nd) * over / 5)};
}

/* Moves a place by metres to the side. */
static struct lonlat aside(struct lonlat p, double east_m, double north_m)
{
    double cosine = cos((double)p.lat_nd * M_PI / 180e9);

    p.lon_nd += (int64_t)(east_m * 1e9 / (METRES_PER_DEGREE * cosine));
    p.lat_nd += (int64_t)(north_m * 1e9 / METRES_PER_DEGREE);
    return p;
}

/* How far to the side of the course a runner on a detour is after s seconds: out, around there, and
 * back. Negative: it is over. */
static double detour_m(double far_m, double stay_s, double s)
{
    double out_s = far_m / DETOUR_SPEED;

    if (s < out_s)
        return s * DETOUR_SPEED;
    return s < out_s + stay_s ? far_m : far_m - (s - out_s - stay_s) * DETOUR_SPEED;
}

/* Puts a detour of 100 to 300 m into the places of a runner: from one place of the course at a
 * right angle and back to it. */
static double *with_detour(
    struct truths *s, uint32_t runner, struct truth *t, double *m, uint32_t *n, double *side)
{
    struct draws d;
    double far_m, stay_s, over_s, *out;
    uint32_t at;

    draws_init(&d, s->seed + 77, runner);
    far_m = draws_between(&d, 100, 300);
    stay_s = draws_between(&d, 20, 90);
    over_s = ceil(2 * far_m / DETOUR_SPEED + stay_s);
    at = (uint32_t)(*n * draws_between(&d, 0.2, 0.8));
    out = mem_zalloc(*n + (size_t)over_s, sizeof *out);
    for (uint32_t i = 0; i < *n + (uint32_t)over_s; i++) {
        double off = i > at ? detour_m(far_m, stay_s, i - at) : 0;

        out[i] = i <= at ? m[i] : i <= at + (uint32_t)over_s ? m[at] : m[i - (uint32_t)over_s];
        side[i] = off > 0 && i <= at + (uint32_t)over_s ? off : 0;
    }
    t->detour_s[0] = at + DETOUR_CLEAR_M / DETOUR_SPEED;
    t->detour_s[1] = at + over_s - DETOUR_CLEAR_M / DETOUR_SPEED;
    t->finish_s += over_s;
    *n += (uint32_t)over_s;
    free(m);
    return out;
}

static void set_second(struct truths *s, struct truth *t, uint32_t i, double m, double side)
{
    const struct course *c = s->course;

    t->at[i] = place(c, m);
    t->dist_mm[i] = m <= 0 ? 0 : m * 1000 >= c->length_mm ? c->length_mm : (uint32_t)(m * 1000);
    t->off_m[i] = (float)side;
    if (side > 0) {
        struct lonlat b = place(c, m + 1);
        double east = (double)(b.lon_nd - t->at[i].lon_nd) * cos((double)b.lat_nd * M_PI / 180e9),
               north = (double)(b.lat_nd - t->at[i].lat_nd), length = hypot(east, north);

        t->at[i] = aside(t->at[i], side * north / length, -side * east / length);
    }
}

/* A detour that comes near another part of the course is none. */
static void check_detour(const struct truths *s, struct truth *t)
{
    const struct lonlat *v;
    const uint64_t *at_um;
    size_t n = line_vertices(s->course->line, &v, &at_um);

    for (uint32_t i = 0; i < t->n; i++)
        if ((double)t->off_m[i] > DETOUR_LIMIT_M &&
            planar_to_line_m(t->at[i], v, n) < DETOUR_LIMIT_M)
            t->detour_s[0] = t->detour_s[1] = 0;
}

void truth_make(struct truths *s, uint32_t runner, struct truth *t)
{
    uint32_t n;
    double *m, *side, on_mps;

    *t = (struct truth){0};
    m = s->pace == TRUTH_SIMULATOR ? simulator(s, runner, &n, &t->finish_s)
                                   : run_walk(s, runner, &n, &t->finish_s);
    on_mps = s->pace == TRUTH_RUN_WALK && runner % 2 ? 1.2 : 0;
    side = mem_zalloc(n + 2000, sizeof *side);
    if (s->detours)
        m = with_detour(s, runner, t, m, &n, side);
    t->n = TRUTH_BEFORE_S + n + TRUTH_AFTER_S;
    t->at = mem_zalloc(t->n, sizeof *t->at);
    t->dist_mm = mem_zalloc(t->n, sizeof *t->dist_mm);
    t->off_m = mem_zalloc(t->n, sizeof *t->off_m);
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t after = i < TRUTH_BEFORE_S ? 0 : i - TRUTH_BEFORE_S;
        double late_s = after < n ? 0 : after - n + 1;

        after = after < n ? after : n - 1;
        set_second(s, t, i, m[after] + on_mps * (late_s < 60 ? late_s : 60), side[after]);
    }
    if (s->detours)
        check_detour(s, t);
    free(m);
    free(side);
}

void truth_release(struct truth *t)
{
    free(t->at);
    free(t->dist_mm);
    free(t->off_m);
}
