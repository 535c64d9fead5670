/* What matching says of people on courses with laps, crossings and turns, who stop, leave the
 * course, come back elsewhere, and finish. */
#include "runs.h"

static const double square[] = {0, 0, 300, 0, 300, 300, 0, 300, 0, 0};
static const double street[] = {0, 0, 0, 1000, 0, 0};
static const double eight[] = {
    0, 0, 300, 300, 600, 300, 600, 0, 300, 0, 0, 300, -300, 300, -300, 0, 0, 0};
/* Three lengths 5 m apart. */
static const double beside[] = {0, 0, 800, 0, 800, 5, 0, 5, 0, 10, 800, 10};

struct shape {
    const char *name;
    const double *m;
    size_t n;
    uint32_t laps;
};

static const struct shape shapes[] = {
    {"two laps of a square", square, 5, 2},
    {"out and back", street, 3, 1},
    {"a figure of eight", eight, 9, 1},
    {"three laps of an eight", eight, 9, 3},
    {"beside itself at 5 m", beside, 6, 1},
};

#define SHAPES (sizeof shapes / sizeof shapes[0])

static struct runs r;

static void begin(uint64_t draw)
{
    memset(&r, 0, sizeof r);
    r.draw = draw;
}

/* A whole race of one person, with a stop on the way, and standing at the finish. Returns when they
 * finish. */
static double race(const struct course *c, double speed, double error_m)
{
    double length = c->length_mm / 1000.0, at = length * 0.37, time_s;

    time_s = runs_way(&r, c, 0, 0, at, speed, error_m);
    time_s = runs_stand(&r, c, time_s, at, 60, error_m);
    time_s = runs_way(&r, c, time_s, at, length, speed, error_m);
    runs_stand(&r, c, time_s, length, 120, error_m);
    return time_s;
}

static void every_lap_and_leg(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        struct course *c = runs_course(shapes[i].m, shapes[i].n, shapes[i].laps);
        struct match *m = runs_match(c);

        for (uint64_t draw = 1; draw <= 20; draw++) {
            double speed = 1.5 + 0.2 * (double)draw, end_s;
            struct match_finish finish = {0};
            struct match_track *t;

            begin(draw);
            end_s = race(c, speed, 8);
            t = runs_match_all(&r, m);
            if (runs_worst_m(&r) > 70)
                fail_msg("%s, draw %d: %.0f m wrong", shapes[i].name, (int)draw, runs_worst_m(&r));
            assert_int_equal(runs_count(&r, MATCH_OFF_COURSE), 0);
            if (!match_track_finish(t, &finish) || !finish.settled)
                fail_msg("%s, draw %d: no finish", shapes[i].name, (int)draw);
            assert_in_range(finish.time_ms - RUNS_GUN_MS, (uint64_t)(end_s - 30) * 1000,
                (uint64_t)(end_s + 30) * 1000);
            match_track_free(t);
        }
        match_free(m);
        course_unref(c);
    }
}

/* At the end of the first lap somebody is as near to the finish as to the start. */
static void finish_is_after_all_laps(void **state)
{
    struct course *c = runs_course(square, 5, 2);
    struct match *m = runs_match(c);
    struct match_finish finish;
    struct match_track *t;

    (void)state;
    begin(3);
    runs_stand(&r, c, runs_way(&r, c, 0, 0, 1200, 3, 5), 1200, 300, 5);
    t = runs_match_all(&r, m);
    assert_false(match_track_finish(t, &finish));
    assert_in_range(r.result[r.n - 1].dist_mm, 1180000, 1220000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

static void before_the_gun_nothing_counts(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    begin(4);
    runs_way(&r, c, -600, 0, 900, 3, 5); /* they warm up on the course */
    runs_way(&r, c, 5, 15, 900, 3, 5);
    t = runs_match_all(&r, m);
    for (size_t i = 0; i < r.n; i++)
        assert_int_equal(r.result[i].status,
            r.fix[i].time_ms < RUNS_GUN_MS ? MATCH_BEFORE_START : MATCH_ON_COURSE);
    assert_true(r.result[r.n - 1].dist_mm > 860000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

/* Leaves the course at a right angle to the street at 500 m, `far_m` away, and comes back to it. */
static void detour(const struct course *c, double far_m, double rejoin_m)
{
    double time_s = runs_way(&r, c, 0, 0, 500, 2.5, 4);

    for (double out = 12; out < far_m; out += 12, time_s += 5)
        runs_add(&r, time_s, runs_place(out, 500), -1, 4);
    for (double back = far_m; back > 0; back -= 12, time_s += 5)
        runs_add(&r, time_s, runs_place(back, 500), -1, 4);
    time_s = runs_way(&r, c, time_s, rejoin_m, 2000, 2.5, 4);
    runs_stand(&r, c, time_s, 2000, 100, 4);
}

static void off_the_course_and_back(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    begin(5);
    detour(c, 250, 500);
    t = runs_match_all(&r, m);
    assert_in_range(runs_count(&r, MATCH_OFF_COURSE), 25, 42);
    for (size_t i = 0; i < r.n; i++) {
        if (r.result[i].status != MATCH_OFF_COURSE)
            continue;
        /* Their own place, the distance at which they left, and how far off they are. */
        assert_memory_equal(&r.result[i].at, &r.fix[i].at, sizeof r.fix[i].at);
        assert_in_range(r.result[i].dist_mm, 470000, 530000);
        assert_in_range(r.result[i].off_mm, 1, 270000);
        assert_true(r.m[i] < 0 || r.m[i] < 550);
    }
    assert_int_equal(r.result[r.n - 1].status, MATCH_FINISHED);
    assert_false(r.result[r.n - 1].short_cut);
    assert_true(runs_worst_m(&r) < 60);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

/* 39 m beside the course is not off it, however long it lasts. */
static void near_the_course_is_on_it(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    begin(6);
    for (int i = 0; i < 80; i++)
        runs_add(&r, 5 * i, runs_place(i < 20 ? 1.8 * i : 36, 12.5 * i), 12.5 * i, 0);
    for (size_t i = 0; i < r.n; i++)
        r.fix[i].accuracy_mm = 12000;
    t = runs_match_all(&r, m);
    assert_int_equal(runs_count(&r, MATCH_OFF_COURSE), 0);
    assert_int_equal(runs_count(&r, MATCH_ON_COURSE), r.n);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

/* Off after 30 s and three fixes: two far fixes are not enough, however far. */
static void two_far_fixes_are_not_off(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    for (int far = 1; far <= 3; far++) {
        begin(7);
        for (int i = 0; i < 40; i++)
            runs_add(
                &r, 18 * i, runs_place(i >= 10 && i < 10 + far ? 300 : 0, 20.0 * i), 20 * i, 3);
        t = runs_match_all(&r, m);
        assert_int_equal(runs_count(&r, MATCH_OFF_COURSE) > 0, far == 3);
        assert_false(r.result[10].used);
        match_track_free(t);
    }
    match_free(m);
    course_unref(c);
}

static void short_cut_is_marked(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    begin(8);
    detour(
        c, 150, 1500); /* comes back to the street, and runs home without having been at the turn */
    t = runs_match_all(&r, m);
    assert_true(r.result[r.n - 1].short_cut);
    assert_int_equal(r.result[r.n - 1].status, MATCH_FINISHED);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

static void jump_is_not_believed(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;

    (void)state;
    for (int north = 0; north < 2; north++) {
        begin(9);
        runs_way(&r, c, 0, 0, 900, 3, 5);
        r.fix[30].at.lon_nd += north ? 0 : (int64_t)(300 * RUNS_EAST_ND);
        r.fix[30].at.lat_nd += north ? (int64_t)(300 * RUNS_NORTH_ND) : 0;
        t = runs_match_all(&r, m);
        assert_false(r.first[30].used);
        assert_true(r.first[31].used);
        assert_true(runs_worst_m(&r) < 40);
        match_track_free(t);
    }
    match_free(m);
    course_unref(c);
}

/* Many stop on the line: those who stand at it have finished, without having been seen behind
 * it. */
static void standing_on_the_line_is_a_finish(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);

    (void)state;
    for (uint64_t draw = 1; draw <= 20; draw++) {
        struct match_finish finish = {0};
        struct match_track *t;
        double end_s;

        begin(draw);
        end_s = runs_way(&r, c, 0, 0, 1997, 3, 5);
        runs_stand(&r, c, end_s, 1997, 100, 5);
        t = runs_match_all(&r, m);
        assert_true(match_track_finish(t, &finish));
        assert_in_range(finish.time_ms - RUNS_GUN_MS, (uint64_t)(end_s - 15) * 1000,
            (uint64_t)(end_s + 15) * 1000);
        assert_int_equal(r.result[r.n - 1].dist_mm, c->length_mm);
        match_track_free(t);
    }
    match_free(m);
    course_unref(c);
}

/* Who runs on past the line, and away, has finished and is not off the course. */
static void running_on_is_a_finish(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_finish finish = {0};
    struct match_track *t;
    double end_s;

    (void)state;
    begin(13);
    end_s = runs_way(&r, c, 0, 0, 1990, 2, 5);
    for (int i = 1; i < 40; i++)
        runs_add(&r, end_s + 5 * i, runs_place(10 * i, -5), -1, 5);
    t = runs_match_all(&r, m);
    assert_int_equal(runs_count(&r, MATCH_OFF_COURSE), 0);
    assert_int_equal(r.result[r.n - 1].status, MATCH_FINISHED);
    assert_true(match_track_finish(t, &finish));
    assert_in_range(
        finish.time_ms - RUNS_GUN_MS, (uint64_t)(end_s - 15) * 1000, (uint64_t)(end_s + 20) * 1000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

/* Who waits far behind the start is not off the course. */
static void waiting_behind_the_start(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;
    double time_s = 0;

    (void)state;
    begin(14);
    for (; time_s < 300; time_s += 5)
        runs_add(&r, time_s, runs_place(0, -60), 0, 5);
    runs_way(&r, c, time_s + 20, 0, 900, 3, 5);
    t = runs_match_all(&r, m);
    assert_int_equal(runs_count(&r, MATCH_OFF_COURSE), 0);
    assert_true(r.result[r.n - 1].dist_mm > 860000 && r.result[r.n - 1].dist_mm < 930000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

/* Two minutes of silence until a turn of the street: on which leg they are, is said as a
 * probability. */
static void doubt_is_said(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_track *t;
    size_t at;

    (void)state;
    begin(11);
    runs_way(&r, c, 0, 0, 700, 2.5, 5);
    at = r.n;
    runs_add(&r, 280 + 120, runs_place(0, 960), 960, 5);
    t = runs_match_all(&r, m);
    assert_true(r.result[at].second_ppm > 10000);
    assert_in_range(r.result[at].second_mm + r.result[at].dist_mm, 1950000, 2050000);
    assert_true(r.result[at].p95_mm[0] < 970000 && r.result[at].p95_mm[1] > 1030000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

static void forecast_widens(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match *m = runs_match(c);
    struct match_forecast now, later;
    struct match_track *t;
    int64_t last_ms;

    (void)state;
    begin(12);
    runs_way(&r, c, 0, 0, 800, 3, 5);
    t = runs_match_all(&r, m);
    last_ms = r.fix[r.n - 1].time_ms;
    assert_true(match_track_forecast(t, last_ms, &now));
    assert_true(match_track_forecast(t, last_ms + 60000, &later));
    assert_in_range(later.dist_mm - now.dist_mm, 140000, 220000);
    assert_true(later.p95_mm[1] - later.p95_mm[0] > now.p95_mm[1] - now.p95_mm[0]);
    assert_true(now.finish_ms[0] < now.finish_ms[1] && now.finish_ms[1] < now.finish_ms[2]);
    assert_in_range(now.finish_ms[1] - last_ms, 320000, 500000);
    match_track_free(t);
    match_free(m);
    course_unref(c);
}

static void vmax_has_a_range(void **state)
{
    struct course *c = runs_course(street, 3, 1);
    struct match_options o = {.vmax_mps = 0.5};
    struct err e = {0};

    (void)state;
    assert_null(match_new(c, &o, &e));
    assert_string_equal(e.field, "vmax");
    course_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lap_and_leg),
        cmocka_unit_test(finish_is_after_all_laps),
        cmocka_unit_test(before_the_gun_nothing_counts),
        cmocka_unit_test(off_the_course_and_back),
        cmocka_unit_test(near_the_course_is_on_it),
        cmocka_unit_test(two_far_fixes_are_not_off),
        cmocka_unit_test(short_cut_is_marked),
        cmocka_unit_test(jump_is_not_believed),
        cmocka_unit_test(standing_on_the_line_is_a_finish),
        cmocka_unit_test(running_on_is_a_finish),
        cmocka_unit_test(waiting_behind_the_start),
        cmocka_unit_test(doubt_is_said),
        cmocka_unit_test(forecast_widens),
        cmocka_unit_test(vmax_has_a_range),
    };

    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
