/*
 * response.c: an answer on its way out: its head, then its body from where it lies, or a stream in
 * chunks.
 *
 * One connection writes a few pieces, then the others get their turn. Nothing is copied for a slow
 * client but the piece that its socket took in part.
 */
#include "http/intake.h"
#include "http/server_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define TOGETHER_MAX (32u << 10) /* a body that goes out with its head */
#define UNSENT_MAX (128 << 10)   /* bytes of one connection that the kernel keeps to be sent */
#define STEPS_MAX 6

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } known[] = {{200, "OK"}, {201, "Created"}, {204, "No Content"}, {304, "Not Modified"},
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"},
        {411, "Length Required"}, {413, "Content Too Large"}, {414, "URI Too Long"},
        {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Service Unavailable"},
        {504, "Gateway Timeout"}, {507, "Insufficient Storage"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].reason;
    return "Other";
}

static size_t body_len(const struct response *r)
{
    return r->fixed ? r->fixed_len : r->body.len;
}

static const char *body_of(const struct response *r)
{
    return r->fixed ? (const char *)r->fixed : r->body.data;
}

static void add_date(struct buf *out)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[40];

    (void)gmtime_r(&now, &utc);
    (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    buf_addf(out, "Date: %s\r\n", text);
}

static void add_head(struct connection *c, struct buf *out)
{
    struct response *r = &c->x->response;
    const char *more = r->headers.data ? r->headers.data : "";
    bool no_body = r->status == 204 || r->status == 304;

    buf_addf(out, "HTTP/1.1 %u %s\r\n%s", r->status, reason_of(r->status), more);
    add_date(out);
    if (!no_body)
        buf_addf(out, "Content-Type: %s\r\n", r->type);
    if (r->streamed && !c->http10)
        buf_adds(out, "Transfer-Encoding: chunked\r\n");
    else if (!r->streamed && !no_body && !c->x->cut)
        buf_addf(out, "Content-Length: %zu\r\n", body_len(r));
    if (!strstr(more, "Cache-Control: "))
        buf_adds(out, "Cache-Control: no-store\r\n");
    if (!strstr(more, "Content-Security-Policy: "))
        buf_adds(out, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    buf_adds(out, "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n");
    if (c->close_after || (r->streamed && c->http10))
        buf_adds(out, "Connection: close\r\n");
    buf_adds(out, "\r\n");
}

/* Bytes go to the socket directly, not through the library: it would keep a copy of what the kernel
 * does not take. Returns how many went; 0: none now; -1: the client has gone. */
static ssize_t put(struct server *s, struct lws *wsi, const void *bytes, size_t len)
{
    ssize_t n = send(lws_get_socket_fd(wsi), bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    metrics_sent(s->services.metrics, (size_t)n);
    return n;
}

/* The answer is out: the connection goes back to the gate, and the library closes its end. */
static int finish(struct server *s, struct connection *c, struct lws *wsi)
{
    struct exchange *x = c->x;

    metrics_answered(s->services.metrics, route_method_name(x->request.method), x->response.status);
    x->wsi = NULL;
    c->x = NULL;
    c->state = CONNECTION_IDLE;
    exchange_unref(x);
    return intake_finish(wsi, c->close_after);
}

/* Bounds the bytes of a long answer that the kernel takes ahead of sending them: otherwise what a
 * client does not read would fill the kernel's memory. */
static void bound_unsent(struct lws *wsi)
{
    int most = UNSENT_MAX;

    (void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
}

static bool has_body(const struct exchange *x)
{
    return x->request.method != METHOD_HEAD && x->response.status != 304;
}

/* Makes the head. A short body goes into the same bytes, so that both cost one system call. */
static void begin(struct connection *c, struct lws *wsi)
{
    struct exchange *x = c->x;
    const struct response *r = &x->response;

    if (c->http10)
        c->close_after = c->close_after || r->streamed;
    add_head(c, &x->out);
    c->head_sent = true;
    if (!r->streamed && has_body(x) && body_len(r) <= TOGETHER_MAX) {
        buf_add(&x->out, body_of(r), body_len(r));
        c->sent = body_len(r);
    }
    if (r->streamed || body_len(r) > UNSENT_MAX)
        bound_unsent(wsi);
}

/* The next bytes of a stream: first those that were written before the pipe was made. */
static enum pipe_state next_of_stream(struct connection *c, char *out, size_t *len)
{
    const struct buf *first = &c->x->response.body;

    if (c->sent == first->len)
        return byte_pipe_read(c->x->pipe, out, SERVER_PIECE, len);
    *len = first->len - c->sent < SERVER_PIECE ? first->len - c->sent : SERVER_PIECE;
    memcpy(out, first->data + c->sent, *len);
    c->sent += *len;
    return PIPE_DATA;
}

/* The pipe is empty: the writer wakes the server, which puts the connection back to sending. */
static void wait_for_writer(struct connection *c, struct lws *wsi)
{
    c->state = CONNECTION_WAITING;
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
}

enum step {
    STEP_MORE,  /* there may be more to send */
    STEP_LATER, /* the socket is full, or a stream's writer has to go on */
    STEP_OVER,  /* all of the answer is out */
    STEP_GONE,
};

/* The answer is cut off, and the client must not take it for whole. With chunks the last one is
 * missing. HTTP/1.0 ends an answer by closing, so there the connection is reset instead. */
static enum step cut_off(const struct connection *c, struct lws *wsi)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (c->http10)
        (void)connect(lws_get_socket_fd(wsi), &nowhere, sizeof nowhere);
    return STEP_GONE;
}

/* Puts the next piece of a stream into x->out, as a chunk where the client knows chunks. */
static enum step next_chunk(struct connection *c, struct lws *wsi)
{
    enum { FRAME = 10 }; /* "10000\r\n" and more */
    struct buf *out = &c->x->out;
    char *start = buf_reserve(out, FRAME + SERVER_PIECE + 2);
    enum pipe_state state;
    char size[FRAME + 1];
    size_t len;
    int n;

    state = next_of_stream(c, start + FRAME, &len);
    if (state == PIPE_FAILED)
        return cut_off(c, wsi);
    if (state == PIPE_EMPTY) {
        wait_for_writer(c, wsi);
        return STEP_LATER;
    }
    if (state == PIPE_ENDED) {
        c->stream_over = true;
        if (!c->http10)
            buf_adds(out, "0\r\n\r\n");
        return STEP_MORE;
    }
    n = c->http10 ? 0 : snprintf(size, sizeof size, "%zx\r\n", len);
    memcpy(start + FRAME - n, size, (size_t)n);
    if (!c->http10)
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): bytes, and no text */
        memcpy(start + FRAME + len, "\r\n", 2);
    c->x->out_sent = (size_t)(FRAME - n);
    out->len = FRAME + len + (c->http10 ? 0 : 2);
    return STEP_MORE;
}

/* Sends the bytes that the socket did not take before. */
static enum step send_out(struct server *s, struct connection *c, struct lws *wsi)
{
    struct exchange *x = c->x;
    ssize_t n = put(s, wsi, x->out.data + x->out_sent, x->out.len - x->out_sent);

    if (n < 0)
        return STEP_GONE;
    x->out_sent += (size_t)n;
    if (x->out_sent < x->out.len)
        return STEP_LATER;
    buf_clear(&x->out);
    x->out_sent = 0;
    return STEP_MORE;
}

/* Sends a piece of a body that is whole, from where it lies. */
static enum step send_body(struct server *s, struct connection *c, struct lws *wsi)
{
    const struct response *r = &c->x->response;
    size_t left = body_len(r) - c->sent;
    ssize_t n = put(s, wsi, body_of(r) + c->sent, left < SERVER_PIECE ? left : SERVER_PIECE);

    if (n < 0)
        return STEP_GONE;
    c->sent += (size_t)n;
    return n > 0 ? STEP_MORE : STEP_LATER;
}

/* One step of sending: the bytes that wait first, then the next of the stream or of the body. */
static enum step step(struct server *s, struct connection *c, struct lws *wsi)
{
    struct exchange *x = c->x;

    if (!c->head_sent)
        begin(c, wsi);
    if (x->out_sent < x->out.len)
        return send_out(s, c, wsi);
    if (x->response.streamed)
        return c->stream_over ? STEP_OVER : next_chunk(c, wsi);
    if (!has_body(x) || c->sent == body_len(&x->response))
        return STEP_OVER;
    return send_body(s, c, wsi);
}

/* The timeout begins anew each time that the socket has room: a client that takes nothing for
 * SERVER_STALL_S is dropped. */
int response_writable(struct server *s, struct connection *c, struct lws *wsi)
{
    enum step now = STEP_MORE;

    if (!c || !c->x || c->state != CONNECTION_SENDING)
        return 0;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, SERVER_STALL_S);
    for (int i = 0; i < STEPS_MAX && now == STEP_MORE; i++)
        now = step(s, c, wsi);
    if (now == STEP_GONE)
        return -1;
    /* finish() ends the transaction, and `c` with it: it is not looked at after that. */
    if (now == STEP_OVER)
        return finish(s, c, wsi);
    if (c->state == CONNECTION_SENDING)
        conn_want_write(c->conn);
    return 0;
}
