#include "http/api.h"

#include "http/hub_server.h"

#include <string.h>

int api_status_config(struct exchange *x, struct err *e)
{
    const struct services *s = x->services;
    struct err refused;
    struct engine_figures figures = {0};
    bool writable =
        guard_write(&s->guard, x->request.authorization[0] ? x->request.authorization : NULL,
            &refused) == 0;

    (void)e;
    engine_figures(s->engine, &figures);
    return exchange_json(x, 200,
        json_pack("{s:s, s:s?, s:n, s:{s:s, s:s}, s:b}", "version", TRACKSIDE_VERSION, "tiles",
            s->tiles_url, "attribution", "setUp", "feed", figures.feed_name, "store",
            s->store->ops->name, "writable", writable));
}

int api_status_health(struct exchange *x, struct err *e)
{
    (void)e;
    return exchange_json(x, 200, json_pack("{s:s}", "status", "ok"));
}

static bool is_shared(const struct engine_figures *f)
{
    return strcmp(f->feed_name, "local") != 0;
}

/* The store answers, and the engine can commit. A shared feed that is away is told, but readers are
 * served all the same. */
int api_status_ready(struct exchange *x, struct err *e)
{
    const struct services *s = x->services;
    struct engine_figures figures = {0};
    struct race_record none;
    struct err why = {0};

    engine_figures(s->engine, &figures);
    if (figures.disk_full)
        return err_set(e, ERR_UNAVAILABLE,
            "The disk with the data directory is full: races are paused until there is room.");
    if (s->store->ops->race(s->store, "-", &none, &why) && why.code != ERR_NOT_FOUND)
        return err_set(e, ERR_UNAVAILABLE, "The store does not answer: %.400s", why.text);
    if (is_shared(&figures) && !figures.feed.ready)
        return err_set(e, ERR_UNAVAILABLE, "What was published before is still being read (%s).",
            figures.feed_name);
    return exchange_json(x, 200,
        json_pack("{s:s, s:{s:s, s:b, s:s}}", "status", "ready", "feed", "name", figures.feed_name,
            "connected", !is_shared(&figures) || figures.feed.connected, "trouble",
            figures.feed.trouble));
}

static void gauge(struct buf *out, const char *type, const char *name, double value)
{
    buf_addf(out, "# TYPE trackside_%s %s\ntrackside_%s %.17g\n", name, type, name, value);
}

static void feed_text(const struct feed_figures *f, struct buf *out)
{
    gauge(out, "gauge", "feed_connected", f->connected);
    gauge(out, "gauge", "feed_ready", f->ready);
    gauge(out, "counter", "feed_malformed_total", (double)f->malformed);
    gauge(out, "gauge", "feed_last_acknowledged_seconds", (double)f->acknowledged_ms / 1000);
    gauge(out, "gauge", "feed_last_flush_ms", f->flush_ms);
}

static void engine_text(const struct services *s, struct buf *out)
{
    struct engine_figures f = {0};

    engine_figures(s->engine, &f);
    gauge(out, "counter", "ticks_total", (double)f.ticks);
    gauge(out, "counter", "events_total", (double)f.events);
    gauge(out, "counter", "wakeups_total", (double)f.wakeups);
    gauge(out, "counter", "late_ticks_total", (double)f.late_ticks);
    gauge(out, "gauge", "last_wakeup_ms", f.last_wakeup_ms);
    gauge(out, "gauge", "last_late_ms", f.last_late_ms);
    gauge(out, "gauge", "max_late_ms", f.max_late_ms);
    gauge(out, "gauge", "races_running", f.races_running);
    gauge(out, "gauge", "disk_full", f.disk_full);
    if (is_shared(&f))
        feed_text(&f.feed, out);
}

static void store_text(const struct services *s, struct buf *out)
{
    struct store_figures f = {0};

    store_embedded_figures(s->store, &f);
    gauge(out, "gauge", "store_disk_bytes", (double)f.disk_bytes);
    gauge(out, "counter", "store_commits_total", (double)f.commits);
    gauge(out, "counter", "store_committed_events_total", (double)f.committed_events);
    gauge(out, "gauge", "store_last_commit_ms", f.last_commit_ms);
}

static void hub_text(const struct services *s, struct buf *out)
{
    struct hub_figures f = {0};

    hub_figures(s->hub, &f);
    gauge(out, "gauge", "viewers", f.viewers);
    gauge(out, "gauge", "races_watched", f.races_watched);
    gauge(out, "counter", "frames_sent_total", (double)f.frames);
    gauge(out, "counter", "frames_skipped_total", (double)f.skipped);
    gauge(out, "counter", "frame_bytes_total", (double)f.bytes);
    gauge(out, "counter", "views_posted_total", (double)f.posted);
    gauge(out, "counter", "views_replaced_total", (double)f.replaced);
    buf_adds(out, "# HELP trackside_lag_ms From due to this hop, over the last minute.\n"
                  "# TYPE trackside_lag_ms summary\n");
    hub_lag_text(s->hub, out);
}

int api_status_metrics(struct exchange *x, struct err *e)
{
    struct buf *out = &x->response.body;

    (void)e;
    x->response.type = "text/plain; version=0.0.4; charset=utf-8";
    buf_addf(out, "# TYPE trackside_build_info gauge\ntrackside_build_info{version=\"%s\"} 1\n",
        TRACKSIDE_VERSION);
    engine_text(x->services, out);
    store_text(x->services, out);
    hub_text(x->services, out);
    metrics_text(x->services->metrics, out);
    return 0;
}
