/*
 * sql_fixture.h: a store that is nothing but arithmetic, for statements whose answers can be worked
 * out by hand.
 *
 * Race "own" on the course crystal: N competitors, number i runs (N - i) m/s, the last one 0 m/s
 * (it stays at the start), from 2026-01-01 09:00:00 to raw second `last_s`; who reaches the end
 * stays there. Race "other" is another producer's, of a course nobody knows: competitor 42 at raw
 * seconds 0 … 2. Race "gone" is deleted.
 */
#ifndef UNIT_STORE_SQL_FIXTURE_H
#define UNIT_STORE_SQL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sql/query.h"
#include "store/store.h"

#include <jansson.h>

#define OWN_START_S INT64_C(1767258000) /* 2026-01-01 09:00:00 UTC */
#define OTHER_START_S INT64_C(1767171600)

struct sum_store {
    struct store base;
    struct course *course;
    struct race_record race[3];
    uint32_t n;
    int32_t last_s;
};

static inline uint32_t sum_store_mm(const struct sum_store *s, uint32_t i, int32_t raw_s)
{
    uint64_t mm = (uint64_t)(s->n - 1 - i) * 1000 * (uint64_t)raw_s;

    return mm < s->course->length_mm ? (uint32_t)mm : s->course->length_mm;
}

static inline int sum_store_races(
    struct store *base, struct race_record **out, size_t *n, struct err *e)
{
    struct sum_store *s = (struct sum_store *)base;

    (void)e;
    *out = mem_dup(s->race, sizeof s->race);
    *n = 3;
    return 0;
}

static inline int sum_store_courses(
    struct store *base, struct course ***out, size_t *n, struct err *e)
{
    struct sum_store *s = (struct sum_store *)base;

    (void)e;
    *out = mem_alloc(sizeof **out);
    (*out)[0] = course_ref(s->course);
    *n = 1;
    return 0;
}

static inline int sum_store_course_list(
    struct store *s, struct course_summary **out, size_t *n, struct err *e)
{
    struct course **course;

    if (sum_store_courses(s, &course, n, e))
        return -1;
    *out = mem_alloc((*n + 1) * sizeof **out);
    for (size_t k = 0; k < *n; k++) {
        (*out)[k] = course_summary_of(course[k]);
        course_unref(course[k]);
    }
    free(course);
    return 0;
}

static inline struct course *sum_store_revision(
    struct store *base, const char *short_name, const char *revision, struct err *e)
{
    struct sum_store *s = (struct sum_store *)base;

    if (strcmp(short_name, s->course->short_name) == 0 &&
        strcmp(revision, s->course->revision) == 0)
        return course_ref(s->course);
    (void)err_set(e, ERR_NOT_FOUND, "There is no such course.");
    return NULL;
}

static inline struct view *sum_store_external_view(struct sum_store *s)
{
    static const int64_t id[] = {42};
    static const double lat_deg[] = {1.5}, lon_deg[] = {2.25}, distance_m[] = {20};
    static const uint32_t dist_mm[] = {20000};
    static const int32_t raw_s[] = {2};
    struct view *v = mem_zalloc(1, sizeof *v);

    atomic_init(&v->refs, 1);
    v->race = s->race[1];
    v->n = 1;
    v->external = true;
    v->id = id;
    v->lat_deg = lat_deg;
    v->lon_deg = lon_deg;
    v->distance_m = distance_m;
    v->dist_mm = dist_mm;
    v->raw_s = raw_s;
    return v;
}

static inline struct view *sum_store_view(struct store *base, const char *run_id, struct err *e)
{
    struct sum_store *s = (struct sum_store *)base;
    struct view *v;
    uint32_t *dist_mm;
    int32_t *raw_s;

    if (strcmp(run_id, "other") == 0)
        return sum_store_external_view(s);
    if (strcmp(run_id, "own") != 0) {
        err_set(e, ERR_NOT_FOUND, "there is no race %s", run_id);
        return NULL;
    }
    v = mem_zalloc(1, sizeof *v);
    atomic_init(&v->refs, 1);
    v->race = s->race[0];
    v->course = course_ref(s->course);
    v->n = s->n;
    v->memory = dist_mm = mem_alloc(s->n * (sizeof *dist_mm + sizeof *raw_s));
    raw_s = (int32_t *)(dist_mm + s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        dist_mm[i] = sum_store_mm(s, i, s->last_s);
        raw_s[i] = s->last_s;
    }
    v->dist_mm = dist_mm;
    v->raw_s = raw_s;
    return v;
}

static inline int sum_store_external_events(
    int32_t from_s, int32_t to_s, store_event_fn *fn, void *arg)
{
    for (int32_t raw_s = from_s; raw_s <= to_s && raw_s <= 2; raw_s++) {
        struct event ev = {.run_id = "other",
            .competitor_id = 42,
            .raw_s = raw_s,
            .timestamp_s = OTHER_START_S + raw_s,
            .lat_deg = 1.5,
            .lon_deg = 2.25,
            .distance_m = 10 * raw_s,
            .course = "mystery"};

        (void)snprintf(ev.event_id, sizeof ev.event_id, "other-%d", raw_s);
        if (fn(arg, &ev))
            return 0;
    }
    return 0;
}

static inline int sum_store_events(struct store *base, const char *run_id, int32_t from_s,
    int32_t to_s, store_event_fn *fn, void *arg, struct err *e)
{
    struct sum_store *s = (struct sum_store *)base;
    struct event_writer w = {
        .start_s = OWN_START_S, .line = s->course->line, .run_id = "own", .course = "crystal"};
    struct event ev;

    if (strcmp(run_id, "other") == 0)
        return sum_store_external_events(from_s, to_s, fn, arg);
    if (strcmp(run_id, "own") != 0)
        return err_set(e, ERR_NOT_FOUND, "there is no race %s", run_id);
    for (int32_t raw_s = from_s; raw_s <= to_s && raw_s <= s->last_s; raw_s++)
        for (uint32_t i = 0; i < s->n; i++) {
            event_make(&w, (int64_t)i + 1, raw_s, sum_store_mm(s, i, raw_s), &ev);
            if (fn(arg, &ev))
                return 0;
        }
    return 0;
}

static inline int sum_store_competitor(struct store *base, const char *run_id, int64_t id,
    int32_t at_s, struct splits_competitor *out, struct err *e)
{
    (void)base;
    (void)at_s;
    if (strcmp(run_id, "other") != 0 || id != 42)
        return err_set(e, ERR_NOT_FOUND, "there is no competitor");
    memset(out, 0, sizeof *out);
    (void)snprintf(out->latest.event_id, sizeof out->latest.event_id, "other-2");
    return 0;
}

static inline struct course *sum_store_read_course(const char *file)
{
    struct course_options o = {.short_name = "crystal"};
    struct err e = {0};
    FILE *f = fopen(file, "rb");
    char *text = mem_alloc(1 << 20);
    size_t n = f ? fread(text, 1, 1 << 20, f) : 0;
    struct course *c = course_import(text, n, &o, &e);

    if (f)
        (void)fclose(f);
    free(text);
    if (!c)
        fail_msg("%s: %s", file, e.text);
    return c;
}

static inline struct race_record sum_store_record(
    const char *run_id, const char *course, int64_t start_s)
{
    struct race_record r = {.state = RACE_RUNNING, .created_ms = start_s * 1000 + 250};

    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "%s", run_id);
    (void)snprintf(r.spec.course, sizeof r.spec.course, "%s", course);
    r.spec.start_s = start_s;
    r.spec.speed = r.anchor.speed = 1;
    r.anchor.wall_ms = start_s * 1000;
    return r;
}

static inline void sum_store_init(struct sum_store *s, uint32_t n, int32_t last_s)
{
    static const struct store_ops ops = {.name = "sums",
        .races = sum_store_races,
        .courses = sum_store_courses,
        .course_list = sum_store_course_list,
        .course_revision = sum_store_revision,
        .view = sum_store_view,
        .events = sum_store_events,
        .competitor = sum_store_competitor};

    *s = (struct sum_store){.base = {.ops = &ops}, .n = n, .last_s = last_s};
    s->course = sum_store_read_course(COURSES_DIR "/crystal.kml");
    s->race[0] = sum_store_record("own", "crystal", OWN_START_S);
    s->race[0].spec.competitors = n;
    s->race[1] = sum_store_record("other", "mystery", OTHER_START_S);
    s->race[1].external = true;
    s->race[2] = sum_store_record("gone", "crystal", OWN_START_S);
    s->race[2].state = RACE_DELETED;
}

static inline void sum_store_release(struct sum_store *s)
{
    course_unref(s->course);
}

/* The whole answer to a request as it is. */
static inline json_t *sql_ask_raw(struct store *s, const char *request, size_t len, int timeout_ms)
{
    struct buf answer = BUF_INIT;
    struct err e = {0};
    json_error_t why;
    json_t *j;

    if (sql_query(s, request, len, timeout_ms, &answer, &e))
        fail_msg("refused: %s", e.text);
    j = json_loadb(answer.data, answer.len, JSON_DECODE_ANY, &why);
    if (!j)
        fail_msg("no JSON (%s): %s", why.text, answer.data);
    buf_release(&answer);
    return j;
}

static inline json_t *sql_ask(struct store *s, const char *sql)
{
    json_t *request = json_pack("{s: s}", "sql", sql);
    char *text = json_dumps(request, 0);
    json_t *j = sql_ask_raw(s, text, strlen(text), 20000);

    free(text);
    json_decref(request);
    return j;
}

/* The table of an answer as one line: "name TYPE, name TYPE: [row] [row]", or "code: sentence". The
 * caller frees. */
static inline char *sql_line(const json_t *answer)
{
    const json_t *table = json_object_get(answer, "resultTable");
    const json_t *schema = json_object_get(table, "dataSchema");
    const json_t *names = json_object_get(schema, "columnNames");
    const json_t *types = json_object_get(schema, "columnDataTypes");
    const json_t *why = json_array_get(json_object_get(answer, "exceptions"), 0);
    struct buf b = BUF_INIT;
    size_t i;
    json_t *row;

    if (why) {
        buf_addf(&b, "%d: %s", (int)json_integer_value(json_object_get(why, "errorCode")),
            json_string_value(json_object_get(why, "message")));
        return buf_detach(&b, NULL);
    }
    for (i = 0; i < json_array_size(names); i++)
        buf_addf(&b, "%s%s %s", i ? ", " : "", json_string_value(json_array_get(names, i)),
            json_string_value(json_array_get(types, i)));
    buf_addc(&b, ':');
    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        char *text = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
        buf_addf(&b, " %s", text);
        free(text);
    }
    return buf_detach(&b, NULL);
}

static inline void sql_expect(struct store *s, const char *sql, const char *line)
{
    json_t *answer = sql_ask(s, sql);
    char *got = sql_line(answer);

    if (strcmp(got, line) != 0)
        fail_msg("%s\n  answers  %s\n  and not  %s", sql, got, line);
    free(got);
    json_decref(answer);
}

#endif
