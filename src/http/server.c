#include "http/server.h"

#include "api/rosters.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/trim.h"
#include "http/embed_policy.h"
#include "http/gate/attempts.h"
#include "http/intake.h"
#include "http/server_internal.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_MAX 65536u
#define HEADERS_MAX (12 << 10) /* a head of HEAD_MAX bytes as the library keeps it */
#define IDLE_S 30
#define ANSWERS_KEPT ((size_t)64 << 20) /* bytes of shared answers for clients who may come */

static const struct workers_limits limits = {.threads = 4, .queue = 512, .streams = 24, .past = 32};

/* A client is left fewer than there are threads. */
static const struct sql_workers_limits sql_limits = {.threads = 5, .queue = 64, .per_client = 4};

static void run_hub(struct server *s);

static void hub_timer(lws_sorted_usec_list_t *sul)
{
    run_hub(lws_container_of(sul, struct server, hub_timer));
}

static void run_hub(struct server *s)
{
    int wait_ms = hub_run(s->services.hub, clock_wall_ms());

    if (wait_ms >= 0)
        lws_sul_schedule(s->context, 0, &s->hub_timer, hub_timer, (wait_ms + 1) * LWS_US_PER_MS);
}

/* Any thread. */
static void wake_server(void *arg)
{
    struct server *s = arg;

    (void)pthread_mutex_lock(&s->lock);
    if (!s->closing)
        lws_cancel_service(s->context);
    (void)pthread_mutex_unlock(&s->lock);
}

/* Any thread: put the exchange into the ready queue. */
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

static void serve_ready(struct server *s)
{
    struct exchange *x;

    while ((x = take_ready(s)) != NULL) {
        struct lws *wsi = x->wsi;
        struct connection *c = wsi ? lws_wsi_user(wsi) : NULL;

        if (c && c->x == x && c->viewer)
            websocket_ready(s, c);
        else if (c && c->x == x)
            connection_ready(c, wsi);
        exchange_unref(x);
    }
}

static void closed(struct server *s, struct connection *c)
{
    if (c && c->viewer)
        websocket_closed(s, c);
    else if (c)
        connection_closed(c);
}

static int callback(
    struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct server *s = lws_context_user(lws_get_context(wsi));
    struct connection *c = user;

    switch (reason) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        serve_ready(s);
        run_hub(s);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return websocket_upgrade(s, wsi, in);
    case LWS_CALLBACK_HTTP:
        return connection_request(s, c, wsi, in, len);
    case LWS_CALLBACK_TIMER:
        return c && c->viewer ? websocket_timer(c, wsi) : c ? connection_timer(c, wsi) : 0;
    case LWS_CALLBACK_ESTABLISHED:
        return websocket_opened(s, c, wsi);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return websocket_writable(s, c, wsi);
    case LWS_CALLBACK_CLOSED:
        websocket_closed(s, c);
        return 0;
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        intake_made(s, wsi);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        intake_closed(wsi);
        closed(s, c);
        return 0;
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

/* A viewer is a file descriptor. */
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
    /* A viewer that says nothing is asked after 30 s, and dropped after 60. */
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

static int start(struct server *s, const struct server_options *o, struct err *e)
{
    struct host_port *listen = &s->services.access.listen;
    int fd;

    raise_file_limit();
    if (host_parse_listen(o->listen, listen, e) || listener_open(listen, &s->listener, e))
        return -1;
    if (make_context(s, e))
        return -1;
    fd = s->listener.fd;
    s->listener.fd = -1;
    if (intake_start(s, fd, o, e))
        return -1;
    s->trim = trim_new();
    s->workers = workers_new(&limits, e);
    if (!s->workers)
        return -1;
    s->sql = sql_workers_new(&sql_limits, e);
    if (!s->sql)
        return -1;
    hub_connect(s->services.hub, wake_server, s);
    return 0;
}

struct server *server_new(const struct server_options *o, struct err *e)
{
    struct server *s = mem_zalloc(1, sizeof *s);

    s->listener.fd = -1;
    lws_set_log_level(LLL_ERR | LLL_WARN, library_says);
    (void)pthread_mutex_init(&s->lock, NULL);
    atomic_init(&s->stop, false);
    s->piece = mem_alloc(LWS_PRE + SERVER_PIECE + 64);
    budget_init(&s->budget, o->client_memory ? o->client_memory : BUDGET_DEFAULT_BYTES);
    s->services = (struct services){.store = o->store,
        .engine = o->engine,
        .hub = o->hub,
        .base_map = o->base_map,
        .tiles_attribution = o->tiles_attribution,
        .frame_ancestors = o->frame_ancestors ? o->frame_ancestors : EMBED_POLICY_OWN,
        .access = {.token = o->token, .attempts = attempts_new(), .public_sql = o->public_sql},
        .trust = o->trust,
        .metrics = metrics_new(),
        .budget = &s->budget,
        .answers = answers_new(&s->budget, ANSWERS_KEPT),
        .rosters = rosters_new(o->store, &s->budget),
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
    hub_connect(s->services.hub, NULL, NULL);
    (void)pthread_mutex_lock(&s->lock);
    s->closing = true;
    (void)pthread_mutex_unlock(&s->lock);
    if (s->context)
        lws_context_destroy(s->context); /* closes every connection, which ends the streams' work */
    intake_free(s);
    if (s->listener.fd >= 0)
        (void)close(s->listener.fd);
    sql_workers_free(s->sql);
    workers_free(s->workers);
    trim_free(s->trim);
    for (struct exchange *x; (x = take_ready(s)) != NULL;)
        exchange_unref(x);
    answers_free(s->services.answers);
    rosters_free(s->services.rosters);
    budget_release(&s->budget);
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
