/* The Pinot store against the real thing (TRACKSIDE_TEST_KAFKA=host:port and
 * TRACKSIDE_TEST_PINOT=http://host:9000): the same race goes through Kafka into Pinot and tick by
 * tick into an embedded store, and every answer about it must be the same. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "board/board.h"
#include "feed/kafka/kafka.h"
#include "feed/kafka/producer.h"
#include "sim/sim.h"
#include "store/pinot/pinot.h"

#include "world.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define RUNNERS 120u
#define PATIENCE_MS 30000

struct fixture {
    struct course *course;
    struct race_record record;
    struct sim *sim;
    uint32_t *dist_mm;
    struct feed *feed; /* of this race's events alone */
    struct store *truth, *store;
    int32_t next_s;
};

static struct store *pinot_store(void)
{
    struct store_pinot_options o = {.pinot.controller = setting("TRACKSIDE_TEST_PINOT")};
    struct err e = {0};
    struct store *s = store_pinot_new(&o, &e);

    if (!s)
        fail_msg("%s", e.text);
    return s;
}

static struct store *embedded_store(void)
{
    struct store_embedded_options o = {0};
    struct err e = {0};
    struct store *s = store_embedded_new(&o, &e);

    if (!s)
        fail_msg("%s", e.text);
    return s;
}

static void commit(struct store *s)
{
    struct err e = {0};

    must(s->ops->commit(s, &e), &e);
}

static void tell_race(struct store *s, const struct fixture *x)
{
    struct err e = {0};

    must(s->ops->put_course(s, x->course, &e), &e);
    must(s->ops->put_race(s, &x->record, &e), &e);
    commit(s);
}

/* A race is known once its course can be looked up. */
static void await_known(struct store *s, const char *run_id)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    struct race_record r;
    struct err e = {0};

    while (s->ops->race(s, run_id, &r, &e)) {
        if (clock_wall_ms() > deadline)
            fail_msg("%s is not known after %d ms", run_id, PATIENCE_MS);
        nap(20);
    }
}

static struct fixture *fixture_of(uint32_t n, const char *prefix)
{
    struct fixture *x = mem_zalloc(1, sizeof *x);
    struct feed_kafka_options o = {.brokers = setting("TRACKSIDE_TEST_KAFKA")};
    struct err e = {0};

    x->course = crystal("crystal");
    x->record = race_on(x->course, n, 0.3, prefix);
    x->sim = sim_new(&x->record.spec, x->course, (struct sim_shard){1, 1}, &e);
    x->dist_mm = mem_zalloc(n, sizeof *x->dist_mm);
    o.transactional_id = x->record.spec.run_id;
    x->feed = feed_kafka_new(&o, &e);
    if (!x->feed)
        fail_msg("%s", e.text);
    x->truth = embedded_store();
    x->store = pinot_store();
    tell_race(x->truth, x);
    tell_race(x->store, x);
    await_known(x->store, x->record.spec.run_id);
    return x;
}

static int setup(void **state)
{
    *state = fixture_of(RUNNERS, "");
    return 0;
}

static int setup_quoted(void **state)
{
    *state = fixture_of(5, "o'brien's;--");
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;

    x->store->ops->free(x->store);
    x->truth->ops->free(x->truth);
    x->feed->ops->free(x->feed);
    sim_free(x->sim);
    course_unref(x->course);
    free(x->dist_mm);
    free(x);
    return 0;
}

/* Everything up to `to_s`, in one transaction, to both. */
static void run_to(struct fixture *x, int32_t to_s)
{
    struct err e = {0};

    for (; x->next_s <= to_s; x->next_s++) {
        struct tick t = {.race = &x->record,
            .course = x->course,
            .raw_s = x->next_s,
            .n = x->record.spec.competitors,
            .first_id = 1,
            .id_step = 1,
            .dist_mm = x->dist_mm,
            .finish_raw_s = sim_finish_raw(x->sim)};

        sim_tick(x->sim, x->next_s, x->dist_mm);
        must(x->feed->ops->publish_tick(x->feed, &t, &e), &e);
        must(x->truth->ops->put_tick(x->truth, &t, &e), &e);
    }
    must(x->feed->ops->flush(x->feed, &e), &e);
    commit(x->truth);
}

static struct view *view_of(struct store *s, const struct fixture *x)
{
    struct err e = {0};
    struct view *v = s->ops->view(s, x->record.spec.run_id, &e);

    if (!v)
        fail_msg("%s: %s", s->ops->name, e.text);
    return v;
}

static bool has_all(const struct view *v, const struct view *want)
{
    return v->n == want->n && v->as_of_raw_s == want->as_of_raw_s &&
           memcmp(v->raw_s, want->raw_s, v->n * sizeof *v->raw_s) == 0;
}

/* Until everybody's last second is there: on a busy machine Pinot may be later than the patience
 * after which a second counts as complete. */
static struct view *await_all(struct store *s, const struct fixture *x)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    struct view *want = view_of(x->truth, x), *v = view_of(s, x);

    while (!has_all(v, want)) {
        if (clock_wall_ms() > deadline)
            fail_msg("after %d ms second %d is not whole, but %d is", PATIENCE_MS,
                want->as_of_raw_s, v->as_of_raw_s);
        view_unref(v);
        nap(10);
        v = view_of(s, x);
    }
    view_unref(want);
    return v;
}

#define check_column(a, b, n) check_named(#a, a, b, n)
static void check_named(const char *name, const void *a, const void *b, size_t bytes)
{
    if (a && b && bytes && memcmp(a, b, bytes) != 0)
        print_message("%s differs\n", name);
    assert_int_equal(a == NULL, b == NULL);
    if (a && bytes)
        assert_memory_equal(a, b, bytes);
}

static void check_same(const struct view *a, const struct view *b)
{
    size_t n = a->n;

    assert_int_equal(a->n, b->n);
    assert_int_equal(a->as_of_raw_s, b->as_of_raw_s);
    assert_int_equal(a->due_ms, b->due_ms);
    assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
    assert_string_equal(a->course->revision, b->course->revision);
    check_column(a->id, b->id, n * sizeof *a->id);
    check_column(a->dist_mm, b->dist_mm, n * sizeof *a->dist_mm);
    check_column(a->raw_s, b->raw_s, n * sizeof *a->raw_s);
    check_column(a->status, b->status, n);
    check_column(a->finish_s, b->finish_s, n * sizeof *a->finish_s);
    check_column(a->entered_s, b->entered_s, n * sizeof *a->entered_s);
    check_column(a->dwell_s, b->dwell_s, n * sizeof *a->dwell_s);
}

static void check_boards(struct view *a, struct view *b)
{
    struct board x, y;
    struct buf left = BUF_INIT, right = BUF_INIT;

    board_init(&x, a, 100);
    board_init(&y, b, 100);
    board_json(&x, &left);
    board_json(&y, &right);
    assert_string_equal(left.data, right.data);
    board_release(&x);
    board_release(&y);
    buf_release(&left);
    buf_release(&right);
}

static void check_live(const struct fixture *x)
{
    struct view *want = view_of(x->truth, x), *v = await_all(x->store, x);

    check_same(want, v);
    check_boards(want, v);
    view_unref(want);
    view_unref(v);
}

/* Single seconds, and stretches that are gone by before anybody looks. */
static void the_live_race_is_the_embedded_stores(void **state)
{
    static const int32_t steps[] = {0, 1, 1, 7, 1, 30, 111, 2, 200, 1, 60};
    struct fixture *x = *state;
    int32_t last_s = sim_last_raw(x->sim), at_s = 0;

    for (size_t k = 0; at_s < last_s; k++) {
        at_s += steps[k % (sizeof steps / sizeof steps[0])];
        at_s = at_s < last_s ? at_s : last_s;
        run_to(x, at_s);
        check_live(x);
    }
}

/* A server that comes later reads what is there, at whichever moment. */
static void a_race_that_is_opened_late_is_the_same(void **state)
{
    static const int32_t moments[] = {0, 399, 700, 1100, 1500, 100000};
    struct fixture *x = *state;

    for (size_t k = 0; k < sizeof moments / sizeof moments[0]; k++) {
        int32_t last_s = sim_last_raw(x->sim);
        int32_t at_s = moments[k] < last_s ? moments[k] : last_s;
        struct view *want, *v;
        struct store *late;

        run_to(x, at_s);
        v = await_all(x->store, x);
        view_unref(v);
        late = pinot_store();
        tell_race(late, x);
        await_known(late, x->record.spec.run_id);
        v = await_all(late, x);
        want = view_of(x->truth, x);
        check_same(want, v);
        view_unref(want);
        view_unref(v);
        late->ops->free(late);
    }
}

struct pair {
    struct view **view;
    size_t n;
};

static int keep(void *arg, struct view *v)
{
    struct pair *p = arg;

    p->view = mem_realloc(p->view, p->n + 1, sizeof *p->view);
    p->view[p->n++] = view_ref(v);
    return 0;
}

static void release(struct pair *p)
{
    for (size_t k = 0; k < p->n; k++)
        view_unref(p->view[k]);
    free(p->view);
}

static void check_replay(const struct fixture *x, int32_t from_s, int32_t to_s, int32_t step_s)
{
    struct pair a = {0}, b = {0};
    struct err e = {0};
    const char *id = x->record.spec.run_id;

    must(x->truth->ops->replay(x->truth, id, from_s, to_s, step_s, keep, &a, &e), &e);
    must(x->store->ops->replay(x->store, id, from_s, to_s, step_s, keep, &b, &e), &e);
    assert_int_equal(a.n, b.n);
    for (size_t k = 0; k < a.n; k++)
        check_same(a.view[k], b.view[k]);
    release(&a);
    release(&b);
}

struct hashed {
    uint64_t n, sum;
    char last[EVENT_JSON_MAX];
};

static int hash_event(void *arg, const struct event *ev)
{
    static const struct hash_key key = {1, 2};
    struct hashed *h = arg;
    char *end = event_format(ev, h->last);

    *end = '\0';
    h->n++;
    h->sum = h->sum * 31 + hash64(key, h->last, (size_t)(end - h->last));
    return 0;
}

static void check_events(const struct fixture *x, int32_t from_s, int32_t to_s)
{
    struct hashed a = {0}, b = {0};
    struct err e = {0};
    const char *id = x->record.spec.run_id;

    must(x->truth->ops->events(x->truth, id, from_s, to_s, hash_event, &a, &e), &e);
    must(x->store->ops->events(x->store, id, from_s, to_s, hash_event, &b, &e), &e);
    assert_int_equal(a.n, b.n);
    assert_string_equal(a.last, b.last);
    assert_true(a.sum == b.sum);
}

static void check_competitor(const struct fixture *x, int64_t id, int32_t at_s)
{
    struct splits_competitor a, b;
    struct err e = {0};
    const char *run = x->record.spec.run_id;
    struct hashed left = {0}, right = {0};

    must(x->truth->ops->competitor(x->truth, run, id, at_s, &a, &e), &e);
    must(x->store->ops->competitor(x->store, run, id, at_s, &b, &e), &e);
    (void)hash_event(&left, &a.latest);
    (void)hash_event(&right, &b.latest);
    assert_string_equal(left.last, right.last);
    assert_int_equal(a.rank, b.rank);
    assert_int_equal(a.finish_s, b.finish_s);
    assert_int_equal(a.dwell_total_s, b.dwell_total_s);
    assert_int_equal(a.splits_n, b.splits_n);
    assert_int_equal(a.visits_n, b.visits_n);
    check_column(a.split_s, b.split_s, a.splits_n * sizeof *a.split_s);
    check_column(a.visit, b.visit, a.visits_n * sizeof *a.visit);
    splits_competitor_release(&a);
    splits_competitor_release(&b);
}

static void the_past_is_the_embedded_stores(void **state)
{
    struct fixture *x = *state;
    int32_t last_s = sim_last_raw(x->sim);
    struct splits_competitor none;
    struct err e = {0};
    struct view *v;

    run_to(x, last_s);
    v = await_all(x->store, x);
    view_unref(v);
    for (int32_t at_s = -1; at_s < last_s + 300; at_s += 173) {
        const char *id = x->record.spec.run_id;
        struct view *want = x->truth->ops->view_at(x->truth, id, at_s, &e);

        v = x->store->ops->view_at(x->store, id, at_s, &e);
        if (!v)
            fail_msg("%s", e.text);
        check_same(want, v);
        view_unref(want);
        view_unref(v);
    }
    check_replay(x, 0, INT32_MAX, 50);
    check_replay(x, 700, 760, 1);
    check_events(x, 0, INT32_MAX);
    check_events(x, 500, 505);
    for (int64_t id = 1; id <= RUNNERS; id += 29) {
        check_competitor(x, id, -1);
        check_competitor(x, id, 1200);
    }
    assert_int_equal(
        x->store->ops->competitor(x->store, x->record.spec.run_id, RUNNERS + 1, -1, &none, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void a_name_that_needs_quoting_is_quoted(void **state)
{
    struct fixture *x = *state;

    run_to(x, 20);
    check_live(x);
    check_events(x, 0, 20);
}

static void *look(void *arg)
{
    for (int k = 0; k < 40; k++) {
        view_unref(view_of(((struct fixture *)arg)->store, arg));
        nap(25);
    }
    return NULL;
}

/* How many statements it costs to be looked at for a second. */
static uint64_t cost_of(struct fixture *x, size_t viewers)
{
    struct store_stats before, after;
    pthread_t thread[100];

    store_stats(x->store, &before);
    for (size_t k = 0; k < viewers; k++)
        assert_int_equal(pthread_create(&thread[k], NULL, look, x), 0);
    for (size_t k = 0; k < viewers; k++)
        (void)pthread_join(thread[k], NULL);
    store_stats(x->store, &after);
    assert_int_equal(after.failed, before.failed);
    return after.queries - before.queries;
}

static void a_hundred_viewers_cost_what_one_costs(void **state)
{
    struct fixture *x = *state;
    uint64_t one, hundred;

    run_to(x, 10);
    view_unref(await_all(x->store, x));
    one = cost_of(x, 1);
    hundred = cost_of(x, 100);
    assert_in_range(one, 1, 60);
    assert_in_range(hundred, 1, one + one / 2 + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_live_race_is_the_embedded_stores, setup, teardown),
        cmocka_unit_test_setup_teardown(a_race_that_is_opened_late_is_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(the_past_is_the_embedded_stores, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_name_that_needs_quoting_is_quoted, setup_quoted, teardown),
        cmocka_unit_test_setup_teardown(a_hundred_viewers_cost_what_one_costs, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
