/*
 * websocket.c: opens WebSocket connections, sends and receives frames for the application.
 *
 * Frames are read here and not by the library, which accepts unmasked ones (websocket_reader.h).
 * Small messages are written together, with headers of our own.
 */
#include "http/websocket.h"

#include "base/mem.h"
#include "http/intake.h"
#include "http/server_internal.h"
#include "http/websocket_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define SEND_BUFFER (64 << 10)
#define READ_MAX 4096        /* bytes of one connection that are read at once */
#define READS 4              /* reads of one connection before others get their turn */
#define TOGETHER (16u << 10) /* bytes of small messages in one write */
#define HEAD_MAX 4u          /* bytes of the header of a message as small as that */

/* After the last message: closing a socket that has unread bytes in it would reset the connection,
 * and the client would lose the message. */
#define LINGER_MS 250

enum { FRAME_LAST = 0x80, OPCODE_CLOSE = 8, OPCODE_PONG = 10 };
#define CLOSE_NO_CODE UINT32_MAX /* a close frame without a code */

_Static_assert(WEBSOCKET_ROOM >= LWS_PRE, "a message has room for the library's header");
_Static_assert(TOGETHER <= SERVER_PIECE && TOGETHER <= UINT16_MAX, "room, and lengths of 16 bits");

struct websocket {
    struct server *server;
    struct connection *connection;
    struct lws *wsi;
    void *own; /* the application's part */
    struct websocket_reader reader;
    bool deaf; /* nothing more is read */
    bool pong; /* a ping is to be answered, with these bytes */
    unsigned pong_len;
    unsigned char pong_bytes[WS_CONTROL_MAX];
    bool closing_sent;   /* the close frame is out */
    unsigned close_code; /* of the close frame that is to be sent; 0: none */
};

/* An exchange of a connection's own: it answers nobody, its result goes to `fetched`. */
static int run_fetch(struct exchange *x, struct err *e)
{
    const struct websocket_ops *ops = x->services->websocket;

    x->drop_result = ops->drop;
    x->result = ops->fetch(x->services->app, x->request.params.value[0], e);
    return x->result ? 0 : -1;
}

static const struct route fetch_route = {METHOD_GET, "", run_fetch, 0, 0};

static int check_upgrade(struct server *s, struct lws *wsi, const char *protocol, struct err *e)
{
    const struct websocket_ops *ops = s->app.websocket;
    char path[64];

    if (!ops)
        return err_set(e, ERR_INVALID, "No connection can be upgraded here.");
    if (strcasecmp(protocol, "websocket") != 0)
        return err_set(
            e, ERR_INVALID, "Only an upgrade to WebSocket is possible, and only at %s.", ops->path);
    if (!connection_header(wsi, WSI_TOKEN_GET_URI, path, sizeof path) ||
        strcmp(path, ops->path) != 0)
        return err_set(e, ERR_NOT_FOUND, "A WebSocket can be opened at %s only.", ops->path);
    if (connection_check_site(s, wsi, true, e))
        return -1;
    if (s->websockets >= ops->max)
        return err_set(e, ERR_UNAVAILABLE,
            "The server has %u WebSocket connections open, and takes no more.", s->websockets);
    return 0;
}

int websocket_upgrade(struct server *s, struct lws *wsi, const char *protocol)
{
    struct conn *c = lws_get_opaque_user_data(wsi);
    struct address client = connection_client(s, wsi);
    struct err *why = &s->refusal;

    if (check_upgrade(s, wsi, protocol, why) == 0 && conn_count_request(c, &client, why) == 0) {
        (void)intake_claim(wsi);
        return 0;
    }
    metrics_answered(s->services.metrics, "GET", (unsigned)err_http_status(why->code));
    return -1;
}

void websocket_want_write(struct websocket *w)
{
    (void)lws_callback_on_writable(w->wsi);
}

void websocket_fetch(struct websocket *w, const char *key)
{
    struct server *s = w->server;
    struct exchange *x = exchange_new(&s->services);
    char *param = x->request.params.value[0];
    struct err e = {0};

    x->route = &fetch_route;
    x->wsi = w->wsi;
    (void)snprintf(param, sizeof x->request.params.value[0], "%s", key);
    w->connection->x = x;
    if (workers_take(s->workers, x, &e)) {
        x->failed = e;
        s->services.wake(s, x); /* not at once: `opened` may not have returned yet */
    }
}

int websocket_opened(struct server *s, struct connection *c, struct lws *wsi)
{
    struct websocket *w = mem_zalloc(1, sizeof *w);
    int bytes = SEND_BUFFER, rc;
    struct params query;
    struct err e = {0};

    *c = (struct connection){.websocket = w, .conn = intake_claim(wsi)};
    conn_share(c->conn);
    conn_poke(c->conn); /* its first message may be there already */
    (void)setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    *w = (struct websocket){.server = s, .connection = c, .wsi = wsi};
    s->websockets++;
    params_init(&query);
    rc = connection_query(wsi, &query, &e);
    w->own = s->app.websocket->opened(s->app.app, w, rc ? NULL : &query);
    if (rc)
        s->app.websocket->refused(w->own, &e);
    params_release(&query);
    return 0;
}

void websocket_ready(struct server *s, struct connection *c)
{
    struct exchange *x = c->x;

    c->x = NULL;
    if (x->result)
        s->app.websocket->fetched(c->websocket->own, x->result);
    else
        s->app.websocket->refused(c->websocket->own, &x->failed);
    exchange_unref(x);
}

static enum websocket_next next_message(const struct websocket *w, struct websocket_message *out)
{
    return w->server->app.websocket->next(w->own, out);
}

static void message_sent(const struct websocket *w, size_t bytes)
{
    w->server->app.websocket->sent(w->own, bytes);
}

/* The next piece of a long message. The library writes its header in front of it, where the piece
 * before it may be: those bytes are put back, for other clients are still to get them. */
static int send_piece(const struct websocket *w, const struct websocket_message *m)
{
    unsigned char *at = m->bytes + m->sent;
    size_t left = m->len - m->sent;
    size_t n = left < SERVER_PIECE ? left : SERVER_PIECE;
    unsigned char before[LWS_PRE];
    int flags =
        lws_write_ws_flags(m->text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY, m->sent == 0, n == left);
    int rc;

    memcpy(before, at - LWS_PRE, LWS_PRE);
    rc = lws_write(w->wsi, at, n, (enum lws_write_protocol)flags);
    memcpy(at - LWS_PRE, before, LWS_PRE);
    if (rc < (int)n)
        return -1;
    message_sent(w, n);
    return 0;
}

/* The header of a whole message from a server (RFC 6455, 5.2); its bytes. */
static size_t put_head(unsigned char *at, bool text, size_t len)
{
    at[0] = 0x80 | (text ? 1 : 2);
    if (len < 126) {
        at[1] = (unsigned char)len;
        return 2;
    }
    at[1] = 126;
    at[2] = (unsigned char)(len >> 8);
    at[3] = (unsigned char)len;
    return HEAD_MAX;
}

/* What waits and is small goes out in one write: three messages at once cost one system call
 * instead of three. The library can do that only with bytes that it does not look at, so the
 * headers are ours. `m` is the first that waits; *n becomes the bytes of all that went together, 0
 * where the first is too long for it. */
static int send_together(const struct websocket *w, struct websocket_message *m, size_t *n)
{
    unsigned char *out = w->server->piece + LWS_PRE;

    *n = 0;
    do {
        if (m->sent > 0 || *n + HEAD_MAX + m->len > TOGETHER)
            break;
        *n += put_head(out + *n, m->text, m->len);
        memcpy(out + *n, m->bytes, m->len);
        *n += m->len;
        message_sent(w, m->len);
    } while (next_message(w, m) == WEBSOCKET_MESSAGE);
    return *n && lws_write(w->wsi, out, *n, LWS_WRITE_HTTP) < (int)*n ? -1 : 0;
}

/* A pong or a close, which may come between the pieces of a message. */
static int send_control(
    const struct websocket *w, unsigned opcode, const unsigned char *payload, size_t len)
{
    unsigned char *out = w->server->piece + LWS_PRE;

    out[0] = (unsigned char)(FRAME_LAST | opcode);
    out[1] = (unsigned char)len;
    memcpy(out + 2, payload, len);
    return lws_write(w->wsi, out, len + 2, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

/* The last frame, then the connection goes back to the gate to linger. */
static int send_close(struct websocket *w)
{
    const unsigned char code[2] = {
        (unsigned char)(w->close_code >> 8), (unsigned char)w->close_code};

    if (!w->closing_sent &&
        send_control(w, OPCODE_CLOSE, code, w->close_code == CLOSE_NO_CODE ? 0 : sizeof code))
        return -1;
    w->closing_sent = true;
    if (!lws_partial_buffered(w->wsi))
        return intake_finish(w->wsi, true);
    websocket_want_write(w);
    return 0;
}

static int send_some(struct websocket *w)
{
    struct websocket_message m;
    size_t n;

    if (w->pong) {
        w->pong = false;
        return send_control(w, OPCODE_PONG, w->pong_bytes, w->pong_len);
    }
    if (next_message(w, &m) != WEBSOCKET_MESSAGE)
        return 0;
    if (send_together(w, &m, &n))
        return -1;
    return n ? 0 : send_piece(w, &m);
}

int websocket_writable(struct server *s, struct connection *c, struct lws *wsi)
{
    struct websocket *w = c ? c->websocket : NULL;
    struct websocket_message m;
    enum websocket_next next;

    (void)s;
    if (!w)
        return 0;
    if (w->close_code)
        return send_close(w);
    if (send_some(w))
        return -1;
    next = next_message(w, &m);
    if (next == WEBSOCKET_MESSAGE)
        websocket_want_write(w);
    else if (next == WEBSOCKET_END && !lws_partial_buffered(wsi))
        lws_set_timer_usecs(wsi, LINGER_MS * LWS_US_PER_MS);
    return 0;
}

static void close_with(struct websocket *w, unsigned code)
{
    w->deaf = true;
    w->close_code = code;
    websocket_want_write(w);
}

void websocket_timer(struct connection *c)
{
    close_with(c->websocket, LWS_CLOSE_STATUS_POLICY_VIOLATION);
}

/* The code of the peer's close comes back to it (RFC 6455, 5.5.1), if it is one that may be sent.
 */
static unsigned close_code_for(const struct websocket_reader *r)
{
    unsigned code = r->control_len >= 2 ? (unsigned)r->control[0] << 8 | r->control[1] : 0;

    if (r->control_len == 0)
        return CLOSE_NO_CODE;
    return code >= 1000 && code < 5000 && code != 1005 && code != 1006
               ? code
               : LWS_CLOSE_STATUS_PROTOCOL_ERR;
}

static void take_event(struct websocket *w, enum websocket_event event)
{
    static const struct err unwanted = {
        .code = ERR_INVALID, .text = "A message has to be text of at most 1 KiB."};
    const struct websocket_ops *ops = w->server->app.websocket;

    switch (event) {
    case WS_TEXT:
        ops->received(
            w->own, w->reader.message.len ? w->reader.message.data : "", w->reader.message.len);
        break;
    case WS_PING:
        w->pong = true;
        w->pong_len = w->reader.control_len;
        memcpy(w->pong_bytes, w->reader.control, w->pong_len);
        websocket_want_write(w);
        break;
    case WS_CLOSE:
        close_with(w, close_code_for(&w->reader));
        break;
    case WS_UNWANTED:
        w->deaf = true;
        ops->refused(w->own, &unwanted);
        break;
    case WS_VIOLATION:
        close_with(w, LWS_CLOSE_STATUS_PROTOCOL_ERR);
        break;
    case WS_PONG:
    case WS_MORE:
        break;
    }
}

void websocket_readable(struct server *s, struct connection *c, struct lws *wsi)
{
    struct websocket *w = c->websocket;
    unsigned char bytes[READ_MAX];

    (void)s;
    for (int i = 0; i < READS && !w->deaf; i++) {
        ssize_t n = recv(lws_get_socket_fd(wsi), bytes, sizeof bytes, MSG_DONTWAIT);
        const unsigned char *at = bytes;
        enum websocket_event event;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            intake_drop(wsi);
            return;
        }
        lws_validity_confirmed(wsi);
        do {
            event = websocket_reader_next(&w->reader, &at, bytes + n);
            take_event(w, event);
        } while (event != WS_MORE && !w->deaf);
    }
    if (!w->deaf)
        conn_poke(c->conn);
}

void websocket_closed(struct server *s, struct connection *c)
{
    struct websocket *w = c->websocket;

    if (!w)
        return;
    if (c->x)
        exchange_leave(c->x);
    c->x = NULL;
    s->app.websocket->closed(w->own);
    websocket_reader_release(&w->reader);
    free(w);
    c->websocket = NULL;
    s->websockets--;
}
