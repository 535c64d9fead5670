/* The hub without sockets: who gets what, and that posting from another thread loses nothing but
 * what is allowed to be lost. */
#include "base/clock.h"
#include "push/frame.h"
#include "push/hub.h"
#include "push/hub_race.h"

#include "views.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define RUN "run-1"

/* A view on the heap that is freed with its last reference: one block for all columns. */
static struct view *heap_view(uint32_t n, int32_t raw_s)
{
    struct view *v = mem_zalloc(1, sizeof *v);
    int32_t *block = mem_zalloc((size_t)n * 6, sizeof *block);

    atomic_init(&v->refs, 1);
    v->memory = block;
    v->n = n;
    v->version = (uint64_t)raw_s + 1;
    v->as_of_raw_s = raw_s;
    v->dist_mm = (uint32_t *)block;
    v->raw_s = block + n;
    v->entered_s = block + 2 * (size_t)n;
    v->dwell_s = block + 3 * (size_t)n;
    v->finish_s = block + 4 * (size_t)n;
    v->status = (uint8_t *)(block + 5 * (size_t)n);
    for (uint32_t i = 0; i < n; i++) {
        ((uint32_t *)block)[i] = (uint32_t)raw_s * 3000;
        block[n + i] = raw_s;
        block[2 * (size_t)n + i] = block[4 * (size_t)n + i] = -1;
        ((uint8_t *)(block + 5 * (size_t)n))[i] = COMPETITOR_ON_COURSE;
    }
    v->race.spec.competitors = n;
    v->race.spec.fastest = 144;
    v->race.anchor.speed = 1;
    v->race.state = RACE_RUNNING;
    v->counts = (struct view_counts){n, n, 0, 0};
    (void)snprintf(v->race.spec.run_id, sizeof v->race.spec.run_id, "%s", RUN);
    (void)snprintf(v->race.spec.course, sizeof v->race.spec.course, "none");
    return v;
}

static void post(struct hub *h, uint32_t n, int32_t raw_s)
{
    struct view *v = heap_view(n, raw_s);

    hub_post(h, v);
    view_unref(v);
}

static void count_write(void *wsi)
{
    ++*(unsigned *)wsi;
}

/* Take all that a viewer has to send; how many of each kind, and the last frame's header. */
struct got {
    unsigned frames, texts;
    uint8_t kind;
    uint16_t seq;
    uint32_t times; /* competitors in the last kind 4 */
    char types[256];
};

static void take(struct viewer *v, struct got *g)
{
    const struct message *m;

    memset(g, 0, sizeof *g);
    while ((m = viewer_current(v)) != NULL) {
        const uint8_t *p = (const uint8_t *)message_payload(m);
        char type[32];

        if (m->text) {
            g->texts++;
            if (sscanf((const char *)p, "{\"type\": \"%30[a-z]\"", type) == 1)
                (void)snprintf(
                    g->types + strlen(g->types), sizeof g->types - strlen(g->types), "%s ", type);
        } else {
            g->frames++;
            g->kind = p[0];
            g->seq = (uint16_t)(p[2] | p[3] << 8);
            if (g->kind == 4)
                memcpy(&g->times, p + FRAME_HEADER_LEN, sizeof g->times);
        }
        viewer_sent(v, message_len(m));
    }
}

static struct viewer *join(struct hub *h, unsigned *writes, struct view *first)
{
    struct viewer *v = viewer_new(writes, count_write);
    bool greeted = hub_join(h, RUN, v);

    assert_int_equal(greeted, first == NULL);
    if (first)
        hub_admit(v, first);
    return v;
}

static void leave(struct viewer *v)
{
    hub_leave(v);
    viewer_free(v);
}

static void greeting_and_frames(void **state)
{
    struct hub *h = hub_new();
    struct view *first = heap_view(5, 0);
    unsigned writes = 0;
    struct viewer *a = join(h, &writes, first);
    struct viewer *b;
    struct got g;
    int64_t now = clock_wall_ms();

    (void)state;
    assert_true(writes > 0);
    take(a, &g);
    assert_int_equal(g.frames, 1);
    assert_int_equal(g.kind, 1);
    assert_string_equal(g.types, "hello board ");
    for (int32_t raw = 1; raw <= 3; raw++) {
        post(h, 5, raw);
        now += 1000;
        (void)hub_run(h, now);
        take(a, &g);
        assert_int_equal(g.frames, 1);
        assert_int_equal(g.kind, 2);
        assert_int_equal(g.seq, raw + 1);
        assert_string_equal(g.types, "lag board ");
    }
    b = join(h, &writes, NULL); /* at once: others are watching */
    take(b, &g);
    assert_int_equal(g.kind, 1);
    assert_int_equal(g.seq, 4);
    leave(a);
    leave(b);
    view_unref(first);
    hub_free(h);
}

/* Ten frames a second, each with the newest; what came between is not shown. */
static void pace(void **state)
{
    struct hub *h = hub_new();
    struct view *first = heap_view(3, 0);
    unsigned writes = 0, frames = 0;
    struct viewer *a = join(h, &writes, first);
    struct hub_stats f;
    struct got g;
    int64_t now = 2000000000000;

    (void)state;
    take(a, &g);
    for (int ms = 0; ms < 10000; ms += 5) {
        post(h, 3, ms / 5 + 1);
        (void)hub_run(h, now + ms);
        take(a, &g);
        frames += g.frames;
    }
    assert_in_range(frames, 95, 101);
    hub_stats(h, &f);
    assert_int_equal(f.posted, 2000);
    assert_in_range(f.replaced, 1890, 1910);
    leave(a);
    view_unref(first);
    hub_free(h);
}

/* A viewer that does not take its frame loses the next, and gets a key frame after that; another
 * loses nothing. */
static void slow_viewer(void **state)
{
    struct hub *h = hub_new();
    struct view *first = heap_view(4, 0);
    unsigned writes = 0;
    struct viewer *slow = join(h, &writes, first), *quick = join(h, &writes, NULL);
    struct hub_stats f;
    struct got g;
    int64_t now = 3000000000000;

    (void)state;
    take(slow, &g);
    take(quick, &g);
    for (int32_t raw = 1; raw <= 6; raw++) {
        post(h, 4, raw);
        (void)hub_run(h, now += 1000);
        take(quick, &g);
        assert_int_equal(g.kind, 2);
        assert_int_equal(g.seq, raw + 1);
    }
    take(slow, &g);
    assert_int_equal(g.frames, 1); /* the first of the six */
    assert_int_equal(g.seq, 2);
    post(h, 4, 7);
    (void)hub_run(h, now += 1000);
    take(slow, &g);
    assert_int_equal(g.kind, 1);
    assert_int_equal(g.seq, 8);
    take(quick, &g);
    post(h, 4, 8);
    (void)hub_run(h, now += 1000);
    take(slow, &g);
    assert_int_equal(g.kind, 2);
    assert_int_equal(g.seq, 9);
    hub_stats(h, &f);
    assert_int_equal(f.skipped, 5);
    assert_int_equal(f.viewers, 2);
    leave(slow);
    leave(quick);
    view_unref(first);
    hub_free(h);
}

/* Everybody runs but the first `home`, who finished some seconds before the tick that showed it. */
static void post_home(struct hub *h, int32_t raw_s, int32_t home)
{
    struct view *v = heap_view(5, raw_s);

    for (int32_t i = 0; i < home; i++) {
        ((uint8_t *)v->memory)[5 * 5 * sizeof(int32_t) + (size_t)i] = COMPETITOR_FINISHED;
        ((int32_t *)v->memory)[4 * 5 + i] = 20 * i + 13;
    }
    hub_post(h, v);
    view_unref(v);
}

/* A finish that a frame does not tell reaches who is there already; a viewer that is slow, or has
 * lost a frame, gets everybody's. */
static void late_times(void **state)
{
    static const struct {
        bool takes;
        unsigned frames;
        uint32_t times;
    } want[] = {{true, 2, 1}, {false, 0, 0}, {true, 2, 3}, {true, 2, 4}, {true, 2, 1}};
    struct hub *h = hub_new();
    struct view *first = heap_view(5, 0);
    unsigned writes = 0;
    struct viewer *a = join(h, &writes, first);
    int64_t now = clock_wall_ms();
    struct got g;

    (void)state;
    take(a, &g);
    assert_int_equal(g.frames, 1);
    for (int32_t k = 0; k < 5; k++) {
        post_home(h, 20 * k + 20, k + 1);
        (void)hub_run(h, now += 1000);
        if (!want[k].takes)
            continue;
        take(a, &g);
        assert_int_equal(g.frames, want[k].frames);
        assert_int_equal(g.kind, 4);
        assert_int_equal(g.times, want[k].times);
    }
    leave(a);
    view_unref(first);
    hub_free(h);
}

static void say(struct viewer *v, const char *text)
{
    viewer_receive(v, text, strlen(text));
}

static void what_viewers_say(void **state)
{
    static const struct {
        const char *text, *types;
        bool closes;
    } cases[] = {
        {"{\"type\": \"ping\", \"t\": 5}", "pong ", false},
        {"{\"type\": \"ping\"}", "pong ", false},
        {"{\"type\": \"limit\", \"limit\": 1000}", "", false},
        {"{\"type\": \"painted\", \"rawTime\": 3, \"lagMs\": 40, \"receivedMs\": 30}", "", false},
        {"{\"type\": \"painted\", \"lagMs\": -1e300}", "", false},
        {"{\"type\": \"painted\", \"lagMs\": []}", "", false},
        {"{\"type\": \"limit\", \"limit\": 0}", "error ", true},
        {"{\"type\": \"limit\", \"limit\": 1.5}", "error ", true},
        {"{\"type\": \"limit\"}", "error ", true},
        {"{\"type\": \"x\"}", "error ", true},
        {"{\"type\": 5}", "error ", true},
        {"[1]", "error ", true},
        {"", "error ", true},
        {"{\"type\": \"ping\"", "error ", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hub *h = hub_new();
        struct view *first = heap_view(2, 0);
        unsigned writes = 0;
        struct viewer *v = join(h, &writes, first);
        struct got g;

        take(v, &g);
        say(v, cases[i].text);
        take(v, &g);
        assert_string_equal(g.types, cases[i].types);
        assert_int_equal(v->closing, cases[i].closes);
        leave(v);
        view_unref(first);
        hub_free(h);
    }
}

static void key_on_request(void **state)
{
    struct hub *h = hub_new();
    struct view *first = heap_view(2, 0);
    unsigned writes = 0;
    struct viewer *v = join(h, &writes, first);
    struct got g;

    (void)state;
    take(v, &g);
    say(v, "{\"type\": \"key\"}");
    take(v, &g);
    assert_int_equal(g.kind, 1);
    say(v, "{\"type\": \"key\"}"); /* within the second */
    take(v, &g);
    assert_int_equal(g.frames, 0);
    leave(v);
    view_unref(first);
    hub_free(h);
}

/* Odd limits are made as they are; beyond 100 only a few sizes. */
static void limits(void **state)
{
    static const struct {
        int wanted;
        uint32_t made;
    } cases[] = {{1, 1}, {99, 99}, {100, 100}, {101, 200}, {200, 200}, {201, 500}, {501, 1000},
        {1000, 1000}};
    struct hub *h = hub_new();
    struct view *first = heap_view(2, 0);
    unsigned writes = 0;
    struct viewer *v = join(h, &writes, first);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];

        (void)snprintf(text, sizeof text, "{\"type\": \"limit\", \"limit\": %d}", cases[i].wanted);
        say(v, text);
        assert_int_equal(v->limit, cases[i].made);
    }
    leave(v);
    view_unref(first);
    hub_free(h);
}

struct poster {
    struct hub *hub;
    int32_t ticks;
};

static void *post_many(void *arg)
{
    const struct poster *p = arg;

    for (int32_t raw = 1; raw <= p->ticks; raw++)
        post(p->hub, 50, raw);
    return NULL;
}

static void woken(void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
}

/* An engine posts while viewers come, watch and go and somebody reads the metrics: the last tick is
 * always seen. */
static void threads(void **state)
{
    struct hub *h = hub_new();
    struct poster p = {h, 3000};
    struct view *first = heap_view(50, 0);
    atomic_uint wakes = 0;
    unsigned writes = 0;
    struct viewer *v = join(h, &writes, first);
    struct hub_lag lag;
    struct got g;
    int64_t now = 4000000000000;
    pthread_t thread;

    (void)state;
    hub_connect(h, woken, &wakes);
    take(v, &g);
    assert_int_equal(pthread_create(&thread, NULL, post_many, &p), 0);
    for (int i = 0; i < 300; i++) {
        struct viewer *guest = viewer_new(&writes, count_write);

        (void)hub_join(h, RUN, guest);
        (void)hub_run(h, now += 100);
        take(v, &g);
        take(guest, &g);
        leave(guest);
        (void)hub_lags(h, false, &lag, 1);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)hub_run(h, now += 100);
    assert_int_equal(v->race->shown->as_of_raw_s, 3000);
    assert_true(atomic_load(&wakes) >= 1);
    hub_connect(h, NULL, NULL);
    leave(v);
    view_unref(first);
    hub_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greeting_and_frames),
        cmocka_unit_test(pace),
        cmocka_unit_test(slow_viewer),
        cmocka_unit_test(late_times),
        cmocka_unit_test(what_viewers_say),
        cmocka_unit_test(key_on_request),
        cmocka_unit_test(limits),
        cmocka_unit_test(threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
