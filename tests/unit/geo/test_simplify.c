/* What is kept of a line. */
#include "geo/simplify.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* clang-format off */
#include <cmocka.h>
/* clang-format on */

static struct lonlat at(double lon_deg, double lat_deg)
{
    struct lonlat p;

    assert_true(lonlat_from_deg(lon_deg, lat_deg, &p));
    return p;
}

static void test_the_ends_and_the_corner_are_kept(void **state)
{
    struct lonlat v[101];
    uint32_t kept[3];

    (void)state;
    for (int i = 0; i <= 100; i++)
        v[i] = i < 60 ? at(13 + i * 0.001, 52) : at(13.06, 52 + (i - 60) * 0.001);
    assert_int_equal(simplify_line(v, 101, 3, kept), 3);
    assert_int_equal(kept[0], 0);
    assert_int_equal(kept[1], 60);
    assert_int_equal(kept[2], 100);
}

/* Out and back on one path: the triangle at the far end has no area. */
static void test_the_far_end_is_kept(void **state)
{
    struct lonlat v[41];
    uint32_t kept[3];

    (void)state;
    for (int i = 0; i <= 40; i++)
        v[i] = at(13 + (i <= 20 ? i : 40 - i) * 0.001, 52);
    assert_int_equal(simplify_line(v, 41, 3, kept), 3);
    assert_int_equal(kept[1], 20);
}

/* 20 degrees across the antimeridian are not 340. */
static void test_the_antimeridian(void **state)
{
    struct lonlat v[] = {at(170, 0), at(175, 0.5), at(-175, 0), at(-172, 3), at(-170, 0)};
    uint32_t kept[3];

    (void)state;
    assert_int_equal(simplify_line(v, 5, 3, kept), 3);
    assert_int_equal(kept[1], 3);
}

static void test_a_short_line_is_whole(void **state)
{
    struct lonlat v[] = {at(1, 1), at(2, 2), at(3, 3)};
    uint32_t kept[9];

    (void)state;
    assert_int_equal(simplify_line(v, 3, 9, kept), 3);
    assert_int_equal(kept[2], 2);
    assert_int_equal(simplify_line(v, 3, 2, kept), 2);
    assert_int_equal(kept[1], 2);
}

/* A long bend is thinned out evenly: no kept step is much longer than the others. */
static void test_a_circle_stays_round(void **state)
{
    enum { N = 200000, MAX = 100 };
    struct lonlat *v = malloc(N * sizeof *v);
    uint32_t kept[MAX];

    (void)state;
    for (int i = 0; i < N; i++)
        v[i] = at(0.1 * cos(i * 6.2831853 / N), 0.1 * sin(i * 6.2831853 / N));
    assert_int_equal(simplify_line(v, N, MAX, kept), MAX);
    for (int i = 1; i < MAX; i++)
        assert_in_range(kept[i] - kept[i - 1], N / MAX / 4, N / MAX * 4);
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ends_and_the_corner_are_kept),
        cmocka_unit_test(test_the_far_end_is_kept),
        cmocka_unit_test(test_the_antimeridian),
        cmocka_unit_test(test_a_short_line_is_whole),
        cmocka_unit_test(test_a_circle_stays_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
