/*
 * Races that come back from a topic of several partitions, in any order of the partitions, with a
 * commit or the end of the process after any record: every event of a simulated race is stored once
 * and as part of a tick, every event of another race once and as it was.
 */
#include "unit/live/fixture.h"

#include "feed/kafka/gather.h"
#include "live/engine_impl.h"
#include "sim/rng.h"

#define PARTITIONS 3
#define RUNNERS 25u
#define STRANGERS 10

struct topic {
    struct event *at[PARTITIONS];
    int64_t n[PARTITIONS], cap;
};

struct world {
    struct engine engine; /* first: the sink's arg. It is asked for its store and schedule alone. */
    char dir[64];
    struct course *course;
    struct race_record race[2];
    struct topic topic;
    struct kafka_topics topics;
    struct kafka_gather *gather;
    struct kafka_cursor read;
    uint64_t draws;
    /* Delivered and committed, and delivered since the last commit. */
    uint32_t events, new_events, ticks, new_ticks;
};

static int on_tick(void *arg, const struct tick *t, struct err *e)
{
    struct world *w = arg;

    w->new_ticks++;
    return w->engine.store->ops->put_tick(w->engine.store, t, e);
}

static int on_events(void *arg, const struct event *ev, size_t n, struct err *e)
{
    struct world *w = arg;

    w->new_events += (uint32_t)n;
    return w->engine.store->ops->put_events(w->engine.store, ev, n, e);
}

static void add(struct topic *t, const struct event *ev)
{
    int64_t p = ev->competitor_id % PARTITIONS;

    assert_true(t->n[p] < t->cap);
    t->at[p][t->n[p]++] = *ev;
}

/* All seconds of both races, and an external race's beside them. */
static void fill(struct world *w)
{
    struct err e = {0};
    struct sim *sim[2];
    uint32_t dist[RUNNERS];
    int32_t last = 0;

    w->topic.cap = 60000;
    for (int p = 0; p < PARTITIONS; p++)
        w->topic.at[p] = calloc((size_t)w->topic.cap, sizeof(struct event));
    for (int k = 0; k < 2; k++) {
        sim[k] = sim_new(&w->race[k].spec, w->course, (struct sim_shard){1, 1}, &e);
        last = sim_last_raw(sim[k]) > last ? sim_last_raw(sim[k]) : last;
    }
    for (int32_t raw = 0; raw <= last; raw++) {
        struct event_writer out = {.run_id = "another-program", .course = "short"};
        struct event ev;

        for (int k = 0; k < 2; k++) {
            struct event_writer own = {
                .course = "short", .start_s = w->race[k].spec.start_s, .line = w->course->line};

            memcpy(own.run_id, w->race[k].spec.run_id, sizeof own.run_id);
            sim_tick(sim[k], raw, dist);
            for (uint32_t i = 0; i < RUNNERS; i++)
                if (raw <= sim_finish_raw(sim[k])[i]) {
                    event_make(&own, i + 1, raw, dist[i], &ev);
                    add(&w->topic, &ev);
                }
        }
        out.line = w->course->line;
        for (int64_t id = 1; id <= STRANGERS && raw < 100; id++) {
            event_make(&out, id, raw, (uint32_t)raw * 1000, &ev);
            add(&w->topic, &ev);
        }
    }
    sim_free(sim[0]);
    sim_free(sim[1]);
}

static void begin(struct world *w)
{
    struct store_embedded_options o = {.dir = w->dir};
    struct feed_sink sink = {
        .arg = w, .tick = on_tick, .events = on_events, .simulated = shared_ticks_wanted};
    struct buf text = BUF_INIT;
    struct err e = {0};

    w->engine.store = store_embedded_new(&o, &e);
    if (!w->engine.store)
        fail_msg("%s", e.text);
    assert_int_equal(w->engine.store->ops->cursor(w->engine.store, &text, &e), 0);
    w->read = (struct kafka_cursor){0};
    if (text.len)
        assert_int_equal(kafka_cursor_parse(&w->read, text.data, &e), 0);
    buf_release(&text);
    w->gather = kafka_gather_new(&sink, &w->read);
    w->new_events = w->new_ticks = 0;
}

/* As a kill does: what was put since the last commit is gone. */
static void end(struct world *w)
{
    kafka_gather_free(w->gather);
    w->engine.store->ops->free(w->engine.store);
}

static void commit(struct world *w)
{
    struct kafka_cursor c;
    struct buf text = BUF_INIT;
    struct err e = {0};

    assert_int_equal(kafka_gather_end(w->gather, true, &e), 0);
    kafka_gather_cursor(w->gather, &w->read, &c);
    kafka_cursor_format(&c, &w->topics, &text);
    assert_int_equal(w->engine.store->ops->put_cursor(w->engine.store, text.data, &e), 0);
    assert_int_equal(w->engine.store->ops->commit(w->engine.store, &e), 0);
    buf_release(&text);
    w->events += w->new_events;
    w->ticks += w->new_ticks;
    w->new_events = w->new_ticks = 0;
}

static void take(struct world *w, int32_t p)
{
    int64_t *at = &w->read.next[KAFKA_PARKRUN][p];
    const struct event *ev = &w->topic.at[p][*at];
    struct err e = {0};

    switch (kafka_gather_event(w->gather, ev, p, *at, &e)) {
    case KAFKA_GATHER_FAILED:
        fail_msg("%s", e.text);
        break;
    case KAFKA_GATHER_EVENT:
        assert_int_equal(on_events(w, ev, 1, &e), 0);
        break;
    case KAFKA_GATHER_TAKEN:
        break;
    }
    ++*at;
}

/* A few records of any partition at a time. False: everything has been read. */
static bool poll(struct world *w)
{
    int32_t p = (int32_t)(rng_draw(3, w->draws++) % PARTITIONS);
    int64_t n = 1 + (int64_t)(rng_draw(3, w->draws++) % 40);

    while (n-- && w->read.next[KAFKA_PARKRUN][p] < w->topic.n[p])
        take(w, p);
    for (p = 0; p < PARTITIONS; p++)
        if (w->read.next[KAFKA_PARKRUN][p] < w->topic.n[p])
            return true;
    return false;
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err e = {0};

    (void)strcpy(w->dir, "/tmp/trackside-ticks-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    w->course = fixture_course("short");
    w->topics = (struct kafka_topics){.partitions = {PARTITIONS, 1, 1, 1}};
    begin(w);
    assert_int_equal(w->engine.store->ops->put_course(w->engine.store, w->course, &e), 0);
    for (int k = 0; k < 2; k++) {
        w->race[k] = (struct race_record){.state = RACE_RUNNING, .anchor.speed = 1};
        w->race[k].spec = fixture_spec(k ? "second" : "first", RUNNERS, 1);
        w->race[k].spec.seed = (uint64_t)k + 1;
        assert_int_equal(race_spec_check(&w->race[k].spec, w->course, &e), 0);
        assert_int_equal(w->engine.store->ops->put_race(w->engine.store, &w->race[k], &e), 0);
    }
    commit(w);
    fill(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    end(w);
    fixture_remove(w->dir);
    for (int p = 0; p < PARTITIONS; p++)
        free(w->topic.at[p]);
    course_unref(w->course);
    free(w);
    return 0;
}

static void count_is_known(struct world *w, const char *run_id)
{
    struct err e = {0};
    uint64_t n;

    /* Only of a history of ticks alone is it known without reading every event. */
    assert_int_equal(w->engine.store->ops->count(w->engine.store, run_id, true, &n, &e), 1);
}

static void killed_anywhere(void **state)
{
    struct world *w = *state;
    int kills = 0;

    while (poll(w)) {
        uint64_t now = rng_draw(3, w->draws++) % 20;

        if (now < 6)
            commit(w);
        if (now == 10) {
            end(w);
            begin(w);
            kills++;
        }
    }
    commit(w);
    assert_true(kills > 20);
    assert_int_equal(w->events, 100 * STRANGERS);
    for (int k = 0; k < 2; k++) {
        fixture_exactly_once(w->engine.store, &w->race[k], w->course, -1);
        count_is_known(w, w->race[k].spec.run_id);
    }
}

/* An event that is missing, or is not the simulator's: what is there is kept as events. */
static void what_does_not_fit_stays_events(void **state)
{
    struct world *w = *state;
    struct event *odd = &w->topic.at[1][500];
    struct err e = {0};
    uint64_t n;

    while (strcmp(odd->run_id, "first") != 0)
        odd++;
    odd->lat_deg += 0.001;
    while (poll(w))
        commit(w);
    commit(w);
    fixture_exactly_once(w->engine.store, &w->race[0], w->course, -1);
    fixture_exactly_once(w->engine.store, &w->race[1], w->course, -1);
    count_is_known(w, "second");
    assert_int_equal(w->engine.store->ops->count(w->engine.store, "first", true, &n, &e), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_stays_events, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
