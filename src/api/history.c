/*
 * history.c: a race over time: its events, its frames for a replay, its results as CSV.
 *
 * These answers stream. Reading the past needs memory for as long as the client reads, so it is
 * counted in the budget before the first byte: a client that gets no room has a 503 at once.
 */
#include "api/api.h"

#include "api/roster.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/mem.h"
#include "board/board.h"
#include "board/ranks.h"
#include "push/frame.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A span of raw seconds: ?from=&to=&step=. */
struct span {
    int64_t from_s, to_s, step_s;
};

static int read_span(const struct params *q, struct span *out, struct err *e)
{
    static const int64_t any[] = {0, INT32_MAX};

    *out = (struct span){0, INT32_MAX, 1};
    if (params_i64(q, "from", any, &out->from_s, e) || params_i64(q, "to", any, &out->to_s, e) ||
        params_i64(q, "step", (const int64_t[]){1, 86400}, &out->step_s, e))
        return -1;
    if (out->from_s > out->to_s)
        return err_set_field(e, "from", "from (%lld) is later than to (%lld).",
            (long long)out->from_s, (long long)out->to_s);
    return 0;
}

static int write_event(void *arg, const struct event *ev)
{
    char line[EVENT_JSON_MAX + 1];
    char *end = event_format(ev, line);

    *end++ = '\n';
    return exchange_write(arg, line, (size_t)(end - line));
}

/* Bytes per competitor that reading the past keeps in memory: columns, the distances of a tick, the
 * view of a second, the encoder and its frame. Another producer's race has ids and places too. */
#define REPLAY_BYTES 72u
#define REPLAY_BYTES_FOREIGN 192u
#define EVENTS_BYTES 8u
#define EVENTS_BYTES_FOREIGN 64u

static int take_for_past(struct exchange *x, size_t own, size_t external, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct view *v = s->ops->view(s, x->request.params.value[0], e);
    int rc;

    if (!v)
        return -1;
    rc = exchange_take(x, v->n * (v->external ? external : own), e);
    view_unref(v);
    return rc;
}

int api_history_events(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"from", "to", NULL};
    struct store *s = api_of(x)->o.store;
    struct span span;

    x->response.type = "application/x-ndjson";
    if (params_only(&x->request.query, known, e) || read_span(&x->request.query, &span, e) ||
        take_for_past(x, EVENTS_BYTES, EVENTS_BYTES_FOREIGN, e))
        return -1;
    return s->ops->events(
        s, x->request.params.value[0], (int32_t)span.from_s, (int32_t)span.to_s, write_event, x, e);
}

struct replay {
    struct exchange *x;
    struct frame_encoder encoder;
    struct buf frame;
};

static int write_frame(void *arg, struct view *v)
{
    struct replay *r = arg;

    buf_clear(&r->frame);
    (void)frame_encode(&r->encoder, v, true, &r->frame);
    if (v->external)
        (void)frame_encode_off_course(v, true, &r->frame);
    return exchange_write(r->x, r->frame.data, r->frame.len);
}

int api_history_frames(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"from", "to", "step", NULL};
    struct store *s = api_of(x)->o.store;
    struct replay r = {.x = x};
    struct span span;
    int rc;

    x->response.type = "application/octet-stream";
    if (params_only(&x->request.query, known, e) || read_span(&x->request.query, &span, e) ||
        take_for_past(x, REPLAY_BYTES, REPLAY_BYTES_FOREIGN, e))
        return -1;
    frame_encoder_init(&r.encoder);
    r.encoder.step_s = (uint32_t)span.step_s;
    rc = s->ops->replay(s, x->request.params.value[0], (int32_t)span.from_s, (int32_t)span.to_s,
        (int32_t)span.step_s, write_frame, &r, e);
    frame_encoder_release(&r.encoder);
    buf_release(&r.frame);
    return rc;
}

/* Appends ",1:23:45", with as many hours as it takes; "," alone below 0. */
static void add_hms(struct buf *out, int64_t s)
{
    buf_addc(out, ',');
    if (s >= 0)
        buf_addf(out, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static void add_result(const struct view *v, const struct ranks *ranks, uint32_t i,
    const struct roster *names, struct buf *out)
{
    const char *name = roster_name(names, view_id(v, i));
    /* Both columns of the pace round the same number. */
    int64_t pace_tenths =
        v->dist_mm[i] > 0 ? (int64_t)(v->raw_s[i] * 1e7 / v->dist_mm[i] + 0.5) : -1;

    buf_addf(out, "%u,%lld,", ranks->rank[i], (long long)view_id(v, i));
    if (names->n) {
        csv_add_text(out, name ? name : "");
        buf_addc(out, ',');
    }
    if (v->finish_s[i] >= 0)
        buf_addf(out, "%d", v->finish_s[i]);
    buf_addf(out, ",%d,%.3f,", v->raw_s[i], v->dist_mm[i] / 1000.0);
    if (pace_tenths >= 0)
        buf_addf(out, "%d.%d", (int)(pace_tenths / 10), (int)(pace_tenths % 10));
    buf_addf(out, ",%d", view_dwell_total(v, i));
    add_hms(out, v->finish_s[i]);
    add_hms(out, v->raw_s[i]);
    add_hms(out, pace_tenths < 0 ? -1 : (pace_tenths + 5) / 10);
    add_hms(out, view_dwell_total(v, i));
    for (uint32_t k = 0; v->passings && k < v->passings->each; k++)
        add_hms(out, view_pass_s(v, i, k));
    buf_addc(out, '\n');
}

/* The names of the columns with the times at the checkpoints, and the end of the line. */
static void add_checkpoint_columns(const struct view *v, struct buf *out)
{
    struct buf label = BUF_INIT;

    for (uint32_t k = 0; v->passings && k < v->passings->each; k++) {
        buf_clear(&label);
        checkpoint_label(&v->course->checkpoints.item[k], &label);
        buf_addc(out, ',');
        csv_add_text(out, label.data);
    }
    buf_addc(out, '\n');
    buf_release(&label);
}

static void write_results(struct exchange *x, struct view *v, const struct roster *names)
{
    struct ranks *ranks = ranks_of(v);
    struct buf out = BUF_INIT;
    bool wanted = true;

    buf_addf(&out,
        "rank,competitorId,%sfinishTime,rawTime,distance,pacePerKm,dwellTotal,"
        "finishHms,rawHms,paceHms,dwellHms",
        names->n ? "name," : "");
    add_checkpoint_columns(v, &out);
    for (uint32_t i = 0; wanted && i < v->n; i++) {
        uint32_t k = ranks->order[i];

        if (v->status[k] != COMPETITOR_NOT_SEEN)
            add_result(v, ranks, k, names, &out);
        if (out.len > 16384) {
            wanted = exchange_write(x, out.data, out.len) == 0;
            buf_clear(&out);
        }
    }
    if (wanted)
        (void)exchange_write(x, out.data, out.len);
    buf_release(&out);
    ranks_unref(ranks);
}

/* Names the file after the course and the day of the start: results-crystal-2026-05-17.csv. A
 * course of another producer may have any name, so all but plain characters become '-'. */
static void name_results(struct exchange *x, const struct view *v)
{
    char course[COURSE_NAME_MAX + 1], start[CLOCK_ISO_LEN + 1];

    (void)snprintf(course, sizeof course, "%s", v->race.spec.course);
    for (char *c = course; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            *c = '-';
    clock_format_iso(v->race.spec.start_s, start);
    exchange_header(
        x, "Content-Disposition", "attachment; filename=\"results-%s-%.10s.csv\"", course, start);
}

int api_history_results(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    const char *run_id = x->request.params.value[0];
    struct answer *shared = NULL;
    struct roster names;
    struct view *v;
    int rc;

    x->response.type = "text/csv; charset=utf-8";
    v = s->ops->view(s, run_id, e);
    if (!v)
        return -1;
    rc = api_moment_hold(x, v, e) || !(shared = roster_of_race(x, run_id, &names, e)) ? -1 : 0;
    if (rc == 0) {
        name_results(x, v);
        write_results(x, v, &names);
    }
    answer_unref(shared);
    view_unref(v);
    return rc;
}
