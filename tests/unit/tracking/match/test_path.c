/* The index over a course against a search without one, and the functions without libm against
 * it. */
#include "runs.h"

#include "tracking/match/numeric.h"
#include "tracking/match/path.h"

#include <math.h>

static uint64_t draw = 7;

static double below(double most)
{
    draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return most * (double)(draw >> 11) * 0x1p-53;
}

/* A course of 400 legs that crosses itself often. */
static struct course *tangle(uint32_t laps)
{
    static double m[2 * 401];

    for (size_t i = 0; i < 400; i++) {
        m[2 * i] = 500 * sin((double)i * 0.7) + below(60);
        m[2 * i + 1] = 500 * cos((double)i * 1.1) + below(60);
    }
    m[800] = m[0];
    m[801] = m[1];
    return runs_course(m, 401, laps);
}

static double distance_m(const struct path *p, double at_m, struct lonlat fix)
{
    struct path_offset o = path_to(p, at_m, fix);

    return hypot(o.east, o.north);
}

static void nearest_is_the_nearest(void **state)
{
    struct course *c = tangle(2);
    struct path p;

    (void)state;
    path_init(&p, c->line);
    assert_true(fabs(p.length_m - c->length_mm / 1000.0) < 0.001);
    for (int i = 0; i < 200; i++) {
        struct lonlat fix = path_unwrap(&p, runs_place(below(1400) - 700, below(1400) - 700));
        double from = below(p.length_m), to = from + below(i % 2 ? 300 : p.length_m);
        struct path_near near = path_nearest(&p, fix, from, to);
        double least = INFINITY, end = to < p.length_m ? to : p.length_m;

        for (double m = from; m <= end; m += 0.5)
            least = fmin(least, distance_m(&p, m, fix));
        assert_true(near.at_m >= from && near.at_m <= end);
        assert_true(fabs(distance_m(&p, near.at_m, fix) - near.off_m) < 0.01);
        assert_true(near.off_m <= least + 0.001 && near.off_m > least - 0.51);
    }
    path_release(&p);
    course_unref(c);
}

/* Every clear minimum that a search by metre finds is among them, in order. */
static void minima_are_all_of_them(void **state)
{
    struct course *c = tangle(1);
    struct path p;
    struct path_near near[64];

    (void)state;
    path_init(&p, c->line);
    for (int i = 0; i < 100; i++) {
        struct lonlat fix = path_unwrap(&p, runs_place(below(1200) - 600, below(1200) - 600));
        size_t n = path_minima(&p, fix, 0, p.length_m, 50, near, 64);

        for (size_t k = 0; k < n; k++) {
            assert_true(near[k].off_m <= 50);
            assert_true(k == 0 || near[k].at_m > near[k - 1].at_m);
        }
        for (double m = 20; m < p.length_m - 20; m++) {
            double d = distance_m(&p, m, fix), best = INFINITY;
            bool deep = d < 45 && distance_m(&p, m - 15, fix) > d + 6 &&
                        distance_m(&p, m + 15, fix) > d + 6;

            for (double w = -15; w <= 15; w++)
                deep = deep && distance_m(&p, m + w, fix) >= d;
            for (size_t k = 0; k < n; k++)
                best = fmin(best, fabs(near[k].at_m - m));
            assert_true(!deep || best < 30);
        }
    }
    path_release(&p);
    course_unref(c);
}

/* Both sides of the antimeridian are one course. */
static void longitudes_are_continuous(void **state)
{
    static const struct lonlat v[] = {{179995000000, 10000000000}, {-179995000000, 10000000000}};
    struct err e = {0};
    struct line *l = line_new(v, 2, 1, &e);
    struct path p;

    (void)state;
    assert_non_null(l);
    path_init(&p, l);
    for (int64_t nd = -4; nd <= 4; nd++) {
        struct lonlat at = {180000000000 + nd * 1000000, 10000000000};
        struct path_near near;

        if (nd > 0)
            at.lon_nd -= 360000000000;
        near = path_nearest(&p, path_unwrap(&p, at), 0, p.length_m);
        assert_true(near.off_m < 0.5);
        assert_true(fabs(near.at_m - (p.length_m / 2 + (double)nd * 109.64)) < 1);
    }
    path_release(&p);
    line_free(l);
}

static void turns_are_found(void **state)
{
    static const double street[] = {0, 0, 0, 1000, 0, 0};
    static const double bend[] = {0, 0, 500, 0, 500, 500};
    struct course *c = runs_course(street, 3, 1);
    struct path p;

    (void)state;
    path_init(&p, c->line);
    assert_true(path_to_turn(&p, 1000) == 0);
    assert_true(fabs(path_to_turn(&p, 900) - 90) < 10 && fabs(path_to_turn(&p, 1100) - 90) < 10);
    path_release(&p);
    course_unref(c);
    c = runs_course(bend, 3, 1);
    path_init(&p, c->line);
    assert_true(isinf(path_to_turn(&p, 500)));
    path_release(&p);
    course_unref(c);
}

static void numbers_are_those_of_libm(void **state)
{
    (void)state;
    for (double x = -60; x < 20; x += 0.0173)
        assert_true(fabs(numeric_exp(x) / exp(x) - 1) < 1e-11);
    for (double x = 1e-9; x < 1e9; x *= 1.0173)
        assert_true(fabs(numeric_log(x) - log(x)) < 1e-11);
    for (double x = -2 * M_PI; x < 2 * M_PI; x += 0.0173)
        assert_true(fabs(numeric_cos(x) - cos(x)) < 1e-11);
    for (double x = -8; x < 8; x += 0.0173)
        assert_true(fabs(numeric_normal(x) - erfc(-x * M_SQRT1_2) / 2) < 2e-7);
    assert_true(numeric_exp(-1000) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_is_the_nearest),
        cmocka_unit_test(minima_are_all_of_them),
        cmocka_unit_test(longitudes_are_continuous),
        cmocka_unit_test(turns_are_found),
        cmocka_unit_test(numbers_are_those_of_libm),
    };

    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
