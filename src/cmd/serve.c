/* serve.c: trackside serve: starts the store, the feed, the engine and the server, and ends
 * them. */
#include "cmd/cmd.h"

#include "api/api.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/courses.h"
#include "cmd/demo.h"
#include "cmd/end_limit.h"
#include "cmd/serve_options.h"
#include "cmd/token.h"
#include "feed/kafka/kafka.h"
#include "store/pinot/pinot.h"
#include "store/store.h"
#include "tracking/fixlog/fixlog.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FEED_READY_MS 10000

/* What runs, in the order in which it is started. */
struct serve {
    char *data;
    char *token;
    struct fixlog *fixlog; /* NULL with Kafka */
    struct store *store;
    const struct serve_options *options;
    struct hub *hub;
    struct engine *engine;
    struct api *api;
    struct server *server;
    struct demo *demo;
    struct base_map base_map;
};

static struct server *volatile signalled; /* the server that SIGTERM and SIGINT stop */

/* The data directory of this user, by the XDG base directory specification. The caller frees it. */
static char *data_default(struct err *e)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    struct buf dir = BUF_INIT;

    if (xdg && *xdg == '/')
        buf_addf(&dir, "%s/trackside", xdg);
    else if (home && *home)
        buf_addf(&dir, "%s/.local/share/trackside", home);
    else {
        err_set(e, ERR_INVALID, "HOME is not set. Name the data directory with --data DIR.");
        return NULL;
    }
    return buf_detach(&dir, NULL);
}

/* The listener of the Pinot store. Viewers get the new view. While a race has viewers, each change
 * asks the store to go on polling it. */
static void pinot_changed(void *arg, struct view *v)
{
    struct serve *s = arg;

    hub_post(s->hub, v);
    if (hub_is_watched(s->hub, v->race.spec.run_id))
        store_pinot_watch(s->store, v->race.spec.run_id);
}

/* Waits until Pinot answers: it may start after this program. */
static int open_pinot(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct store_pinot_options po = {
        .pinot = o->pinot, .listener = pinot_changed, .listener_arg = s};
    bool told = false;

    if (!o->kafka)
        return err_set(e, ERR_INVALID,
            "--pinot needs --kafka. Pinot reads the positions that Trackside publishes to Kafka.");
    while (!(s->store = store_pinot_new(&po, e))) {
        if (e->code != ERR_UNAVAILABLE && e->code != ERR_TIMEOUT)
            return -1;
        if (!told)
            log_warn("%s Trying again until Pinot answers.", e->text);
        told = true;
        (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    return 0;
}

/* Opens the store that the options name. The data directory is known afterwards, with Pinot too:
 * the token may be kept there. */
static int open_store(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct store_embedded_options so = {.keep_days = (int)o->keep_days};

    s->data = o->data ? mem_strdup(o->data) : data_default(e);
    if (!s->data)
        return -1;
    so.dir = s->data;
    if (o->pinot.controller)
        return open_pinot(s, o, e);
    s->store = store_embedded_new(&so, e);
    if (!s->store)
        return -1;
    /* A live race is driven by the server that has its fixes: not with others on a shared feed. */
    s->fixlog = o->kafka ? NULL : fixlog_new(s->data, e);
    return s->fixlog || o->kafka ? 0 : -1;
}

/* Reads or makes the admin token. On loopback there is none unless --token-file names one. */
static int take_token(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct buf file = BUF_INIT;

    if (o->token_file || o->loopback) {
        s->token = o->token_file ? token_read(o->token_file, TOKEN_MIN, e) : NULL;
        return o->token_file && !s->token ? -1 : 0;
    }
    buf_addf(&file, "%s/token", s->data);
    s->token = token_read_or_make(file.data, e);
    if (s->token)
        (void)printf("Changes need the token in %s\n", file.data);
    buf_release(&file);
    return s->token ? 0 : -1;
}

/* Whether the store has a course of that name. */
static bool is_listed(const struct course_summary *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].short_name, name) == 0)
            return true;
    return false;
}

/* Puts each built-in course into the store, unless the store has a course of that name. */
static int load_courses(struct serve *s, struct err *e)
{
    struct course_summary *list;
    size_t n;
    int rc = 0;

    if (courses_count() == 0)
        log_warn("The folder that TRACKSIDE_COURSES names holds no course files.");
    if (s->store->ops->course_list(s->store, &list, &n, e))
        return -1;
    for (size_t i = 0; i < courses_count() && !rc; i++) {
        const char *name = courses_name(i);
        struct course *c;
        struct err why;

        if (is_listed(list, n, name))
            continue;
        c = courses_load(name, &why);
        if (!c)
            log_warn("The built-in course %s is left out: %s", name, why.text);
        else
            rc = engine_course_put(s->engine, c, 0, e);
    }
    free(list);
    return rc;
}

/* The name of this server in Kafka's consumer group. It is kept in the data directory, so a server
 * that restarts gets its partitions back at once. NULL if it cannot be kept. With Pinot there is no
 * name: nobody locks the directory then, and two servers could use the same name. */
static char *instance_of(const char *data)
{
    struct buf file = BUF_INIT;
    struct err ignored;
    char *name;

    buf_addf(&file, "%s/kafka-member", data);
    name = token_read_or_make(file.data, &ignored);
    buf_release(&file);
    return name;
}

/* Waits until Kafka answers: it may start after this program. */
static struct feed *connect_feed(
    const struct serve *s, struct feed_kafka_options *ko, struct err *e)
{
    bool reported = false;
    struct feed *f;

    while (!(f = feed_kafka_new(ko, e)) && e->code == ERR_UNAVAILABLE) {
        if (!reported)
            log_warn("%s: %s Trying again until Kafka answers.", s->options->kafka, e->text);
        reported = true;
        (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    return f;
}

/* For engine_options.open_feed. */
static struct feed *open_feed(void *arg, const struct feed_sink *sink, struct err *e)
{
    const struct serve *s = arg;
    const struct serve_options *o = s->options;
    struct buf cursor = BUF_INIT;
    char *instance = o->pinot.controller ? NULL : instance_of(s->data);
    struct feed_kafka_options ko = {
        .brokers = o->kafka, .config_file = o->kafka_config, .instance = instance, .sink = sink};
    struct feed *f = NULL;

    if (!s->store->ops->cursor || s->store->ops->cursor(s->store, &cursor, e) == 0) {
        ko.cursor = cursor.len ? cursor.data : NULL;
        f = connect_feed(s, &ko, e);
    }
    buf_release(&cursor);
    free(instance);
    return f;
}

/* Waits until the feed has read what other servers published. Their courses must be known before
 * the built-in ones are put, because the built-in ones give way to courses of the same name. */
static void await_feed(struct serve *s)
{
    struct engine_stats f = {0};
    int64_t deadline_ms = clock_wall_ms() + FEED_READY_MS;

    while (s->options->kafka && !f.feed.ready && clock_wall_ms() < deadline_ms) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        engine_stats(s->engine, &f);
    }
}

/* Makes the API and the server. It listens from now on, and answers once run() serves. */
static int start_server(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct api_options ao = {.store = s->store,
        .engine = s->engine,
        .fixlog = s->fixlog,
        .hub = s->hub,
        .base_map = &s->base_map,
        .tiles_attribution = o->tiles_attribution,
        .frame_ancestors = *o->frame_ancestors ? o->frame_ancestors : NULL,
        .client_memory = (size_t)o->client_memory_mib << 20,
        .public_sql = o->public_sql};
    struct server_options so = {.listen = o->listen,
        .token = s->token,
        .per_client = (unsigned)o->per_client,
        .trust = o->trust};

    base_map_load(&s->base_map, o->tiles);
    if (s->base_map.last_error[0])
        log_warn("--tiles: %s The maps show a plain grid.", s->base_map.last_error);
    s->api = api_new(&ao);
    s->server = api_start(s->api, &so, e);
    return s->server ? 0 : -1;
}

/* Starts everything in the order of struct serve. After a failure end() frees what was started. */
static int start(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct engine_options eo = {.listener = hub_post,
        .limits = {.races = (uint32_t)o->max_races,
            .courses = (uint32_t)o->max_courses,
            .bytes = (uint64_t)(o->max_data_gib * (1 << 30))}};

    s->options = o;
    s->hub = hub_new();
    if (open_store(s, o, e) || take_token(s, o, e))
        return -1;
    eo.store = s->store;
    eo.fixlog = s->fixlog;
    if (o->kafka)
        eo.open_feed = open_feed;
    eo.feed_arg = s;
    eo.store_tells = o->pinot.controller != NULL;
    eo.listener_arg = s->hub;
    s->engine = engine_new(&eo, e);
    if (!s->engine)
        return -1;
    await_feed(s);
    if (load_courses(s, e))
        return -1;
    if (start_server(s, o, e))
        return -1;
    if (o->demo)
        s->demo = demo_start(s->store, s->engine);
    return 0;
}

/* Ends everything in the opposite order. The server goes first: its workers wait for the engine. */
static void end(struct serve *s)
{
    signalled = NULL;
    end_limit_begin();
    demo_free(s->demo);
    api_stop(s->api, s->server);
    api_free(s->api);
    engine_free(s->engine);
    fixlog_free(s->fixlog);
    if (s->store)
        s->store->ops->free(s->store);
    hub_free(s->hub);
    base_map_release(&s->base_map);
    free(s->token);
    free(s->data);
}

/* Only asks the server to stop: a signal handler may do little else. */
static void on_signal(int number)
{
    (void)number;
    if (signalled)
        server_stop(signalled);
}

/* Prints the addresses and serves until a signal comes. Scripts wait for the line "Trackside is
 * at". */
static int run(struct serve *s, struct err *e)
{
    struct sigaction stop = {.sa_handler = on_signal};

    (void)signal(SIGXFSZ, SIG_IGN); /* write() then fails like on a full disk, which is handled */
    signalled = s->server;
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    (void)printf("Trackside is at %s/\n", server_address(s->server));
    if (*server_outside(s->server))
        (void)printf("From other machines: %s/\n", server_outside(s->server));
    (void)fflush(stdout);
    return server_run(s->server, e);
}

int cmd_serve(int argc, char **argv)
{
    struct serve_options o;
    struct serve s = {0};
    struct err e;
    int rc = serve_options_read(argc, argv, &o);

    if (rc != CMD_GO_ON)
        return rc;
    rc = start(&s, &o, &e) || run(&s, &e);
    if (rc)
        (void)cmd_fail(&e);
    end(&s);
    return rc ? CMD_FAILED : CMD_OK; /* never CMD_USAGE: the command line was right */
}
