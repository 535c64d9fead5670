/* The Pinot store and what others do: their races, with events that are late, twice or malformed,
 * courses that come later, and a broker that goes away. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/kafka/producer.h"
#include "sim/sim.h"
#include "store/pinot/pinot.h"

#include "world.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define RUNNERS 20u
#define PATIENCE_MS 30000
#define CABLE_WIRES 16u

/* Where cluster/cluster has put Pinot's broker. */
static uint16_t broker_port(void)
{
    const char *text = getenv("PINOT_BROKER_PORT");

    return (uint16_t)(text ? atoi(text) : 8099);
}

struct fixture {
    struct store *truth, *store;
    struct kafka_settings settings;
    struct kafka_topics topics;
    struct kafka_producer *producer;
    struct course *course;
    struct sim *sim;
    uint32_t dist_mm[RUNNERS];
    char run_id[UUID_LEN + 1];
    char name[COURSE_NAME_MAX + 1]; /* of a course that nobody else has */
};

static struct store *pinot_store(const char *broker)
{
    struct store_pinot_options o = {
        .pinot = {.controller = setting("TRACKSIDE_TEST_PINOT"), .broker = broker}};
    struct err e = {0};
    struct store *s = store_pinot_new(&o, &e);

    must(!s, &e);
    return s;
}

static int setup(void **state)
{
    struct fixture *x = mem_zalloc(1, sizeof *x);
    struct store_embedded_options eo = {0};
    struct race_spec spec = {.competitors = RUNNERS,
        .fastest = 144,
        .slowest = 300,
        .stop_ratio = 0.5,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 5,
        .speed = 1};
    struct err e = {0};

    uuid_v4(x->run_id);
    (void)snprintf(x->name, sizeof x->name, "other-%.8s", x->run_id);
    x->course = crystal(x->name);
    memcpy(spec.run_id, x->run_id, sizeof x->run_id);
    memcpy(spec.course, x->name, sizeof x->name);
    must(race_spec_check(&spec, x->course, &e), &e);
    x->sim = sim_new(&spec, x->course, (struct sim_shard){1, 1}, &e);
    x->truth = store_embedded_new(&eo, &e);
    must(!x->truth, &e);
    x->store = pinot_store(NULL);
    must(kafka_settings_init(&x->settings, setting("TRACKSIDE_TEST_KAFKA"), NULL, &e), &e);
    must(kafka_topics_ensure(&x->topics, &x->settings, 10000, &e), &e);
    x->producer = kafka_producer_new(&x->settings, NULL, &e);
    must(!x->producer, &e);
    *state = x;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;

    kafka_producer_free(x->producer);
    kafka_settings_release(&x->settings);
    x->store->ops->free(x->store);
    x->truth->ops->free(x->truth);
    sim_free(x->sim);
    course_unref(x->course);
    free(x);
    return 0;
}

static void publish(struct fixture *x, int64_t id, const char *json, size_t len)
{
    char key[24];
    struct kafka_record r = {key, 0, json, len};

    r.key_len = (size_t)snprintf(key, sizeof key, "%" PRId64, id);
    assert_int_equal(
        kafka_producer_send(x->producer, KAFKA_PARKRUN,
            kafka_topics_partition(key, r.key_len, x->topics.partitions[KAFKA_PARKRUN]), &r, 1),
        0);
}

/* Ids as other producers have them: any int64. */
static int64_t id_of(uint32_t i)
{
    static const struct hash_key key = {3, 4};

    return (int64_t)hash64(key, &i, sizeof i) >> (i % 2 ? 1 : 40);
}

/* Where competitor i is at a second, a little beside the line and with a sum of its own. */
static struct event event_of(struct fixture *x, uint32_t i, int32_t raw_s, double astray_m)
{
    struct event_writer w = {.start_s = 1767258000, .line = x->course->line};
    struct event ev;

    memcpy(w.run_id, x->run_id, sizeof x->run_id);
    memcpy(w.course, x->name, sizeof x->name);
    sim_tick(x->sim, raw_s, x->dist_mm);
    event_make(&w, id_of(i), raw_s, x->dist_mm[i], &ev);
    ev.distance_m = ev.distance_m * 0.995 + astray_m;
    ev.lon_deg += astray_m / 1e5;
    return ev;
}

static void commit(struct fixture *x)
{
    struct err e = {0};

    must(x->truth->ops->commit(x->truth, &e), &e);
    must(x->store->ops->commit(x->store, &e), &e);
}

/* To Kafka, and by both stores, as the feed would hand it to them. */
static void say(struct fixture *x, const struct event *ev)
{
    char json[EVENT_JSON_MAX];
    size_t len = (size_t)(event_format(ev, json) - json);
    struct event read;
    struct err e = {0};

    must(event_parse(json, len, &read, &e), &e);
    publish(x, ev->competitor_id, json, len);
    must(x->truth->ops->put_events(x->truth, &read, 1, &e), &e);
    must(x->store->ops->put_events(x->store, &read, 1, &e), &e);
}

static void flush(struct fixture *x)
{
    struct err e = {0};

    must(kafka_producer_commit(x->producer, 10000, &e), &e);
    commit(x);
}

static void say_second(struct fixture *x, int32_t raw_s)
{
    for (uint32_t i = 0; i < RUNNERS; i++)
        if (raw_s <= sim_finish_raw(x->sim)[i]) {
            struct event ev = event_of(x, i, raw_s, 0);

            say(x, &ev);
        }
}

static struct view *view_of(struct store *s, const char *run_id)
{
    struct err e = {0};
    struct view *v = s->ops->view(s, run_id, &e);

    must(!v, &e);
    return v;
}

/* The two number their competitors in another order. */
static bool is_same(const struct view *a, const struct view *b)
{
    bool same = a->n == b->n && a->as_of_raw_s == b->as_of_raw_s &&
                memcmp(&a->counts, &b->counts, sizeof a->counts) == 0 &&
                (a->course == NULL) == (b->course == NULL);

    for (uint32_t i = 0; same && i < a->n; i++) {
        uint32_t k = view_find(b, view_id(a, i));

        same = k != UINT32_MAX && a->raw_s[i] == b->raw_s[k] && a->status[i] == b->status[k] &&
               a->entered_s[i] == b->entered_s[k] && a->dwell_s[i] == b->dwell_s[k] &&
               a->finish_s[i] == b->finish_s[k] && a->distance_m[i] == b->distance_m[k] &&
               a->lat_deg[i] == b->lat_deg[k] && a->lon_deg[i] == b->lon_deg[k];
    }
    return same;
}

static void print_differences(const struct view *a, const struct view *b)
{
    print_message("n %u %u, as of %d %d, finished %u %u, in %u %u\n", a->n, b->n, a->as_of_raw_s,
        b->as_of_raw_s, a->counts.finished, b->counts.finished, a->counts.in_geofence,
        b->counts.in_geofence);
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t k = view_find(b, view_id(a, i));

        if (k != UINT32_MAX)
            print_message("%" PRId64 ": raw %d %d, entered %d %d, dwell %d %d, finish %d %d\n",
                view_id(a, i), a->raw_s[i], b->raw_s[k], a->entered_s[i], b->entered_s[k],
                a->dwell_s[i], b->dwell_s[k], a->finish_s[i], b->finish_s[k]);
    }
}

static void await_same(struct fixture *x)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;

    for (;;) {
        struct view *want = view_of(x->truth, x->run_id), *v = view_of(x->store, x->run_id);
        bool same = is_same(want, v), late = clock_wall_ms() > deadline;

        if (late && !same)
            print_differences(want, v);
        view_unref(want);
        view_unref(v);
        if (same)
            return;
        if (late)
            fail_msg("not the same after %d ms", PATIENCE_MS);
        nap(20);
        commit(x); /* the embedded store's patience with who is late runs out at a commit */
    }
}

static void put_course(struct fixture *x)
{
    struct err e = {0};

    must(x->truth->ops->put_course(x->truth, x->course, &e), &e);
    must(x->store->ops->put_course(x->store, x->course, &e), &e);
    commit(x);
}

static void await_known(struct fixture *x)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    struct race_record r;
    struct err e = {0};

    while (x->store->ops->race(x->store, x->run_id, &r, &e)) {
        if (clock_wall_ms() > deadline)
            fail_msg("the race is not known after %d ms", PATIENCE_MS);
        nap(20);
    }
}

/* A second here, a hole there; some events late, some twice, some said again otherwise. */
static void others_events_late_and_twice(void **state)
{
    struct fixture *x = *state;
    int32_t last_s = sim_last_raw(x->sim);
    struct event ev;

    put_course(x);
    for (int32_t raw_s = 0; raw_s <= last_s; raw_s += raw_s % 3 ? 4 : 1) {
        say_second(x, raw_s);
        if (raw_s % 7 == 0 && raw_s > 20) {
            ev = event_of(x, (uint32_t)raw_s % RUNNERS, raw_s - 13, 0);
            say(x, &ev); /* late: perhaps the first that was in the geofence */
            ev = event_of(x, (uint32_t)raw_s % RUNNERS, raw_s, 1);
            say(x, &ev); /* the same second again, elsewhere */
        }
        if (raw_s % 50 == 0) {
            flush(x);
            await_known(x);
            view_unref(view_of(x->store, x->run_id));
        }
    }
    flush(x);
    await_same(x);
    x->store->ops->free(x->store); /* and by somebody who comes later */
    x->store = pinot_store(NULL);
    put_course(x);
    ev = event_of(x, 0, sim_finish_raw(x->sim)[0], 0);
    must(x->store->ops->put_events(x->store, &ev, 1, &(struct err){0}), &(struct err){0});
    commit(x);
    await_known(x);
    await_same(x);
}

/* Known at once as a race on a course nobody knows; all is computed anew when the course comes. */
static void a_course_that_comes_later(void **state)
{
    struct fixture *x = *state;
    struct race_record r;
    struct err e = {0};
    struct view *v;

    for (int32_t raw_s = 0; raw_s <= 1200; raw_s += 10)
        say_second(x, raw_s);
    flush(x);
    must(x->store->ops->race(x->store, x->run_id, &r, &e), &e);
    assert_true(r.external);
    await_same(x);
    v = view_of(x->store, x->run_id);
    assert_null(v->course);
    assert_int_equal(v->counts.finished, 0);
    view_unref(v);
    put_course(x);
    await_known(x);
    await_same(x);
    v = view_of(x->store, x->run_id);
    assert_non_null(v->course);
    assert_true(v->counts.finished > 0);
    view_unref(v);
}

static int64_t count(struct store *s, const char *sql)
{
    struct buf answer = BUF_INIT, request = BUF_INIT;
    struct err e = {0};
    json_t *j;
    int64_t n;

    buf_adds(&request, "{\"sql\": ");
    buf_add_json(&request, sql);
    buf_adds(&request, "}");
    must(s->ops->sql(s, request.data, request.len, &answer, &e), &e);
    j = json_loadb(answer.data, answer.len, 0, NULL);
    n = json_integer_value(json_array_get(
        json_array_get(json_object_get(json_object_get(j, "resultTable"), "rows"), 0), 0));
    json_decref(j);
    buf_release(&answer);
    buf_release(&request);
    return n;
}

static void a_race_is_known_when_its_course_can_be_looked_up(void **state)
{
    struct fixture *x = *state;
    char sql[200];

    put_course(x);
    say_second(x, 0);
    flush(x);
    await_known(x);
    (void)snprintf(sql, sizeof sql, "select count(*) from courses where shortName = '%s'", x->name);
    assert_int_equal(count(x->store, sql), 1);
}

/* Each is refused by what reads the topic, and must neither show nor stop a partition. */
static void malformed_records_do_no_harm(void **state)
{
    static const char *const bad[] = {"{\"runId\": \"%s\"}", "{\"runId\": \"%s\", \"lat\": 91}",
        "{\"runId\": \"%s\", \"eventId\": \"e\", \"competitorId\": 1, \"rawTime\": 9, "
        "\"timestamp\": \"2026-01-01 09:00:09\", \"distance\": 1, \"course\": \"crystal\"}",
        "{\"runId\": \"%s\", \"eventId\": \"e\", \"competitorId\": 1, \"rawTime\": 9, "
        "\"timestamp\": \"2026-01-01 09:00:09\", \"lat\": 95, \"lon\": 0, \"distance\": 1, "
        "\"course\": \"crystal\"}",
        "{\"runId\": \"%s\", \"eventId\": \"e\", \"competitorId\": 1, \"rawTime\": -9, "
        "\"timestamp\": \"2026-01-01 09:00:09\", \"lat\": 5, \"lon\": 0, \"distance\": 1, "
        "\"course\": \"crystal\"}",
        "{\"runId\": \"%s\", \"eventId\": \"e\", \"competitorId\": 1, \"rawTime\": 9, "
        "\"timestamp\": \"yesterday\", \"lat\": 5, \"lon\": 0, \"distance\": 1, "
        "\"course\": \"crystal\"}",
        "not JSON, %s", "[\"%s\"]"};
    struct fixture *x = *state;
    char sql[200];

    put_course(x);
    for (int32_t raw_s = 0; raw_s < 30; raw_s++) {
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            char json[400];
            int len = snprintf(json, sizeof json, bad[k], x->run_id);

            publish(x, raw_s + (int64_t)k, json, (size_t)len);
        }
        say_second(x, raw_s);
    }
    flush(x);
    await_known(x);
    await_same(x);
    (void)snprintf(sql, sizeof sql,
        "SET skipUpsert=true; select count(*) from parkrun where runId = '%s'", x->run_id);
    assert_int_equal(count(x->store, sql), 30 * RUNNERS);
}

/* A way to the broker that can be cut. */
struct cable {
    int listener;
    uint16_t port;
    atomic_bool cut, stop;
    pthread_t thread;
};

static int dial(const char *host, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)inet_pton(AF_INET, host, &at.sin_addr);
    if (connect(fd, (struct sockaddr *)&at, sizeof at)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool carry(int from, int to)
{
    char bytes[65536];
    ssize_t n = read(from, bytes, sizeof bytes), at = 0;

    while (n > 0 && at < n) {
        ssize_t sent = write(to, bytes + at, (size_t)(n - at));

        if (sent <= 0)
            return false;
        at += sent;
    }
    return n > 0;
}

static void hang_up(struct pollfd *at)
{
    if (at[0].fd >= 0)
        (void)close(at[0].fd);
    if (at[1].fd >= 0)
        (void)close(at[1].fd);
    at[0] = at[1] = (struct pollfd){.fd = -1, .events = POLLIN};
}

/* Both ends of each connection, side by side. */
static void *run_cable(void *arg)
{
    struct cable *c = arg;
    struct pollfd at[2 * CABLE_WIRES + 1];

    for (size_t k = 0; k < 2 * CABLE_WIRES; k++)
        at[k] = (struct pollfd){.fd = -1, .events = POLLIN};
    at[2 * CABLE_WIRES] = (struct pollfd){.fd = c->listener, .events = POLLIN};
    while (!atomic_load(&c->stop)) {
        bool cut = atomic_load(&c->cut), waiting;

        (void)poll(at, 2 * CABLE_WIRES + 1, 20);
        waiting = at[2 * CABLE_WIRES].revents != 0;
        for (size_t k = 0; k < 2 * CABLE_WIRES; k += 2) {
            if (at[k].fd >= 0 && (cut || (at[k].revents && !carry(at[k].fd, at[k + 1].fd)) ||
                                     (at[k + 1].revents && !carry(at[k + 1].fd, at[k].fd))))
                hang_up(&at[k]);
            if (at[k].fd < 0 && waiting) {
                at[k].fd = accept(c->listener, NULL, NULL);
                at[k + 1].fd = dial("127.0.0.1", broker_port());
                waiting = false;
            }
        }
    }
    for (size_t k = 0; k < 2 * CABLE_WIRES; k += 2)
        hang_up(&at[k]);
    return NULL;
}

static void lay_cable(struct cable *c)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    *c = (struct cable){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(c->listener, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(c->listener, 16), 0);
    assert_int_equal(getsockname(c->listener, (struct sockaddr *)&at, &len), 0);
    c->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&c->thread, NULL, run_cable, c), 0);
}

static void await_trouble(struct fixture *x, bool there)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    struct store_stats f;

    do {
        view_unref(view_of(x->store, x->run_id));
        if (clock_wall_ms() > deadline)
            fail_msg("%s", there ? "no trouble is told" : "the trouble stays");
        nap(50);
        store_stats(x->store, &f);
    } while ((f.last_error[0] != '\0') != there);
}

static void the_last_board_stands_while_pinot_is_away(void **state)
{
    struct fixture *x = *state;
    struct store_stats f;
    struct view *before, *v;
    struct cable cable;
    char broker[40];

    lay_cable(&cable);
    (void)snprintf(broker, sizeof broker, "http://127.0.0.1:%u", cable.port);
    x->store->ops->free(x->store);
    x->store = pinot_store(broker);
    for (int32_t raw_s = 0; raw_s < 10; raw_s++)
        say_second(x, raw_s);
    flush(x);
    await_same(x);
    before = view_of(x->store, x->run_id);
    atomic_store(&cable.cut, true);
    say_second(x, 10);
    flush(x);
    await_trouble(x, true);
    v = view_of(x->store, x->run_id);
    assert_int_equal(v->as_of_raw_s, 9);
    assert_true(is_same(before, v));
    store_stats(x->store, &f);
    assert_true(f.failed > 0);
    assert_true(f.answered_ms < clock_wall_ms());
    view_unref(v);
    view_unref(before);
    say_second(x, 11);
    flush(x);
    atomic_store(&cable.cut, false);
    await_trouble(x, false);
    await_same(x);
    atomic_store(&cable.stop, true);
    (void)pthread_join(cable.thread, NULL);
    (void)close(cable.listener);
}

static void nobody_there_is_said(void **state)
{
    struct store_pinot_options o = {.pinot.controller = "http://127.0.0.1:1"};
    struct err e = {0};

    (void)state;
    assert_null(store_pinot_new(&o, &e));
    assert_int_equal(e.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(e.text, "127.0.0.1:1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_there_is_said),
        cmocka_unit_test_setup_teardown(a_course_that_comes_later, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_race_is_known_when_its_course_can_be_looked_up, setup, teardown),
        cmocka_unit_test_setup_teardown(others_events_late_and_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(malformed_records_do_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_board_stands_while_pinot_is_away, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
