#include "base/clock.h"
#include "http/intake.h"
#include "http/server_internal.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define SEND_BUFFER (64 << 10)
#define LINGER_MS \
    250 /* after the error: a socket closed with unread bytes in it would take the sentence along \
         */
#define READ_MAX 4096        /* bytes of a viewer at once */
#define READS 4              /* and so often before others get their turn */
#define TOGETHER (16u << 10) /* bytes of small messages in one write */
#define HEAD_MAX 4u          /* of the header of a message as small as that */

enum { FRAME_LAST = 0x80, OPCODE_CLOSE = 8, OPCODE_PONG = 10 };
#define CLOSE_NO_CODE UINT32_MAX /* a close frame without a code */

_Static_assert(MESSAGE_ROOM >= LWS_PRE, "a message has room for the library's header");
_Static_assert(TOGETHER <= SERVER_PIECE && TOGETHER <= UINT16_MAX, "room, and lengths of 16 bits");

static route_handler fetch_view;

/* Joining asks the store, which may take its time: a worker does it. */
static const struct route join_route = {METHOD_GET, "", fetch_view, 0, 0};

static int fetch_view(struct exchange *x, struct err *e)
{
    struct store *s = x->services->store;

    x->view =
        engine_view_shown(x->services->engine, s->ops->view(s, x->request.params.value[0], e));
    return x->view ? 0 : -1;
}

/* A whole answer in place of the upgrade; the connection ends with it. */
static int answer(struct server *s, struct conn *c, struct lws *wsi, const struct err *e)
{
    struct exchange *x = exchange_new(&s->services);
    struct buf *body = &x->response.body;
    int n;

    exchange_fail(x, e);
    n = snprintf((char *)s->piece + LWS_PRE, SERVER_PIECE,
        "HTTP/1.1 %u Refused\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s",
        x->response.status, body->len, body->data);
    metrics_answered(s->services.metrics, "GET", x->response.status);
    exchange_unref(x);
    (void)lws_write(wsi, s->piece + LWS_PRE, (size_t)n, LWS_WRITE_HTTP);
    c->over = true;
    return 1;
}

static int check_upgrade(struct server *s, struct lws *wsi, const char *protocol, struct err *e)
{
    char path[64], host[256], origin[256];
    bool has_host = connection_header(wsi, WSI_TOKEN_HOST, host, sizeof host);
    bool has_origin = lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0;

    (void)connection_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
    if (strcasecmp(protocol, "websocket") != 0)
        return err_set(
            e, ERR_INVALID, "Only an upgrade to WebSocket is possible, and that at /ws.");
    if (!connection_header(wsi, WSI_TOKEN_GET_URI, path, sizeof path) || strcmp(path, "/ws") != 0)
        return err_set(e, ERR_NOT_FOUND, "The push socket is at /ws?race={runId}.");
    if (access_host(&s->services.access, has_host ? host : NULL, e) ||
        access_origin(has_origin ? origin : NULL, has_host ? host : NULL, e))
        return -1;
    if (s->viewers >= SERVER_VIEWERS_MAX)
        return err_set(
            e, ERR_UNAVAILABLE, "The server has %u viewers: more are not taken.", s->viewers);
    return 0;
}

int websocket_upgrade(struct server *s, struct lws *wsi, const char *protocol)
{
    struct conn *c = intake_claim(wsi);
    struct address client = connection_client(s, wsi);
    struct err e = {0};

    if (check_upgrade(s, wsi, protocol, &e) || conn_count_request(c, &client, &e))
        return answer(s, c, wsi, &e);
    return 0;
}

static void want_write(void *wsi)
{
    (void)lws_callback_on_writable(wsi);
}

static int race_of(struct lws *wsi, char run_id[RUN_ID_MAX + 1], struct err *e)
{
    struct params q;
    const char *text = NULL;
    int rc;

    params_init(&q);
    rc = connection_query(wsi, &q, e) || params_text(&q, "race", &text, e) ? -1 : 0;
    if (rc == 0 && (!text || strlen(text) > RUN_ID_MAX || !race_run_id_valid(text)))
        rc = err_set(e, ERR_INVALID, "The address has to name a race: /ws?race={runId}.");
    if (rc == 0)
        (void)snprintf(run_id, RUN_ID_MAX + 1, "%s", text);
    params_release(&q);
    return rc;
}

static void fetch(struct server *s, struct connection *c, const char *run_id)
{
    c->x = exchange_new(&s->services);
    c->x->route = &join_route;
    c->x->wsi = c->viewer->wsi;
    (void)snprintf(
        c->x->request.params.value[0], sizeof c->x->request.params.value[0], "%s", run_id);
    if (!workers_take(s->workers, c->x))
        viewer_error(c->viewer, "unavailable",
            "The server has too many requests under way: try again in a moment.");
}

int websocket_opened(struct server *s, struct connection *c, struct lws *wsi)
{
    int bytes = SEND_BUFFER;
    char run_id[RUN_ID_MAX + 1];
    struct err e = {0};

    memset(c, 0, sizeof *c);
    c->conn = intake_claim(wsi);
    conn_share(c->conn);
    conn_poke(c->conn); /* its first message may be there */
    (void)setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    c->viewer = viewer_new(wsi, want_write);
    s->viewers++;
    if (race_of(wsi, run_id, &e))
        viewer_error(c->viewer, err_id(&e), e.text);
    else if (!hub_join(s->services.hub, run_id, c->viewer))
        fetch(s, c, run_id);
    return 0;
}

void websocket_ready(struct server *s, struct connection *c)
{
    struct exchange *x = c->x;
    json_t *j;

    c->x = NULL;
    if (x->view) {
        hub_admit(s->services.hub, c->viewer, x->view);
    } else {
        j = json_loads(x->response.body.data, 0, NULL);
        viewer_error(c->viewer, json_string_value(json_object_get(j, "code")),
            json_string_value(json_object_get(j, "error")));
        json_decref(j);
    }
    exchange_unref(x);
}

/* The next piece of a message. The library writes its header in front of it, where the piece before
 * it may be: that is put back, for others are still to get it. */
static int send_piece(struct viewer *v, struct lws *wsi, const struct message *m)
{
    unsigned char *at = (unsigned char *)message_payload(m) + v->now_sent;
    size_t left = message_len(m) - v->now_sent;
    size_t n = left < SERVER_PIECE ? left : SERVER_PIECE;
    unsigned char before[LWS_PRE];
    int flags = lws_write_ws_flags(
        m->text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY, v->now_sent == 0, n == left);
    int rc;

    memcpy(before, at - LWS_PRE, LWS_PRE);
    rc = lws_write(wsi, at, n, (enum lws_write_protocol)flags);
    memcpy(at - LWS_PRE, before, LWS_PRE);
    if (rc < (int)n)
        return -1;
    viewer_sent(v, n);
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

/* What waits and is small goes out in one write: a tick's frame, lag and board cost a system call
 * instead of three. The library can do that only with bytes that it does not look at, so the
 * headers are ours. False where the next message is too long for it. */
static bool send_together(struct server *s, struct viewer *v, struct lws *wsi, bool *failed)
{
    unsigned char *out = s->piece + LWS_PRE;
    const struct message *m;
    size_t n = 0, len;

    while ((m = viewer_current(v)) && v->now_sent == 0) {
        len = message_len(m);
        if (n + HEAD_MAX + len > TOGETHER)
            break;
        n += put_head(out + n, m->text, len);
        memcpy(out + n, message_payload(m), len);
        n += len;
        viewer_sent(v, len);
    }
    *failed = n && lws_write(wsi, out, n, LWS_WRITE_HTTP) < (int)n;
    return n > 0;
}

/* A pong or a close, which may come between the pieces of a message. */
static int send_control(
    struct server *s, struct lws *wsi, unsigned opcode, const unsigned char *payload, size_t len)
{
    unsigned char *out = s->piece + LWS_PRE;

    out[0] = (unsigned char)(FRAME_LAST | opcode);
    out[1] = (unsigned char)len;
    memcpy(out + 2, payload, len);
    return lws_write(wsi, out, len + 2, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

/* The last frame, then the connection goes back to the gate to linger. */
static int send_close(struct server *s, struct connection *c, struct lws *wsi)
{
    const unsigned char code[2] = {
        (unsigned char)(c->close_code >> 8), (unsigned char)c->close_code};

    if (!c->closing_sent &&
        send_control(s, wsi, OPCODE_CLOSE, code, c->close_code == CLOSE_NO_CODE ? 0 : sizeof code))
        return -1;
    c->closing_sent = true;
    if (!lws_partial_buffered(wsi))
        return intake_finish(wsi, true);
    (void)lws_callback_on_writable(wsi);
    return 0;
}

int websocket_writable(struct server *s, struct connection *c, struct lws *wsi)
{
    struct viewer *v = c->viewer;
    bool failed = false;

    if (!v)
        return 0;
    if (c->close_code)
        return send_close(s, c, wsi);
    if (c->pong) {
        c->pong = false;
        failed = send_control(s, wsi, OPCODE_PONG, c->pong_bytes, c->pong_len) != 0;
    } else if (viewer_current(v) && !send_together(s, v, wsi, &failed)) {
        failed = send_piece(v, wsi, viewer_current(v)) != 0;
    }
    if (failed)
        return -1;
    if (viewer_current(v))
        (void)lws_callback_on_writable(wsi);
    else if (v->closing && !lws_partial_buffered(wsi))
        lws_set_timer_usecs(wsi, LINGER_MS * LWS_US_PER_MS);
    return 0;
}

static void close_with(struct connection *c, struct lws *wsi, unsigned code)
{
    c->deaf = true;
    c->close_code = code;
    (void)lws_callback_on_writable(wsi);
}

int websocket_timer(struct connection *c, struct lws *wsi)
{
    close_with(c, wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION);
    return 0;
}

/* The code of the peer's close comes back to it (RFC 6455, 5.5.1), if it is one that may be sent.
 */
static unsigned close_code_for(const struct ws_reader *r)
{
    unsigned code = r->control_len >= 2 ? (unsigned)r->control[0] << 8 | r->control[1] : 0;

    if (r->control_len == 0)
        return CLOSE_NO_CODE;
    return code >= 1000 && code < 5000 && code != 1005 && code != 1006
               ? code
               : LWS_CLOSE_STATUS_PROTOCOL_ERR;
}

static void take_event(struct server *s, struct connection *c, struct lws *wsi, enum ws_event event)
{
    switch (event) {
    case WS_TEXT:
        if (!c->viewer->closing)
            hub_receive(s->services.hub, c->viewer, c->reader.message.data, c->reader.message.len);
        break;
    case WS_PING:
        c->pong = true;
        c->pong_len = c->reader.control_len;
        memcpy(c->pong_bytes, c->reader.control, c->pong_len);
        (void)lws_callback_on_writable(wsi);
        break;
    case WS_CLOSE:
        close_with(c, wsi, close_code_for(&c->reader));
        break;
    case WS_UNWANTED:
        c->deaf = true;
        if (!c->viewer->closing)
            viewer_error(c->viewer, "invalid", "A message has to be text of at most 1 KiB.");
        break;
    case WS_VIOLATION:
        close_with(c, wsi, LWS_CLOSE_STATUS_PROTOCOL_ERR);
        break;
    case WS_PONG:
    case WS_MORE:
        break;
    }
}

void socket_readable(struct server *s, struct connection *c, struct lws *wsi)
{
    unsigned char bytes[READ_MAX];

    for (int i = 0; i < READS && !c->deaf; i++) {
        ssize_t n = recv(lws_get_socket_fd(wsi), bytes, sizeof bytes, MSG_DONTWAIT);
        const unsigned char *at = bytes;
        enum ws_event event;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            intake_drop(wsi);
            return;
        }
        lws_validity_confirmed(wsi);
        do {
            event = ws_reader_next(&c->reader, &at, bytes + n);
            take_event(s, c, wsi, event);
        } while (event != WS_MORE && !c->deaf);
    }
    if (!c->deaf)
        conn_poke(c->conn);
}

void websocket_closed(struct server *s, struct connection *c)
{
    if (!c->viewer)
        return;
    if (c->x)
        exchange_leave(c->x);
    c->x = NULL;
    hub_leave(s->services.hub, c->viewer);
    viewer_free(c->viewer);
    c->viewer = NULL;
    ws_reader_release(&c->reader);
    s->viewers--;
}
