/*
 * moment.c: a race at one moment: the board, all positions, one competitor.
 *
 * Everything is computed from a view, the same for now and for ?at=. A view is immutable, so an
 * answer may stream from it while the race goes on.
 */
#include "api/api.h"

#include "api/roster.h"
#include "base/clock.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "board/board.h"
#include "board/checkpoints.h"
#include "board/checkpoints_json.h"
#include "board/ranks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The end of exchange_hold. */
static void drop_view(void *v)
{
    view_unref(v);
}

/* A view that is streamed is memory that a slow client holds, so it counts in the budget
 * (base/budget.h). */
int api_moment_hold(struct exchange *x, struct view *v, struct err *e)
{
    while (v->lender) /* its columns are borrowed from there */
        v = v->lender;
    return exchange_hold(x,
        &(struct exchange_hold){.holders = &v->holders,
            .bytes = view_bytes(v) + v->n * RANKS_BYTES, /* the answers of a view share its ranks */
            .what = view_ref(v),
            .drop = drop_view},
        e);
}

/* A view of now shows a race as paused while nothing can be written; one of the past is as it
 * was. */
struct view *api_moment_view(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    const char *run_id = x->request.params.value[0];
    int64_t at_s = -1;

    if (params_i64(&x->request.query, "at", (const int64_t[]){0, INT32_MAX}, &at_s, e))
        return NULL;
    if (at_s >= 0)
        return s->ops->view_at(s, run_id, (int32_t)at_s, e);
    return engine_view_shown(api_of(x)->o.engine, s->ops->view(s, run_id, e));
}

/* Writes the board, and with `checkpoint` above 0 the order at that one. */
static void write_board(struct view *v, uint32_t limit, uint32_t checkpoint, struct buf *out)
{
    struct board b;

    board_init(&b, v, limit);
    board_json_open(&b, out);
    if (checkpoint > 0) {
        buf_adds(out, ",\"atCheckpoint\":");
        board_checkpoint_json(v, checkpoint - 1, limit, out);
    }
    buf_adds(out, "}\n");
    board_release(&b);
}

int api_moment_board(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"at", "limit", "checkpoint", NULL};
    int64_t limit = BOARD_DEFAULT_LIMIT;
    int64_t checkpoint = 0;
    struct view *v;
    int rc;

    if (params_only(&x->request.query, known, e) ||
        params_i64(&x->request.query, "limit", (const int64_t[]){1, BOARD_MAX_LIMIT}, &limit, e) ||
        params_i64(
            &x->request.query, "checkpoint", (const int64_t[]){1, CHECKPOINT_MAX}, &checkpoint, e))
        return -1;
    v = api_moment_view(x, e);
    if (!v)
        return -1;
    rc = checkpoint > 0 ? board_checkpoints_check(v, (uint32_t)checkpoint, e) : 0;
    if (rc == 0)
        write_board(v, (uint32_t)limit, (uint32_t)checkpoint, &x->response.body);
    view_unref(v);
    return rc;
}

static const char *status_name(uint8_t status)
{
    switch (status) {
    case COMPETITOR_ON_COURSE:
        return "onCourse";
    case COMPETITOR_IN_GEOFENCE:
        return "inGeofence";
    case COMPETITOR_FINISHED:
        return "finished";
    default:
        return "notSeen";
    }
}

static void add_as_of(const struct view *v, struct buf *out)
{
    char timestamp[CLOCK_EVENT_LEN + 1];

    clock_format_event(v->race.spec.start_s + v->as_of_raw_s, timestamp);
    buf_addf(out, "\"asOf\": {\"rawTime\": %d, \"timestamp\": \"%s\"}%s%s", v->as_of_raw_s,
        timestamp, v->catching_up ? ", \"catchingUp\": true" : "",
        v->approximate ? ", \"approximate\": true" : "");
}

/* Appends null where the place is unknown: there is no course, and no tracker reported it. */
static char *put_deg(char *at, double deg)
{
    if (!isfinite(deg)) {
        memcpy(at, "null", sizeof "null");
        return at + 4;
    }
    return fmt_fixed(at, (int64_t)(deg * 1e9 + (deg < 0 ? -0.5 : 0.5)), 9);
}

/* One competitor of /positions. There may be a million, so this does without printf. */
static void add_position(const struct view *v, uint32_t i, uint32_t rank, struct buf *out)
{
    double lon_deg, lat_deg, distance_m;
    char *at;

    view_place(v, i, &lon_deg, &lat_deg, &distance_m);
    at = buf_reserve(out, 256);
#define PUT(text) (memcpy(at, text, sizeof(text) - 1), at += sizeof(text) - 1)
    PUT("{\"competitorId\": ");
    at = fmt_i64(at, view_id(v, i));
    PUT(", \"lat\": ");
    at = put_deg(at, lat_deg);
    PUT(", \"lon\": ");
    at = put_deg(at, lon_deg);
    PUT(", \"distance\": ");
    at = fmt_fixed(at, v->dist_mm[i], 3);
    PUT(", \"rawTime\": ");
    at = fmt_i64(at, v->raw_s[i]);
    PUT(", \"rank\": ");
    at = fmt_u64(at, rank);
#undef PUT
    out->len = (size_t)(at - out->data);
    buf_adds(out, ", \"status\": \"");
    buf_adds(out, status_name(v->status[i]));
    buf_adds(out, "\"}");
}

/* In pieces of 16 KiB, so that a million positions need no memory of their own. A client that has
 * gone ends it. */
static void write_positions(struct exchange *x, struct view *v)
{
    struct ranks *ranks = ranks_of(v);
    struct buf out = BUF_INIT;
    bool wanted = true, first = true;

    buf_addf(&out, "{\"runId\": \"%s\", ", v->race.spec.run_id);
    add_as_of(v, &out);
    buf_adds(&out, ", \"positions\": [");
    for (uint32_t i = 0; wanted && i < v->n; i++) {
        if (v->status[i] == COMPETITOR_NOT_SEEN)
            continue;
        buf_adds(&out, first ? "\n" : ",\n");
        add_position(v, i, ranks->rank[i], &out);
        first = false;
        if (out.len > 16384) {
            wanted = exchange_write(x, out.data, out.len) == 0;
            buf_clear(&out);
        }
    }
    buf_adds(&out, "]}\n");
    if (wanted)
        (void)exchange_write(x, out.data, out.len);
    buf_release(&out);
    ranks_unref(ranks);
}

int api_moment_positions(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"at", NULL};
    struct view *v;
    int rc;

    if (params_only(&x->request.query, known, e))
        return -1;
    v = api_moment_view(x, e);
    if (!v)
        return -1;
    rc = api_moment_hold(x, v, e);
    if (rc == 0)
        write_positions(x, v);
    view_unref(v);
    return rc;
}

/* A path that names no number names no competitor: 404, not 400. */
static int read_competitor_id(const char *text, int64_t *id, struct err *e)
{
    char *end;

    errno = 0;
    *id = strtoll(text, &end, 10);
    if (*end || errno || end == text || *text == ' ' || *text == '+')
        return err_set_id(e, ERR_NOT_FOUND, "competitor-unknown",
            "There is no competitor \"%.60s\": it has to be a number.", text);
    return 0;
}

/* The raw second at each full kilometre. */
static json_t *splits_json(const struct splits_competitor *c)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < c->splits_n; i++)
        (void)json_array_append_new(
            list, json_pack("{s:i, s:i}", "km", (int)i + 1, "rawTime", (int)c->split_s[i]));
    return list;
}

/* The time and the rank at each checkpoint of the course. */
static json_t *checkpoints_json_of(const struct splits_competitor *c)
{
    json_t *list = json_array();

    for (size_t k = 0; k < c->course->checkpoints.n; k++) {
        const struct checkpoint *at = &c->course->checkpoints.item[k];
        json_t *j = json_pack("{s:i, s:s, s:s, s:f, s:i, s:i}", "number", (int)k + 1, "name",
            at->name, "kind", checkpoint_kind_name(at->kind), "distance", at->dist_mm / 1000.0,
            "pass", (int)at->pass, "passes", (int)at->passes);

        (void)json_object_set_new(
            j, "rawTime", c->pass_s[k] < 0 ? json_null() : json_integer(c->pass_s[k]));
        (void)json_object_set_new(
            j, "rank", c->pass_s[k] < 0 ? json_null() : json_integer(c->pass_rank[k]));
        if (at->cutoff_s >= 0)
            (void)json_object_set_new(j, "cutoff", json_integer(at->cutoff_s));
        (void)json_array_append_new(list, j);
    }
    return list;
}

static json_t *visits_json(const struct splits_competitor *c)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < c->visits_n; i++) {
        const struct splits_visit *visit = &c->visit[i];
        /* A visit that goes on has lasted until the latest event. */
        int32_t until_s = visit->left_s < 0 ? c->latest.raw_s : visit->left_s;
        json_t *j = json_pack("{s:i, s:i}", "entered", (int)visit->entered_s, "dwell",
            (int)(until_s - visit->entered_s));

        (void)json_object_set_new(
            j, "left", visit->left_s < 0 ? json_null() : json_integer(visit->left_s));
        (void)json_array_append_new(list, j);
    }
    return list;
}

/* [raw second, metres] at least `step_s` seconds apart, with the first and the last position. */
static json_t *track_json(const struct splits_competitor *c, int64_t step_s)
{
    json_t *list = json_array();
    int64_t next_s = INT64_MIN;

    for (size_t i = 0; i < c->track_n; i++) {
        const struct splits_position *p = &c->track[i];

        if (p->raw_s < next_s && i + 1 < c->track_n)
            continue;
        (void)json_array_append_new(
            list, json_pack("[i, f]", (int)p->raw_s, (double)p->dist_mm / 1000.0));
        next_s = p->raw_s + step_s;
    }
    return list;
}

/* The event's own values, and what was worked out from all of its events. */
static json_t *competitor_json(const struct splits_competitor *c, const char *name)
{
    const struct event *ev = &c->latest;
    char timestamp[CLOCK_EVENT_LEN + 1];
    bool inside = c->visits_n > 0 && c->visit[c->visits_n - 1].left_s < 0;
    const char *status = status_name(c->finish_s >= 0 ? COMPETITOR_FINISHED
                                     : inside         ? COMPETITOR_IN_GEOFENCE
                                                      : COMPETITOR_ON_COURSE);
    json_t *j;

    clock_format_event(ev->timestamp_s, timestamp);
    j = json_pack("{s:s, s:I, s:i, s:s, s:i, s:s, s:f, s:f, s:f}", "runId", ev->run_id,
        "competitorId", (json_int_t)ev->competitor_id, "rank", (int)c->rank, "status", status,
        "rawTime", (int)ev->raw_s, "timestamp", timestamp, "lat", ev->lat_deg, "lon", ev->lon_deg,
        "distance", ev->distance_m);
    if (name)
        (void)json_object_set_new(j, "name", json_string(name));
    (void)json_object_set_new(
        j, "finishTime", c->finish_s < 0 ? json_null() : json_integer(c->finish_s));
    (void)json_object_set_new(j, "dwellTotal", json_integer(c->dwell_total_s));
    (void)json_object_set_new(j, "splits", splits_json(c));
    (void)json_object_set_new(j, "visits", visits_json(c));
    if (c->pass_s)
        (void)json_object_set_new(j, "checkpoints", checkpoints_json_of(c));
    return j;
}

int api_moment_competitor(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"at", "track", NULL};
    struct store *s = api_of(x)->o.store;
    const char *run_id = x->request.params.value[0];
    struct splits_competitor c = {0};
    int64_t id, at_s = -1, step_s = 0;
    struct roster names;
    struct answer *shared;
    json_t *answer;
    int rc = -1;

    if (params_only(&x->request.query, known, e) ||
        params_i64(&x->request.query, "at", (const int64_t[]){0, INT32_MAX}, &at_s, e) ||
        params_i64(&x->request.query, "track", (const int64_t[]){1, INT32_MAX}, &step_s, e) ||
        read_competitor_id(x->request.params.value[1], &id, e) ||
        s->ops->competitor(s, run_id, id, (int32_t)at_s, &c, e))
        return -1;
    shared = roster_of_race(x, run_id, &names, e);
    if (shared) {
        answer = competitor_json(&c, roster_name(&names, id));
        if (step_s > 0)
            (void)json_object_set_new(answer, "track", track_json(&c, step_s));
        rc = exchange_json(x, 200, answer);
        answer_unref(shared);
    }
    splits_competitor_release(&c);
    return rc;
}
