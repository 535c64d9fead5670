/* The race as a whole: what every event of every runner has to satisfy, on several courses and
 * specs. */
#include "base/mem.h"
#include "sim/pace.h"
#include "sim/sim.h"

#include "fixture_course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct sim_shard whole = {1, 1};

/* A degree of latitude has about 111.2 km at 51°: 13,485 nd are 1.5 m. */

static struct race_spec spec_for(const struct course *c, uint32_t competitors)
{
    struct race_spec s = {.course = "meridian",
        .run_id = "test",
        .competitors = competitors,
        .fastest = 144,
        .slowest = 500,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 7,
        .speed = 1};

    memcpy(s.revision, c->revision, sizeof s.revision);
    return s;
}

static struct sim *sim_for(const struct race_spec *s, struct course *c, struct sim_shard shard)
{
    struct err e = {0};
    struct sim *sim = sim_new(s, c, shard, &e);

    if (!sim)
        fail_msg("%s", e.text);
    return sim;
}

static int32_t ceil_s(uint64_t ns)
{
    return (int32_t)((ns + 999999999) / 1000000000);
}

static uint32_t place_at(struct sim *s, uint32_t i, int32_t raw_s, uint32_t *d)
{
    sim_tick(s, raw_s, d);
    return d[i];
}

struct shape {
    const char *name;
    size_t points;
    int64_t step_nd;
    struct fence_span spans[3];
    size_t spans_n;
    uint32_t fastest, slowest, min_pause, max_pause;
    double stop_ratio;
};

static const struct shape shapes[] = {
    {"5 km of 55 m", 91, 500000, {{3000, 900000}, {2000000, 2000050}}, 2, 144, 500, 10, 60, 0.3},
    {"every leg 1.5 m, as a watch records it", 3001, 13485, {{100, 200}}, 1, 144, 500, 0, 0, 1},
    {"one leg of 11 m", 2, 100000, {{0, 1}}, 1, 30, 36000, 0, 86400, 1},
    {"one leg of 599 m, a single pair", 2, 5385000, {{0, 100}}, 1, 30, 30, 5, 5, 0.5},
    {"the geofence holds the finish", 21, 500000, {{900000, UINT32_MAX}}, 1, 144, 300, 1, 9, 1},
    {"one pace for all", 21, 500000, {{0, 0}}, 0, 255, 255, 10, 60, 0},
};

static void check_runner(const struct shape *shape, const struct course *c,
    const struct sim_truth *t, const uint32_t *place)
{
    uint64_t run_ns = (uint64_t)t->pace_ms * c->length_mm;

    /* "The first event is at the last-but-one vertex, the true start is never published." */
    if (place[0] != 0)
        fail_msg("%s: raw time 0 is at %u mm", shape->name, place[0]);
    /* "A segment of k seconds costs k + 1: races are too slow": the finish is ceil(P * L + stop),
     * to the second. */
    assert_int_equal(t->finish_raw_s, ceil_s(run_ns) + (int32_t)t->stop_s);
    /* "Short segments vanish and with them the finish": the last event is at the length, none
     * before it is. */
    assert_int_equal(place[t->finish_raw_s], c->length_mm);
    for (int32_t raw = 1; raw <= t->finish_raw_s; raw++) {
        if (place[raw] < place[raw - 1])
            fail_msg(
                "%s: goes back at %d: %u, %u mm", shape->name, raw, place[raw - 1], place[raw]);
        if (raw < t->finish_raw_s && place[raw] >= c->length_mm)
            fail_msg("%s: is there at %d, before %d", shape->name, raw, t->finish_raw_s);
    }
}

static void every_event_of_every_runner(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        const struct shape *shape = &shapes[k];
        struct course *c =
            fixture_course(shape->points, shape->step_nd, shape->spans, shape->spans_n);
        struct race_spec spec = spec_for(c, 60);
        struct sim *s;
        uint32_t *d = mem_zalloc(60, sizeof *d), **place = mem_zalloc(60, sizeof *place);

        spec.fastest = shape->fastest;
        spec.slowest = shape->slowest;
        spec.min_pause = shape->min_pause;
        spec.max_pause = shape->max_pause;
        spec.stop_ratio = shape->stop_ratio;
        s = sim_for(&spec, c, whole);
        for (uint32_t i = 0; i < 60; i++)
            place[i] = mem_zalloc((size_t)sim_last_raw(s) + 1, sizeof **place);
        for (int32_t raw = 0; raw <= sim_last_raw(s); raw++) {
            sim_tick(s, raw, d);
            for (uint32_t i = 0; i < 60; i++)
                place[i][raw] = d[i];
        }
        for (uint32_t i = 0; i < 60; i++) {
            struct sim_truth t;

            sim_truth(s, i, &t);
            check_runner(shape, c, &t, place[i]);
            free(place[i]);
        }
        sim_free(s);
        fixture_course_free(c);
        free(place);
        free(d);
    }
}

/* "Segments shorter than one second vanish": the same way in legs of 1.5 m and in one leg takes the
 * same time, and the runner is seen all along it. */
static void short_legs_count(void **state)
{
    struct course *dense = fixture_course(1001, 13485, NULL, 0);
    struct course *sparse = fixture_course(2, 13485000, NULL, 0);
    struct race_spec spec = spec_for(dense, 20);
    struct sim *a = sim_for(&spec, dense, whole);
    struct sim *b = sim_for(&spec, sparse, whole);
    uint32_t d[20];

    (void)state;
    assert_in_range(dense->length_mm, 1499000, 1501000);
    /* A thousand roundings to the µm on the way. */
    assert_true(abs((int)(dense->length_mm - sparse->length_mm)) <= 1);
    for (uint32_t i = 0; i < 20; i++) {
        struct sim_truth t;
        uint32_t seen = 0;

        assert_true(abs(sim_finish_raw(a)[i] - sim_finish_raw(b)[i]) <= 1);
        sim_truth(a, i, &t);
        for (int32_t raw = 1; raw <= t.finish_raw_s; raw++) {
            uint32_t before = place_at(a, i, raw - 1, d);

            seen += place_at(a, i, raw, d) > before;
        }
        assert_int_equal(seen, t.finish_raw_s);
    }
    sim_free(a);
    sim_free(b);
    fixture_course_free(dense);
    fixture_course_free(sparse);
}

/* "The jitter is a whole number of m/s: none at all below 5 m/s": the speed of a slow runner (2
 * to 3.3 m/s) varies along the way by up to 20 % of its pace and no more, both ways, and the
 * average is the pace. */
static void pace_varies_by_a_fifth(void **state)
{
    struct course *c = fixture_course(2, 180000000, NULL, 0);
    struct race_spec spec = spec_for(c, 200);
    struct sim *s;
    uint32_t d[200], before[200];
    double quickest = 1, slowest = 1;

    (void)state;
    spec.fastest = 300;
    spec.slowest = 500;
    s = sim_for(&spec, c, whole);
    sim_tick(s, 0, before);
    for (int32_t raw = 10; raw <= 3000; raw += 10) {
        sim_tick(s, raw, d);
        for (uint32_t i = 0; i < 200; i++) {
            struct sim_truth t;
            double share;

            sim_truth(s, i, &t);
            if (raw > t.finish_raw_s - 10)
                continue;
            share = 10e9 / (double)(d[i] - before[i]) / t.pace_ms;
            quickest = share < quickest ? share : quickest;
            slowest = share > slowest ? share : slowest;
            if (share < 0.7999 || share > 1.2001)
                fail_msg("runner %u runs at %.4f of its pace at %d", i, share, raw);
        }
        memcpy(before, d, sizeof d);
    }
    assert_true(quickest < 0.81);
    assert_true(slowest > 1.19);
    sim_free(s);
    fixture_course_free(c);
}

/* The exact points of the model: at every 400 m pair's end the running time is pace * distance. */
static void pair_ends_are_exact(void **state)
{
    struct course *c = fixture_course(2, 45000000, NULL, 0);
    struct race_spec spec = spec_for(c, 50);
    struct sim *s = sim_for(&spec, c, whole);
    struct pace_plan plan;
    uint32_t d[50];

    (void)state;
    pace_plan_init(&plan, c->length_mm);
    assert_in_range(plan.pairs, 12, 13);
    for (uint32_t i = 0; i < 50; i++) {
        uint32_t at_mm = 0;
        struct sim_truth t;

        sim_truth(s, i, &t);
        for (uint32_t j = 0; j + 1 < plan.pairs; j++) {
            int32_t raw;

            at_mm += plan.pair_mm + (j < plan.longer);
            raw = ceil_s((uint64_t)t.pace_ms * at_mm);
            assert_true(place_at(s, i, raw, d) >= at_mm);
            assert_true(place_at(s, i, raw - 1, d) < at_mm);
        }
    }
    sim_free(s);
    fixture_course_free(c);
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The paces of 20,000 competitors between 200 and 400 s/km, sorted. */
static uint32_t *sorted_paces(enum race_spread spread)
{
    struct course *c = fixture_course(2, 18000000, NULL, 0);
    struct race_spec spec = spec_for(c, 20000);
    uint32_t *pace_ms = mem_zalloc(20000, sizeof *pace_ms);
    struct sim *s;

    spec.fastest = 200;
    spec.slowest = 400;
    spec.spread = spread;
    s = sim_for(&spec, c, whole);
    for (uint32_t i = 0; i < 20000; i++) {
        struct sim_truth t;

        sim_truth(s, i, &t);
        assert_in_range(t.pace_ms, 200000, 400000);
        pace_ms[i] = t.pace_ms;
    }
    qsort(pace_ms, 20000, sizeof *pace_ms, by_size);
    sim_free(s);
    fixture_course_free(c);
    return pace_ms;
}

/* "Paces are whole seconds": a field of thousands has nearly as many paces as competitors. */
static void paces_are_fine(void **state)
{
    uint32_t *pace_ms = sorted_paces(RACE_SPREAD_UNIFORM);
    uint32_t different = 1;

    (void)state;
    for (uint32_t i = 1; i < 20000; i++)
        different += pace_ms[i] != pace_ms[i - 1];
    assert_in_range(different, 18000, 20000);
    free(pace_ms);
}

/* A spread has the quantiles that it promises: thousandths of the range from fastest to slowest.
 * Five standard deviations of a quantile of 20,000 draws are at most 2 % of the draws. */
static void spreads_have_their_quantiles(void **state)
{
    static const struct {
        enum race_spread spread;
        uint32_t percent, thousandths;
    } cases[] = {
        {RACE_SPREAD_UNIFORM, 10, 100},
        {RACE_SPREAD_UNIFORM, 50, 500},
        {RACE_SPREAD_UNIFORM, 90, 900},
        {RACE_SPREAD_FIELD, 1, 57},
        {RACE_SPREAD_FIELD, 10, 152},
        {RACE_SPREAD_FIELD, 25, 225},
        {RACE_SPREAD_FIELD, 50, 314},
        {RACE_SPREAD_FIELD, 75, 409},
        {RACE_SPREAD_FIELD, 90, 516},
        {RACE_SPREAD_FIELD, 99, 836},
    };
    uint32_t *paces[] = {sorted_paces(RACE_SPREAD_UNIFORM), sorted_paces(RACE_SPREAD_FIELD)};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t at = cases[i].percent * 200;
        uint32_t want_ms = 200000 + cases[i].thousandths * 200;
        const uint32_t *sorted = paces[cases[i].spread];

        if (sorted[at - (at > 400 ? 400 : at)] > want_ms ||
            sorted[at + 400 < 20000 ? at + 400 : 19999] < want_ms)
            fail_msg("%s: %u %% have %u ms/km, not %u", race_spread_name(cases[i].spread),
                cases[i].percent, sorted[at], want_ms);
    }
    free(paces[0]);
    free(paces[1]);
}

static bool inside(const struct fence_span *spans, size_t n, uint32_t mm)
{
    for (size_t i = 0; i < n; i++)
        if (mm >= spans[i].from_mm && mm < spans[i].to_mm)
            return true;
    return false;
}

static void stops_are_inside_and_as_long_as_drawn(void **state)
{
    static const struct fence_span spans[] = {{50000, 150000}, {400000, 400001}, {700000, 1000000}};
    struct course *c = fixture_course(2, 18000000, spans, 3);
    struct race_spec spec = spec_for(c, 20000);
    struct sim *s;
    uint32_t stopped = 0, per_span[3] = {0}, shortest = UINT32_MAX, longest = 0;

    (void)state;
    spec.stop_ratio = 0.25;
    s = sim_for(&spec, c, whole);
    for (uint32_t i = 0; i < 20000; i++) {
        struct sim_truth t;

        sim_truth(s, i, &t);
        assert_in_range(t.pace_ms, 144000, 500000);
        if (t.stop_mm == UINT32_MAX)
            continue;
        stopped++;
        assert_true(inside(spans, 3, t.stop_mm));
        assert_in_range(t.stop_s, 10, 60);
        shortest = t.stop_s < shortest ? t.stop_s : shortest;
        longest = t.stop_s > longest ? t.stop_s : longest;
        per_span[t.stop_mm >= 700000 ? 2 : t.stop_mm >= 400000 ? 1 : 0]++;
    }
    /* 5000 ± 4.9 standard deviations; uniform in metres: one in four in the first span. */
    assert_in_range(stopped, 4700, 5300);
    assert_in_range(per_span[0] * 4, stopped - 600, stopped + 600);
    assert_int_equal(shortest, 10);
    assert_int_equal(longest, 60);
    sim_free(s);
    fixture_course_free(c);
}

/* Who stops stands still at the drawn place for the drawn seconds, give or take the second it takes
 * to see it. */
static void stop_is_seen(void **state)
{
    static const struct fence_span spans[] = {{50000, 150000}};
    struct course *c = fixture_course(2, 18000000, spans, 1);
    struct race_spec spec = spec_for(c, 30);
    struct sim *s;
    uint32_t d[30];

    (void)state;
    spec.stop_ratio = 1;
    s = sim_for(&spec, c, whole);
    for (uint32_t i = 0; i < 30; i++) {
        struct sim_truth t;
        uint32_t seen = 0;

        sim_truth(s, i, &t);
        for (int32_t raw = 0; raw <= t.finish_raw_s; raw++)
            seen += place_at(s, i, raw, d) == t.stop_mm;
        assert_in_range(seen, t.stop_s, t.stop_s + 1);
    }
    sim_free(s);
    fixture_course_free(c);
}

/* "No race can be repeated": the same seed is the same race, another seed another one. */
static void seed_repeats(void **state)
{
    struct course *c = fixture_course(91, 500000, NULL, 0);
    struct race_spec spec = spec_for(c, 100);
    struct sim *a = sim_for(&spec, c, whole), *b = sim_for(&spec, c, whole), *other;
    uint32_t da[100], db[100], dc[100], differ = 0;

    (void)state;
    spec.seed = 8;
    other = sim_for(&spec, c, whole);
    for (int32_t raw = 1; raw < 700; raw += 50) {
        sim_tick(a, raw, da);
        sim_tick(b, raw, db);
        sim_tick(other, raw, dc);
        assert_memory_equal(da, db, sizeof da);
        differ += memcmp(da, dc, sizeof da) != 0;
    }
    assert_int_equal(differ, 14);
    sim_free(a);
    sim_free(b);
    sim_free(other);
    fixture_course_free(c);
}

/* Where a runner was last is only remembered to be quick: any order of seconds gives what their own
 * order gives. */
static void any_order_is_the_same(void **state)
{
    static const struct fence_span spans[] = {{10000, 400000}};
    struct course *c = fixture_course(91, 200000, spans, 1);
    struct race_spec spec = spec_for(c, 40);
    struct sim *in_order, *jumping;
    uint32_t(*all)[40], d[40];
    int32_t last;
    uint32_t raw = 1;

    (void)state;
    spec.stop_ratio = 0.5;
    in_order = sim_for(&spec, c, whole);
    jumping = sim_for(&spec, c, whole);
    last = sim_last_raw(in_order) + 5;
    all = mem_zalloc((size_t)last + 1, sizeof *all);
    for (int32_t r = 0; r <= last; r++)
        sim_tick(in_order, r, all[r]);
    for (int k = 0; k < 2000; k++) {
        raw = raw * 1103515245 + 12345;
        sim_tick(jumping, (int32_t)(raw >> 8) % (last + 1), d);
        assert_memory_equal(d, all[(int32_t)(raw >> 8) % (last + 1)], sizeof d);
    }
    for (int32_t r = last; r >= 0; r--) {
        sim_tick(jumping, r, d);
        assert_memory_equal(d, all[r], sizeof d);
    }
    sim_tick(jumping, INT32_MAX, d);
    assert_int_equal(d[39], c->length_mm);
    sim_tick(jumping, -1, d);
    assert_int_equal(d[0], 0);
    free(all);
    sim_free(in_order);
    sim_free(jumping);
    fixture_course_free(c);
}

/* "Random ids in 1…10^6: two runners share one": ids are 1…N, each once, whatever the shards; and
 * the shards together are the whole race. */
static void shards_are_the_whole(void **state)
{
    static const uint32_t of[] = {1, 2, 3, 7, 101, 150};
    struct course *c = fixture_course(91, 500000, NULL, 0);
    struct race_spec spec = spec_for(c, 101);
    struct sim *all = sim_for(&spec, c, whole);
    uint32_t d[101], part_d[101];

    (void)state;
    sim_tick(all, 333, d);
    for (size_t k = 0; k < sizeof of / sizeof of[0]; k++) {
        uint8_t seen[102] = {0};

        for (uint32_t part = 1; part <= of[k]; part++) {
            struct sim *s = sim_for(&spec, c, (struct sim_shard){part, of[k]});

            sim_tick(s, 333, part_d);
            for (uint32_t i = 0; i < sim_count(s); i++) {
                uint64_t id = sim_id(s, i);

                assert_in_range(id, 1, 101);
                assert_int_equal((id - 1) % of[k], part - 1);
                assert_int_equal(part_d[i], d[id - 1]);
                seen[id]++;
            }
            sim_free(s);
        }
        for (uint32_t id = 1; id <= 101; id++)
            assert_int_equal(seen[id], 1);
    }
    sim_free(all);
    fixture_course_free(c);
}

static void wrong_ones_are_refused(void **state)
{
    struct course *c = fixture_course(91, 500000, NULL, 0);
    static const struct sim_shard parts[] = {{0, 1}, {2, 1}, {1, 0}};
    struct race_spec good = spec_for(c, 3), spec = good;
    struct err e = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_null(sim_new(&good, c, parts[i], &e));
    /* Another revision of the course would be another race. */
    spec.revision[0] = 'f';
    assert_null(sim_new(&spec, c, whole, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_non_null(strstr(e.text, "revision"));
    spec = good;
    spec.stop_ratio = 0.1;
    assert_null(sim_new(&spec, c, whole, &e));
    assert_string_equal(e.field, "stopRatio");
    spec = good;
    spec.fastest = 501;
    assert_null(sim_new(&spec, c, whole, &e));
    spec = good;
    spec.competitors = RACE_MAX_COMPETITORS + 1;
    assert_null(sim_new(&spec, c, whole, &e));
    fixture_course_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_of_every_runner),
        cmocka_unit_test(short_legs_count),
        cmocka_unit_test(pace_varies_by_a_fifth),
        cmocka_unit_test(pair_ends_are_exact),
        cmocka_unit_test(paces_are_fine),
        cmocka_unit_test(spreads_have_their_quantiles),
        cmocka_unit_test(stops_are_inside_and_as_long_as_drawn),
        cmocka_unit_test(stop_is_seen),
        cmocka_unit_test(seed_repeats),
        cmocka_unit_test(any_order_is_the_same),
        cmocka_unit_test(shards_are_the_whole),
        cmocka_unit_test(wrong_ones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
