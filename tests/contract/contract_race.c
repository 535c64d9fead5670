#include "contract_race.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char ROUTE[] = "[[0,51.4],[0.006,51.4],[0.006,51.404],[0,51.404],[0,51.4]]";
static const char SOUTHERN_SIDE[] = "[[0,51.4],[0.006,51.4]]";
/* A band across the southern and the northern side. */
static const char FENCE[] = ",{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},"
                            "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0.002,51.399],"
                            "[0.0031,51.399],[0.0031,51.405],[0.002,51.405],[0.002,51.399]]]}}";

static struct course *import(const struct course_options *o, const char *route, bool fence)
{
    struct buf file = BUF_INIT;
    struct err e = {0};
    struct course *c;

    buf_addf(&file,
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
        "{\"role\":\"route\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":%s}}%s]}",
        route, fence ? FENCE : "");
    c = course_import(file.data, file.len, o, &e);
    buf_release(&file);
    if (!c)
        fail_msg("%s", e.text);
    return c;
}

struct course *contract_course(
    const char *short_name, const char *long_name, uint32_t laps, bool fence)
{
    return import(
        &(struct course_options){.short_name = short_name, .long_name = long_name, .laps = laps},
        ROUTE, fence);
}

struct course *contract_short_course(const char *short_name)
{
    return import(&(struct course_options){.short_name = short_name}, SOUTHERN_SIDE, true);
}

/* `draw`: fastest, slowest, minPause, maxPause. */
static void init(struct contract_race *r, struct course *c, const char *run_id, uint32_t n,
    const uint32_t draw[4])
{
    struct race_spec *s = &r->record.spec;
    struct err e = {0};

    *r = (struct contract_race){.course = course_ref(c), .n = n};
    (void)snprintf(s->run_id, sizeof s->run_id, "%s", run_id);
    (void)snprintf(s->course, sizeof s->course, "%s", c->short_name);
    memcpy(s->revision, c->revision, sizeof s->revision);
    s->competitors = n;
    s->fastest = draw[0];
    s->slowest = draw[1];
    s->stop_ratio = c->spans.n ? 0.3 : 0;
    s->min_pause = draw[2];
    s->max_pause = draw[3];
    s->seed = 42;
    s->speed = 1;
    s->start_s = CONTRACT_START;
    r->record.state = RACE_RUNNING;
    r->record.anchor = (struct race_anchor){.wall_ms = (int64_t)CONTRACT_START * 1000, .speed = 1};
    r->record.created_ms = (int64_t)CONTRACT_START * 1000;
    r->sim = sim_new(s, c, (struct sim_shard){1, 1}, &e);
    if (!r->sim)
        fail_msg("%s", e.text);
    r->dist_mm = mem_zalloc(n, sizeof *r->dist_mm);
}

/* Quick people: each second is a commit, which some stores wait for. The geofence holds each of
 * them for some seconds all the same. */
void contract_race_init(struct contract_race *r, struct course *c, const char *run_id, uint32_t n)
{
    init(r, c, run_id, n, (const uint32_t[]){60, 160, 10, 60});
}

void contract_race_init_quick(
    struct contract_race *r, struct course *c, const char *run_id, uint32_t n)
{
    init(r, c, run_id, n, (const uint32_t[]){30, 60, 5, 10});
}

void contract_race_release(struct contract_race *r)
{
    sim_free(r->sim);
    course_unref(r->course);
    free(r->dist_mm);
}

struct tick contract_race_tick(struct contract_race *r, int32_t raw_s)
{
    sim_tick(r->sim, raw_s, r->dist_mm);
    return (struct tick){.race = &r->record,
        .course = r->course,
        .raw_s = raw_s,
        .n = r->n,
        .first_id = 1,
        .id_step = 1,
        .dist_mm = r->dist_mm,
        .finish_raw_s = sim_finish_raw(r->sim)};
}

void account_init(struct account *a)
{
    *a = (struct account){.raw_s = -1, .entered_s = -1, .finish_s = -1};
}

static bool is_inside(const struct course *c, uint32_t dist_mm, bool exact)
{
    return exact ? c->fence && fence_contains(c->fence, line_at(c->line, dist_mm))
                 : course_inside(c, dist_mm);
}

void account_event(
    struct account *a, const struct course *c, int32_t raw_s, uint32_t dist_mm, bool exact)
{
    bool finish = a->finish_s < 0 && dist_mm >= c->length_mm;
    bool inside = a->finish_s < 0 && !finish && is_inside(c, dist_mm, exact);

    if (finish)
        a->finish_s = raw_s;
    if (inside && a->entered_s < 0) {
        a->entered_s = a->raw_s + 1; /* the last event was outside, or there was none */
        assert_true(a->visits_n < 16);
        a->visit[a->visits_n++] = (struct splits_visit){a->entered_s, -1};
    } else if (!inside && a->entered_s >= 0) {
        a->dwell_s += raw_s - a->entered_s;
        a->entered_s = -1;
        a->visit[a->visits_n - 1].left_s = raw_s;
    }
    a->raw_s = raw_s;
    a->dist_mm = dist_mm;
}

static uint8_t status_of(const struct account *a)
{
    if (a->raw_s < 0)
        return COMPETITOR_NOT_SEEN;
    if (a->finish_s >= 0)
        return COMPETITOR_FINISHED;
    return a->entered_s >= 0 ? COMPETITOR_IN_GEOFENCE : COMPETITOR_ON_COURSE;
}

void account_check(const struct account *a, const struct view *v, uint32_t i)
{
    assert_int_equal(v->raw_s[i], a->raw_s);
    assert_int_equal(v->dist_mm[i], a->dist_mm);
    assert_int_equal(v->status[i], status_of(a));
    assert_int_equal(v->entered_s[i], a->entered_s);
    assert_int_equal(v->dwell_s[i], a->dwell_s);
    assert_int_equal(v->finish_s[i], a->finish_s);
}

static void check_column(const void *a, const void *b, size_t bytes)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a && bytes)
        assert_memory_equal(a, b, bytes);
}

void views_check_same(const struct view *a, const struct view *b)
{
    size_t n = a->n;

    assert_int_equal(a->n, b->n);
    assert_int_equal(a->as_of_raw_s, b->as_of_raw_s);
    assert_int_equal(a->due_ms, b->due_ms);
    assert_int_equal(a->external, b->external);
    assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
    assert_int_equal(a->course == NULL, b->course == NULL);
    if (a->course)
        assert_string_equal(a->course->revision, b->course->revision);
    check_column(a->id, b->id, n * sizeof *a->id);
    check_column(a->lat_deg, b->lat_deg, n * sizeof *a->lat_deg);
    check_column(a->lon_deg, b->lon_deg, n * sizeof *a->lon_deg);
    check_column(a->distance_m, b->distance_m, n * sizeof *a->distance_m);
    check_column(a->dist_mm, b->dist_mm, n * sizeof *a->dist_mm);
    check_column(a->raw_s, b->raw_s, n * sizeof *a->raw_s);
    check_column(a->status, b->status, n);
    check_column(a->entered_s, b->entered_s, n * sizeof *a->entered_s);
    check_column(a->dwell_s, b->dwell_s, n * sizeof *a->dwell_s);
    check_column(a->finish_s, b->finish_s, n * sizeof *a->finish_s);
}

struct event contract_event(int64_t id, int32_t raw_s, double distance_m)
{
    struct event ev = {.competitor_id = id,
        .raw_s = raw_s,
        .timestamp_s = CONTRACT_START + raw_s,
        .lat_deg = 51.4,
        .lon_deg = distance_m / 69500, /* along the southern side of the loop */
        .distance_m = distance_m,
        .course = "loop"};

    memcpy(ev.run_id, CONTRACT_RUN, sizeof CONTRACT_RUN);
    event_id(CONTRACT_RUN, id, raw_s, ev.event_id);
    return ev;
}
