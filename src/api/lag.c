/*
 * lag.c: the way of the data from the engine to the viewers, as GET /api/lag and /metrics show it.
 *
 * Both are made from one reading of the engine, the store and the hub. Ages are computed here, at
 * the moment of the request: an age that is stored would stop to grow when its thread hangs.
 */
#include "api/lag.h"

#include "api/api.h"
#include "base/clock.h"
#include "base/mem.h"
#include "push/hub.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RACES_MAX 100u        /* in /metrics */
#define EXTERNAL_REST_MS 5000 /* after so long without an event another producer's race is idle */

/* The engine, the store and the hub at one moment. */
struct pipeline {
    struct engine_stats engine;
    struct store_stats store;
    struct hub_stats hub;
    bool shared; /* the feed is read back, other servers may write it */
    int64_t now_ms;
};

static void read_pipeline(const struct api *a, struct pipeline *w)
{
    engine_stats(a->o.engine, &w->engine);
    store_stats(a->o.store, &w->store);
    hub_stats(a->o.hub, &w->hub);
    w->shared = strcmp(w->engine.feed_name, "local") != 0;
    w->now_ms = clock_wall_ms();
    if (!w->shared)
        w->engine.feed.connected = w->engine.feed.caught_up = 1;
}

/* ms since then; null: it has not happened yet. */
static json_t *ago(const struct pipeline *w, int64_t at_ms)
{
    return at_ms ? json_integer(w->now_ms > at_ms ? w->now_ms - at_ms : 0) : json_null();
}

static json_t *engine_json(const struct pipeline *w)
{
    return json_pack("{s:I, s:I, s:I}", "beatAgeMs", (json_int_t)w->engine.beat_age_ms, "behindMs",
        (json_int_t)w->engine.behind_ms, "racesDriven", (json_int_t)w->engine.races_running);
}

static json_t *feed_json(const struct pipeline *w)
{
    const struct feed_stats *f = &w->engine.feed;

    return json_pack("{s:s, s:b, s:b, s:s, s:I, s:s, s:o, s:o, s:o}", "name", w->engine.feed_name,
        "connected", f->connected, "ready", f->caught_up, "trouble", f->last_error, "malformed",
        (json_int_t)f->malformed, "malformedExample", f->malformed_example, "heardAgeMs",
        ago(w, f->last_record_ms), "acknowledgedAgeMs", ago(w, f->acknowledged_ms), "flushMs",
        w->shared ? json_real(f->flush_ms) : json_null());
}

/* Records between what this server has read of a partition and what Pinot has; -1: not known. */
static int64_t behind(const struct pipeline *w, unsigned partition)
{
    const struct feed_stats *f = &w->engine.feed;
    int64_t read = partition < f->partitions ? f->handed[partition] : 0;
    int64_t consumed = w->store.consumed[partition];

    if (consumed < 0 || read == 0)
        return -1;
    return read > consumed ? read - consumed : 0;
}

static json_t *consumers_json(const struct pipeline *w)
{
    json_t *list = json_array();

    for (unsigned p = 0; p < w->store.partitions; p++)
        (void)json_array_append_new(
            list, json_pack("{s:I, s:o, s:o, s:I}", "partition", (json_int_t)p, "offset",
                      w->store.consumed[p] < 0 ? json_null() : json_integer(w->store.consumed[p]),
                      "behind", behind(w, p) < 0 ? json_null() : json_integer(behind(w, p)),
                      "stillMs", (json_int_t)w->store.stalled_ms[p]));
    return list;
}

/* Why boards stand still; "" where they do not. */
static const char *store_error(const struct store_stats *f)
{
    return f->last_error[0] ? f->last_error : f->consumer_error;
}

static json_t *store_json(const struct api *a, const struct pipeline *w)
{
    const struct store_stats *f = &w->store;

    if (!w->store.on_demand)
        return json_pack("{s:s, s:s, s:f}", "name", a->o.store->ops->name, "trouble", "",
            "lastCommitMs", f->last_commit_ms);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:o, s:o, s:o, s:o}", "name",
        a->o.store->ops->name, "trouble", store_error(f), "consumerTrouble", f->consumer_error,
        "courseTrouble", f->course_error, "queries", (json_int_t)f->queries, "failed",
        (json_int_t)f->failed, "queryMsP50", f->query_ms_p50, "queryMsP99", f->query_ms_p99,
        "refreshMsP50", f->refresh_ms_p50, "answerAgeMs", ago(w, f->answered_ms), "freshnessAgeMs",
        ago(w, f->fresh_ms), "consumers", consumers_json(w), "consumersAgeMs",
        ago(w, f->consumers_ms));
}

static json_t *hops_json(const struct hub_lag *l)
{
    json_t *list = json_array();

    for (int h = 0; h < LAG_HOPS; h++) {
        const struct lag_quantiles *q = &l->hop[h];
        json_t *hop = json_pack(
            "{s:s, s:I}", "hop", lag_hop_name((enum lag_hop)h), "samples", (json_int_t)q->samples);

        if (q->samples)
            (void)json_object_update_new(
                hop, json_pack("{s:f, s:f, s:f}", "p50", q->p50, "p95", q->p95, "p99", q->p99));
        (void)json_array_append_new(list, hop);
    }
    return list;
}

/* Whether ticks come in time (lag_flow). The hub knows when the next tick is due. A race that runs
 * and that the hub has not seen is judged by its record. A store that is asked on demand gives
 * views of watched races only, so there it is unknown. Another producer's race has no known due
 * times: it is judged by its newest tick alone. */
static const char *flow(const struct pipeline *w, const struct race_record *r, struct hub_lag *l)
{
    bool runs = r->state == RACE_RUNNING;

    if (l->catching_up)
        return "catchingUp";
    if (r->external)
        return lag_flow(
            l->tick_age_ms >= 0 && l->tick_age_ms < EXTERNAL_REST_MS, 0, l->tick_age_ms);
    if (runs && !l->runs && w->store.on_demand)
        return "unknown";
    if (runs && !l->runs)
        l->overdue_ms = w->now_ms - race_due_ms(&r->anchor, r->anchor.raw_s);
    return lag_flow(runs, l->overdue_ms, l->tick_age_ms);
}

static json_t *race_json(const struct hub_lag *l, const char *flow_now)
{
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:o}", "runId", l->run_id, "flow", flow_now,
        "tickAgeMs", l->tick_age_ms < 0 ? json_null() : json_integer(l->tick_age_ms), "overdueMs",
        (json_int_t)l->overdue_ms, "clockMs", (json_int_t)l->clock_ms, "hops", hops_json(l));
}

int api_lag_get(struct exchange *x, struct err *e)
{
    static const char *const known[] = {"race", NULL};
    const struct api *a = api_of(x);
    const char *run_id = NULL, *flow_now;
    struct race_record record;
    json_t *race = json_null();
    struct hub_lag lag;
    struct pipeline w;

    if (params_only(&x->request.query, known, e) ||
        params_text(&x->request.query, "race", &run_id, e) ||
        (run_id && a->o.store->ops->race(a->o.store, run_id, &record, e)))
        return -1;
    read_pipeline(a, &w);
    if (run_id) {
        hub_lag(a->o.hub, run_id, &lag);
        flow_now = flow(&w, &record, &lag);
        race = race_json(&lag, flow_now);
    }
    return exchange_json(x, 200,
        json_pack("{s:i, s:o, s:o, s:o, s:o}", "windowMs", LAG_WINDOW_MS, "race", race, "engine",
            engine_json(&w), "feed", feed_json(&w), "store", store_json(a, &w)));
}

static void age(
    const struct pipeline *w, struct buf *out, const char *name, const char *help, int64_t at_ms)
{
    if (at_ms)
        metrics_gauge(out, name, help, w->now_ms > at_ms ? (double)(w->now_ms - at_ms) / 1000 : 0);
}

static void hops_text(const struct hub_lag *lag, size_t n, struct buf *out)
{
    metrics_head(out, "trackside_lag_ms", "summary",
        "Time from when a tick was due to this hop, of the last minute.");
    for (size_t k = 0; k < n; k++)
        for (int h = 0; h < LAG_HOPS; h++) {
            const struct lag_quantiles *q = &lag[k].hop[h];
            const double value[] = {q->p50, q->p95, q->p99};
            static const char *const name[] = {"0.5", "0.95", "0.99"};

            for (int i = 0; q->samples && i < 3; i++)
                buf_addf(out, "trackside_lag_ms{race=\"%s\",hop=\"%s\",quantile=\"%s\"} %.0f\n",
                    lag[k].run_id, lag_hop_name((enum lag_hop)h), name[i], value[i]);
        }
}

static void races_text(const struct api *a, const struct pipeline *w, struct buf *out)
{
    struct hub_lag *lag = mem_alloc(RACES_MAX * sizeof *lag);
    /* A store that is asked on demand knows nothing about races that nobody watches. */
    size_t n = hub_lags(a->o.hub, w->store.on_demand, lag, RACES_MAX);

    hops_text(lag, n, out);
    metrics_head(out, "trackside_tick_age_seconds", "gauge",
        "Time since the newest tick of this race could be read.");
    for (size_t k = 0; k < n; k++)
        buf_addf(out, "trackside_tick_age_seconds{race=\"%s\"} %.3f\n", lag[k].run_id,
            (double)lag[k].tick_age_ms / 1000);
    metrics_head(out, "trackside_tick_overdue_ms", "gauge",
        "How long the next tick of a running race is overdue. It grows while no tick comes; 0 if "
        "nothing is due.");
    for (size_t k = 0; k < n; k++)
        buf_addf(out, "trackside_tick_overdue_ms{race=\"%s\"} %" PRId64 "\n", lag[k].run_id,
            lag[k].overdue_ms);
    metrics_head(out, "trackside_race_catching_up", "gauge",
        "1: a part of this race is late, and its last complete board is shown until it has caught "
        "up.");
    for (size_t k = 0; k < n; k++)
        buf_addf(
            out, "trackside_race_catching_up{race=\"%s\"} %d\n", lag[k].run_id, lag[k].catching_up);
    metrics_head(out, "trackside_clock_difference_ms", "gauge",
        "How far this server's clock is ahead of the publisher's clock (negative: behind); 0: they "
        "agree.");
    for (size_t k = 0; k < n; k++)
        buf_addf(out, "trackside_clock_difference_ms{race=\"%s\"} %" PRId64 "\n", lag[k].run_id,
            lag[k].clock_ms);
    free(lag);
}

static void canary_text(const struct pipeline *w, struct buf *out)
{
    metrics_gauge(out, "trackside_engine_heartbeat_age_seconds",
        "Time since the engine's thread last woke. It wakes twice a second, even if there is "
        "nothing to do. More than 5 means that it hangs.",
        (double)w->engine.beat_age_ms / 1000);
    metrics_gauge(out, "trackside_engine_behind_ms",
        "How long the oldest tick of the races driven here is overdue; 0: none is.",
        (double)w->engine.behind_ms);
    age(w, out, "trackside_last_tick_age_seconds",
        "Time since the newest tick of any race could be read here. If it grows, with "
        "races_running "
        "0 nothing happens, and with races_running above 0 something is stuck.",
        w->hub.tick_ms);
}

static void feed_text(const struct pipeline *w, struct buf *out)
{
    const struct feed_stats *f = &w->engine.feed;

    metrics_gauge(out, "trackside_feed_connected",
        "1: the broker answers. Always 1 without a broker.", f->connected);
    metrics_gauge(out, "trackside_feed_ready",
        "1: everything that was published before the start has been read.", f->caught_up);
    metrics_counter(out, "trackside_feed_malformed_total",
        "Records that could not be read and were skipped.", (double)f->malformed);
    age(w, out, "trackside_feed_heard_age_seconds",
        "Time since a record was last read from the broker.", f->last_record_ms);
    age(w, out, "trackside_feed_acknowledged_age_seconds",
        "Time since the broker last acknowledged events of this server.", f->acknowledged_ms);
    if (w->shared)
        metrics_gauge(out, "trackside_feed_last_flush_ms",
            "Duration of the last transaction's commit.", f->flush_ms);
}

static void pinot_text(const struct pipeline *w, struct buf *out)
{
    const struct store_stats *f = &w->store;

    metrics_gauge(out, "trackside_pinot_answering",
        "1: Pinot answered the last statement, or none was sent yet.", f->last_error[0] == '\0');
    metrics_counter(out, "trackside_pinot_queries_total", "Statements for the latest positions.",
        (double)f->queries);
    metrics_counter(out, "trackside_pinot_failed_total",
        "Statements that failed, or were answered only in part.", (double)f->failed);
    metrics_counter(out, "trackside_pinot_heard_events_total",
        "Positions that this server read from Kafka on their way to Pinot.",
        (double)f->feed_events);
    metrics_head(out, "trackside_pinot_query_ms", "summary",
        "Time from a statement to its whole answer, of the last 256.");
    buf_addf(out, "trackside_pinot_query_ms{quantile=\"0.5\"} %.3f\n", f->query_ms_p50);
    buf_addf(out, "trackside_pinot_query_ms{quantile=\"0.99\"} %.3f\n", f->query_ms_p99);
    metrics_gauge(out, "trackside_pinot_races_refreshed",
        "Races that are polled, because somebody watches them.", f->races_refreshed);
    age(w, out, "trackside_pinot_query_age_seconds",
        "Time since Pinot last answered. If it grows, with pinot_races_refreshed 0 nobody watches, "
        "and above 0 Pinot does not answer.",
        f->answered_ms);
    age(w, out, "trackside_pinot_freshness_age_seconds",
        "Age of the moment up to which Pinot had consumed, as its last answer says.", f->fresh_ms);
    metrics_head(out, "trackside_pinot_consumer_behind_records", "gauge",
        "Records of a partition that this server has read and Pinot has not.");
    for (unsigned p = 0; p < f->partitions; p++)
        if (behind(w, p) >= 0)
            buf_addf(out, "trackside_pinot_consumer_behind_records{partition=\"%u\"} %" PRId64 "\n",
                p, behind(w, p));
    metrics_head(out, "trackside_pinot_consumer_still_seconds", "gauge",
        "How long Pinot's consumer of a partition has not moved while records wait; 0: it moves. "
        "Pinot is asked while somebody watches.");
    for (unsigned p = 0; p < f->partitions; p++)
        buf_addf(out, "trackside_pinot_consumer_still_seconds{partition=\"%u\"} %.3f\n", p,
            (double)f->stalled_ms[p] / 1000);
    age(w, out, "trackside_pinot_consumers_age_seconds",
        "Time since Pinot last reported its consumers: the age of the two figures above.",
        f->consumers_ms);
}

void api_lag_text(const struct api *a, struct buf *out)
{
    struct pipeline w;

    read_pipeline(a, &w);
    races_text(a, &w, out);
    canary_text(&w, out);
    feed_text(&w, out);
    if (w.store.on_demand)
        pinot_text(&w, out);
}
