/*
 * status.c: configuration for the page, health, readiness, metrics.
 *
 * /healthz says that the process answers. /readyz says that a request would succeed: the store
 * answers, the engine can write, and what was published before the start has been read.
 */
#include "api/api.h"

#include "api/lag.h"
#include "push/hub.h"

#include <inttypes.h>
#include <string.h>

/* What the page needs before anything else. `writable` tells whether this very client may change
 * races. */
int api_status_config(struct exchange *x, struct err *e)
{
    const struct api *a = api_of(x);
    const struct access *access = &x->services->access;
    struct err refused;
    struct engine_stats figures = {0};
    bool writable =
        access_write(access, &x->request.client,
            x->request.authorization[0] ? x->request.authorization : NULL, &refused) == 0;

    (void)e;
    engine_stats(a->o.engine, &figures);
    return exchange_json(x, 200,
        json_pack("{s:s, s:s?, s:s?, s:s?, s:s, s:{s:s, s:s}, s:b, s:b}", "version",
            TRACKSIDE_VERSION, "tiles", a->o.base_map->url, "tilesTrouble",
            a->o.base_map->last_error[0] ? a->o.base_map->last_error : NULL, "attribution",
            a->o.tiles_attribution, "frameAncestors", a->o.frame_ancestors, "setUp", "feed",
            figures.feed_name, "store", a->o.store->ops->name, "writable", writable, "signIn",
            !writable && access->token));
}

int api_status_health(struct exchange *x, struct err *e)
{
    (void)e;
    return exchange_json(x, 200, json_pack("{s:s}", "status", "ok"));
}

static bool is_shared(const struct engine_stats *f)
{
    return strcmp(f->feed_name, "local") != 0;
}

/* Why a server that reads a shared feed is not ready yet, and how long it may take. */
static int still_reading(const struct feed_stats *f, struct err *e)
{
    const char *what = f->ready ? "positions" : "courses and races";

    if (f->last_error[0])
        return err_set(e, ERR_UNAVAILABLE,
            "The %s that were published before are still to be read, and Kafka is in the way: %s.",
            what, f->last_error);
    if (f->to_read < 0)
        return err_set(
            e, ERR_UNAVAILABLE, "The %s that were published before are still being read.", what);
    return err_set(e, ERR_UNAVAILABLE,
        "The %s that were published before are still being read: about %" PRId64
        " records to go. What is shown until then is older than it will be.",
        what, f->to_read);
}

/* A shared feed whose broker is away does not make the server unready: readers are served from what
 * has been read. The answer says that it is away. */
int api_status_ready(struct exchange *x, struct err *e)
{
    const struct api *a = api_of(x);
    struct engine_stats figures = {0};
    struct race_record none;
    struct err why = {0};

    engine_stats(a->o.engine, &figures);
    if (figures.disk_full)
        return err_set(e, ERR_UNAVAILABLE, "Races are paused: %.480s", figures.blocked_why);
    if (a->o.store->ops->ready && a->o.store->ops->ready(a->o.store, &why))
        return err_set(e, ERR_UNAVAILABLE, "%.480s", why.text);
    if (a->o.store->ops->race(a->o.store, "-", &none, &why) && why.code != ERR_NOT_FOUND)
        return err_set(e, ERR_UNAVAILABLE, "The store does not answer: %.400s", why.text);
    if (is_shared(&figures) && !figures.feed.caught_up)
        return still_reading(&figures.feed, e);
    return exchange_json(x, 200,
        json_pack("{s:s, s:{s:s, s:b, s:s}}", "status", "ready", "feed", "name", figures.feed_name,
            "connected", !is_shared(&figures) || figures.feed.connected, "trouble",
            figures.feed.last_error));
}

/* Names of metrics are a promise to those who scrape them: they change only with a line in
 * CHANGELOG. */
static void engine_text(const struct api *a, struct buf *out)
{
    struct engine_stats f = {0};

    engine_stats(a->o.engine, &f);
    metrics_counter(out, "trackside_ticks_total", "Ticks that this server made.", (double)f.ticks);
    metrics_counter(
        out, "trackside_events_total", "Position events in these ticks.", (double)f.events);
    metrics_counter(out, "trackside_wakeups_total",
        "Wake-ups of the engine in which it made ticks.", (double)f.wakeups);
    metrics_counter(out, "trackside_late_ticks_total",
        "Ticks made more than 100 ms after they were due.", (double)f.late_ticks);
    metrics_gauge(
        out, "trackside_last_wakeup_ms", "Duration of the last such wake-up.", f.last_wakeup_ms);
    metrics_gauge(out, "trackside_last_late_ms", "How late the first tick of the last wake-up was.",
        f.last_late_ms);
    metrics_gauge(out, "trackside_max_late_ms", "How late the latest tick since the start was.",
        f.max_late_ms);
    metrics_gauge(
        out, "trackside_races_running", "Running races that this server drives.", f.races_running);
    metrics_gauge(out, "trackside_disk_full", "1: nothing can be written, and races are paused.",
        f.disk_full);
}

static void store_text(const struct api *a, struct buf *out)
{
    struct store_stats f = {0};

    store_stats(a->o.store, &f);
    metrics_gauge(
        out, "trackside_store_disk_bytes", "Bytes of the data directory.", (double)f.disk_bytes);
    metrics_counter(
        out, "trackside_store_commits_total", "Commits of the embedded store.", (double)f.commits);
    metrics_counter(out, "trackside_store_committed_events_total", "Positions in these commits.",
        (double)f.committed_events);
    metrics_gauge(
        out, "trackside_store_last_commit_ms", "Duration of the last commit.", f.last_commit_ms);
}

static void hub_text(const struct api *a, struct buf *out)
{
    struct hub_stats f = {0};

    hub_stats(a->o.hub, &f);
    metrics_gauge(out, "trackside_viewers", "Open push sockets.", f.viewers);
    metrics_gauge(out, "trackside_races_watched", "Races with viewers.", f.races_watched);
    metrics_counter(
        out, "trackside_frames_sent_total", "Frames handed to viewers.", (double)f.frames);
    metrics_counter(out, "trackside_frames_skipped_total", "Frames that a slow viewer lost.",
        (double)f.skipped);
    metrics_counter(out, "trackside_frame_bytes_total", "Bytes of the frames handed to viewers.",
        (double)f.bytes);
    metrics_counter(out, "trackside_views_posted_total", "Views of races that the hub received.",
        (double)f.posted);
    metrics_counter(out, "trackside_views_replaced_total",
        "Views that a newer one replaced before they were shown.", (double)f.replaced);
}

int api_status_metrics(struct exchange *x, struct err *e)
{
    struct buf *out = &x->response.body;

    (void)e;
    x->response.type = "text/plain; version=0.0.4; charset=utf-8";
    buf_addf(out,
        "# HELP trackside_build_info The program's version.\n# TYPE trackside_build_info "
        "gauge\ntrackside_build_info{version=\"%s\"} 1\n",
        TRACKSIDE_VERSION);
    engine_text(api_of(x), out);
    store_text(api_of(x), out);
    hub_text(api_of(x), out);
    api_lag_text(api_of(x), out);
    metrics_text(x->services->metrics, "trackside", out);
    return 0;
}
