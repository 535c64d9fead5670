/*
 * fixture.h: what the tests of this room share: a short course (about 400 m with a geofence in the
 * middle), a race on it, and waiting for something to become true.
 */
#ifndef UNIT_LIVE_FIXTURE_H
#define UNIT_LIVE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "course/course.h"
#include "sim/sim.h"
#include "store/store.h"

#include <time.h>

#define PATIENCE_MS 60000 /* for things that happen at once on an idle machine */

static const char short_course[] =
    "{\"type\": \"FeatureCollection\", \"features\": ["
    "{\"type\": \"Feature\", \"properties\": {\"role\": \"route\", \"name\": \"Short\"}, "
    "\"geometry\":"
    "{\"type\": \"LineString\", \"coordinates\": [[10, 50], [10.002, 50.0005], [10.004, 50.002]]}},"
    "{\"type\": \"Feature\", \"properties\": {\"role\": \"geofence\"}, \"geometry\":"
    "{\"type\": \"Polygon\", \"coordinates\": [[[10.0015, 50], [10.0025, 50], [10.0025, 50.001],"
    "[10.0015, 50.001], [10.0015, 50]]]}}]}";

static inline struct course *fixture_course(const char *short_name)
{
    struct course_options o = {.short_name = short_name};
    struct err e = {0};
    struct course *c = course_import(short_course, sizeof short_course - 1, &o, &e);

    if (!c)
        fail_msg("course: %s", e.text);
    return c;
}

static inline struct race_spec fixture_spec(const char *run_id, uint32_t competitors, double speed)
{
    struct race_spec s = {.course = "short",
        .competitors = competitors,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = 0.5,
        .min_pause = 5,
        .max_pause = 20,
        .seed = 7,
        .speed = speed,
        .start_s = clock_wall_ms() / 1000};

    (void)snprintf(s.run_id, sizeof s.run_id, "%s", run_id);
    return s;
}

/* A folder that a test made, with all that is in it. */
static inline void fixture_remove(const char *dir)
{
    char command[100];

    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

static inline void fixture_sleep(int ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* The race's committed state, once `ok` says so. */
static inline struct race_record fixture_wait(
    struct store *s, const char *run_id, bool (*ok)(const struct view *v, int64_t arg), int64_t arg)
{
    for (int64_t end = clock_wall_ms() + PATIENCE_MS; clock_wall_ms() < end; fixture_sleep(5)) {
        struct err e;
        struct view *v = s->ops->view(s, run_id, &e);
        bool good = v && ok(v, arg);
        struct race_record r = {0};

        if (good)
            r = v->race;
        view_unref(v);
        if (good)
            return r;
    }
    fail_msg("the race %s did not get there in %d s", run_id, PATIENCE_MS / 1000);
    return (struct race_record){0};
}

static inline bool fixture_in_state(const struct view *v, int64_t state)
{
    return (int64_t)v->race.state == state;
}

static inline bool fixture_at_raw(const struct view *v, int64_t raw_s)
{
    return v->as_of_raw_s >= raw_s;
}

/* Every event of the history against the simulator's own truth: `n` ids x raw seconds up to `last`,
 * each once. */
struct fixture_check {
    struct sim *sim;
    uint32_t *dist_mm;
    uint8_t *seen; /* by raw second and number */
    int32_t last_s, at_s;
    uint64_t events;
};

static inline int fixture_check_event(void *arg, const struct event *ev)
{
    struct fixture_check *k = arg;
    uint32_t n = sim_count(k->sim), i = (uint32_t)ev->competitor_id - 1;

    assert_in_range(ev->competitor_id, 1, n);
    assert_in_range(ev->raw_s, 0, k->last_s);
    assert_true(ev->raw_s >= k->at_s);
    if (ev->raw_s > k->at_s || k->events == 0)
        sim_tick(k->sim, ev->raw_s, k->dist_mm);
    k->at_s = ev->raw_s;
    assert_true(ev->raw_s <= sim_finish_raw(k->sim)[i]);
    assert_int_equal((int64_t)(ev->distance_m * 1000 + 0.5), k->dist_mm[i]);
    assert_int_equal(k->seen[(size_t)ev->raw_s * n + i], 0);
    k->seen[(size_t)ev->raw_s * n + i] = 1;
    k->events++;
    return 0;
}

/* The history of the race holds exactly the seconds 0 ... last_s (-1: to the end of the race). */
static inline void fixture_exactly_once(
    struct store *s, const struct race_record *r, struct course *c, int32_t last_s)
{
    struct err e = {0};
    struct fixture_check k = {.sim = sim_new(&r->spec, c, (struct sim_shard){1, 1}, &e)};
    uint64_t want = 0;
    uint32_t n;

    if (!k.sim)
        fail_msg("sim: %s", e.text);
    n = sim_count(k.sim);
    k.last_s = last_s < 0 ? sim_last_raw(k.sim) : last_s;
    k.dist_mm = calloc(n, sizeof *k.dist_mm);
    k.seen = calloc((size_t)(k.last_s + 1) * n, 1);
    for (uint32_t i = 0; i < n; i++) {
        int32_t end_s = sim_finish_raw(k.sim)[i];

        want += (uint64_t)(end_s < k.last_s ? end_s : k.last_s) + 1;
    }
    if (s->ops->events(s, r->spec.run_id, 0, INT32_MAX, fixture_check_event, &k, &e))
        fail_msg("events: %s", e.text);
    assert_int_equal(k.events, want);
    free(k.seen);
    free(k.dist_mm);
    sim_free(k.sim);
}

#endif
