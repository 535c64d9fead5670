/* hypotheses.c: how hypotheses move, split and merge. */
#include "tracking/match/hypotheses.h"

#include "base/mem.h"
#include "tracking/match/numeric.h"

#include <math.h>
#include <string.h>

#define WIDE_M 30.0 /* a prediction that is less certain is split at the candidates */
#define BACK_M 30.0 /* how far back a candidate may be from the last place, as noise */
#define RESTART_BACK_M 100.0
#define RESTART_SPREAD_M 60.0
#define CANDIDATES 32u
#define WEIGHT_LEAST (-25.0)
#define TAIL_FROM 3.0     /* beyond so many standard deviations the prior falls more slowly */
#define SURPRISE_MAX 30.0 /* squared standard deviations; a fix beyond is not believed */
#define ERROR_MOST 4.5    /* a greater error of the phone, in deviations, is not believed */
#define ERROR_MOST_M 5.0
#define WHITE_PART 0.04 /* of the variance of a fix is not correlated with the next one */
#define SAME_PLACE_M 10.0
#define SAME_SPEED_MPS 0.4
#define BACKWARD_MPS 0.5
#define TURN_DEVIATIONS 3.0
#define TURN_SPREAD_M 3.0
#define SAME_LEAST (-6.0) /* of the weight of one that only moves otherwise */
#define SHORT_CUT_M 100.0 /* of the course missed */
#define SHORT_CUT_PART 0.8
#define UNEXPECTED 1.3 /* standard deviations along the course */
#define STOP_EVERY_S 600.0
#define GO_EVERY_S 40.0
#define FINISH_M 40.0 /* around the finish everybody stops, or walks on */
#define FINISH_EVERY_S 20.0
#define CHANGE_EVERY_S 300.0

/* Everybody's pace before anything is known: from walking to running. */
#define START_SPEED_MPS 2.5
#define START_SPEED_SPREAD 1.5
#define START_PACE_MPS 2.8
#define START_PACE_SPREAD 1.0
#define START_PLACE_SPREAD_M 5.0

/* The sigma points of the place, √3 standard deviations to both sides: the direction of the course
 * there, and how far it is from straight. */
static struct kalman_fix linearise(const struct path *p, double centre_m, double spread_m,
    double place_m, const struct sighting *f)
{
    double w = 1.7320508075688772 * spread_m, white = WHITE_PART * f->error_m * f->error_m;
    struct path_offset a = path_to(p, centre_m - w, f->at), b = path_to(p, centre_m, f->at),
                       c = path_to(p, centre_m + w, f->at);
    /* These are fix minus place, so the slope has the other sign. */
    struct kalman_fix out = {.slope = {(a.east - c.east) / (2 * w), (a.north - c.north) / (2 * w)}};
    double bend[2] = {(a.east + c.east) / 2 - b.east, (a.north + c.north) / 2 - b.north};

    /* With weights 1/6, 2/3, 1/6 the mean is b + bend / 3, and what is not along the slope has the
     * variance bend² (1/3 - 1/9). */
    out.off[0] = b.east + bend[0] / 3 - out.slope[0] * (place_m - centre_m);
    out.off[1] = b.north + bend[1] / 3 - out.slope[1] * (place_m - centre_m);
    out.noise[0] = white + bend[0] * bend[0] * (2.0 / 9);
    out.noise[1] = bend[0] * bend[1] * (2.0 / 9);
    out.noise[2] = white + bend[1] * bend[1] * (2.0 / 9);
    return out;
}

static double spread_of(const struct kalman *k)
{
    double v = k->p[KALMAN_PLACE][KALMAN_PLACE];

    return v > 1 ? sqrt(v) : 1;
}

static double seconds_to(const struct match_track *t, const struct sighting *f)
{
    return (double)(f->time_ms - t->s.state_ms) / 1000;
}

static uint32_t add_step(struct match_track *t, const struct kalman_step *k,
    const struct hypothesis *h, uint32_t fix, bool fresh)
{
    struct window *w = &t->w;

    w->step = mem_grow(w->step, w->steps, &w->step_cap, sizeof *w->step);
    w->step[w->steps] = (struct window_step){*k, h->step, fix, fresh, h->stands};
    return (uint32_t)w->steps++;
}

static void person(struct kalman *k, double place_m, double error_m)
{
    memset(k, 0, sizeof *k);
    k->x[KALMAN_PLACE] = place_m;
    k->x[KALMAN_SPEED] = START_SPEED_MPS;
    k->x[KALMAN_PACE] = START_PACE_MPS;
    k->p[KALMAN_SPEED][KALMAN_SPEED] = START_SPEED_SPREAD * START_SPEED_SPREAD;
    k->p[KALMAN_PACE][KALMAN_PACE] = START_PACE_SPREAD * START_PACE_SPREAD;
    k->p[KALMAN_EAST][KALMAN_EAST] = k->p[KALMAN_NORTH][KALMAN_NORTH] = error_m * error_m;
}

void hypotheses_start(struct match_track *t, double error_m)
{
    struct hypothesis *h = &t->s.h[0];

    person(&h->k, 0, error_m);
    h->k.p[KALMAN_PLACE][KALMAN_PLACE] = START_PLACE_SPREAD_M * START_PLACE_SPREAD_M;
    h->weight = 0;
    h->step = MATCH_NO_STEP;
    t->s.n = 1;
    t->s.state_ms = t->gun_ms;
}

/* Adds a hypothesis if it is among the heaviest. One at the same place as another adds its weight
 * to it. */
static void offer(struct hypothesis *list, uint32_t *n, const struct hypothesis *h)
{
    uint32_t lightest = 0;

    for (uint32_t i = 0; i < *n; i++) {
        double apart = fabs(list[i].k.x[KALMAN_PLACE] - h->k.x[KALMAN_PLACE]);
        double faster = fabs(list[i].k.x[KALMAN_SPEED] - h->k.x[KALMAN_SPEED]);

        if (apart < SAME_PLACE_M && list[i].stands == h->stands &&
            (h->stands || faster < SAME_SPEED_MPS)) {
            double a = list[i].weight, b = h->weight, high = a > b ? a : b;

            if (b > a)
                list[i] = *h;
            list[i].weight = high + numeric_log(1 + numeric_exp(a > b ? b - a : a - b));
            return;
        }
        lightest = list[i].weight < list[lightest].weight ? i : lightest;
    }
    if (*n < MATCH_HYPOTHESES)
        list[(*n)++] = *h;
    else if (h->weight > list[lightest].weight)
        list[lightest] = *h;
}

/* The least weight, relative to the best, with which a hypothesis is kept. */
static double least(const struct hypothesis *best, const struct hypothesis *h)
{
    double apart = fabs(best->k.x[KALMAN_PLACE] - h->k.x[KALMAN_PLACE]);

    return apart < 4 * SAME_PLACE_M ? SAME_LEAST : WEIGHT_LEAST;
}

/* Sorts by weight, makes the greatest 0, and drops the lightest. */
static void settle_weights(struct match_track *t, struct hypothesis *list, uint32_t n)
{
    struct match_state *s = &t->s;
    double greatest = -INFINITY;

    s->n = 0;
    while (n) {
        struct hypothesis *next = &s->h[s->n];
        uint32_t best = 0;

        for (uint32_t i = 1; i < n; i++)
            best = list[i].weight > list[best].weight ? i : best;
        greatest = s->n ? greatest : list[best].weight;
        *next = list[best];
        next->weight -= greatest;
        list[best] = list[--n];
        if (next->weight >= least(&s->h[0], next))
            s->n++;
    }
}

static size_t candidates(const struct match_track *t, const struct sighting *f, double from_m,
    double dt_s, double back_m, struct path_near *out)
{
    return path_minima(&t->match->path, f->at, from_m - back_m,
        from_m + t->match->vmax_mps * dt_s + back_m, f->radius_m, out, CANDIDATES);
}

/* How the weight falls far from where somebody was expected: they may have stood, or met a
 * friend. */
static double tail(double z)
{
    z = fabs(z);
    return z < TAIL_FROM ? -0.5 * z * z : -0.5 * TAIL_FROM * TAIL_FROM - (z - TAIL_FROM);
}

/* A hypothesis at a candidate where nobody was expected. Nothing is kept but the pace. */
static void arrive(const struct match_track *t, struct hypothesis *h, double at_m, double z,
    const struct sighting *f, struct kalman_step *step)
{
    double pace = h->k.x[KALMAN_PACE], pace_m2 = h->k.p[KALMAN_PACE][KALMAN_PACE];
    struct kalman_fix fix;

    person(&h->k, at_m, f->error_m);
    h->k.x[KALMAN_PACE] = h->k.x[KALMAN_SPEED] = pace;
    h->k.p[KALMAN_PACE][KALMAN_PACE] = pace_m2;
    h->k.p[KALMAN_PLACE][KALMAN_PLACE] = RESTART_SPREAD_M * RESTART_SPREAD_M;
    fix = linearise(&t->match->path, at_m, f->error_m, at_m, f);
    h->weight += kalman_update(&h->k, &fix, 0, step).likelihood + tail(z);
    h->stands = false;
}

void hypotheses_skip(struct match_track *t, const struct sighting *f, uint32_t fix)
{
    struct kalman_time time = kalman_time(seconds_to(t, f));

    for (uint32_t i = 0; i < t->s.n; i++) {
        struct hypothesis *h = &t->s.h[i];
        struct kalman_step step;

        kalman_predict(&h->k, h->stands ? KALMAN_STANDS : KALMAN_MOVES, &time, f->error_m, &step);
        kalman_skip(&h->k, &step);
        h->step = add_step(t, &step, h, fix, false);
    }
    t->s.state_ms = f->time_ms;
}

/* The hypotheses after a fix, while they are made. */
struct making {
    struct match_track *t;
    const struct sighting *f;
    struct kalman_time time;
    uint32_t fix;
    bool believed; /* one of them explains the fix */
    struct hypothesis list[MATCH_HYPOTHESES];
    uint32_t n;
};

/* A hypothesis whose place is not well known becomes one for each candidate. */
static void split(
    struct making *m, const struct hypothesis *h, double from_m, const struct kalman_step *step)
{
    struct path_near near[CANDIDATES];
    const struct sighting *f = m->f;
    size_t found = candidates(m->t, f, from_m, m->time.dt_s, BACK_M, near);
    double spread = spread_of(&h->k);

    m->believed |= found > 0;
    for (size_t i = 0; i < found; i++) {
        struct hypothesis child = *h;
        struct kalman_step s = *step;
        double z = (near[i].at_m - h->k.x[0]) / sqrt(spread * spread + f->error_m * f->error_m);
        bool fresh = fabs(z) > TAIL_FROM;

        if (fresh) {
            arrive(m->t, &child, near[i].at_m, z, f, &s);
        } else {
            struct kalman_fix k =
                linearise(&m->t->match->path, near[i].at_m, f->error_m, h->k.x[0], f);

            child.weight += kalman_update(&child.k, &k, 0, &s).likelihood;
        }
        child.step = add_step(m->t, &s, &child, m->fix, fresh);
        offer(m->list, &m->n, &child);
    }
}

/* Nobody runs backward: what a hypothesis loses in weight if it does. */
static double backward(const struct hypothesis *h)
{
    double v = h->k.x[KALMAN_SPEED] / BACKWARD_MPS;

    return h->stands || v >= 0 ? 0 : -0.5 * v * v;
}

/* Takes the fix with a linearised course. Returns how far ahead the fix is. */
static double take(
    struct making *m, struct hypothesis *h, const struct kalman_fix *z, struct kalman_step *step)
{
    double extra_m2 = m->f->error_m * m->f->error_m;
    struct kalman_fit fit = kalman_update(&h->k, z, extra_m2, step);

    double east = h->k.x[KALMAN_EAST], north = h->k.x[KALMAN_NORTH];
    double most = ERROR_MOST * m->f->error_m + ERROR_MOST_M;

    m->believed |= fit.surprise <= SURPRISE_MAX && east * east + north * north <= most * most;
    h->weight += fit.likelihood + backward(h);
    h->step = add_step(m->t, step, h, m->fix, false);
    offer(m->list, &m->n, h);
    return fit.ahead;
}

/* Where the course turns back on itself, a hypothesis becomes one for each leg. False: the fix fits
 * only one. */
static bool take_legs(
    struct making *m, const struct hypothesis *h, double spread, const struct kalman_step *step)
{
    struct path_near near[CANDIDATES];
    double reach = TURN_DEVIATIONS * (spread + m->f->error_m), at_m = h->k.x[KALMAN_PLACE];
    size_t found = path_minima(
        &m->t->match->path, m->f->at, at_m - reach, at_m + reach, m->f->radius_m, near, CANDIDATES);

    for (size_t i = 0; i < found && found > 1; i++) {
        struct hypothesis leg = *h;
        struct kalman_step s = *step;
        struct kalman_fix z =
            linearise(&m->t->match->path, near[i].at_m, TURN_SPREAD_M, at_m, m->f);

        (void)take(m, &leg, &z, &s);
    }
    return found > 1;
}

/* A hypothesis that moves in one way until the fix, with `prior` more weight. Returns how far ahead
 * of it the fix is, in standard deviations. */
static double advance(
    struct making *m, const struct hypothesis *before, enum kalman_motion motion, double prior)
{
    struct hypothesis h = *before;
    struct kalman_step step;
    struct kalman_fix z;
    double spread;

    kalman_predict(&h.k, motion, &m->time, m->f->error_m, &step);
    h.stands = motion == KALMAN_STANDS || motion == KALMAN_STOPS;
    h.weight += prior;
    spread = spread_of(&h.k);
    if (spread > WIDE_M) {
        split(m, &h, before->k.x[0], &step);
        return 0;
    }
    z = linearise(&m->t->match->path, h.k.x[0], spread, h.k.x[0], m->f);
    if (path_to_turn(&m->t->match->path, h.k.x[0]) < TURN_DEVIATIONS * (spread + m->f->error_m) &&
        take_legs(m, &h, spread, &step))
        return 0;
    return take(m, &h, &z, &step);
}

/* The logarithm of the probability that something that happens every every_s has happened. */
static double odds(double dt_s, double every_s)
{
    double p = dt_s / every_s;

    return numeric_log(p < 0.3 ? p + 1e-6 : 0.3);
}

/* One hypothesis before the fix becomes one after it; more if the fix is not where it was expected,
 * because people stop, go on, and change from running to walking. */
static void follow(struct making *m, const struct hypothesis *h)
{
    double ahead = advance(m, h, h->stands ? KALMAN_STANDS : KALMAN_MOVES, 0);
    double over_m = h->k.x[KALMAN_PLACE] - m->t->match->path.length_m;

    if (!h->stands && fabs(over_m) < FINISH_M) {
        advance(m, h, KALMAN_STOPS, odds(m->time.dt_s, FINISH_EVERY_S));
        advance(m, h, KALMAN_CHANGES, odds(m->time.dt_s, FINISH_EVERY_S));
        return;
    }
    if (fabs(ahead) < UNEXPECTED)
        return;
    if (h->stands) {
        advance(m, h, KALMAN_GOES, odds(m->time.dt_s, GO_EVERY_S));
        return;
    }
    advance(m, h, KALMAN_CHANGES, odds(m->time.dt_s, CHANGE_EVERY_S));
    if (ahead < 0)
        advance(m, h, KALMAN_STOPS, odds(m->time.dt_s, STOP_EVERY_S));
}

bool hypotheses_update(struct match_track *t, const struct sighting *f, uint32_t fix)
{
    struct making m = {.t = t, .f = f, .fix = fix};
    size_t steps = t->w.steps;

    m.time = kalman_time(seconds_to(t, f));
    for (uint32_t i = 0; i < t->s.n; i++)
        follow(&m, &t->s.h[i]);
    if (!m.believed) {
        t->w.steps = steps;
        return false;
    }
    t->s.state_ms = f->time_ms;
    settle_weights(t, m.list, m.n);
    return true;
}

static bool is_short_cut(const struct match_track *t, double at_m, double straight_m)
{
    double missed_m = at_m - t->s.left_m;

    return missed_m > SHORT_CUT_M && straight_m < SHORT_CUT_PART * missed_m;
}

/* How unexpected it is to find somebody at at_m, in standard deviations. On the course they have
 * run on. Off it they may have run beside it, so the way of the course is like the straight one. */
static double unexpected(
    const struct match_track *t, const struct sighting *f, double at_m, double straight_m)
{
    double pace_m = t->s.h[0].k.x[KALMAN_PACE] * (double)(f->time_ms - t->s.left_ms) / 1000;
    double far_m = at_m - t->s.left_m;

    if (t->s.status == MATCH_OFF_COURSE)
        return (far_m - straight_m) / (RESTART_SPREAD_M + straight_m);
    return (far_m - pace_m) / (RESTART_SPREAD_M + 0.3 * fabs(pace_m));
}

bool hypotheses_restart(struct match_track *t, const struct sighting *f, uint32_t fix)
{
    struct hypothesis list[MATCH_HYPOTHESES], before = t->s.h[0];
    struct path_near near[CANDIDATES];
    uint32_t n = 0;
    size_t found = candidates(
        t, f, t->s.left_m, (double)(f->time_ms - t->s.left_ms) / 1000, RESTART_BACK_M, near);
    double straight_m = lonlat_distance_m(f->own, t->s.left_at);

    for (size_t i = 0; i < found; i++) {
        struct hypothesis h = before;
        struct kalman_step step = {0};

        h.weight = 0;
        h.short_cut |= is_short_cut(t, near[i].at_m, straight_m);
        arrive(t, &h, near[i].at_m, unexpected(t, f, near[i].at_m, straight_m), f, &step);
        h.step = add_step(t, &step, &h, fix, true);
        offer(list, &n, &h);
    }
    if (!found)
        return false;
    t->s.state_ms = f->time_ms;
    settle_weights(t, list, n);
    return true;
}
