#include "http/server.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/trim.h"
#include "http/framing.h"
#include "http/rosters.h"
#include "http/server_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES_MAX 65536u
#define HEADERS_MAX 8192
#define HEADER_POOL 1024
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
        struct session *c = wsi ? lws_wsi_user(wsi) : NULL;

        if (c && c->x == x && c->viewer)
            socket_ready(s, c);
        else if (c && c->x == x)
            connection_ready(c, wsi);
        exchange_unref(x);
    }
}

static int callback(
    struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct server *s = lws_context_user(lws_get_context(wsi));
    struct session *c = user;

    switch (reason) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        serve_ready(s);
        run_hub(s);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return socket_upgrade(s, wsi, in);
    case LWS_CALLBACK_HTTP:
        return connection_request(s, c, wsi, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return connection_body(c, wsi, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return connection_body_end(s, c, wsi);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return delivery_writable(s, c, wsi);
    case LWS_CALLBACK_TIMER:
        return c && c->viewer ? socket_timer(wsi) : c ? connection_timer(c, wsi) : 0;
    case LWS_CALLBACK_ESTABLISHED:
        return socket_opened(s, c, wsi);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return socket_writable(s, c, wsi);
    case LWS_CALLBACK_RECEIVE:
        return socket_received(s, c, wsi, in, len);
    case LWS_CALLBACK_CLOSED:
        socket_closed(s, c);
        return 0;
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_WSI_DESTROY:
        if (c && c->viewer)
            socket_closed(s, c);
        else if (c)
            connection_closed(c);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {"trackside", callback, sizeof(struct session), 2048, 0, NULL, SERVER_PIECE + 64},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void library_says(int level, const char *line)
{
    (void)level;
    log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

/* The numeric form of the host, and that it may be bound: the library would only say that it
 * failed. */
static int check_address(
    const struct guard_address *a, char numeric[INET6_ADDRSTRLEN], int *family, struct err *e)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int rc, fd, on = 1;

    (void)snprintf(port, sizeof port, "%u", a->port);
    rc = getaddrinfo(
        strcmp(a->host, "localhost") == 0 ? "127.0.0.1" : a->host, port, &hints, &found);
    if (rc)
        return err_set_field(e, "listen", "Cannot listen at %s: %s.", a->host, gai_strerror(rc));
    *family = found->ai_family;
    (void)getnameinfo(
        found->ai_addr, found->ai_addrlen, numeric, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST);
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    rc = fd < 0 ? -1 : bind(fd, found->ai_addr, found->ai_addrlen);
    if (rc == 0)
        rc = listen(fd, 1);
    if (rc && errno == EADDRINUSE)
        err_set_field(e, "listen",
            "Port %u at %s is taken by another program: stop that or choose another with --listen "
            "HOST:PORT.",
            a->port, a->host);
    else if (rc)
        err_set_field(
            e, "listen", "Cannot listen at %s, port %u: %s.", a->host, a->port, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    freeaddrinfo(found);
    return rc ? -1 : 0;
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

static int make_context(struct server *s, const char *numeric, int family, struct err *e)
{
    /* A viewer that says nothing is asked after 30 s, and dropped after 60. */
    static const lws_retry_bo_t alive = {
        .secs_since_valid_ping = 30, .secs_since_valid_hangup = 60};
    struct lws_context_creation_info info = {
        .port = s->services.guard.listen.port,
        .protocols = protocols,
        .user = s,
        .options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   (family == AF_INET ? LWS_SERVER_OPTION_DISABLE_IPV6 : 0),
        .pt_serv_buf_size = SERVER_PIECE + 1024,
        .max_http_header_data = HEADERS_MAX,
        .max_http_header_pool = HEADER_POOL,
        .timeout_secs = IDLE_S,
        .timeout_secs_ah_idle = IDLE_S,
        .keepalive_timeout = 60,
        .retry_and_idle_policy = &alive,
        .vhost_name = "trackside",
    };

    /* -1 keeps the user and group; signed in one version of the library, unsigned in the next. */
    info.gid--;
    info.uid--;
    if (strcmp(numeric, "0.0.0.0") != 0 && strcmp(numeric, "::") != 0)
        info.iface = numeric;
    s->context = lws_create_context(&info);
    if (s->context)
        s->vhost = lws_create_vhost(s->context, &info);
    if (!s->vhost)
        return err_set(e, ERR_INTERNAL, "Cannot start the server at %s, port %u.",
            s->services.guard.listen.host, s->services.guard.listen.port);
    return 0;
}

static int start(struct server *s, const struct server_options *o, struct err *e)
{
    struct guard_address *listen = &s->services.guard.listen;
    char numeric[INET6_ADDRSTRLEN];
    int family = AF_INET;

    if (guard_parse_listen(o->listen, listen, e) || check_address(listen, numeric, &family, e))
        return -1;
    raise_file_limit();
    if (make_context(s, numeric, family, e))
        return -1;
    listen->port = (uint16_t)lws_get_vhost_listen_port(s->vhost);
    (void)snprintf(s->address, sizeof s->address,
        strchr(listen->host, ':') ? "http://[%s]:%u" : "http://%s:%u", listen->host, listen->port);
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

    lws_set_log_level(LLL_ERR | LLL_WARN, library_says);
    (void)pthread_mutex_init(&s->lock, NULL);
    atomic_init(&s->stop, false);
    s->piece = mem_alloc(LWS_PRE + SERVER_PIECE + 64);
    budget_init(&s->budget, o->client_memory ? o->client_memory : BUDGET_DEFAULT_BYTES);
    s->services = (struct services){.store = o->store,
        .engine = o->engine,
        .hub = o->hub,
        .tiles_url = o->tiles_url,
        .tiles_attribution = o->tiles_attribution,
        .frame_ancestors = o->frame_ancestors ? o->frame_ancestors : FRAMING_OWN,
        .guard = {.token = o->token, .public_sql = o->public_sql},
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
    sql_workers_free(s->sql);
    workers_free(s->workers);
    trim_free(s->trim);
    for (struct exchange *x; (x = take_ready(s)) != NULL;)
        exchange_unref(x);
    answers_free(s->services.answers);
    rosters_free(s->services.rosters);
    budget_release(&s->budget);
    metrics_free(s->services.metrics);
    (void)pthread_mutex_destroy(&s->lock);
    free(s->piece);
    free(s);
}

const char *server_address(const struct server *s)
{
    return s->address;
}

int server_run(struct server *s, struct err *e)
{
    int rc = 0;

    while (rc >= 0 && !atomic_load(&s->stop))
        rc = lws_service(s->context, 0);
    if (rc < 0)
        return err_set(e, ERR_INTERNAL, "The server's event loop has failed.");
    return 0;
}

void server_stop(struct server *s)
{
    atomic_store(&s->stop, true);
    lws_cancel_service(s->context);
}
