#include "http/server_parts.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

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

static void add_date(struct buf *out)
{
    time_t now = time(NULL);
    struct tm utc;
    char text[40];

    (void)gmtime_r(&now, &utc);
    (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    buf_addf(out, "Date: %s\r\n", text);
}

static void add_head(struct session *c, struct buf *out)
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

static int put(struct server *s, struct lws *wsi, size_t len)
{
    metrics_sent(s->services.metrics, len);
    return lws_write(wsi, s->piece + LWS_PRE, len, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

/* The transaction is over: make room for the next, or close. */
static int finish(struct server *s, struct session *c, struct lws *wsi)
{
    struct exchange *x = c->x;
    bool close_after = c->close_after;

    metrics_answered(s->services.metrics, method_name(x->request.method), x->response.status);
    x->wsi = NULL;
    c->x = NULL;
    c->state = SESSION_IDLE;
    exchange_unref(x);
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    if (close_after)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Head and as much of the body as one piece holds. */
static int send_head(struct server *s, struct session *c, struct lws *wsi)
{
    const struct response *r = &c->x->response;
    const char *body = r->fixed ? r->fixed : r->body.data;
    struct buf head = BUF_INIT;
    size_t room, n = 0;
    int rc;

    if (c->http10)
        c->close_after = c->close_after || r->streamed;
    add_head(c, &head);
    room = head.len < SERVER_PIECE ? SERVER_PIECE - head.len : 0;
    if (!r->streamed && c->x->request.method != METHOD_HEAD && r->status != 304)
        n = body_len(r) < room ? body_len(r) : room;
    memcpy(s->piece + LWS_PRE, head.data, head.len);
    if (n)
        memcpy(s->piece + LWS_PRE + head.len, body, n);
    rc = put(s, wsi, head.len + n);
    c->head_sent = true;
    c->sent = n;
    buf_release(&head);
    return rc;
}

static bool whole_body_sent(const struct session *c)
{
    const struct response *r = &c->x->response;

    return c->x->request.method == METHOD_HEAD || r->status == 304 || c->sent == body_len(r);
}

static int send_body(struct server *s, struct session *c, struct lws *wsi)
{
    const struct response *r = &c->x->response;
    size_t left = body_len(r) - c->sent;
    size_t n = left < SERVER_PIECE ? left : SERVER_PIECE;

    memcpy(s->piece + LWS_PRE, (r->fixed ? (const char *)r->fixed : r->body.data) + c->sent, n);
    c->sent += n;
    return put(s, wsi, n);
}

/* Bytes of a stream: first what came before the pipe was made. */
static enum pipe_state next_of_stream(struct session *c, char *out, size_t *len)
{
    const struct buf *first = &c->x->response.body;

    if (c->sent == first->len)
        return pipe_read(c->x->pipe, out, SERVER_PIECE, len);
    *len = first->len - c->sent < SERVER_PIECE ? first->len - c->sent : SERVER_PIECE;
    memcpy(out, first->data + c->sent, *len);
    c->sent += *len;
    return PIPE_DATA;
}

/* Cut off: the client must not take it for whole. Who knows chunks misses the last one. HTTP/1.0
 * ends an answer by closing, so the connection is reset instead. Returns -1. */
static int cut_off(const struct session *c, struct lws *wsi)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (c->http10)
        (void)connect(lws_get_socket_fd(wsi), &nowhere, sizeof nowhere);
    return -1;
}

/* As a chunk, where the client knows chunks. */
static int send_stream(struct server *s, struct session *c, struct lws *wsi, bool *over)
{
    enum { FRAME = 10 }; /* "10000\r\n" and more */
    char *start = (char *)s->piece + LWS_PRE;
    enum pipe_state state;
    char size[FRAME + 1];
    size_t len;
    int n;

    state = next_of_stream(c, start + FRAME, &len);
    if (state == PIPE_FAILED)
        return cut_off(c, wsi);
    if (state == PIPE_EMPTY) {
        c->state = SESSION_WAITING;
        lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
        (void)lws_rx_flow_control(wsi, 0);
        return 0;
    }
    if (c->http10 && len) {
        memmove(start, start + FRAME, len);
        return put(s, wsi, len);
    }
    if (state == PIPE_ENDED) {
        memcpy(start, "0\r\n\r\n", 5);
        *over = true;
        return c->http10 ? 0 : put(s, wsi, 5);
    }
    n = snprintf(size, sizeof size, "%zx\r\n", len);
    memcpy(start + FRAME - n, size, (size_t)n);
    memcpy(start + FRAME + len, "\r\n", 2);
    metrics_sent(s->services.metrics, len);
    return lws_write(wsi, (unsigned char *)start + FRAME - n, (size_t)n + len + 2, LWS_WRITE_HTTP) <
                   0
               ? -1
               : 0;
}

int delivery_writable(struct server *s, struct session *c, struct lws *wsi)
{
    bool over = false;
    int rc;

    if (!c || !c->x || c->state != SESSION_SENDING)
        return 0;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, SERVER_STALL_S);
    if (!c->head_sent)
        rc = send_head(s, c, wsi);
    else if (c->x->response.streamed)
        rc = send_stream(s, c, wsi, &over);
    else
        rc = send_body(s, c, wsi);
    if (rc)
        return -1;
    /* The session is gone with the end of the transaction: nobody may look at it after finish. */
    if (over || (!c->x->response.streamed && whole_body_sent(c)))
        return finish(s, c, wsi);
    if (c->state != SESSION_SENDING)
        return 0;
    (void)lws_callback_on_writable(wsi);
    return 0;
}
