/*
 * server.c: starts, runs and stops the server, and sends the library's callbacks to the file that
 * handles them.
 *
 * Workers never touch a connection. They put the exchange into the ready queue and end the
 * library's wait; the server's thread then goes through the queue.
 */
#include "http/server.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/trim.h"
#include "http/gate/attempts.h"
#include "http/intake.h"
#include "http/server_internal.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_MAX 65536u
#define HEADERS_MAX (16 << 10) /* a head of HEAD_KEPT_MAX bytes as the library keeps it */
#define IDLE_S 30
#define ANSWERS_KEPT ((size_t)64 << 20) /* bytes of shared answers for later clients */

static const struct workers_limits limits = {
    .threads = 4, .queue = 512, .streams = 24, .longest = 32, .what = "requests"};

/* A client may use fewer than there are threads, so that one client cannot keep the others out. */
static const struct workers_limits costly_limits = {
    .threads = 5, .queue = 64, .per_client = 4, .nicer = 5};

static void run_app(struct server *s);

static void app_timer(lws_sorted_usec_list_t *sul)
{
    run_app(lws_container_of(sul, struct server, app_timer));
}

static void run_app(struct server *s)
{
    int wait_ms = s->app.run ? s->app.run(s->app.app) : -1;

    if (wait_ms >= 0)
        lws_sul_schedule(s->context, 0, &s->app_timer, app_timer, (wait_ms + 1) * LWS_US_PER_MS);
}

void server_wake(struct server *s)
{
    (void)pthread_mutex_lock(&s->lock);
    if (!s->closing)
        lws_cancel_service(s->context);
    (void)pthread_mutex_unlock(&s->lock);
}

/* Any thread: puts the exchange into the ready queue. */
static void wake_exchange(void *arg, struct exchange *x)
{
    struct server *s = arg;

    (void)pthread_mutex_lock(&s->lock);
    if (!s->closing && !x->queued) {
        x->queued = true;
        x->next = NULL;
        if (s->ready_last)
            s->ready_last->next = exchange_ref(x);
        else
            s->ready_first = exchange_ref(x);
        s->ready_last = x;
        lws_cancel_service(s->context);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

/* The first of the ready queue, with the queue's reference; NULL: it is empty. */
static struct exchange *take_ready(struct server *s)
{
    struct exchange *x;

    (void)pthread_mutex_lock(&s->lock);
    x = s->ready_first;
    if (x) {
        s->ready_first = x->next;
        if (!s->ready_first)
            s->ready_last = NULL;
        x->next = NULL;
        x->queued = false;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return x;
}

/* An exchange whose connection has gone, or has another exchange by now, is only given back. */
static void serve_ready(struct server *s)
{
    struct exchange *x;

    while ((x = take_ready(s)) != NULL) {
        struct lws *wsi = x->wsi;
        struct connection *c = wsi ? lws_wsi_user(wsi) : NULL;

        if (c && c->x == x && c->websocket)
            websocket_ready(s, c);
        else if (c && c->x == x)
            connection_ready(c, wsi);
        exchange_unref(x);
    }
}

static void closed(struct server *s, struct connection *c)
{
    if (c && c->websocket)
        websocket_closed(s, c);
    else if (c)
        connection_closed(c);
}

static void timer(struct connection *c, struct lws *wsi)
{
    if (c && c->websocket)
        websocket_timer(c);
    else if (c)
        connection_timer(c, wsi);
}

static void readable(struct server *s, struct connection *c, struct lws *wsi)
{
    if (c->websocket)
        websocket_readable(s, c, wsi);
    else
        connection_readable(s, c, wsi);
}

/* The library itself says when a WebSocket has room. */
static int writable(struct server *s, struct connection *c, struct lws *wsi)
{
    return c->websocket ? 0 : response_writable(s, c, wsi);
}

static const struct intake_owner owner = {.readable = readable, .writable = writable};

static int callback(
    struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct server *s = lws_context_user(lws_get_context(wsi));
    struct connection *c = user;

    (void)len;
    switch (reason) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        serve_ready(s);
        run_app(s);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return websocket_upgrade(s, wsi, in);
    case LWS_CALLBACK_HTTP:
        return connection_request(s, c, wsi, in);
    case LWS_CALLBACK_TIMER:
        timer(c, wsi);
        return 0;
    case LWS_CALLBACK_ESTABLISHED:
        return websocket_opened(s, c, wsi);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return websocket_writable(s, c, wsi);
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        intake_made(s, wsi);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        intake_closed(wsi);
        closed(s, c);
        return 0;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        closed(s, c);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {SERVER_PROTOCOL, callback, sizeof(struct connection), 2048, 0, NULL, SERVER_PIECE + 64},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void library_says(int level, const char *line)
{
    (void)level;
    if (!strstr(line, "calling service")) /* it says that of every connection */
        log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

/* Each connection is a file descriptor. */
static void raise_file_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= FILES_MAX)
        return;
    files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static int make_context(struct server *s, struct err *e)
{
    /* A WebSocket that is silent gets a ping after 30 s, and is dropped after 60 s. */
    static const lws_retry_bo_t alive = {
        .secs_since_valid_ping = 30, .secs_since_valid_hangup = 60};
    /* Only requests under way have a buffer for headers, so there may be as many as sockets. */
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .user = s,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .pt_serv_buf_size = SERVER_PIECE + 1024,
        .max_http_header_data = HEADERS_MAX,
        .timeout_secs = IDLE_S,
        .timeout_secs_ah_idle = IDLE_S,
        .retry_and_idle_policy = &alive,
        .vhost_name = SERVER_PROTOCOL,
    };

    /* -1 keeps the user and group; signed in one version of the library, unsigned in the next. */
    info.gid--;
    info.uid--;
    s->context = lws_create_context(&info);
    if (s->context)
        s->vhost = lws_create_vhost(s->context, &info);
    if (!s->vhost)
        return err_set(e, ERR_INTERNAL, "Cannot start the server.");
    return 0;
}

static int start_workers(struct server *s, const struct server_options *o, struct err *e)
{
    struct workers_limits costly = costly_limits;

    costly.what = o->costly.units ? o->costly.units : limits.what;
    s->trim = trim_new();
    s->workers = workers_new(&limits, e);
    if (!s->workers)
        return -1;
    s->costly = workers_new(&costly, e);
    return s->costly ? 0 : -1;
}

static int start(struct server *s, const struct server_options *o, struct err *e)
{
    struct host_port *listen = &s->services.access.listen;
    int fd;

    raise_file_limit();
    if (host_parse_listen(o->listen, listen, e) || listener_open(listen, &s->listener, e) ||
        make_context(s, e))
        return -1;
    fd = s->listener.fd;
    s->listener.fd = -1;
    if (intake_start(s, fd, o->per_client ? o->per_client : GATE_PER_CLIENT, &owner, e))
        return -1;
    return start_workers(s, o, e);
}

struct server *server_new(const struct server_options *o, struct err *e)
{
    struct server *s = mem_zalloc(1, sizeof *s);

    lws_set_log_level(LLL_ERR | LLL_WARN, library_says);
    (void)pthread_mutex_init(&s->lock, NULL);
    atomic_init(&s->stop, false);
    s->listener.fd = -1;
    s->app = o->app;
    s->trust = o->trust;
    s->piece = mem_alloc(LWS_PRE + SERVER_PIECE + 64);
    s->services = (struct services){.app = o->app.app,
        .access = {.token = o->token, .attempts = attempts_new(), .costly = o->costly},
        .metrics = metrics_new(),
        .budget = o->budget,
        .answers = answers_new(o->budget, ANSWERS_KEPT),
        .websocket = o->app.websocket,
        .prepare = o->app.prepare,
        .wake = wake_exchange,
        .wake_arg = s};
    if (start(s, o, e) == 0)
        return s;
    server_free(s);
    return NULL;
}

void server_free(struct server *s)
{
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    s->closing = true;
    (void)pthread_mutex_unlock(&s->lock);
    if (s->context)
        lws_context_destroy(s->context); /* closes every connection, which ends the streams' work */
    intake_free(s);
    if (s->listener.fd >= 0)
        (void)close(s->listener.fd);
    workers_free(s->costly);
    workers_free(s->workers);
    trim_free(s->trim);
    for (struct exchange *x; (x = take_ready(s)) != NULL;)
        exchange_unref(x);
    answers_free(s->services.answers);
    metrics_free(s->services.metrics);
    attempts_free(s->services.access.attempts);
    (void)pthread_mutex_destroy(&s->lock);
    free(s->piece);
    free(s);
}

const char *server_address(const struct server *s)
{
    return s->listener.url;
}

const char *server_outside(const struct server *s)
{
    return s->listener.outside;
}

int server_run(struct server *s, struct err *e)
{
    int rc = 0;

    while (rc >= 0 && !atomic_load(&s->stop)) {
        rc = lws_service(s->context, 0);
        intake_run(s);
    }
    if (rc < 0)
        return err_set(e, ERR_INTERNAL, "The server's event loop has failed.");
    return 0;
}

void server_stop(struct server *s)
{
    atomic_store(&s->stop, true);
    lws_cancel_service(s->context);
}
