/* world.h: what the C tests of the real Kafka and the real Pinot begin with: where they are, a
 * course, and a race that nobody else has. Whatever fails fails the test. */
#ifndef TESTS_CLUSTER_WORLD_H
#define TESTS_CLUSTER_WORLD_H

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "course/course.h"
#include "race/race.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* TRACKSIDE_TEST_KAFKA=host:port, TRACKSIDE_TEST_PINOT=http://host:9000 */
static inline const char *setting(const char *name)
{
    const char *text = getenv(name);

    if (!text)
        fail_msg("set %s; 'make test-cluster' does", name);
    return text;
}

static inline void must(int rc, const struct err *e)
{
    if (rc)
        fail_msg("%s", e->text);
}

static inline void nap(long ms)
{
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* The built-in course under that name; the caller's. */
static inline struct course *crystal(const char *short_name)
{
    FILE *f = fopen(COURSES_DIR "/crystal.kml", "re");
    char *text = mem_alloc(1 << 20);
    size_t len = f ? fread(text, 1, 1 << 20, f) : 0;
    struct course_options o = {.short_name = short_name};
    struct err e = {0};
    struct course *c = course_import(text, len, &o, &e);

    if (f)
        (void)fclose(f);
    free(text);
    must(!c, &e);
    return c;
}

/* A race of `n` on that course, under way since now; its id begins with `prefix`. */
static inline struct race_record race_on(
    const struct course *c, uint32_t n, double stop_ratio, const char *prefix)
{
    struct race_record r = {.state = RACE_RUNNING, .anchor.speed = 1};
    char uuid[UUID_LEN + 1];
    struct err e = {0};

    r.spec = (struct race_spec){.competitors = n,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = stop_ratio,
        .min_pause = 10,
        .max_pause = 60,
        .seed = 5,
        .speed = 1,
        .start_s = 1767258000};
    memcpy(r.spec.course, c->short_name, sizeof r.spec.course);
    uuid_v4(uuid);
    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "%s%s", prefix, uuid);
    must(race_spec_check(&r.spec, c, &e), &e);
    r.created_ms = clock_wall_ms();
    return r;
}

#endif
