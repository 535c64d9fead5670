/* More competitors than one statement may ask for (TRACKSIDE_TEST_KAFKA=host:port and
 * TRACKSIDE_TEST_PINOT=http://host:9000): nobody is missing, and a board whose rows are not of one
 * moment says so. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "board/board.h"
#include "feed/kafka/kafka.h"
#include "sim/sim.h"
#include "store/pinot/pinot.h"
#include "store/pinot/statements.h"

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CROWD (PINOT_FETCH_MAX + 500)
#define PATIENCE_MS 180000

static struct course *straight(void)
{
    static const char route[] = "{\"type\":\"LineString\",\"coordinates\":[[0,51],[0.05,51]]}";
    struct course_options o = {.short_name = "crowd-of-a-test"};
    struct err e = {0};
    struct course *c = course_import(route, sizeof route - 1, &o, &e);

    if (!c)
        fail_msg("%s", e.text);
    return c;
}

struct crowd {
    struct course *course;
    struct race_record record;
    struct sim *sim;
    uint32_t *dist_mm, *part_mm;
    int32_t *part_finish_s;
    struct feed *feed;
    struct store *store;
};

static void make_race(struct crowd *x, uint32_t n)
{
    struct err e = {0};

    x->record = race_on(x->course, n, 0, "");
    x->sim = sim_new(&x->record.spec, x->course, (struct sim_shard){1, 1}, &e);
    x->dist_mm = mem_zalloc(n, sizeof *x->dist_mm);
    x->part_mm = mem_zalloc(n, sizeof *x->part_mm);
    x->part_finish_s = mem_zalloc(n, sizeof *x->part_finish_s);
}

static void open_crowd(struct crowd *x, uint32_t n)
{
    struct feed_kafka_options ko = {.brokers = setting("TRACKSIDE_TEST_KAFKA")};
    struct store_pinot_options po = {.pinot.controller = setting("TRACKSIDE_TEST_PINOT")};
    struct err e = {0};

    *x = (struct crowd){.course = straight()};
    make_race(x, n);
    ko.transactional_id = x->record.spec.run_id;
    x->feed = feed_kafka_new(&ko, &e);
    x->store = x->feed ? store_pinot_new(&po, &e) : NULL;
    if (!x->store)
        fail_msg("%s", e.text);
    must(x->store->ops->put_course(x->store, x->course, &e), &e);
    must(x->store->ops->put_race(x->store, &x->record, &e), &e);
    must(x->store->ops->commit(x->store, &e), &e);
    must(x->store->ops->await_course(x->store, x->course->short_name, &e), &e);
}

static void close_crowd(struct crowd *x)
{
    x->store->ops->free(x->store);
    x->feed->ops->free(x->feed);
    sim_free(x->sim);
    course_unref(x->course);
    free(x->dist_mm);
    free(x->part_mm);
    free(x->part_finish_s);
}

/* One second of every `step`th competitor from `first` on. */
static void publish(struct crowd *x, int32_t raw_s, uint32_t first, uint32_t step)
{
    const int32_t *finish_s = sim_finish_raw(x->sim);
    struct tick t = {.race = &x->record,
        .course = x->course,
        .raw_s = raw_s,
        .first_id = first,
        .id_step = step,
        .dist_mm = x->part_mm,
        .finish_raw_s = x->part_finish_s};
    struct err e = {0};

    sim_tick(x->sim, raw_s, x->dist_mm);
    for (uint32_t id = first; id <= x->record.spec.competitors; id += step, t.n++) {
        x->part_mm[t.n] = x->dist_mm[id - 1];
        x->part_finish_s[t.n] = finish_s[id - 1];
    }
    must(x->feed->ops->publish_tick(x->feed, &t, &e), &e);
    must(x->feed->ops->flush(x->feed, &e), &e);
}

static uint32_t at_second(const struct view *v, int32_t raw_s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n; i++)
        n += v->raw_s[i] == raw_s;
    return n;
}

/* Until so many stand at that second, and that second is the board's. */
static struct view *await_rows(struct crowd *x, int32_t raw_s, uint32_t n)
{
    int64_t deadline_ms = clock_wall_ms() + PATIENCE_MS;

    for (;;) {
        struct err e = {0};
        struct view *v = x->store->ops->view(x->store, x->record.spec.run_id, &e);

        if (v && v->as_of_raw_s == raw_s && at_second(v, raw_s) == n)
            return v;
        if (clock_wall_ms() > deadline_ms)
            fail_msg("%u stand at second %d, as of %d: %s", v ? at_second(v, raw_s) : 0, raw_s,
                v ? v->as_of_raw_s : -1, e.text);
        view_unref(v);
        (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

static bool says_about(struct view *v)
{
    struct buf json = BUF_INIT;
    struct board b;
    bool says;

    board_init(&b, v, 10);
    board_json(&b, &json);
    says = strstr(json.data, "\"approximate\":true") != NULL;
    board_release(&b);
    buf_release(&json);
    return says;
}

static void check_whole(struct crowd *x, int32_t raw_s)
{
    uint32_t n = x->record.spec.competitors;
    struct view *v = await_rows(x, raw_s, n);

    assert_false(v->approximate);
    assert_false(says_about(v));
    assert_memory_equal(v->dist_mm, x->dist_mm, n * sizeof *x->dist_mm);
    view_unref(v);
}

/* Every third of them has come, and no more for as long as it takes: the second counts. */
static void check_third(struct crowd *x, int32_t raw_s, bool about)
{
    struct err e = {0};
    uint32_t third;
    struct view *v;

    publish(x, raw_s, 1, 3);
    third = (x->record.spec.competitors + 2) / 3;
    v = await_rows(x, raw_s, third);
    assert_int_equal(v->approximate, about);
    assert_int_equal(says_about(v), about);
    view_unref(v);
    v = x->store->ops->view_at(x->store, x->record.spec.run_id, raw_s, &e);
    must(!v, &e);
    assert_int_equal(v->approximate, about);
    view_unref(v);
    v = x->store->ops->view_at(x->store, x->record.spec.run_id, raw_s - 1, &e);
    must(!v, &e);
    assert_int_equal(at_second(v, raw_s - 1), x->record.spec.competitors);
    assert_false(v->approximate);
    view_unref(v);
    publish(x, raw_s, 2, 3);
    publish(x, raw_s, 3, 3);
    check_whole(x, raw_s);
}

static void more_than_a_statement_holds(void **state)
{
    struct crowd x;

    (void)state;
    open_crowd(&x, CROWD);
    publish(&x, 0, 1, 1);
    check_whole(&x, 0);
    check_third(&x, 1, true);
    close_crowd(&x);
}

/* One statement is one moment, whatever is missing in it. */
static void what_one_statement_holds_is_one_moment(void **state)
{
    struct crowd x;

    (void)state;
    open_crowd(&x, 30);
    publish(&x, 0, 1, 1);
    check_whole(&x, 0);
    check_third(&x, 1, false);
    close_crowd(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_than_a_statement_holds),
        cmocka_unit_test(what_one_statement_holds_is_one_moment),
    };

    return cmocka_run_group_tests_name("pinot crowd", tests, NULL, NULL);
}
