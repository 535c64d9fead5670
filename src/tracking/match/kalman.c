/* kalman.c: the filter and the smoother of one hypothesis. */
#include "tracking/match/kalman.h"

#include "tracking/match/numeric.h"

#include <math.h>

#define LONGEST_S 21600.0 /* a longer silence tells no less: all variances stay far from 2^53 */
#define VARIANCE_LEAST 1e-6
#define SPEED_TIME_S 60.0     /* how long a change of speed lasts */
#define SPEED_SPREAD_MPS 0.4  /* how far it goes from the pace */
#define PACE_DRIFT 1.0e-4     /* m²/s² per s: a pace changes by 0.6 m/s in an hour */
#define GO_SPREAD_MPS 0.6     /* of the speed after a stand, from the pace */
#define CHANGE_SPREAD_MPS 1.2 /* of a sudden change */
#define STAND_M2 0.02         /* m² per s: nobody stands quite still */
#define ERROR_TIME_S 30.0     /* how long an error of a phone's place lasts */

/* [place, speed, pace] of a symmetric matrix, with A = [1 a b; 0 e 1-e; 0 0 1]: A P A'. */
static void move_block(double p[KALMAN_N][KALMAN_N], double a, double b, double e)
{
    double p00 = p[0][0], p01 = p[0][1], p02 = p[0][2], p11 = p[1][1], p12 = p[1][2], p22 = p[2][2];
    double ap1 = p01 + a * p11 + b * p12, ap2 = p02 + a * p12 + b * p22;

    p[0][0] = p00 + a * p01 + b * p02 + a * ap1 + b * ap2;
    p[0][1] = e * ap1 + (1 - e) * ap2;
    p[0][2] = ap2;
    p[1][1] = e * (e * p11 + (1 - e) * p12) + (1 - e) * (e * p12 + (1 - e) * p22);
    p[1][2] = e * p12 + (1 - e) * p22;
}

static void add_motion_noise(double p[KALMAN_N][KALMAN_N], double dt, double e)
{
    double v = SPEED_SPREAD_MPS * SPEED_SPREAD_MPS, tau = SPEED_TIME_S, u = 1 - e;
    double d = dt / tau;
    /* The series avoids the loss of digits of the closed form at small steps. */
    double place = d < 0.05 ? d * d * d * (2.0 / 3 - d / 2) : 2 * d - 2 * u - u * u;

    p[0][0] += v * tau * tau * place + PACE_DRIFT * dt * dt * dt / 3;
    p[0][1] += v * tau * u * u;
    p[1][1] += v * (1 - e * e);
    p[0][2] += PACE_DRIFT * dt * dt / 2;
    p[2][2] += PACE_DRIFT * dt;
}

/* A motion for dt seconds as [place, speed] = [1 a b; 0 e 1-e] [place, speed, pace], and its
 * noise. */
struct motion {
    double a, b, e;
    double place_m2, speed_m2; /* more variance of place and speed at the end */
};

static void move(struct kalman *k, const struct motion *m)
{
    k->x[0] += m->a * k->x[1] + m->b * k->x[2];
    k->x[1] = m->e * k->x[1] + (1 - m->e) * k->x[2];
    move_block(k->p, m->a, m->b, m->e);
    k->p[0][0] += m->place_m2;
    k->p[1][1] += m->speed_m2;
}

struct kalman_time kalman_time(double dt_s)
{
    dt_s = dt_s < LONGEST_S ? dt_s : LONGEST_S;
    return (struct kalman_time){
        dt_s, numeric_exp(-dt_s / SPEED_TIME_S), numeric_exp(-dt_s / ERROR_TIME_S)};
}

static struct motion motion_of(
    struct kalman *k, enum kalman_motion motion, const struct kalman_time *time)
{
    double dt = time->dt_s, e = time->speed_kept, a = SPEED_TIME_S * (1 - e);
    /* A change comes at any time until then: the way up to it is uniform. */
    double way = k->x[1] * dt, half_m2 = way * way / 12;

    if (motion == KALMAN_STANDS)
        return (struct motion){0, 0, 0, STAND_M2 * dt, GO_SPREAD_MPS * GO_SPREAD_MPS};
    if (motion == KALMAN_STOPS)
        return (struct motion){dt / 2, 0, 0, half_m2, GO_SPREAD_MPS * GO_SPREAD_MPS};
    if (motion == KALMAN_GOES)
        return (struct motion){dt / 2, 0, 1, half_m2, 0};
    if (motion == KALMAN_CHANGES)
        k->p[1][1] += CHANGE_SPREAD_MPS * CHANGE_SPREAD_MPS;
    return (struct motion){a, dt - a, e, 0, 0};
}

void kalman_predict(struct kalman *k, enum kalman_motion motion, const struct kalman_time *time,
    double error_m, struct kalman_step *step)
{
    struct motion m = motion_of(k, motion, time);
    double f = time->error_kept;

    move(k, &m);
    if (motion == KALMAN_MOVES || motion == KALMAN_CHANGES)
        add_motion_noise(k->p, time->dt_s, m.e);
    for (int j = 3; j < KALMAN_N; j++) {
        double c0 = k->p[0][j], c1 = k->p[1][j], c2 = k->p[2][j];

        k->p[0][j] = f * (c0 + m.a * c1 + m.b * c2);
        k->p[1][j] = f * (m.e * c1 + (1 - m.e) * c2);
        k->p[2][j] = f * c2;
        k->x[j] *= f;
    }
    k->p[3][3] = f * f * k->p[3][3] + (1 - f * f) * error_m * error_m;
    k->p[3][4] *= f * f;
    k->p[4][4] = f * f * k->p[4][4] + (1 - f * f) * error_m * error_m;
    for (int i = 1; i < KALMAN_N; i++)
        for (int j = 0; j < i; j++)
            k->p[i][j] = k->p[j][i];
    step->speed_kept = m.e;
    step->speed_way = m.a;
    step->pace_way = m.b;
    step->error_kept = f;
}

/* P H' and the innovation's covariance. */
static void project(const struct kalman *k, const struct kalman_fix *f, double ph[KALMAN_N][2],
    double s[3], double y[2])
{
    for (int i = 0; i < KALMAN_N; i++) {
        ph[i][0] = k->p[i][0] * f->slope[0] + k->p[i][3];
        ph[i][1] = k->p[i][0] * f->slope[1] + k->p[i][4];
    }
    s[0] = f->slope[0] * ph[0][0] + ph[3][0] + f->noise[0];
    s[1] = f->slope[0] * ph[0][1] + ph[3][1] + f->noise[1];
    s[2] = f->slope[1] * ph[0][1] + ph[4][1] + f->noise[2];
    y[0] = f->off[0] - k->x[3];
    y[1] = f->off[1] - k->x[4];
}

/* Squared standard deviations of an innovation, with extra_m2 more variance. */
static double surprise(const double s[3], const double y[2], double extra_m2)
{
    double a = s[0] + extra_m2, c = s[2] + extra_m2;

    return (c * y[0] * y[0] - 2 * s[1] * y[0] * y[1] + a * y[1] * y[1]) / (a * c - s[1] * s[1]);
}

struct kalman_fit kalman_update(
    struct kalman *k, const struct kalman_fix *f, double extra_m2, struct kalman_step *step)
{
    struct kalman_fit fit;
    double ph[KALMAN_N][2], s[3], *y = step->innovation, *inv = step->inverse, det;

    project(k, f, ph, s, y);
    det = s[0] * s[2] - s[1] * s[1];
    inv[0] = s[2] / det;
    inv[1] = -s[1] / det;
    inv[2] = s[0] / det;
    for (int i = 0; i < KALMAN_N; i++) {
        step->gain[i][0] = ph[i][0] * inv[0] + ph[i][1] * inv[1];
        step->gain[i][1] = ph[i][0] * inv[1] + ph[i][1] * inv[2];
        k->x[i] += step->gain[i][0] * y[0] + step->gain[i][1] * y[1];
    }
    for (int i = 0; i < KALMAN_N; i++)
        for (int j = i; j < KALMAN_N; j++)
            k->p[i][j] = k->p[j][i] -= step->gain[i][0] * ph[j][0] + step->gain[i][1] * ph[j][1];
    for (int i = 0; i < KALMAN_N; i++) /* rounding after a long silence */
        k->p[i][i] = k->p[i][i] > VARIANCE_LEAST ? k->p[i][i] : VARIANCE_LEAST;
    step->slope[0] = f->slope[0];
    step->slope[1] = f->slope[1];
    step->place = k->x[0];
    step->speed = k->x[1];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < KALMAN_N; j++)
            step->row[i][j] = k->p[i][j];
    fit.likelihood = -0.5 * (y[0] * (inv[0] * y[0] + 2 * inv[1] * y[1]) + inv[2] * y[1] * y[1] +
                                numeric_log(det));
    fit.ahead = (f->slope[0] * y[0] + f->slope[1] * y[1]) /
                sqrt(f->slope[0] * (f->slope[0] * s[0] + 2 * f->slope[1] * s[1]) +
                     f->slope[1] * f->slope[1] * s[2] + 1e-9);
    fit.surprise = surprise(s, y, extra_m2);
    return fit;
}

void kalman_skip(const struct kalman *k, struct kalman_step *step)
{
    for (int i = 0; i < KALMAN_N; i++) {
        step->gain[i][0] = step->gain[i][1] = 0;
        step->row[0][i] = k->p[0][i];
        step->row[1][i] = k->p[1][i];
    }
    step->slope[0] = step->slope[1] = step->innovation[0] = step->innovation[1] = 0;
    step->inverse[0] = step->inverse[1] = step->inverse[2] = 0;
    step->place = k->x[0];
    step->speed = k->x[1];
}

struct kalman_smooth kalman_smoothed(const struct kalman_step *step, const struct kalman_back *b)
{
    struct kalman_smooth out = {step->place, step->speed, step->row[0][0]};

    for (int i = 0; i < KALMAN_N; i++) {
        double sum = 0;

        for (int j = 0; j < KALMAN_N; j++)
            sum += b->m[i][j] * step->row[0][j];
        out.place -= step->row[0][i] * b->l[i];
        out.speed -= step->row[1][i] * b->l[i];
        out.variance -= step->row[0][i] * sum;
    }
    return out;
}

/* l and m before the measurement of this step: C' l - H' S⁻¹ y, and C' m C + H' S⁻¹ H, with
 * C = I - K H. H has the slope in its first column, and the identity in its last two. */
static void back_over_fix(const struct kalman_step *s, struct kalman_back *b)
{
    double g[KALMAN_N][2], q[3] = {s->inverse[0], s->inverse[1], s->inverse[2]}, r[2] = {0, 0};
    const int column[3] = {0, 3, 4};
    double h[3][2] = {{s->slope[0], s->slope[1]}, {1, 0}, {0, 1}};

    for (int i = 0; i < KALMAN_N; i++) {
        g[i][0] = g[i][1] = 0;
        for (int j = 0; j < KALMAN_N; j++) {
            g[i][0] += b->m[i][j] * s->gain[j][0];
            g[i][1] += b->m[i][j] * s->gain[j][1];
        }
        r[0] += s->gain[i][0] * b->l[i];
        r[1] += s->gain[i][1] * b->l[i];
    }
    for (int i = 0; i < KALMAN_N; i++) {
        q[0] += s->gain[i][0] * g[i][0];
        q[1] += s->gain[i][0] * g[i][1];
        q[2] += s->gain[i][1] * g[i][1];
    }
    r[0] += s->inverse[0] * s->innovation[0] + s->inverse[1] * s->innovation[1];
    r[1] += s->inverse[1] * s->innovation[0] + s->inverse[2] * s->innovation[1];
    for (int c = 0; c < 3; c++) {
        int i = column[c];

        b->l[i] -= h[c][0] * r[0] + h[c][1] * r[1];
        for (int j = 0; j < KALMAN_N; j++) {
            double gh = h[c][0] * g[j][0] + h[c][1] * g[j][1];

            b->m[i][j] -= gh;
            b->m[j][i] -= gh;
        }
    }
    for (int c = 0; c < 3; c++)
        for (int d = 0; d < 3; d++)
            b->m[column[c]][column[d]] += h[c][0] * (q[0] * h[d][0] + q[1] * h[d][1]) +
                                          h[c][1] * (q[1] * h[d][0] + q[2] * h[d][1]);
}

/* F' l and F' m F. */
static void back_over_time(const struct kalman_step *s, struct kalman_back *b)
{
    double a = s->speed_way, w = s->pace_way, e = s->speed_kept, f = s->error_kept;

    b->l[2] += w * b->l[0] + (1 - e) * b->l[1];
    b->l[1] = a * b->l[0] + e * b->l[1];
    b->l[3] *= f;
    b->l[4] *= f;
    for (int i = 0; i < KALMAN_N; i++) {
        double *m = b->m[i];

        m[2] += w * m[0] + (1 - e) * m[1];
        m[1] = a * m[0] + e * m[1];
        m[3] *= f;
        m[4] *= f;
    }
    for (int j = 0; j < KALMAN_N; j++) {
        b->m[2][j] += w * b->m[0][j] + (1 - e) * b->m[1][j];
        b->m[1][j] = a * b->m[0][j] + e * b->m[1][j];
        b->m[3][j] *= f;
        b->m[4][j] *= f;
    }
}

void kalman_backward(const struct kalman_step *step, struct kalman_back *b)
{
    back_over_fix(step, b);
    back_over_time(step, b);
}
