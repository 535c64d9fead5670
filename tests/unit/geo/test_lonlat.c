/* Degrees to nanodegrees and back, and lengths against known geodesics. */
#include "geo/lonlat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_from_deg(void **state)
{
    static const struct {
        double lon, lat;
        bool ok;
        int64_t lon_nd, lat_nd;
    } cases[] = {
        {0, 0, true, 0, 0},
        {-0.063253, 51.41917000000001, true, -63253000, 51419170000},
        {180, 90, true, 180000000000, 90000000000},
        {-180, -90, true, -180000000000, -90000000000},
        {1e-10, -4.9e-10, true, 0, 0},
        {0.0000000005001, -0.0000000005001, true, 1, -1},
        {180.000001, 0, false, 0, 0},
        {0, 91, false, 0, 0},
        {0, -90.000001, false, 0, 0},
        {NAN, 0, false, 0, 0},
        {0, NAN, false, 0, 0},
        {INFINITY, 0, false, 0, 0},
        {0, -INFINITY, false, 0, 0},
        {1e300, 1e300, false, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lonlat p = {77, 77};

        assert_int_equal(lonlat_from_deg(cases[i].lon, cases[i].lat, &p), cases[i].ok);
        assert_int_equal(p.lon_nd, cases[i].ok ? cases[i].lon_nd : 77);
        assert_int_equal(p.lat_nd, cases[i].ok ? cases[i].lat_nd : 77);
    }
}

/* What is printed with 9 decimals and read again is the same double and the same nanodegree. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int64_t nd = -180000000000; nd <= 180000000000; nd += 12345678911) {
        for (int64_t v = nd; v < nd + 1000 && v <= 180000000000; v += 7) {
            struct lonlat p;
            char text[32];

            (void)snprintf(text, sizeof text, "%s%lld.%09lld", v < 0 ? "-" : "",
                llabs(v) / 1000000000, llabs(v) % 1000000000);
            assert_true(strtod(text, NULL) == lonlat_deg(v));
            assert_true(lonlat_from_deg(lonlat_deg(v), 0, &p));
            assert_int_equal(p.lon_nd, v);
        }
    }
}

static void test_distance(void **state)
{
    static const struct {
        struct lonlat a, b;
        double metres;
    } cases[] = {
        {{0, 0}, {0, 0}, 0},
        {{0, 0}, {1000000000, 0}, 111319.490793},    /* a degree of the equator: a * pi / 180 */
        {{0, 0}, {0, 90000000000}, 10001965.729313}, /* the quarter meridian */
        {{180000000000, 10}, {-180000000000, 10}, 0},
        {{179500000000, 0}, {-179500000000, 0}, 111319.490793},
        {{77, 90000000000}, {-12345, 90000000000}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(fabs(lonlat_distance_m(cases[i].a, cases[i].b) - cases[i].metres) < 2e-6);
        assert_true(fabs(lonlat_distance_m(cases[i].b, cases[i].a) - cases[i].metres) < 2e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_deg),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_distance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
