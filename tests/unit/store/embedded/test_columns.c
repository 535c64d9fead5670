/* Visits, dwell and finish of the live columns, second by second; and what they are carried in. */
#include "base/mem.h"
#include "board/columns.h"
#include "board/id_map.h"
#include "board/watermark.h"
#include "fixture_course.h"
#include "store/embedded/disk/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 222.512 m, inside from 50 m to 60 m and from 100 m to 130 m. */
static struct course *two_stretches(void)
{
    static const struct fence_span spans[] = {{50000, 60000}, {100000, 130000}};

    return fixture_course(3, 1000000, spans, 2);
}

struct step {
    int32_t raw_s;
    uint32_t dist_mm;
    uint8_t status;
    int32_t entered_s, dwell_s, finish_s;
};

struct way {
    const char *what;
    struct step step[8];
    size_t n;
};

enum { ON = COMPETITOR_ON_COURSE, IN = COMPETITOR_IN_GEOFENCE, DONE = COMPETITOR_FINISHED };

static const struct way ways[] = {
    {"through one stretch",
        {{0, 0, ON, -1, 0, -1}, {1, 49999, ON, -1, 0, -1}, {2, 50000, IN, 2, 0, -1},
            {3, 59999, IN, 2, 0, -1}, {4, 60000, ON, -1, 2, -1}},
        5},
    {"two visits add up",
        {{0, 0, ON, -1, 0, -1}, {10, 55000, IN, 1, 0, -1}, {11, 70000, ON, -1, 10, -1},
            {12, 110000, IN, 12, 10, -1}, {20, 129999, IN, 12, 10, -1},
            {21, 130000, ON, -1, 19, -1}},
        6},
    {"inside from the first event on", {{0, 55000, IN, 0, 0, -1}, {1, 61000, ON, -1, 1, -1}}, 2},
    {"a first event late: nobody saw it outside",
        {{7, 55000, IN, 0, 0, -1}, {8, 61000, ON, -1, 8, -1}}, 2},
    {"from one stretch into the other between two seconds is one visit",
        {{0, 0, ON, -1, 0, -1}, {1, 55000, IN, 1, 0, -1}, {2, 105000, IN, 1, 0, -1},
            {3, 131000, ON, -1, 2, -1}},
        4},
    {"over a stretch between two seconds is none",
        {{0, 45000, ON, -1, 0, -1}, {1, 65000, ON, -1, 0, -1}}, 2},
    {"the finish", {{0, 0, ON, -1, 0, -1}, {1, 222511, ON, -1, 0, -1}, {2, 222512, DONE, -1, 0, 2}},
        3},
    {"from inside straight to the finish", {{0, 120000, IN, 0, 0, -1}, {5, 222512, DONE, -1, 5, 5}},
        2},
    {"the first event at the length counts",
        {{8, 222512, DONE, -1, 0, 8}, {9, 222512, DONE, -1, 0, 8}}, 2},
};

static void check_step(const struct way *w, size_t k, const struct columns *c)
{
    const struct step *s = &w->step[k];

    if (c->raw_s[0] != s->raw_s || c->dist_mm[0] != s->dist_mm || c->status[0] != s->status ||
        c->entered_s[0] != s->entered_s || c->dwell_s[0] != s->dwell_s ||
        c->finish_s[0] != s->finish_s)
        fail_msg("%s, step %zu: status %d, entered %d, dwell %d, finish %d", w->what, k,
            c->status[0], c->entered_s[0], c->dwell_s[0], c->finish_s[0]);
    assert_int_equal(c->counts.in_geofence, s->status == IN);
    assert_int_equal(c->counts.finished, s->status == DONE);
    assert_int_equal(c->counts.on_course, s->status != DONE);
}

static void ways_by_ticks_and_by_events(void **state)
{
    struct course *course = two_stretches();
    int32_t never = INT32_MAX;
    size_t w, k;

    (void)state;
    for (w = 0; w < sizeof ways / sizeof *ways; w++) {
        struct columns *ticks = columns_new(false, 1, course);
        struct columns *events = columns_new(false, 1, course);

        for (k = 0; k < ways[w].n; k++) {
            const struct step *s = &ways[w].step[k];
            struct event ev = {
                .competitor_id = 1, .raw_s = s->raw_s, .distance_m = (double)s->dist_mm / 1000};

            assert_int_equal(columns_tick(ticks, s->raw_s, &s->dist_mm, &never), 1);
            assert_true(columns_event(events, &ev));
            check_step(&ways[w], k, ticks);
            check_step(&ways[w], k, events);
        }
        columns_free(ticks);
        columns_free(events);
    }
    fixture_course_free(course);
}

static void no_event_after_the_finish(void **state)
{
    struct course *course = two_stretches();
    struct columns *c = columns_new(false, 2, course);
    int32_t finish_raw_s[] = {3, 9};
    uint32_t dist_mm[] = {222512, 1000};

    (void)state;
    assert_int_equal(columns_tick(c, 3, dist_mm, finish_raw_s), 2);
    assert_int_equal(columns_tick(c, 4, dist_mm, finish_raw_s), 1);
    assert_int_equal(c->raw_s[0], 3);
    assert_int_equal(c->raw_s[1], 4);
    assert_int_equal(columns_complete_raw(c), 4);
    assert_true(columns_share_at(c, 4) == 1); /* who has finished is not waited for */
    assert_true(columns_share_at(c, 5) == 0.5);
    assert_int_equal(columns_tick(c, 4, dist_mm, finish_raw_s), 0); /* it is there already */
    columns_free(c);
    fixture_course_free(course);
}

static void who_has_no_place(void **state)
{
    struct columns *own = columns_new(false, 2, NULL);
    struct event ev = {.competitor_id = 0};

    (void)state;
    assert_false(columns_event(own, &ev));
    ev.competitor_id = 3;
    assert_false(columns_event(own, &ev));
    ev.competitor_id = 2;
    assert_true(columns_event(own, &ev));
    assert_int_equal(columns_complete_raw(own), -1); /* number 1 has not been seen */
    assert_true(columns_share_at(own, 0) == 0.5);
    columns_free(own);
}

static void millimetres(void **state)
{
    static const struct {
        double m;
        uint32_t mm;
    } cases[] = {{0, 0}, {0.0004, 0}, {0.0005, 1}, {4966.1234, 4966123}, {4294967.295, UINT32_MAX},
        {1e300, UINT32_MAX}};
    size_t k;

    (void)state;
    for (k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_int_equal(columns_mm(cases[k].m), cases[k].mm);
}

static struct columns *some_columns(bool external, struct course *course)
{
    struct columns *c = columns_new(external, external ? 0 : 50, course);
    struct event ev = {0};
    int64_t id;
    int32_t raw_s;

    for (raw_s = 0; raw_s < 60; raw_s++)
        for (id = 1; id <= 50; id++) {
            ev.competitor_id = external ? id * -7777777777 : id;
            ev.raw_s = raw_s;
            ev.distance_m = (double)(raw_s * (20 + id)) / 10;
            ev.lat_deg = 51.4 + ev.distance_m / 111264;
            ev.lon_deg = -0.064245;
            if (raw_s % id != 1)
                assert_true(columns_event(c, &ev));
        }
    return c;
}

static void check_same(const struct columns *a, const struct columns *b)
{
    uint32_t i;

    assert_int_equal(a->n, b->n);
    assert_int_equal(a->tick_raw, b->tick_raw);
    assert_int_equal(a->max_raw, b->max_raw);
    assert_int_equal(a->seen, b->seen);
    assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
    for (i = 0; i < a->n; i++) {
        assert_int_equal(a->raw_s[i], b->raw_s[i]);
        assert_int_equal(a->dist_mm[i], b->dist_mm[i]);
        assert_int_equal(a->status[i], b->status[i]);
        assert_int_equal(a->entered_s[i], b->entered_s[i]);
        assert_int_equal(a->dwell_s[i], b->dwell_s[i]);
        assert_int_equal(a->finish_s[i], b->finish_s[i]);
        if (a->external) {
            assert_int_equal(a->id[i], b->id[i]);
            assert_int_equal(columns_find(b, a->id[i]), i);
            assert_true(a->lat_deg[i] == b->lat_deg[i] && a->lon_deg[i] == b->lon_deg[i]);
            assert_true(a->distance_m[i] == b->distance_m[i]);
        }
    }
}

/* Whole; and cut off anywhere, or with a byte changed in its header, refused or harmless. */
static void snapshots(void **state)
{
    struct course *course = two_stretches();
    int external;

    (void)state;
    for (external = 0; external < 2; external++) {
        struct columns *c = some_columns(external, course), *back;
        struct buf data = BUF_INIT;
        int64_t seq = 0;
        bool positions = false;
        size_t len;

        snapshot_encode(c, 17, &data);
        back = columns_new(external, external ? 0 : 50, course);
        assert_int_equal(snapshot_decode(back, data.data, data.len, &seq, &positions), 0);
        columns_settle(back);
        assert_int_equal(seq, 17);
        assert_true(positions);
        check_same(c, back);
        columns_free(back);
        for (len = 0; len < data.len; len++) {
            char *cut = mem_dup(data.data, len); /* so that a sanitizer sees the end */

            back = columns_new(external, external ? 0 : 50, course);
            assert_int_equal(snapshot_decode(back, cut, len, &seq, &positions), -1);
            columns_free(back);
            free(cut);
        }
        for (len = 0; len < 32; len++) {
            data.data[len] ^= 0x41;
            back = columns_new(external, external ? 0 : 50, course);
            (void)!snapshot_decode(back, data.data, data.len, &seq, &positions);
            columns_free(back);
            data.data[len] ^= 0x41;
        }
        buf_release(&data);
        columns_free(c);
    }
    fixture_course_free(course);
}

/* With the times at checkpoints; cut off anywhere it is refused. */
static void snapshots_with_checkpoints(void **state)
{
    static const char line[] = "LINESTRING (0 0, 0.01 0)";
    static const char list[] = "A,100\nB,200\nC,300\n";
    struct err e = {0};
    struct course *bare = course_import(line, sizeof line - 1, NULL, &e);
    struct course *course = course_with_checkpoints(bare, list, sizeof list - 1, &e);
    uint32_t dist_mm[] = {50000, 250000, 400000};
    int32_t finish_s[] = {1000, 1000, 1000};

    (void)state;
    for (int external = 0; external < 2; external++) {
        struct columns *c = columns_new(external, external ? 0 : 3, course), *back;
        struct buf data = BUF_INIT;
        int64_t seq = 0;
        bool positions = false;

        for (int64_t id = 1; external && id <= 3; id++) {
            struct event ev = {.competitor_id = id, .raw_s = 7, .distance_m = 150.0 * (double)id};

            assert_true(columns_event(c, &ev));
        }
        if (!external)
            (void)columns_tick(c, 7, dist_mm, finish_s);
        snapshot_encode(c, 0, &data);
        back = columns_new(external, external ? 0 : 3, course);
        assert_int_equal(snapshot_decode(back, data.data, data.len, &seq, &positions), 0);
        for (uint32_t i = 0; i < 3; i++)
            for (uint32_t k = 0; k < 3; k++)
                assert_int_equal(
                    passings_at_s(back->passings, i, k), passings_at_s(c->passings, i, k));
        assert_int_equal(passings_at_s(back->passings, 1, 1), 7);
        columns_free(back);
        for (size_t len = 0; len < data.len; len++) {
            char *cut = mem_dup(data.data, len);

            back = columns_new(external, external ? 0 : 3, course);
            assert_int_equal(snapshot_decode(back, cut, len, &seq, &positions), -1);
            columns_free(back);
            free(cut);
        }
        /* Of another course it is refused. */
        back = columns_new(external, external ? 0 : 3, bare);
        assert_int_equal(snapshot_decode(back, data.data, data.len, &seq, &positions), -1);
        columns_free(back);
        buf_release(&data);
        columns_free(c);
    }
    course_unref(course);
    course_unref(bare);
}

static void ids_in_any_number(void **state)
{
    struct id_map m;
    uint32_t k;

    (void)state;
    id_map_init(&m);
    assert_int_equal(id_map_find(&m, 0), UINT32_MAX);
    for (k = 0; k < 20000; k++) {
        int64_t id = (int64_t)(k * UINT64_C(0x9e3779b97f4a7c15));

        assert_int_equal(id_map_find(&m, id), UINT32_MAX);
        id_map_add(&m, id, k);
        assert_int_equal(id_map_find(&m, id), k);
    }
    for (k = 0; k < 20000; k++)
        assert_int_equal(id_map_find(&m, (int64_t)(k * UINT64_C(0x9e3779b97f4a7c15))), k);
    id_map_release(&m);
}

/* Of a race without a clock. */
static bool update(struct watermark *a, int32_t complete_s, int64_t now_ms)
{
    return watermark_update(
        a, &(struct watermark_input){.complete_s = complete_s, .now_ms = now_ms});
}

static void as_of_the_highest_complete_tick(void **state)
{
    struct watermark a;
    int32_t raw_s;

    (void)state;
    watermark_init(&a, -1);
    watermark_note(&a, 0, 1000);
    assert_false(update(&a, -1, 1299)); /* somebody is missing, for 299 ms */
    assert_true(update(&a, -1, 1300));
    assert_int_equal(a.raw_s, 0);
    assert_int_equal(a.n, 0);
    watermark_note(&a, 2, 2000);
    watermark_note(&a, 1, 2100);
    watermark_note(&a, 2, 2250);      /* not the first event of 2 */
    assert_true(update(&a, 1, 2200)); /* all have come to 1 */
    assert_int_equal(a.raw_s, 1);
    assert_int_equal(a.n, 1);
    assert_true(update(&a, 1, 2300));
    assert_int_equal(a.raw_s, 2);
    watermark_note(&a, 1, 2400); /* long complete */
    assert_int_equal(a.n, 0);
    for (raw_s = 1000; raw_s; raw_s--) /* a flood, newest first */
        watermark_note(&a, raw_s, 5000 + raw_s);
    assert_true(a.n <= WATERMARK_WAITING);
    assert_true(update(&a, 2, 6300));
    assert_int_equal(a.raw_s, 1000);
}

/* A stream's partitions come back one after the other. */
static void as_of_while_catching_up(void **state)
{
    struct watermark_input l = {.complete_s = 564, .newest_s = 565, .speed = 1, .now_ms = 1000};
    struct watermark a;

    (void)state;
    watermark_init(&a, 564);
    watermark_note(&a, 565, 1000);
    assert_false(watermark_update(&a, &l));
    assert_false(a.held); /* a second that is coming in */
    l.newest_s = 718;
    l.now_ms = 1100;
    watermark_note(&a, 718, 1100);
    assert_true(watermark_update(&a, &l));
    assert_true(a.held);
    l.now_ms = 5000; /* patience would have ended long ago */
    assert_false(watermark_update(&a, &l));
    assert_int_equal(a.raw_s, 564);
    l.complete_s = 716;
    assert_true(watermark_update(&a, &l));
    assert_false(a.held);
    assert_int_equal(a.raw_s, 718);

    l.newest_s = 900;
    l.now_ms = 10000;
    watermark_note(&a, 900, 10000);
    (void)watermark_update(&a, &l);
    l.now_ms = 10000 + WATERMARK_GONE_MS - 5001; /* the slowest have stood since 5000 */
    (void)watermark_update(&a, &l);
    assert_true(a.held);
    l.now_ms += 1001;
    l.behind = true;
    (void)watermark_update(&a, &l);
    assert_true(a.held); /* it is known that there is more of them */
    l.behind = false;
    assert_true(watermark_update(&a, &l));
    assert_false(a.held); /* they are gone */
    assert_int_equal(a.raw_s, 900);

    watermark_init(&a, 0);
    l = (struct watermark_input){.complete_s = 0, .newest_s = 1000, .speed = 1000, .now_ms = 1};
    (void)watermark_update(&a, &l);
    assert_false(a.held); /* one second of a race that is 1000 times as fast */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_by_ticks_and_by_events),
        cmocka_unit_test(no_event_after_the_finish),
        cmocka_unit_test(who_has_no_place),
        cmocka_unit_test(millimetres),
        cmocka_unit_test(snapshots),
        cmocka_unit_test(snapshots_with_checkpoints),
        cmocka_unit_test(ids_in_any_number),
        cmocka_unit_test(as_of_the_highest_complete_tick),
        cmocka_unit_test(as_of_while_catching_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
