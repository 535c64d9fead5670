/* Times at checkpoints: of ticks and of single events, of views that were made before, of late
 * events; ranks, and who is behind a cut-off. */
#include "board/checkpoints.h"
#include "board/columns.h"
#include "board/splits.h"
#include "course/course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* 2,226.4 m along the equator, with checkpoints at 500, 1,000 and 2,000 m; cut-offs at the last two. */
static struct course *make_course(void)
{
    static const char line[] = "LINESTRING (0 0, 0.01 0, 0.02 0)";
    static const char list[] = "A,500\nB,1000,100\nC,2000,300\n";
    struct err e = {0};
    struct course *bare = course_import(line, sizeof line - 1, NULL, &e);
    struct course *c;

    assert_non_null(bare);
    c = course_with_checkpoints(bare, list, sizeof list - 1, &e);
    assert_non_null(c);
    course_unref(bare);
    return c;
}

enum { N = 3, ALL = 400 };

static const uint32_t speed_mmps[N] = {10000, 7300, 4900};

/* Everybody at `raw_s`, at an even speed, to the end of the course. */
static uint32_t at_mm(const struct course *c, uint32_t i, int32_t raw_s)
{
    uint64_t mm = (uint64_t)speed_mmps[i] * (uint64_t)raw_s;

    return mm < c->length_mm ? (uint32_t)mm : c->length_mm;
}

static int32_t finish_s(const struct course *c, uint32_t i)
{
    return (int32_t)((c->length_mm + speed_mmps[i] - 1) / speed_mmps[i]);
}

/* The definition: the first second at or beyond the checkpoint. */
static int32_t pass_s(const struct course *c, uint32_t i, uint32_t k, int32_t upto_s)
{
    for (int32_t r = 0; r <= upto_s && r <= finish_s(c, i); r++)
        if (at_mm(c, i, r) >= c->checkpoints.item[k].dist_mm)
            return r;
    return -1;
}

static struct view *view_of(const struct columns *c, int32_t raw_s)
{
    struct race_record record = {.external = c->external};
    struct view *v = columns_view(c, &record);

    v->as_of_raw_s = raw_s;
    return v;
}

static void run(struct columns *c, const struct course *course, int32_t from_s, int32_t to_s)
{
    uint32_t dist_mm[N];
    int32_t finish[N];

    for (int32_t r = from_s; r <= to_s; r++) {
        for (uint32_t i = 0; i < N; i++) {
            dist_mm[i] = at_mm(course, i, r);
            finish[i] = finish_s(course, i);
        }
        (void)columns_tick(c, r, dist_mm, finish);
    }
}

static void check_view(const struct view *v, int32_t upto_s)
{
    for (uint32_t i = 0; i < N; i++) {
        uint32_t passed = 0;

        for (uint32_t k = 0; k < 3; k++) {
            assert_int_equal(view_pass_s(v, i, k), pass_s(v->course, i, k, upto_s));
            passed += view_pass_s(v, i, k) >= 0;
        }
        assert_int_equal(view_passed(v, i), passed);
    }
}

static void test_ticks(void **state)
{
    struct course *course = make_course();
    struct columns *c = columns_new(false, N, course);
    struct view *v[5];

    (void)state;
    for (int32_t k = 0; k < 5; k++) {
        run(c, course, k * 100, k * 100 + 99);
        v[k] = view_of(c, k * 100 + 99);
    }
    /* A view that was made before shows what it showed then. */
    for (int32_t k = 0; k < 5; k++) {
        check_view(v[k], k * 100 + 99);
        view_unref(v[k]);
    }
    columns_free(c);
    course_unref(course);
}

static struct event event_of(const struct course *course, uint32_t i, int32_t raw_s)
{
    struct lonlat at = line_at(course->line, at_mm(course, i, raw_s));

    return (struct event){.competitor_id = (int64_t)i + 1,
        .raw_s = raw_s,
        .lon_deg = lonlat_deg(at.lon_nd),
        .lat_deg = lonlat_deg(at.lat_nd),
        .distance_m = at_mm(course, i, raw_s) / 1000.0};
}

/* Events of an external race, every 7 seconds: the first at or beyond counts, and who finishes has
 * passed all. */
static void test_events(void **state)
{
    struct course *course = make_course();
    struct columns *c = columns_new(true, 0, course);
    struct view *v;

    (void)state;
    for (int32_t r = 0; r < 500; r += 7)
        for (uint32_t i = 0; i < N; i++) {
            struct event ev = event_of(course, i, r);

            assert_true(columns_event(c, &ev));
        }
    v = view_of(c, 497);
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t k = 0; k < 3; k++)
            assert_int_equal(view_pass_s(v, i, k), (pass_s(course, i, k, 500) + 6) / 7 * 7);
    view_unref(v);
    columns_free(c);
    course_unref(course);
}

/* An older event that arrives late takes times back; a view that was made before keeps its own. */
static void test_late_events(void **state)
{
    struct course *course = make_course();
    struct columns *c = columns_new(true, 0, course);
    struct event ev[4] = {event_of(course, 0, 0), event_of(course, 0, 150), event_of(course, 0, 60),
        event_of(course, 0, 160)};
    struct view *before;
    struct view *after;

    (void)state;
    assert_true(columns_event(c, &ev[0]));
    assert_true(columns_event(c, &ev[1]));
    before = view_of(c, 150);
    assert_true(columns_event(c, &ev[2]));
    assert_int_equal(c->dirty_n, 1);
    columns_forget(c, 0);
    for (int k = 0; k < 3; k++) {
        static const int order[] = {0, 2, 1};
        struct columns_place p = {.raw_s = ev[order[k]].raw_s,
            .dist_mm = columns_mm(ev[order[k]].distance_m),
            .lon_deg = ev[order[k]].lon_deg,
            .lat_deg = ev[order[k]].lat_deg,
            .distance_m = ev[order[k]].distance_m};

        columns_trace(c, 0, k ? ev[order[k - 1]].raw_s : -1, &p);
    }
    assert_true(columns_event(c, &ev[3]));
    after = view_of(c, 160);
    assert_int_equal(view_pass_s(before, 0, 0), 150);
    assert_int_equal(view_pass_s(after, 0, 0), 60);
    assert_int_equal(view_pass_s(after, 0, 1), 150);
    view_unref(before);
    view_unref(after);
    columns_free(c);
    course_unref(course);
}

static void test_many_external_competitors(void **state)
{
    struct course *course = make_course();
    struct columns *c = columns_new(true, 0, course);
    struct view *few = NULL;
    struct view *many;

    (void)state;
    for (int64_t id = 1; id <= 100; id++) {
        struct event ev = event_of(course, 0, 60);

        ev.competitor_id = id;
        assert_true(columns_event(c, &ev));
        if (id == 3)
            few = view_of(c, 60);
    }
    many = view_of(c, 60);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(view_pass_s(many, i, 0), 60);
    assert_int_equal(view_pass_s(few, 2, 0), 60);
    view_unref(few);
    view_unref(many);
    columns_free(c);
    course_unref(course);
}

static void test_counts_and_cutoffs(void **state)
{
    struct course *course = make_course();
    struct columns *c = columns_new(false, N, course);
    struct board_checkpoint at[3];
    struct board_passing row[N];
    uint32_t rank[3];
    struct view *v;

    (void)state;
    run(c, course, 0, 120);
    v = view_of(c, 120);
    board_checkpoints(v, at);
    /* A: 50, 69 and 103 s. B: 100 s, which is in time; the second would need 137 s. */
    assert_int_equal(at[0].passed, 3);
    assert_int_equal(at[0].first_s, 50);
    assert_int_equal(at[0].first, 0);
    assert_int_equal(at[0].last_s, 103);
    assert_false(at[0].closed);
    assert_int_equal(at[1].passed, 1);
    assert_true(at[1].closed);
    assert_int_equal(at[1].behind, 2);
    /* C within 300 s: 200, 274 and 409 s. */
    assert_false(at[2].closed);
    assert_int_equal(at[2].danger, 1);
    assert_int_equal(board_checkpoint_late(v, 1, false, row, N), 2);
    assert_int_equal(row[0].i, 2); /* the farthest from it first */
    assert_int_equal(row[1].i, 1);
    assert_int_equal(row[0].raw_s, -1);
    assert_int_equal(board_checkpoint_late(v, 1, true, row, N), 0);
    assert_int_equal(board_checkpoint_late(v, 2, true, row, N), 1);
    assert_int_equal(row[0].i, 2);
    assert_int_equal(board_checkpoint_expected_s(v, 2, 2), 409);
    assert_int_equal(board_checkpoint_order(v, 0, row, 2), 2);
    assert_int_equal(row[1].raw_s, 69);
    assert_int_equal(row[1].rank, 2);
    board_checkpoint_ranks(v, (const int32_t[]){103, -1, -1}, rank);
    assert_int_equal(rank[0], 3);
    assert_int_equal(rank[1], 0);
    board_checkpoint_ranks(v, (const int32_t[]){51, 101, -1}, rank);
    assert_int_equal(rank[0], 2);
    assert_int_equal(rank[1], 2);
    assert_int_equal(rank[2], 0);
    view_unref(v);
    run(c, course, 121, ALL);
    v = view_of(c, ALL);
    /* Who passed too late stays behind. */
    assert_int_equal(board_checkpoint_late(v, 1, false, row, N), 2);
    assert_int_equal(row[0].raw_s, 205);
    board_checkpoints(v, at);
    assert_int_equal(at[1].behind, 2);
    assert_int_equal(at[2].behind, 1);
    view_unref(v);
    columns_free(c);
    course_unref(course);
}

static void test_splits(void **state)
{
    struct course *course = make_course();
    struct splits_competitor who = {0};
    struct splits s;

    (void)state;
    splits_init(&s, false, false, course, &who);
    for (int32_t r = 0; r <= 150; r++)
        splits_place(&s, &(struct columns_place){.raw_s = r, .dist_mm = at_mm(course, 1, r)});
    splits_release(&s);
    assert_int_equal(who.pass_s[0], 69);
    assert_int_equal(who.pass_s[1], 137);
    assert_int_equal(who.pass_s[2], -1);
    splits_competitor_release(&who);
    course_unref(course);
}

static void test_a_course_without_any_has_no_table(void **state)
{
    static const char line[] = "LINESTRING (0 0, 0.01 0)";
    struct err e;
    struct course *course = course_import(line, sizeof line - 1, NULL, &e);
    struct columns *c = columns_new(false, N, course);
    struct view *v = view_of(c, -1);

    (void)state;
    assert_null(v->passings);
    assert_int_equal(view_passed(v, 0), 0);
    view_unref(v);
    columns_free(c);
    course_unref(course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_late_events),
        cmocka_unit_test(test_many_external_competitors),
        cmocka_unit_test(test_counts_and_cutoffs),
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_a_course_without_any_has_no_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
