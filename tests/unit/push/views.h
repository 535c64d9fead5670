/*
 * views.h: views made by hand, for tests of what is computed from them.
 */
#ifndef TESTS_UNIT_HTTP_VIEWS_H
#define TESTS_UNIT_HTTP_VIEWS_H

#include "base/mem.h"
#include "board/view.h"

#include <stdlib.h>
#include <string.h>

struct test_view {
    struct view v;
    uint32_t *dist_mm;
    int32_t *raw_s, *entered_s, *dwell_s, *finish_s;
    uint8_t *status;
    double *lat_deg, *lon_deg, *distance_m;
    int64_t *id;
};

static inline int32_t *test_view_column(uint32_t n, int32_t value)
{
    int32_t *column = mem_zalloc(n + 1, sizeof *column);

    for (uint32_t i = 0; i < n; i++)
        column[i] = value;
    return column;
}

/* All n on the course at 0 m, raw second 0. */
static inline void test_view_init(struct test_view *t, uint32_t n)
{
    memset(t, 0, sizeof *t);
    t->dist_mm = mem_zalloc(n + 1, sizeof *t->dist_mm);
    t->raw_s = test_view_column(n, 0);
    t->entered_s = test_view_column(n, -1);
    t->dwell_s = test_view_column(n, 0);
    t->finish_s = test_view_column(n, -1);
    t->status = mem_zalloc(n + 1, 1);
    memset(t->status, COMPETITOR_ON_COURSE, n);
    atomic_init(&t->v.refs, 1);
    t->v.n = n;
    t->v.counts.competitors = n;
    t->v.counts.on_course = n;
    t->v.dist_mm = t->dist_mm;
    t->v.raw_s = t->raw_s;
    t->v.entered_s = t->entered_s;
    t->v.dwell_s = t->dwell_s;
    t->v.finish_s = t->finish_s;
    t->v.status = t->status;
    t->v.race.spec.fastest = 144;
    t->v.race.spec.slowest = 500;
    t->v.race.spec.competitors = n;
    t->v.race.anchor.speed = 1;
    t->v.race.state = RACE_RUNNING;
}

static inline void test_view_external(struct test_view *t)
{
    t->id = mem_zalloc(t->v.n + 1, sizeof *t->id);
    t->lat_deg = mem_zalloc(t->v.n + 1, sizeof *t->lat_deg);
    t->lon_deg = mem_zalloc(t->v.n + 1, sizeof *t->lon_deg);
    t->distance_m = mem_zalloc(t->v.n + 1, sizeof *t->distance_m);
    t->v.external = true;
    t->v.id = t->id;
    t->v.lat_deg = t->lat_deg;
    t->v.lon_deg = t->lon_deg;
    t->v.distance_m = t->distance_m;
}

static inline void test_view_release(struct test_view *t)
{
    free(t->dist_mm);
    free(t->raw_s);
    free(t->entered_s);
    free(t->dwell_s);
    free(t->finish_s);
    free(t->status);
    free(t->lat_deg);
    free(t->lon_deg);
    free(t->distance_m);
    free(t->id);
}

#endif
