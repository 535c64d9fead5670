/* fence_spans_inside against fence_contains, mm by mm, on courses of every awkward kind. */
#include "base/mem.h"
#include "geo/fence.h"

#include <geodesic.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WINDOW_MM 3000u
#define MAX_POINTS 600

/* lon, lat in degrees; a course or a ring. */
struct points {
    struct lonlat at[MAX_POINTS];
    size_t n;
};

static void add(struct points *p, double lon_deg, double lat_deg)
{
    assert_true(p->n < MAX_POINTS);
    assert_true(lonlat_from_deg(lon_deg, lat_deg, &p->at[p->n++]));
}

static struct points points_of(const double *deg, size_t n)
{
    struct points p = {.n = 0};

    for (size_t i = 0; i < n; i++)
        add(&p, deg[2 * i], deg[2 * i + 1]);
    return p;
}

#define POINTS(...)                          \
    points_of((const double[]){__VA_ARGS__}, \
        sizeof((const double[]){__VA_ARGS__}) / (2 * sizeof(double)))

static struct line *must_line(const struct points *p, uint32_t laps)
{
    struct err e = {0};
    struct line *l = line_new(p->at, p->n, laps, &e);

    if (!l)
        fail_msg("%s", e.text);
    return l;
}

static struct fence *must_fence(const struct lonlat *v, const size_t *ring_len, size_t rings)
{
    struct err e = {0};
    struct fence *f = fence_new(v, ring_len, rings, &e);

    if (!f)
        fail_msg("%s", e.text);
    return f;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct bench {
    const struct fence *f;
    const struct line *l;
    const struct fence_spans *s;
};

static void check_mm(const struct bench *b, uint64_t mm)
{
    bool want;

    if (mm > line_length_mm(b->l))
        return;
    want = fence_contains(b->f, line_at(b->l, (uint32_t)mm));
    if (fence_spans_inside(b->s, (uint32_t)mm) != want)
        fail_msg("mm %u of %u: spans say %d", (unsigned)mm, line_length_mm(b->l), !want);
}

/* Every mm of a short line; of a long one every mm around each change, and many at random. */
static void check_all(const struct bench *b)
{
    uint32_t length_mm = line_length_mm(b->l), done_mm = 0;
    uint64_t state = 88172645463325252, total = 0;

    for (size_t i = 0; i < b->s->n; i++) {
        const struct fence_span *s = &b->s->span[i];

        assert_true(s->from_mm < s->to_mm);
        assert_true(i == 0 || s->from_mm > s[-1].to_mm);
        assert_true(s->to_mm <= length_mm + 1);
        total += s->to_mm - s->from_mm;
        for (int end = 0; end < 2; end++) {
            uint32_t at = end ? s->to_mm : s->from_mm;
            uint32_t from = at > WINDOW_MM ? at - WINDOW_MM : 0;

            for (done_mm = done_mm > from ? done_mm : from; done_mm <= at + WINDOW_MM; done_mm++)
                check_mm(b, done_mm);
        }
    }
    assert_int_equal(b->s->total_mm, total);
    if (length_mm < 2000000) {
        for (uint32_t mm = 0; mm <= length_mm; mm++)
            check_mm(b, mm);
    }
    for (int i = 0; i < 30000; i++)
        check_mm(b, next_random(&state) % (length_mm + 1));
    check_mm(b, 0);
    check_mm(b, length_mm);
}

/* The number of spans and the mm inside, after checking them. */
static size_t check(
    const struct points *course, uint32_t laps, const struct fence *f, uint64_t *total_mm)
{
    struct line *l = must_line(course, laps);
    struct fence_spans s;
    size_t n;

    fence_spans_init(&s, f, l);
    check_all(&(struct bench){f, l, &s});
    n = s.n;
    if (total_mm)
        *total_mm = s.total_mm;
    fence_spans_release(&s);
    line_free(l);
    return n;
}

static size_t check_ring(
    const struct points *course, uint32_t laps, const struct points *ring, uint64_t *total_mm)
{
    struct fence *f = must_fence(ring->at, &ring->n, 1);
    size_t n = check(course, laps, f, total_mm);

    fence_free(f);
    return n;
}

static void test_plain_shapes(void **state)
{
    const struct points across = POINTS(0, 51, 0.01, 51.003);
    const struct points convex =
        POINTS(0.002, 51, 0.004, 51, 0.005, 51.002, 0.003, 51.003, 0.002, 51);
    const struct points comb = POINTS(0.001, 50.99, 0.009, 50.99, 0.009, 51.01, 0.007, 51.01, 0.007,
        51, 0.005, 51, 0.005, 51.01, 0.003, 51.01, 0.003, 51, 0.001, 51, 0.001, 50.99);
    const struct points away = POINTS(3, 51, 3.1, 51, 3, 51.1, 3, 51);
    const struct points around = POINTS(-1, 50, 1, 50, 1, 52, -1, 52, -1, 50);
    const struct points starts_on_it = POINTS(0, 51, 0.001, 50.99, 0.001, 51.01, 0, 51);
    uint64_t total_mm;

    (void)state;
    assert_int_equal(check_ring(&across, 1, &convex, NULL), 1);
    assert_int_equal(check_ring(&across, 1, &comb, NULL), 2);
    assert_int_equal(check_ring(&across, 1, &starts_on_it, NULL), 1);
    assert_int_equal(check_ring(&across, 1, &away, &total_mm), 0);
    assert_int_equal(total_mm, 0);
    assert_int_equal(check_ring(&across, 1, &around, &total_mm), 1);
    assert_true(total_mm > 700000);
}

static void test_no_fence(void **state)
{
    const struct points across = POINTS(0, 51, 0.01, 51.003);
    struct line *l = must_line(&across, 1);
    struct fence_spans s;

    (void)state;
    fence_spans_init(&s, NULL, l);
    assert_int_equal(s.n, 0);
    assert_false(fence_spans_inside(&s, 0));
    fence_spans_release(&s);
    line_free(l);
}

/* Two holes, one of which touches the outline at a point. */
static void test_holes(void **state)
{
    const struct points course = POINTS(0, 51, 0.02, 51.0001, 0.02, 51.003, 0, 51.0031);
    const struct points rings = POINTS(0.002, 50.99, 0.018, 50.99, 0.018, 51.01, 0.002, 51.01,
        0.002, 50.99, 0.004, 50.995, 0.008, 50.995, 0.008, 51.001, 0.004, 51.001, 0.004, 50.995,
        0.010, 50.999, 0.018, 51.0015, 0.010, 51.004, 0.010, 50.999);
    const size_t ring_len[] = {5, 5, 4};
    struct fence *f = must_fence(rings.at, ring_len, 3);

    (void)state;
    assert_int_equal(check(&course, 1, f, NULL), 5);
    fence_free(f);
}

/* The course crosses itself inside, runs back over itself, and goes around several times. */
static void test_laps_and_self_touching(void **state)
{
    const struct points eight = POINTS(0, 51, 0.002, 51.001, 0.002, 51, 0, 51.001, 0, 51);
    const struct points there_and_back = POINTS(0, 51, 0.003, 51.0007, 0, 51);
    const struct points fence =
        POINTS(0.0005, 50.9, 0.0015, 50.9, 0.0015, 51.1, 0.0005, 51.1, 0.0005, 50.9);

    (void)state;
    assert_int_equal(check_ring(&eight, 1, &fence, NULL), 2);
    assert_int_equal(check_ring(&eight, 7, &fence, NULL), 14);
    assert_int_equal(check_ring(&there_and_back, 1, &fence, NULL), 2);
    assert_int_equal(check_ring(&there_and_back, 40, &fence, NULL), 80);
}

/* The route runs along a fence edge: on a meridian exactly, on a parallel within the geodesic's
 * bulge, askew within rounding, and with the fence's every vertex on it. */
static void test_along_an_edge(void **state)
{
    const struct points north = POINTS(0.1, 51, 0.1, 51.01, 0.103, 51.01);
    const struct points beside =
        POINTS(0.1, 50.99, 0.1, 51.02, 0.09, 51.02, 0.09, 50.99, 0.1, 50.99);
    const struct points east = POINTS(0.1, 51, 0.11, 51);
    const struct points below = POINTS(0.09, 50.99, 0.12, 50.99, 0.12, 51, 0.09, 51, 0.09, 50.99);
    struct points askew = {.n = 0}, same = {.n = 0};
    const struct points on_it = POINTS(0.2, 51, 0.203, 51.001, 0.203, 51.002, 0.2, 51.002, 0.2, 51);
    uint64_t total_mm;

    (void)state;
    assert_int_equal(check_ring(&north, 1, &beside, &total_mm), 0);
    assert_int_equal(check_ring(&east, 1, &below, NULL), 0);
    for (int i = 0; i <= 400; i++)
        add(&askew, 0.2 + 0.003 * i / 400, 51 + 0.001 * i / 400);
    assert_true(check_ring(&askew, 1, &on_it, NULL) > 100);
    for (int i = 0; i < 120; i++)
        add(&same, 0.3 + 0.001 * cos(i * M_PI / 60), 51 + 0.0006 * sin(i * M_PI / 60));
    same.at[same.n++] = same.at[0];
    (void)check_ring(&same, 2, &same, NULL);
}

/* Touching from outside at a vertex, passing a spike 0.3 mm wide, and a fence smaller than a
 * stride. */
static void test_tiny_things(void **state)
{
    const struct points course = POINTS(0, 0, 0.01, 0);
    const struct points touch = POINTS(0.003, 0, 0.004, 0.001, 0.002, 0.001, 0.003, 0);
    const struct points spike =
        POINTS(0.003, -0.001, 0.003000003, 0.001, 0.002999997, 0.001, 0.003, -0.001);
    const struct points crumb = POINTS(0.005, -0.000000002, 0.00500001, -0.000000002, 0.00500001,
        0.000000005, 0.005, 0.000000005, 0.005, -0.000000002);

    (void)state;
    assert_int_equal(check_ring(&course, 1, &touch, NULL), 0);
    (void)check_ring(&course, 1, &spike, NULL);
    assert_int_equal(check_ring(&course, 1, &crumb, NULL), 1);
}

static void test_seam_and_pole(void **state)
{
    const struct points course = POINTS(179.995, -17, -179.995, -17.001);
    const struct points west = POINTS(179.99, -18, 180, -18, 180, -16, 179.99, -16, 179.99, -18);
    const struct points east =
        POINTS(-180, -18, -179.997, -18, -179.997, -16, -180, -16, -180, -18);
    const struct points polar = POINTS(10, 89.995, -170, 89.996);
    const struct points cap =
        POINTS(-180, 89.998, 0, 89.999, 180, 89.998, 180, 90, -180, 90, -180, 89.998);
    struct err e = {0};

    (void)state;
    assert_int_equal(check_ring(&course, 1, &west, NULL), 1);
    assert_int_equal(check_ring(&course, 1, &east, NULL), 1);
    /* The cap's upper edge spans 360 degrees, which is refused; two halves are not. */
    assert_null(fence_new(cap.at, &cap.n, 1, &e));
    {
        const struct points half = POINTS(-100, 89.998, 0, 89.999, 50, 89.998, 0, 90, -100, 89.998);

        (void)check_ring(&polar, 1, &half, NULL);
    }
}

/* Random wandering courses and random star-shaped fences. */
static void test_random(void **state)
{
    uint64_t r = 20260101;

    (void)state;
    for (int round = 0; round < 20; round++) {
        struct points course = {.n = 0}, star = {.n = 0};
        double lon = -0.07, lat = 51.42;

        for (int i = 0; i < 30; i++) {
            add(&course, lon, lat);
            lon += (double)(next_random(&r) % 1000) * 1e-6 - 0.0004;
            lat += (double)(next_random(&r) % 1000) * 1e-6 - 0.0005;
        }
        for (int i = 0; i < 25; i++) {
            double radius = 0.0005 + (double)(next_random(&r) % 1000) * 3e-6;

            add(&star, -0.067 + radius * cos(i * 2 * M_PI / 25),
                51.42 + radius * 0.6 * sin(i * 2 * M_PI / 25));
        }
        star.at[star.n++] = star.at[0];
        (void)check_ring(&course, 1, &star, NULL);
    }
}

/* The second seed's course, finish first as it is printed, and its geofence. */
static const double crystal_lon[] = {
    -0.064245,
    -0.064524,
    -0.065779,
    -0.065801,
    -0.065865,
    -0.06579,
    -0.065854,
    -0.065962,
    -0.065672,
    -0.065329,
    -0.064824,
    -0.064277,
    -0.063977,
    -0.063805,
    -0.063719,
    -0.063644,
    -0.063859,
    -0.063988,
    -0.064181,
    -0.065178,
    -0.065887,
    -0.066606,
    -0.067292,
    -0.068354,
    -0.06859,
    -0.06903,
    -0.068976,
    -0.067281,
    -0.066777,
    -0.066359,
    -0.06564,
    -0.065597,
    -0.065608,
    -0.06579,
    -0.065822,
    -0.066858,
    -0.068118,
    -0.068837,
    -0.069143,
    -0.069041,
    -0.06961,
    -0.070479,
    -0.070725,
    -0.070618,
    -0.070522,
    -0.0705,
    -0.070511,
    -0.07065,
    -0.071326,
    -0.071637,
    -0.071659,
    -0.071133,
    -0.071173,
    -0.071857,
    -0.072002,
    -0.072238,
    -0.073204,
    -0.074212,
    -0.074598,
    -0.074813,
    -0.075628,
    -0.075757,
    -0.075178,
    -0.073912,
    -0.073408,
    -0.072742,
    -0.071981,
    -0.071726,
    -0.071641,
    -0.071388,
    -0.071219,
    -0.070994,
    -0.070806,
    -0.070656,
    -0.070475,
    -0.070213,
    -0.069919,
    -0.069695,
    -0.069418,
    -0.069199,
    -0.068542,
    -0.067217,
    -0.066694,
    -0.066166,
    -0.066032,
    -0.065114,
    -0.064406,
    -0.064556,
    -0.065141,
    -0.065726,
    -0.063215,
};
static const double crystal_lat[] = {
    51.419386,
    51.419459,
    51.419754,
    51.419673,
    51.419513,
    51.419366,
    51.419178,
    51.418984,
    51.41879,
    51.418757,
    51.41877,
    51.41877,
    51.41873,
    51.418777,
    51.418676,
    51.418496,
    51.418288,
    51.418061,
    51.417967,
    51.417606,
    51.417271,
    51.41695,
    51.416964,
    51.417017,
    51.417245,
    51.417592,
    51.417706,
    51.418583,
    51.419285,
    51.420088,
    51.421523,
    51.421998,
    51.42245,
    51.422925,
    51.423045,
    51.422878,
    51.422731,
    51.422838,
    51.423223,
    51.423601,
    51.423955,
    51.424136,
    51.424029,
    51.423902,
    51.423721,
    51.423607,
    51.42342,
    51.423306,
    51.422664,
    51.422677,
    51.422771,
    51.423681,
    51.424216,
    51.424335,
    51.423654,
    51.4233,
    51.421768,
    51.420255,
    51.419626,
    51.41954,
    51.420021,
    51.420188,
    51.421078,
    51.423099,
    51.423942,
    51.423962,
    51.423668,
    51.424373,
    51.424553,
    51.424676,
    51.424928,
    51.425092,
    51.42526,
    51.425281,
    51.42532,
    51.425337,
    51.425293,
    51.425186,
    51.425009,
    51.424812,
    51.4245,
    51.424397,
    51.424232,
    51.423997,
    51.423134,
    51.422836,
    51.422607,
    51.4219,
    51.421269,
    51.419867,
    51.419232,
};
static const double crystal_fence[] = {
    -0.0651347637176514,
    51.41916166790023,
    -0.0643622875213623,
    51.41886727626769,
    -0.0632894039154053,
    51.41846583007674,
    -0.0638902187347412,
    51.417997471730985,
    -0.0645339488983154,
    51.41767630894881,
    -0.0656068325042725,
    51.416900156242406,
    -0.0676238536834717,
    51.41687339212095,
    -0.0686323642730713,
    51.41715441461497,
    -0.0679242610931396,
    51.41776998166006,
    -0.0672805309295654,
    51.41878698731156,
    -0.0651347637176514,
    51.41916166790023,
};

static void test_crystal(void **state)
{
    /* Crossings computed apart from this code, with the ellipsoid's radii of curvature; in mm. */
    static const uint32_t want[][2] = {
        {3897674, 3943377}, {4145398, 4160717}, {4190123, 4582490}, {4617044, 4767579}};
    struct points course = {.n = 0},
                  ring = points_of(crystal_fence, sizeof crystal_fence / (2 * sizeof(double)));
    size_t n = sizeof crystal_lon / sizeof *crystal_lon;
    struct fence *f = must_fence(ring.at, &ring.n, 1);
    struct fence_spans s;
    struct line *l;

    (void)state;
    for (size_t i = n; i-- > 0;)
        add(&course, crystal_lon[i], crystal_lat[i]);
    l = must_line(&course, 1);
    fence_spans_init(&s, f, l);
    check_all(&(struct bench){f, l, &s});
    assert_int_equal(s.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_in_range(s.span[i].from_mm, want[i][0] - 3, want[i][0] + 3);
        assert_in_range(s.span[i].to_mm, want[i][1] - 3, want[i][1] + 3);
    }
    fence_spans_release(&s);
    line_free(l);
    fence_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_shapes),
        cmocka_unit_test(test_no_fence),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_laps_and_self_touching),
        cmocka_unit_test(test_along_an_edge),
        cmocka_unit_test(test_tiny_things),
        cmocka_unit_test(test_seam_and_pole),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_crystal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
