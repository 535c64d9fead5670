/* The Kafka feed against a real broker (TRACKSIDE_TEST_KAFKA=host:port): what is published comes
 * back once and in order, also past a second server that takes over, and what is malformed is
 * skipped and counted. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/kafka/kafka.h"
#include "feed/kafka/producer.h"
#include "sim/sim.h"

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNNERS 300u
#define PATIENCE_MS 30000

/* What a reader has seen of one race. */
struct seen {
    char run_id[RUN_ID_MAX + 1];
    uint32_t events;
    uint32_t doubles;
    uint32_t out_of_order;
    uint32_t races;
    int32_t last_raw[RUNNERS + 1];
    int64_t since_ms; /* the test began: what was published before is not read */
};

static int on_events(void *arg, const struct event *ev, size_t n, struct err *e)
{
    struct seen *s = arg;

    (void)e;
    for (size_t i = 0; i < n; i++) {
        int32_t *last = &s->last_raw[ev[i].competitor_id];

        if (strcmp(ev[i].run_id, s->run_id) != 0)
            continue;
        s->events++;
        s->doubles += ev[i].raw_s == *last;
        s->out_of_order += ev[i].raw_s != *last + 1;
        *last = ev[i].raw_s;
    }
    return 0;
}

static int on_race(void *arg, const struct race_record *r, bool own, struct err *e)
{
    struct seen *s = arg;

    (void)e;
    (void)own;
    s->races += strcmp(r->spec.run_id, s->run_id) == 0;
    return 0;
}

static int on_course(void *arg, struct course *c, struct err *e)
{
    (void)arg;
    (void)c;
    (void)e;
    return 0;
}

struct fixture {
    struct course *course;
    struct race_record record;
    struct sim *sim;
    uint32_t dist[RUNNERS];
    struct seen seen;
    struct feed_sink sink;
    struct feed *feed[3];
    size_t feeds;
};

/* The broker may hold millions of events of earlier tests. A server takes part in the group only
 * when it has read its backlog, so a reader from the beginning would wait for all of them. */
static int64_t since_ms(void *arg)
{
    const struct seen *s = arg;

    return s->since_ms;
}

static int setup(void **state)
{
    struct fixture *x = mem_zalloc(1, sizeof *x);
    const struct race_spec *spec = &x->record.spec;
    struct err e = {0};

    x->course = crystal("crystal");
    x->record = race_on(x->course, RUNNERS, 0.1, "");
    x->sim = sim_new(spec, x->course, (struct sim_shard){1, 1}, &e);
    memset(x->seen.last_raw, 0xff, sizeof x->seen.last_raw);
    (void)snprintf(x->seen.run_id, sizeof x->seen.run_id, "%s", spec->run_id);
    x->sink = (struct feed_sink){.arg = &x->seen,
        .events = on_events,
        .race = on_race,
        .course = on_course,
        .since_ms = since_ms};
    x->seen.since_ms = clock_wall_ms();
    *state = x;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;

    for (size_t i = 0; i < x->feeds; i++)
        x->feed[i]->ops->free(x->feed[i]);
    sim_free(x->sim);
    course_unref(x->course);
    free(x);
    return 0;
}

/* A server. The fixture frees it, also where the test fails: a member that lives and is not polled
 * holds up the group, and every later test with it, for 30 s. */
static struct feed *server(struct fixture *x, const char *cursor)
{
    struct feed_kafka_options o = {
        .brokers = setting("TRACKSIDE_TEST_KAFKA"), .cursor = cursor, .sink = &x->sink};
    struct err e = {0};
    struct feed *f = feed_kafka_new(&o, &e);

    if (!f)
        fail_msg("%s", e.text);
    x->feed[x->feeds++] = f;
    return f;
}

/* It goes before the test is over. */
static void end_last(struct fixture *x)
{
    x->feeds--;
    x->feed[x->feeds]->ops->free(x->feed[x->feeds]);
}

static void poll_once(struct feed *f)
{
    struct err e = {0};

    if (f->ops->poll(f, 50, &e))
        fail_msg("%s", e.text);
}

static void await_seat(struct feed *f, struct fixture *x)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;

    while (!f->ops->drives(f, x->record.spec.run_id)) {
        poll_once(f);
        if (clock_wall_ms() > deadline)
            fail_msg("the seat was not ours within %d ms", PATIENCE_MS);
    }
}

static void publish(struct feed *f, struct fixture *x, int32_t from, int32_t to)
{
    struct err e = {0};

    for (int32_t raw = from; raw <= to; raw++) {
        struct tick t = {.race = &x->record,
            .course = x->course,
            .raw_s = raw,
            .n = RUNNERS,
            .first_id = 1,
            .id_step = 1,
            .dist_mm = x->dist,
            .finish_raw_s = sim_finish_raw(x->sim)};

        sim_tick(x->sim, raw, x->dist);
        if (f->ops->publish_tick(f, &t, &e))
            fail_msg("raw %d: %s", raw, e.text);
        if (raw % 50 == 0 && f->ops->flush(f, &e))
            fail_msg("%s", e.text);
    }
    if (f->ops->flush(f, &e))
        fail_msg("%s", e.text);
}

static uint32_t events_until(const struct fixture *x, int32_t raw_s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < RUNNERS; i++) {
        int32_t finish = sim_finish_raw(x->sim)[i];

        n += (uint32_t)(finish < raw_s ? finish : raw_s) + 1;
    }
    return n;
}

static void await_events(struct feed *f, struct fixture *x, uint32_t want)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;

    while (x->seen.events < want) {
        poll_once(f);
        if (clock_wall_ms() > deadline)
            fail_msg("%u of %u events after %d ms", x->seen.events, want, PATIENCE_MS);
    }
    poll_once(f);
    assert_int_equal(x->seen.events, want);
    assert_int_equal(x->seen.doubles, 0);
    assert_int_equal(x->seen.out_of_order, 0);
}

static void what_is_published_comes_back_once_and_in_order(void **state)
{
    struct fixture *x = *state;
    struct feed *f = server(x, NULL);
    struct err e = {0};

    await_seat(f, x);
    assert_int_equal(f->ops->publish_course(f, x->course, &e), 0);
    assert_int_equal(f->ops->publish_race(f, &x->record, &e), 0);
    publish(f, x, 0, sim_last_raw(x->sim));
    await_events(f, x, events_until(x, INT32_MAX - 1));
    assert_int_equal(x->seen.races, 1);
}

static void a_cursor_goes_on_where_it_was(void **state)
{
    struct fixture *x = *state;
    struct feed *f = server(x, NULL);
    struct buf cursor = BUF_INIT;

    await_seat(f, x);
    publish(f, x, 0, 99);
    await_events(f, x, events_until(x, 99));
    assert_int_equal(f->ops->cursor(f, &cursor), 0);
    publish(f, x, 100, 150);
    end_last(x);
    f = server(x, cursor.data);
    await_events(f, x, events_until(x, 150));
    buf_release(&cursor);
}

static void a_server_that_hangs_is_fenced_when_another_takes_over(void **state)
{
    struct fixture *x = *state;
    struct feed *first = server(x, NULL), *second;
    struct tick t;
    struct err e = {0};

    await_seat(first, x);
    publish(first, x, 0, 20);
    /* It hangs: no heartbeat is processed, but its process lives; here: it is simply not polled
     * while the other joins. The group takes the seat away when the first does not rejoin. */
    second = server(x, NULL);
    for (int64_t deadline = clock_wall_ms() + 60000;
         !second->ops->drives(second, x->record.spec.run_id);) {
        poll_once(second);
        if (clock_wall_ms() > deadline)
            fail_msg("no take-over");
    }
    assert_int_equal(
        x->seen.last_raw[1], 20); /* everything that was committed has been read before driving */
    t = (struct tick){.race = &x->record,
        .course = x->course,
        .raw_s = 21,
        .n = RUNNERS,
        .first_id = 1,
        .id_step = 1,
        .dist_mm = x->dist,
        .finish_raw_s = sim_finish_raw(x->sim)};
    publish(second, x, 21, 30);
    if (first->ops->publish_tick(first, &t, &e) == 0)
        assert_int_not_equal(first->ops->flush(first, &e), 0);
    assert_int_equal(e.code, ERR_CONFLICT);
    await_events(second, x, events_until(x, 30));
}

static void malformed_records_are_skipped_and_counted(void **state)
{
    static const char *const bad[] = {
        "", "{", "[]", "{\"runId\": 5}", "not json at all", "{\"runId\":\"x\",\"lat\":91}"};
    struct fixture *x = *state;
    struct kafka_settings settings;
    struct kafka_producer *p;
    struct feed *f;
    struct feed_stats figures;
    struct err e = {0};
    uint64_t before;

    f = server(x, NULL);
    await_seat(f, x);
    f->ops->stats(f, &figures);
    before = figures.malformed;
    assert_int_equal(kafka_settings_init(&settings, setting("TRACKSIDE_TEST_KAFKA"), NULL, &e), 0);
    p = kafka_producer_new(&settings, NULL, &e);
    assert_non_null(p);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct kafka_record r = {"1", 1, bad[i], strlen(bad[i])};

        assert_int_equal(kafka_producer_send(p, KAFKA_PARKRUN, 0, &r, 1), 0);
    }
    assert_int_equal(kafka_producer_commit(p, 10000, &e), 0);
    publish(f, x, 0, 10);
    await_events(f, x, events_until(x, 10));
    for (int64_t deadline = clock_wall_ms() + PATIENCE_MS;
         figures.malformed < before + 6 && clock_wall_ms() < deadline;) {
        poll_once(f);
        f->ops->stats(f, &figures);
    }
    assert_int_equal(figures.malformed, before + 6);
    assert_true(figures.malformed_example[0] != '\0');
    kafka_producer_free(p);
    kafka_settings_release(&settings);
}

static void nobody_there_is_said(void **state)
{
    struct feed_kafka_options o = {.brokers = "127.0.0.1:1"};
    struct err e = {0};

    (void)state;
    assert_null(feed_kafka_new(&o, &e));
    assert_int_equal(e.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(e.text, "no Kafka broker answers"));
}

static void another_clusters_data_is_refused(void **state)
{
    struct feed_kafka_options o = {
        .brokers = setting("TRACKSIDE_TEST_KAFKA"), .cursor = "some-other-cluster parkrun 0:5"};
    struct err e = {0};

    (void)state;
    assert_null(feed_kafka_new(&o, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_non_null(strstr(e.text, "another Kafka cluster"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_there_is_said),
        cmocka_unit_test(another_clusters_data_is_refused),
        cmocka_unit_test_setup_teardown(
            what_is_published_comes_back_once_and_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cursor_goes_on_where_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_server_that_hangs_is_fenced_when_another_takes_over, setup, teardown),
        cmocka_unit_test_setup_teardown(malformed_records_are_skipped_and_counted, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
