/*
 * runs.h: people on courses, for the tests of matching: a course from places in metres, a way along
 * it, fixes of the way with errors that last, and the results per fix.
 */
#ifndef TESTS_TRACKING_MATCH_RUNS_H
#define TESTS_TRACKING_MATCH_RUNS_H

#include "base/buf.h"
#include "base/mem.h"
#include "tracking/match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNS_GUN_MS INT64_C(1777626000000)
#define RUNS_EAST_ND 14425.0 /* nanodegrees per metre at 51.42° N */
#define RUNS_NORTH_ND 8988.0
#define RUNS_MAX 20000u

/* Metres east and north of a fixed place. */
static inline struct lonlat runs_place(double east_m, double north_m)
{
    return (struct lonlat){-70000000 + (int64_t)(east_m * RUNS_EAST_ND),
        51420000000 + (int64_t)(north_m * RUNS_NORTH_ND)};
}

/* A course through places in metres: east, north, east, north, and so on. */
static inline struct course *runs_course(const double *m, size_t n, uint32_t laps)
{
    struct buf b;
    struct course_options o = {.short_name = "course", .laps = laps};
    struct err e = {0};
    struct course *c;

    buf_init(&b);
    buf_addf(&b, "{\"type\":\"LineString\",\"coordinates\":[");
    for (size_t i = 0; i < n; i++) {
        struct lonlat p = runs_place(m[2 * i], m[2 * i + 1]);

        buf_addf(&b, "%s[%.9f,%.9f]", i ? "," : "", lonlat_deg(p.lon_nd), lonlat_deg(p.lat_nd));
    }
    buf_addf(&b, "]}");
    c = course_import(b.data, b.len, &o, &e);
    if (!c)
        fail_msg("%s", e.text);
    buf_release(&b);
    return c;
}

static inline struct match *runs_match(struct course *c)
{
    struct err e = {0};
    struct match *m = match_new(c, NULL, &e);

    if (!m)
        fail_msg("%s", e.text);
    return m;
}

/* Fixes, and what was said last of each. */
struct runs {
    struct fix fix[RUNS_MAX];
    struct match_result result[RUNS_MAX]; /* the last word */
    struct match_result first[RUNS_MAX];  /* the first word */
    double m[RUNS_MAX];                   /* the truth; negative: off the course */
    size_t n;
    uint64_t draw;
    double error[2];
};

static inline double runs_draw(struct runs *r)
{
    double sum = 0;

    for (int i = 0; i < 12; i++) {
        r->draw = r->draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        sum += (double)(r->draw >> 40) / 16777216;
    }
    return sum - 6;
}

/* Adds a fix at time_s after the gun, of somebody at `at`. The error has the given deviation, and
 * lasts for about 30 s at a fix every 5 s. */
static inline void runs_add(
    struct runs *r, double time_s, struct lonlat at, double m, double error_m)
{
    assert_true(r->n < RUNS_MAX);
    for (int i = 0; i < 2; i++)
        r->error[i] = 0.846 * r->error[i] + 0.533 * error_m * runs_draw(r);
    r->fix[r->n] = (struct fix){RUNS_GUN_MS + (int64_t)(time_s * 1000),
        {at.lon_nd + (int64_t)(r->error[0] * RUNS_EAST_ND),
            at.lat_nd + (int64_t)(r->error[1] * RUNS_NORTH_ND)},
        (uint32_t)(1510 * error_m)};
    r->m[r->n++] = m;
}

/* Somebody who runs the course from from_m to to_m at speed, with a fix every 5 s. Returns the time
 * at which they are there. */
static inline double runs_way(struct runs *r, const struct course *c, double time_s, double from_m,
    double to_m, double speed, double error_m)
{
    for (double m = from_m; m < to_m; m += 5 * speed, time_s += 5)
        runs_add(r, time_s, line_at(c->line, (uint32_t)(m * 1000)), m, error_m);
    return time_s;
}

static inline double runs_stand(
    struct runs *r, const struct course *c, double time_s, double m, double for_s, double error_m)
{
    for (double end = time_s + for_s; time_s < end; time_s += 5)
        runs_add(r, time_s, line_at(c->line, (uint32_t)(m * 1000)), m, error_m);
    return time_s;
}

static inline void runs_take(void *context, const struct match_result *result)
{
    struct runs *r = context;
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (r->fix[middle].time_ms < result->time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    assert_true(low < r->n && r->fix[low].time_ms == result->time_ms);
    if (!r->result[low].time_ms)
        r->first[low] = *result;
    r->result[low] = *result;
}

/* Matches all fixes in order. The caller frees the track. */
static inline struct match_track *runs_match_all(struct runs *r, const struct match *m)
{
    struct match_track *t = match_track_new(m, RUNS_GUN_MS);

    memset(r->result, 0, sizeof r->result);
    for (size_t i = 0; i < r->n; i++)
        match_track_add(t, &r->fix[i], runs_take, r);
    return t;
}

/* The greatest error of the last words about those who were on the course, in metres. */
static inline double runs_worst_m(const struct runs *r)
{
    double worst = 0;

    for (size_t i = 0; i < r->n; i++) {
        double off = r->result[i].dist_mm / 1000.0 - r->m[i];

        if (r->m[i] < 0 || r->result[i].status != MATCH_ON_COURSE)
            continue;
        off = off < 0 ? -off : off;
        worst = off > worst ? off : worst;
    }
    return worst;
}

static inline size_t runs_count(const struct runs *r, enum match_status status)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += r->result[i].status == (uint8_t)status;
    return n;
}

#endif
