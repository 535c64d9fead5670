/*
 * connection.c: a request on its way in: its head, the checks, its body.
 *
 * Everything that can refuse a request stands before the first byte of its body, so a body that is
 * too large, or that may not be sent, is not read. A short one is read and dropped all the same:
 * the connection can then go on with the next request.
 */
#include "base/clock.h"
#include "http/intake.h"
#include "http/server_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* So much of a body that nobody wants is read, so that the connection can go on. */
#define DISCARD_MAX (64u << 10)
#define BODY_TOTAL_MS 120000
#define BODY_SILENCE_MS 15000
#define CLIENT_LOOK_MS 250
#define BODY_READS 16 /* pieces of a body before others get their turn */

static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

static const struct route no_route = {METHOD_OTHER, "", NULL, 0, 0};

bool connection_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap)
{
    out[0] = '\0';
    return lws_hdr_copy(wsi, out, (int)cap, token) > 0;
}

int connection_query(struct lws *wsi, struct params *q, struct err *e)
{
    char part[EXCHANGE_PATH_MAX + 1];

    if (!lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS))
        return 0;
    for (int i = 0;; i++) {
        int len = lws_hdr_copy_fragment(wsi, part, sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i);

        if (len == -2)
            return err_set(e, ERR_INVALID, "A parameter of the address is longer than 2 KiB.");
        if (len < 0)
            return 0;
        if (params_add(q, part, (size_t)len, e))
            return -1;
    }
}

static enum method method_of(struct lws *wsi)
{
    static const struct {
        enum lws_token_indexes token;
        enum method method;
    } known[] = {{WSI_TOKEN_GET_URI, METHOD_GET}, {WSI_TOKEN_POST_URI, METHOD_POST},
        {WSI_TOKEN_PUT_URI, METHOD_PUT}, {WSI_TOKEN_DELETE_URI, METHOD_DELETE},
        {WSI_TOKEN_HEAD_URI, METHOD_HEAD}, {WSI_TOKEN_OPTIONS_URI, METHOD_OPTIONS},
        {WSI_TOKEN_PATCH_URI, METHOD_PATCH}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lws_hdr_total_length(wsi, known[i].token))
            return known[i].method;
    return METHOD_OTHER;
}

/* Reads the body's length. A request without one has no body. Where its method could have one, the
 * connection ends after the answer: the bytes that follow may be a body all the same. */
static int read_length(struct connection *c, struct lws *wsi, enum method method, struct err *e)
{
    char text[32], coding[32];
    char *end;

    if (connection_header(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING, coding, sizeof coding) ||
        lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING)) {
        c->close_after = true;
        c->refusal = 411;
        return err_set_id(e, ERR_INVALID, "length-required",
            "A body in chunks is not taken here: send it with a Content-Length.");
    }
    if (!lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH)) {
        if (method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH)
            c->close_after = true;
        return 0;
    }
    if (!connection_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof text) ||
        strlen(text) > 15 || text[strspn(text, "0123456789")]) {
        c->close_after = true;
        return err_set(e, ERR_INVALID, "The Content-Length is not a number of bytes.");
    }
    c->expected = strtoull(text, &end, 10);
    return 0;
}

int connection_check_site(const struct server *s, struct lws *wsi, bool origin, struct err *e)
{
    char host[256], from[256];
    bool has_host = connection_header(wsi, WSI_TOKEN_HOST, host, sizeof host);
    bool has_origin = lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0;

    if (access_host(&s->services.access, has_host ? host : NULL, e))
        return -1;
    (void)connection_header(wsi, WSI_TOKEN_ORIGIN, from, sizeof from);
    return origin ? access_origin(has_origin ? from : NULL, has_host ? host : NULL, e) : 0;
}

static int check_access(const struct server *s, struct lws *wsi, struct exchange *x, struct err *e)
{
    const struct access *a = &s->services.access;
    const struct request *r = &x->request;
    unsigned flags = x->route->flags;
    const char *authorization = r->authorization[0] ? r->authorization : NULL;

    if (connection_check_site(s, wsi, flags & (ROUTE_WRITES | ROUTE_POSTED), e))
        return -1;
    if (flags & ROUTE_COSTLY)
        return access_costly(a, &r->client, authorization, e);
    return flags & ROUTE_WRITES ? access_write(a, &r->client, authorization, e) : 0;
}

/* The path fits no route, or no route of this method. */
static int fail_route(
    const struct server *s, struct connection *c, const char *allow, struct err *e)
{
    const struct request *r = &c->x->request;
    const char *described_at = s->app.described_at;

    if (!allow[0] && !described_at)
        return err_set(e, ERR_NOT_FOUND, "There is nothing at %.200s.", r->path);
    if (!allow[0])
        return err_set(e, ERR_NOT_FOUND, "There is nothing at %.200s: %s says what there is.",
            r->path, described_at);
    exchange_header(c->x, "Allow", "%s", allow);
    c->refusal = r->method == METHOD_OPTIONS ? 204 : 405;
    return err_set_id(e, ERR_INVALID, "method-not-allowed", "%s is not possible here, only %s.",
        route_method_name(r->method), allow);
}

static int find_route(const struct server *s, struct connection *c, struct err *e)
{
    struct exchange *x = c->x;
    struct request *r = &x->request;
    char allow[ROUTE_ALLOW_MAX];
    const struct route *found = route_find(&s->app.routes, r->method, r->path, &r->params, allow);

    if (!found && !allow[0] && s->app.other)
        found = s->app.other(s->app.app, r, allow);
    if (!found)
        return fail_route(s, c, allow, e);
    x->route = found;
    for (unsigned i = 0; i < ROUTE_MAX_PARAMS; i++)
        route_decode(r->params.value[i]);
    return 0;
}

/* A route that looks at no body still reads a short one, so that the connection can go on. */
static int check_size(const struct connection *c, const struct exchange *x, struct err *e)
{
    uint32_t max = x->route->body_max ? x->route->body_max : DISCARD_MAX;

    if (c->expected <= max)
        return 0;
    return err_set(
        e, ERR_TOO_LARGE, "The body has %zu bytes: at most %u are taken here.", c->expected, max);
}

struct address connection_client(const struct server *s, struct lws *wsi)
{
    const struct conn *c = lws_get_opaque_user_data(wsi);
    char forwarded[1024];

    (void)connection_header(wsi, WSI_TOKEN_X_FORWARDED_FOR, forwarded, sizeof forwarded);
    return address_behind(&s->trust, &c->peer, forwarded);
}

static int read_request(
    struct server *s, struct connection *c, struct lws *wsi, const char *path, struct err *e)
{
    struct exchange *x = c->x;
    struct request *r = &x->request;
    char text[160];

    x->route = &no_route;
    r->method = method_of(wsi);
    r->client = connection_client(s, wsi);
    c->http10 = !connection_header(wsi, WSI_TOKEN_HTTP, text, sizeof text) || strstr(text, "1.0");
    c->close_after =
        c->http10 || (connection_header(wsi, WSI_TOKEN_CONNECTION, text, sizeof text) &&
                         strcasestr(text, "close"));
    (void)connection_header(
        wsi, WSI_TOKEN_HTTP_AUTHORIZATION, r->authorization, sizeof r->authorization);
    (void)connection_header(
        wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, r->if_none_match, sizeof r->if_none_match);
    r->gzip = connection_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, text, sizeof text) &&
              strstr(text, "gzip");
    if (read_length(c, wsi, r->method, e) || conn_count_request(c->conn, &r->client, e))
        return -1;
    if (strlen(path) > EXCHANGE_PATH_MAX) {
        c->refusal = 414;
        return err_set_id(e, ERR_INVALID, "address-too-long", "The address is longer than 2 KiB.");
    }
    (void)snprintf(r->path, sizeof r->path, "%s", path);
    if (find_route(s, c, e) || check_access(s, wsi, x, e) || check_size(c, x, e))
        return -1;
    return connection_query(wsi, &r->query, e);
}

/* There is something to write. A client that takes nothing for SERVER_STALL_S is dropped. */
static void start_sending(struct connection *c, struct lws *wsi)
{
    c->state = CONNECTION_SENDING;
    lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, SERVER_STALL_S);
    conn_want_write(c->conn);
}

/* The server itself refuses: no worker has seen the request. 204 is the answer to OPTIONS. */
static void refuse(struct connection *c, const struct err *e)
{
    if (c->refusal != 204)
        exchange_fail(c->x, e);
    if (c->refusal)
        c->x->response.status = c->refusal;
}

/* A client that has gone looks like one that has closed only its sending side and waits for the
 * answer. So it is sent a provisional answer, which every HTTP/1.1 client skips. Where the client
 * has gone, its machine refuses those bytes, and the library closes the connection. */
static void look_for_client(struct connection *c, struct lws *wsi)
{
    struct pollfd p = {.fd = lws_get_socket_fd(wsi), .events = POLLRDHUP};

    if (!c->http10 && poll(&p, 1, 0) == 1 && (p.revents & POLLRDHUP))
        (void)send(p.fd, go_on, sizeof go_on - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    lws_set_timer_usecs(wsi, CLIENT_LOOK_MS * LWS_US_PER_MS);
}

/* The request is complete: runs its handler here, or gives it to the pool that the route is for. */
static void dispatch(struct server *s, struct connection *c, struct lws *wsi)
{
    struct err e = {0};

    c->state = CONNECTION_WORKING;
    lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    if (c->x->route->flags & ROUTE_INLINE) {
        exchange_run(c->x);
    } else if (workers_take(c->x->route->flags & ROUTE_COSTLY ? s->costly : s->workers, c->x, &e)) {
        exchange_fail(c->x, &e);
        start_sending(c, wsi);
    } else {
        lws_set_timer_usecs(wsi, CLIENT_LOOK_MS * LWS_US_PER_MS);
    }
}

/* Has the kernel acknowledge the head at once. It would do so 40 ms later, and some clients send
 * the body only then. */
static void hurry_body(struct lws *wsi)
{
    int on = 1;

    (void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static int expect_body(struct connection *c, struct lws *wsi)
{
    unsigned char out[LWS_PRE + sizeof go_on];
    char expect[32];

    c->state = CONNECTION_READING;
    c->deadline_ms = clock_mono_ns() / 1000000 + BODY_TOTAL_MS;
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    lws_set_timer_usecs(wsi, BODY_SILENCE_MS * LWS_US_PER_MS);
    hurry_body(wsi);
    conn_poke(c->conn); /* some of it may be there already */
    if (c->refused || !connection_header(wsi, WSI_TOKEN_HTTP_EXPECT, expect, sizeof expect) ||
        strcasecmp(expect, "100-continue") != 0)
        return 0;
    memcpy(out + LWS_PRE, go_on, sizeof go_on);
    return lws_write(wsi, out + LWS_PRE, sizeof go_on - 1, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

int connection_request(struct server *s, struct connection *c, struct lws *wsi, const char *path)
{
    struct err e = {0};

    exchange_unref(c->x);
    memset(c, 0, sizeof *c);
    c->conn = intake_claim(wsi);
    c->x = exchange_new(&s->services);
    c->x->wsi = wsi;
    if (read_request(s, c, wsi, path, &e)) {
        refuse(c, &e);
        c->refused = true;
        if (c->expected > DISCARD_MAX)
            c->close_after = true;
        if (c->expected == 0 || c->close_after) {
            start_sending(c, wsi);
            return 0;
        }
    }
    if (c->expected == 0) {
        dispatch(s, c, wsi);
        return 0;
    }
    return expect_body(c, wsi);
}

static void take_body(struct connection *c, struct lws *wsi, const void *bytes, size_t len)
{
    int64_t now_ms = clock_mono_ns() / 1000000;
    struct err e = {0};

    c->arrived += len;
    if (!c->refused && exchange_body_add(c->x, bytes, len, &e)) {
        refuse(c, &e);
        c->refused = true;
        c->close_after = true;
        start_sending(c, wsi);
        return;
    }
    if (c->arrived < c->expected && now_ms < c->deadline_ms)
        lws_set_timer_usecs(wsi, BODY_SILENCE_MS * LWS_US_PER_MS);
}

/* Reads no byte beyond the body: what follows is the next request. */
void connection_readable(struct server *s, struct connection *c, struct lws *wsi)
{
    if (!c->x)
        return;
    for (int i = 0; i < BODY_READS && c->state == CONNECTION_READING; i++) {
        size_t left = c->expected - c->arrived;
        ssize_t n = recv(lws_get_socket_fd(wsi), s->piece,
            left < SERVER_PIECE ? left : SERVER_PIECE, MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            intake_drop(wsi); /* it went away before all of it had come */
            return;
        }
        take_body(c, wsi, s->piece, (size_t)n);
        if (c->state != CONNECTION_READING || c->arrived < c->expected)
            continue;
        if (c->refused)
            start_sending(c, wsi);
        else
            dispatch(s, c, wsi);
    }
    if (c->state == CONNECTION_READING)
        conn_poke(c->conn);
}

/* While a worker has the request: whether the client is still there. While the body is read: the
 * rest of it did not come. */
void connection_timer(struct connection *c, struct lws *wsi)
{
    static const struct err late = {.code = ERR_INVALID,
        .text =
            "The rest of the body did not come in time: send all that Content-Length promises."};

    if (c->x && c->state == CONNECTION_WORKING)
        look_for_client(c, wsi);
    if (!c->x || c->state != CONNECTION_READING)
        return;
    if (!c->refused)
        exchange_fail(c->x, &late);
    c->x->response.status = 408;
    c->close_after = true;
    start_sending(c, wsi);
}

void connection_closed(struct connection *c)
{
    struct exchange *x = c->x;

    c->x = NULL;
    c->state = CONNECTION_IDLE;
    if (x)
        exchange_leave(x);
}

void connection_ready(struct connection *c, struct lws *wsi)
{
    if (c->state == CONNECTION_WORKING || c->state == CONNECTION_WAITING)
        start_sending(c, wsi);
}
