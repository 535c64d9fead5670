/* Races whose pace follows the slope: the rules of every race hold, finish times stay, and the time is
 * spent where the course climbs. */
#include "base/mem.h"
#include "sim/hills.h"
#include "sim/sim.h"

#include "fixture_course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNNERS 40u

static const struct sim_shard whole = {1, 1};

struct shape {
    const char *name;
    size_t points;
    int64_t step_nd;
    int32_t (*cm)(size_t vertex);
    struct fence_span span;
    uint32_t fastest, slowest, max_pause;
};

static int32_t flat(size_t i)
{
    (void)i;
    return 12345;
}

static int32_t even_rise(size_t i)
{
    return (int32_t)i * 500;
}

static int32_t waves(size_t i)
{
    return (int32_t)(i % 10 < 5 ? i % 5 : 5 - i % 5) * 1500;
}

static int32_t cliffs(size_t i)
{
    return i % 2 ? 90000 : 0;
}

/* Up to the middle of 91 vertices, then down. */
static int32_t one_hill(size_t i)
{
    return (int32_t)(i < 45 ? i : 90 - i) * 400;
}

static const struct shape shapes[] = {
    {"flat", 91, 500000, flat, {3000, 900000}, 144, 500, 60},
    {"an even rise", 91, 500000, even_rise, {3000, 900000}, 144, 500, 60},
    {"waves", 91, 500000, waves, {3000, 4999999}, 144, 500, 60},
    {"a stop at the mark of 100 m", 91, 500000, waves, {99950, 100050}, 144, 500, 60},
    {"cliffs", 91, 500000, cliffs, {3000, 4000000}, 30, 36000, 5},
    {"one hill", 91, 500000, one_hill, {0, 1}, 200, 200, 60},
    {"one leg of 11 m", 2, 100000, even_rise, {0, 9000}, 30, 36000, 5},
    {"a leg every 1.5 m", 3001, 13485, waves, {100, 4000000}, 144, 500, 60},
};

static struct course *course_of(const struct shape *shape)
{
    struct course *c = fixture_course(shape->points, shape->step_nd, &shape->span, 1);

    c->elevation_cm = mem_zalloc(shape->points, sizeof *c->elevation_cm);
    for (size_t i = 0; i < shape->points; i++)
        c->elevation_cm[i] = shape->cm(i);
    return c;
}

static void free_course(struct course *c)
{
    free(c->elevation_cm);
    fixture_course_free(c);
}

static struct sim *sim_of(const struct shape *shape, struct course *c, bool hills)
{
    struct race_spec spec = {.course = "meridian",
        .run_id = "test",
        .competitors = RUNNERS,
        .fastest = shape->fastest,
        .slowest = shape->slowest,
        .hills = hills,
        .stop_ratio = 0.8,
        .max_pause = shape->max_pause,
        .seed = 7,
        .speed = 1};
    struct err e = {0};
    struct sim *s;

    memcpy(spec.revision, c->revision, sizeof spec.revision);
    s = sim_new(&spec, c, whole, &e);
    if (!s)
        fail_msg("%s", e.text);
    return s;
}

/* place[i][raw]: every place of every runner. */
static uint32_t **places_of(struct sim *s)
{
    uint32_t **place = mem_zalloc(RUNNERS, sizeof *place);
    uint32_t d[RUNNERS];

    for (uint32_t i = 0; i < RUNNERS; i++)
        place[i] = mem_zalloc((size_t)sim_last_raw(s) + 1, sizeof **place);
    for (int32_t raw = 0; raw <= sim_last_raw(s); raw++) {
        sim_tick(s, raw, d);
        for (uint32_t i = 0; i < RUNNERS; i++)
            place[i][raw] = d[i];
    }
    return place;
}

static void free_places(uint32_t **place)
{
    for (uint32_t i = 0; i < RUNNERS; i++)
        free(place[i]);
    free(place);
}

static void check_runner(
    const char *name, const struct course *c, const struct sim_truth *t, const uint32_t *place)
{
    uint32_t still = 0;

    assert_int_equal(place[0], 0);
    assert_int_equal(place[t->finish_raw_s], c->length_mm);
    for (int32_t raw = 1; raw <= t->finish_raw_s; raw++) {
        if (place[raw] < place[raw - 1])
            fail_msg("%s: goes back at %d: %u, %u mm", name, raw, place[raw - 1], place[raw]);
        if (raw < t->finish_raw_s && place[raw] >= c->length_mm)
            fail_msg("%s: is there at %d, before %d", name, raw, t->finish_raw_s);
        still += place[raw] == t->stop_mm;
    }
    /* at the very place, for as long as was drawn: the seconds within are that many or one more */
    if (t->stop_mm != PACE_NO_STOP && t->stop_s > 0 && (still < t->stop_s || still > t->stop_s + 1))
        fail_msg("%s: stands %u of %u s at %u mm", name, still, t->stop_s, t->stop_mm);
}

static void the_rules_of_every_race(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        struct course *c = course_of(&shapes[k]);
        struct sim *s = sim_of(&shapes[k], c, true), *level = sim_of(&shapes[k], c, false);
        uint32_t **place = places_of(s);

        for (uint32_t i = 0; i < RUNNERS; i++) {
            struct sim_truth t, other;

            sim_truth(s, i, &t);
            sim_truth(level, i, &other);
            assert_memory_equal(&t, &other, sizeof t);
            check_runner(shapes[k].name, c, &t, place[i]);
        }
        free_places(place);
        sim_free(s);
        sim_free(level);
        free_course(c);
    }
}

/* On a course without hills, and on one that rises evenly, nothing is different. */
static void without_hills_it_is_the_same(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct course *c = course_of(&shapes[k]);
        struct sim *s = sim_of(&shapes[k], c, true), *level = sim_of(&shapes[k], c, false);
        uint32_t d[RUNNERS], e[RUNNERS];

        for (int32_t raw = 0; raw <= sim_last_raw(s); raw++) {
            sim_tick(s, raw, d);
            sim_tick(level, raw, e);
            for (uint32_t i = 0; i < RUNNERS; i++)
                if (d[i] > e[i] + k || e[i] > d[i] + k) /* rounding of the heights: 1 mm */
                    fail_msg("%s: %u and %u mm at %d", shapes[k].name, d[i], e[i], raw);
        }
        sim_free(s);
        sim_free(level);
        free_course(c);
    }
}

/* Seconds in any order give what they give one after another. */
static void any_order(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        struct course *c = course_of(&shapes[k]);
        struct sim *s = sim_of(&shapes[k], c, true), *other = sim_of(&shapes[k], c, true);
        uint32_t **place = places_of(s);
        uint32_t d[RUNNERS];
        uint64_t n = (uint64_t)sim_last_raw(s) + 1;

        for (uint64_t j = 0; j < 3000; j++) {
            int32_t raw = (int32_t)(j * 7919 % n);

            sim_tick(other, raw, d);
            for (uint32_t i = 0; i < RUNNERS; i++)
                assert_int_equal(d[i], place[i][raw]);
        }
        free_places(place);
        sim_free(s);
        sim_free(other);
        free_course(c);
    }
}

/* Half way up a hill of 8 %, the time is as Minetti's costs are. */
static void time_is_spent_uphill(void **state)
{
    const struct shape *shape = &shapes[5];
    struct course *c = course_of(shape);
    struct sim *s = sim_of(shape, c, true);
    uint32_t **place = places_of(s);
    double up = 0, down = 0, want;

    (void)state;
    for (uint32_t i = 0; i < RUNNERS; i++) {
        struct sim_truth t;

        sim_truth(s, i, &t);
        for (int32_t raw = 1; raw <= t.finish_raw_s; raw++)
            if (place[i][raw] != place[i][raw - 1])
                *(place[i][raw] <= c->length_mm / 2 ? &up : &down) += 1;
    }
    want = (double)hills_cost(72000) / (double)hills_cost(-72000); /* 4 m on 55.6 m */
    assert_true(up / down > want * 0.95 && up / down < want * 1.05);
    free_places(place);
    sim_free(s);
    free_course(c);
}

static void costs_are_those_of_the_paper(void **state)
{
    static const struct {
        int64_t slope, cost;
    } cases[] = {
        {0, 3600000},
        {100000, 5968214},
        {-100000, 2152206}, /* -0.001554 - 0.00304 + 0.0433 + 0.463 - 1.95 + 3.6 */
        {-200000, 1800032},
        {450000, 19360000},
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        int64_t off = hills_cost(cases[i].slope) - cases[i].cost;

        if (off > 600 || off < -600)
            fail_msg(
                "%lld: %lld", (long long)cases[i].slope, (long long)hills_cost(cases[i].slope));
    }
    assert_int_equal(hills_cost(900000), hills_cost(450000));
    assert_int_equal(hills_cost(-900000), hills_cost(-450000));
}

static void a_course_without_elevations(void **state)
{
    struct course *c = course_of(&shapes[0]);
    struct race_spec spec = {.competitors = 1,
        .fastest = 144,
        .slowest = 500,
        .hills = true,
        .run_id = "test",
        .speed = 1};
    struct err e = {0};

    (void)state;
    memcpy(spec.revision, c->revision, sizeof spec.revision);
    free(c->elevation_cm);
    c->elevation_cm = NULL;
    assert_null(sim_new(&spec, c, whole, &e));
    assert_string_equal(e.field, "hills");
    assert_int_equal(race_spec_check(&spec, c, &e), -1);
    assert_string_equal(e.field, "hills");
    free_course(c);
}

/* Two laps of a hill are the same hill twice. */
static void laps(void **state)
{
    static const char file[] = "{\"type\":\"LineString\",\"coordinates\":[[0,51,10],[0.01,51,60],"
                               "[0.01,51.005,20],[0,51,10]]}";
    struct err e = {0};
    struct course *c =
        course_import(file, sizeof file - 1, &(struct course_options){.laps = 2}, &e);
    struct hills *h;

    (void)state;
    assert_non_null(c);
    h = hills_new(c);
    assert_int_equal(hills_effort_mm(h, 0), 0);
    assert_int_equal(hills_effort_mm(h, c->length_mm), c->length_mm);
    /* the marks of the second lap are elsewhere on the hill */
    assert_in_range(
        hills_effort_mm(h, c->length_mm / 2), c->length_mm / 2 - 20000, c->length_mm / 2 + 20000);
    hills_free(h);
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_of_every_race),
        cmocka_unit_test(without_hills_it_is_the_same),
        cmocka_unit_test(any_order),
        cmocka_unit_test(time_is_spent_uphill),
        cmocka_unit_test(costs_are_those_of_the_paper),
        cmocka_unit_test(a_course_without_elevations),
        cmocka_unit_test(laps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
