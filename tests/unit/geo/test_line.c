/* The prepared line against geod_position, its limits, laps, and its text. */
#include "base/hash.h"
#include "base/mem.h"
#include "geo/line.h"

#include <geodesic.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define AIM_M 0.0001

static struct lonlat place(double lon_deg, double lat_deg)
{
    struct lonlat p;

    assert_true(lonlat_from_deg(lon_deg, lat_deg, &p));
    return p;
}

static void assert_same_place(struct lonlat a, struct lonlat b)
{
    assert_int_equal(a.lon_nd, b.lon_nd);
    assert_int_equal(a.lat_nd, b.lat_nd);
}

static struct line *must_line(const struct lonlat *v, size_t n, uint32_t laps)
{
    struct err e = {0};
    struct line *l = line_new(v, n, laps, &e);

    if (!l)
        fail_msg("%s", e.text);
    return l;
}

/* Greatest distance in metres between the line and the geodesics through its vertices. */
static double worst_error_m(const struct line *l, uint32_t step_mm)
{
    const struct lonlat *v;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &v, &at_um), i = 0;
    struct geod_geodesic g;
    double worst = 0;

    geod_init(&g, 6378137, 1 / 298.257223563);
    for (uint64_t d = 0; d < line_lap_um(l) / 1000; d += step_mm) {
        struct geod_geodesicline gl;
        double lat, lon, off;
        struct lonlat got = line_at(l, (uint32_t)d);

        while (i + 2 < n && at_um[i + 1] <= d * 1000)
            i++;
        geod_inverseline(&gl, &g, lonlat_deg(v[i].lat_nd), lonlat_deg(v[i].lon_nd),
            lonlat_deg(v[i + 1].lat_nd), lonlat_deg(v[i + 1].lon_nd), 0);
        geod_position(&gl, (double)(d * 1000 - at_um[i]) / 1e6, &lat, &lon, NULL);
        geod_inverse(
            &g, lat, lon, lonlat_deg(got.lat_nd), lonlat_deg(got.lon_nd), &off, NULL, NULL);
        worst = fmax(worst, off);
    }
    return worst;
}

static void test_one_segment_of_any_kind(void **state)
{
    static const double lengths_m[] = {10.5, 20, 99.9, 100, 500, 2500, 10000, 80000, 1500000};
    static const double lats[] = {-89.9, -60, -0.001, 0, 0.0001, 45, 51.42, 70, 79.9, 85, 89.5};
    static const double azimuths[] = {0, 0.001, 37, 90, 135, 180, -45, -90};
    struct geod_geodesic g;

    (void)state;
    geod_init(&g, 6378137, 1 / 298.257223563);
    for (size_t a = 0; a < sizeof lengths_m / sizeof *lengths_m; a++) {
        for (size_t b = 0; b < sizeof lats / sizeof *lats; b++) {
            for (size_t c = 0; c < 8; c++) {
                double lat, lon, error_m;
                struct lonlat v[2] = {place(179.95, lats[b])};
                struct line *l;

                geod_direct(&g, lats[b], 179.95, azimuths[c], lengths_m[a], &lat, &lon, NULL);
                v[1] = place(lon, lat);
                l = must_line(v, 2, 1);
                error_m = worst_error_m(l, line_length_mm(l) / 97 + 1);
                if (error_m > AIM_M)
                    fail_msg("%g m at %g, azimuth %g: off by %g mm", lengths_m[a], lats[b],
                        azimuths[c], error_m * 1e3);
                assert_same_place(line_at(l, 0), v[0]);
                assert_same_place(line_at(l, line_length_mm(l)), v[1]);
                assert_same_place(line_at(l, UINT32_MAX), v[1]);
                assert_true(
                    fabs(line_length_mm(l) / 1e3 - lonlat_distance_m(v[0], v[1])) <= 0.0005001);
                line_free(l);
            }
        }
    }
}

static void test_over_the_pole(void **state)
{
    static const struct lonlat v[] = {{10000000000, 89500000000}, {-170000000000, 89500000000}};
    static const struct lonlat beside[] = {
        {10000000000, 89999000000}, {-169990000000, 89999000000}};
    struct line *l = must_line(v, 2, 1);

    (void)state;
    assert_true(worst_error_m(l, 997) < 0.001);
    line_free(l);
    l = must_line(beside, 2, 1);
    assert_true(worst_error_m(l, 13) < 0.001);
    line_free(l);
}

/* A wandering track: n points about step_m apart around 51 N, turning a little at each. */
static struct lonlat *wander(size_t n, double step_m)
{
    struct lonlat *v = mem_zalloc(n, sizeof *v);
    struct geod_geodesic g;
    double lat = 51.4, lon = -0.07, azimuth = 20;

    geod_init(&g, 6378137, 1 / 298.257223563);
    for (size_t i = 0; i < n; i++) {
        v[i] = place(lon, lat);
        azimuth += 25 * sin((double)i * 0.7) + 0.5;
        geod_direct(&g, lat, lon, azimuth, step_m * (1 + 0.3 * sin((double)i)), &lat, &lon, NULL);
    }
    return v;
}

static void test_dense_track(void **state)
{
    const size_t n = 14000;
    struct lonlat *v = wander(n, 1.5);
    struct line *l = must_line(v, n, 1);
    const struct lonlat *kept;
    const uint64_t *at_um;
    double sum = 0, perimeter;
    struct geod_geodesic g;
    struct geod_polygon poly;

    (void)state;
    geod_init(&g, 6378137, 1 / 298.257223563);
    geod_polygon_init(&poly, 1);
    for (size_t i = 0; i < n; i++) {
        geod_polygon_addpoint(&g, &poly, lonlat_deg(v[i].lat_nd), lonlat_deg(v[i].lon_nd));
        sum += i ? lonlat_distance_m(v[i - 1], v[i]) : 0;
    }
    (void)geod_polygon_compute(&g, &poly, 0, 1, NULL, &perimeter);
    assert_true(fabs(sum - perimeter) < 1e-6);
    assert_true(fabs((double)line_lap_um(l) / 1e6 - perimeter) < 0.0005 * 14);
    assert_int_equal(line_vertices(l, &kept, &at_um), n);
    assert_int_equal(at_um[0], 0);
    assert_int_equal(at_um[n - 1], line_lap_um(l));
    assert_true(worst_error_m(l, 769) < AIM_M);
    for (size_t i = 1; i < n; i++)
        assert_true(at_um[i] > at_um[i - 1]);
    line_free(l);
    free(v);
}

/* 6,618 vertices, all of them equally far apart: rounded one by one, their lengths would be 1.2 mm too
 * long in the middle. The distance of every vertex is that of the geodesics to half a µm. */
static void test_rounding_does_not_add_up(void **state)
{
    enum { N = 6618 };
    struct lonlat *v = mem_zalloc(N, sizeof *v);
    const struct lonlat *vertices;
    const uint64_t *at_um;
    struct line *l;
    double sum_m = 0;

    (void)state;
    for (size_t i = 0; i < N; i++)
        v[i] = place(0.0000611 * (double)i, 0);
    l = must_line(v, N, 1);
    assert_int_equal(line_vertices(l, &vertices, &at_um), N);
    for (size_t i = 1; i < N; i++) {
        sum_m += lonlat_distance_m(v[i - 1], v[i]);
        assert_true(fabs((double)at_um[i] - sum_m * 1e6) <= 0.51);
    }
    line_free(l);
    free(v);
}

/* Every mm is 1 mm from the one before, but for rounding to nanodegrees and the corners. */
static void test_each_mm_moves_by_a_mm(void **state)
{
    struct lonlat *v = wander(40, 11);
    struct line *l = must_line(v, 40, 1);
    struct lonlat before = line_at(l, 0);
    double farthest = 0;

    (void)state;
    for (uint32_t d = 1; d <= line_length_mm(l); d++) {
        struct lonlat here = line_at(l, d);
        double y = (double)(here.lat_nd - before.lat_nd) * 1.1126e-4;
        double x = (double)(here.lon_nd - before.lon_nd) * 6.96e-5;

        farthest = fmax(farthest, hypot(x, y));
        assert_true(x != 0 || y != 0);
        before = here;
    }
    assert_true(farthest < 1.6e-3 * 1e3);
    line_free(l);
    free(v);
}

static void test_laps(void **state)
{
    struct lonlat v[] = {place(0, 51), place(0.001, 51), place(0.001, 51.0007), place(0, 51)};
    struct line *one = must_line(v, 4, 1), *three = must_line(v, 4, 3);
    uint64_t lap_um = line_lap_um(one);

    (void)state;
    assert_int_equal(line_lap_um(three), lap_um);
    assert_int_equal(line_laps(three), 3);
    assert_int_equal(line_length_mm(three), (3 * lap_um + 500) / 1000);
    assert_same_place(line_at(three, 0), v[0]);
    assert_same_place(line_at(three, line_length_mm(three)), v[0]);
    for (uint32_t d = 0; d < line_length_mm(one); d++)
        assert_same_place(line_at(three, d), line_at(one, d));
    for (uint32_t lap = 1; lap < 3; lap++) {
        uint32_t start_mm = (uint32_t)((lap * lap_um + 999) / 1000);

        assert_true(lonlat_distance_m(line_at(three, start_mm), v[0]) < 0.0012);
        assert_true(
            lonlat_distance_m(line_at(three, start_mm + 30000), line_at(one, 30000)) < 0.0012);
    }
    line_free(one);
    line_free(three);
}

static void test_antimeridian(void **state)
{
    struct lonlat v[] = {place(179.9, 10), place(-179.9, 10.1), place(180, 10.2), place(-180, 10.3),
        place(179.99, 10.3)};
    struct line *l = must_line(v, 5, 1);
    const struct lonlat *kept;
    const uint64_t *at_um;

    (void)state;
    assert_true(worst_error_m(l, 113) < AIM_M);
    assert_int_equal(line_vertices(l, &kept, &at_um), 5);
    for (uint32_t d = 0; d < line_length_mm(l); d += 1009)
        assert_in_range(line_at(l, d).lon_nd + 180000000000, 0, 360000000000);
    line_free(l);
}

static void test_repeats_are_dropped(void **state)
{
    struct lonlat a = place(1, 1), b = place(1.001, 1), c = place(1.001, 1.001);
    struct lonlat v[] = {a, a, b, b, b, c, c}, plain[] = {a, b, c};
    /* 1 nanodegree apart near a pole: a segment of less than half a µm. */
    struct lonlat tiny[] = {{5, 89999900000}, {6, 89999900000}, {5, 89900000000}, {6, 89900000000}};
    struct line *l = must_line(v, 7, 1), *p = must_line(plain, 3, 1), *t = must_line(tiny, 4, 1);
    const struct lonlat *kept;
    const uint64_t *at_um;

    (void)state;
    assert_int_equal(line_vertices(l, &kept, &at_um), 3);
    assert_memory_equal(kept, plain, sizeof plain);
    assert_int_equal(line_lap_um(l), line_lap_um(p));
    for (uint32_t d = 0; d < line_length_mm(l); d += 7)
        assert_same_place(line_at(l, d), line_at(p, d));
    assert_same_place(line_at(t, 0), tiny[0]);
    assert_same_place(line_at(t, line_length_mm(t)), tiny[3]);
    assert_true(worst_error_m(t, 101) < AIM_M);
    line_free(l);
    line_free(p);
    line_free(t);
}

static void test_refusals(void **state)
{
    struct lonlat a = {0, 0}, b = {1000000, 0}, c = {100000000, 0}, far = {60000000000, 0};
    struct lonlat off = {0, 90000000001};
    struct {
        struct lonlat v[2];
        size_t n;
        uint32_t laps;
        const char *says;
    } cases[] = {
        {{a, b}, 0, 1, "two or more"},
        {{a, b}, 1, 1, "1 point;"},
        {{a, a}, 2, 1, "0.00 m long"},
        {{a, {50000, 0}}, 2, 1, "5.57 m long"},
        {{a, far}, 2, 1, "longer than 4000 km"},
        {{a, off}, 2, 1, "Point 2 "},
        {{a, c}, 2, 2, "not its first"},
        {{a, c}, 2, 0, "0 laps"},
        {{a, c}, 2, 1001, "1001 laps"},
        {{a, b}, LINE_MAX_VERTICES + 1, 1, "at most 200000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};

        assert_null(line_new(cases[i].v, cases[i].n, cases[i].laps, &e));
        if (!strstr(e.text, cases[i].says))
            fail_msg("case %zu says \"%s\"", i, e.text);
    }
}

/* Beside a pole each segment needs dozens of pieces: 3,900 km of that are refused and not prepared.
 */
static void test_too_many_pieces(void **state)
{
    const size_t n = 170000;
    struct lonlat *v = mem_zalloc(n, sizeof *v);
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < n; i++)
        v[i] = (struct lonlat){i % 2 ? 170000000000 : -9000000000 - (int64_t)i, 89999900000};
    assert_null(line_new(v, n, 1, &e));
    assert_non_null(strstr(e.text, "pole"));
    free(v);
}

static void assert_round_trip(const struct lonlat *v, size_t n, uint32_t laps)
{
    struct line *l = must_line(v, n, laps), *again;
    struct buf text = BUF_INIT, text2 = BUF_INIT;
    struct err e = {0};

    line_encode(l, &text);
    again = line_decode(v, n, laps, text.data, &e);
    if (!again)
        fail_msg("%s", e.text);
    line_encode(again, &text2);
    assert_string_equal(text.data, text2.data);
    assert_null(strpbrk(text.data, " \"'<>&,;\n"));
    assert_int_equal(line_length_mm(l), line_length_mm(again));
    for (uint64_t d = 0; d <= line_length_mm(l) + UINT64_C(5); d += 1 + line_length_mm(l) / 100000)
        assert_same_place(line_at(l, (uint32_t)d), line_at(again, (uint32_t)d));
    buf_release(&text);
    buf_release(&text2);
    line_free(l);
    line_free(again);
}

static void test_text_round_trip(void **state)
{
    struct lonlat loop[] = {place(0, 51), place(0.1, 51), place(0.1, 51.07), place(0, 51)};
    struct lonlat seam[] = {place(179, -17), place(-179, -17.3), place(180, -16), place(-180, -15)};
    struct lonlat pole[] = {
        place(10, 89.5), place(-170, 89.5), place(-170, 89.5), place(-160, 89.99)};
    struct lonlat *dense = wander(3000, 1.5);

    (void)state;
    assert_round_trip(loop, 4, 1);
    assert_round_trip(loop, 4, 7);
    assert_round_trip(seam, 4, 1);
    assert_round_trip(pole, 4, 1);
    assert_round_trip(dense, 3000, 1);
    free(dense);
}

/* A number written longer than it has to be is refused: one line has one text. */
static void test_one_text_only(void **state)
{
    struct lonlat v[] = {place(0, 51), place(0.001, 51), place(0.001, 51.0007)};
    struct line *l = must_line(v, 3, 1), *again;
    struct buf text = BUF_INIT;
    struct err e = {0};

    (void)state;
    line_encode(l, &text);
    assert_memory_equal(text.data, "1.A", 3); /* no inner splits */
    again = line_decode(v, 3, 1, text.data, &e);
    assert_non_null(again);
    buf_addc(&text, ' ');
    memmove(text.data + 3, text.data + 2, text.len - 3);
    text.data[2] = 'g'; /* 0 and more follows */
    assert_null(line_decode(v, 3, 1, text.data, &e));
    assert_non_null(strstr(e.text, "does not fit"));
    buf_release(&text);
    line_free(l);
    line_free(again);
}

/* From a text on, all machines and compilers agree on every position. */
static void test_golden_positions(void **state)
{
    static const char text[] = "1.ApxixivB_pgpKo8jvEApxixivBnmgpKo9jvE";
    struct lonlat v[] = {place(179.99, 60.5), place(-179.985, 60.507), place(179.99, 60.5)};
    struct err e = {0};
    struct line *l = line_decode(v, 3, 2, text, &e);
    uint64_t h = 0;

    (void)state;
    if (!l)
        fail_msg("%s", e.text);
    for (uint32_t d = 0; d <= line_length_mm(l); d++) {
        struct lonlat at = line_at(l, d);

        h = hash64((struct hash_key){h, d}, (int64_t[]){at.lon_nd, at.lat_nd}, 16);
    }
    if (h != UINT64_C(0x1df06e69452521f1))
        fail_msg("the positions hash to %#llx", (unsigned long long)h);
    line_free(l);
}

static void test_hostile_text(void **state)
{
    struct lonlat v[] = {place(0, 51), place(0.1, 51), place(0.1, 51.07)};
    struct line *l = must_line(v, 3, 1), *got;
    struct buf text = BUF_INIT;
    size_t refused = 0;
    struct err e = {0};
    const char *bad[] = {"", "1", "1.", "2.AAAA", "1.A", "1.________________", "1.---------A",
        "1.\xff\xff", "1.__________A", "1.gA", "1.AAAAAAAA", "1.ggggggggggggB"};
    char *big = mem_alloc(30u << 20);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        e = (struct err){0};
        assert_null(line_decode(v, 3, 1, bad[i], &e));
        assert_int_not_equal(e.code, ERR_NONE);
    }
    memset(big, 'A', (30u << 20) - 1);
    memcpy(big, "1.", 2);
    big[(30u << 20) - 1] = '\0';
    assert_null(line_decode(v, 3, 1, big, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    free(big);

    line_encode(l, &text);
    v[1].lat_nd += 30; /* 3.3 mm */
    assert_null(line_decode(v, 3, 1, text.data, &e));
    assert_non_null(strstr(e.text, "does not fit"));
    v[1].lat_nd -= 30;
    /* Any one character changed: refused, or still a line within a few mm. */
    for (size_t i = 0; i < text.len; i++) {
        char kept = text.data[i];

        text.data[i] = kept == 'Q' ? 'h' : 'Q';
        got = line_decode(v, 3, 1, text.data, &e);
        refused += !got;
        assert_true(!got || fabs((double)line_length_mm(got) - line_length_mm(l)) <= 2);
        assert_true(!got || worst_error_m(got, line_length_mm(got) / 500) < 0.004);
        line_free(got);
        text.data[i] = kept;
    }
    assert_true(refused > text.len / 4);
    /* Cut short anywhere, or with something behind. */
    buf_addc(&text, 'A');
    assert_null(line_decode(v, 3, 1, text.data, &e));
    text.data[--text.len] = '\0';
    for (size_t len = text.len; len-- > 0;) {
        text.data[len] = '\0';
        assert_null(line_decode(v, 3, 1, text.data, &e));
    }
    buf_release(&text);
    line_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_segment_of_any_kind),
        cmocka_unit_test(test_over_the_pole),
        cmocka_unit_test(test_dense_track),
        cmocka_unit_test(test_rounding_does_not_add_up),
        cmocka_unit_test(test_each_mm_moves_by_a_mm),
        cmocka_unit_test(test_laps),
        cmocka_unit_test(test_antimeridian),
        cmocka_unit_test(test_repeats_are_dropped),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_too_many_pieces),
        cmocka_unit_test(test_text_round_trip),
        cmocka_unit_test(test_one_text_only),
        cmocka_unit_test(test_golden_positions),
        cmocka_unit_test(test_hostile_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
