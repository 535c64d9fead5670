/*
 * server_internal.h: the server as its own files see it: server.c (start, run, stop), intake.c (how
 * connections come), connection.c (requests), socket.c (viewers). Everything is the server's
 * thread's, but for `ready`, which is under its lock, and `stop`.
 */
#ifndef HTTP_SERVER_INTERNAL_H
#define HTTP_SERVER_INTERNAL_H

#include "http/exchange.h"
#include "http/gate/gate.h"
#include "http/gate/listener.h"
#include "http/sql_workers.h"
#include "http/websocket_reader.h"
#include "http/workers.h"
#include "push/hub_internal.h"
#include "push/viewer.h"

#include <libwebsockets.h>
#include <pthread.h>

#define SERVER_PROTOCOL "trackside"
#define SERVER_PIECE (64u << 10) /* bytes written at once */
#define SERVER_VIEWERS_MAX 20000u
#define SERVER_STALL_S 30 /* for a client that does not read its answer */

struct server {
    struct services services;
    struct budget budget;
    struct trim *trim;
    struct workers *workers;
    struct sql_workers *sql;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct listener listener;
    struct gate *gate;
    struct conn *arriving; /* the library is being given this one */
    int head_pair[2];      /* what is written to the first is read from the second: one head */
    lws_sorted_usec_list_t gate_timer;
    lws_sorted_usec_list_t hub_timer;
    uint32_t viewers;
    unsigned char
        *piece; /* LWS_PRE + SERVER_PIECE + room for a chunk's frame: what is being written */
    atomic_bool stop;

    pthread_mutex_t lock;
    struct exchange *ready_first, *ready_last;
    bool closing; /* the context goes or is gone: nothing may wake it */
};

enum connection_state {
    CONNECTION_IDLE,    /* between requests */
    CONNECTION_READING, /* the body comes */
    CONNECTION_WORKING, /* a worker has it */
    CONNECTION_SENDING, /* there is something to write */
    CONNECTION_WAITING, /* a stream's writer has to come up with more */
};

/* What the library keeps for us per connection: zeroed when the connection is accepted. */
struct connection {
    struct exchange *x;
    struct viewer *viewer;
    struct conn *conn; /* the gate's part of the connection */
    enum connection_state state;
    size_t expected; /* bytes of the body */
    size_t arrived;
    unsigned refusal; /* the status of our own refusal, where the error code does not say it */
    bool refused;     /* the answer is there already, the body is read and dropped */
    bool close_after;
    bool http10;
    bool head_sent;
    bool stream_over; /* the last chunk is on its way */
    size_t sent;      /* bytes of the body that are out */
    int64_t deadline_ms;
    struct ws_reader reader; /* of a viewer's frames */
    bool deaf;               /* nothing more is read from the viewer */
    bool pong;               /* a ping is to be answered, with these bytes */
    unsigned pong_len;
    unsigned char pong_bytes[WS_CONTROL_MAX];
    bool closing_sent;   /* the close frame is out */
    unsigned close_code; /* of the close frame that is to be sent; 0: none */
};

/* connection.c: the HTTP callbacks. They return what the library shall get. */
int connection_request(
    struct server *s, struct connection *c, struct lws *wsi, const char *path, size_t len);
void connection_readable(
    struct server *s, struct connection *c, struct lws *wsi); /* a body's bytes */
int connection_timer(struct connection *c, struct lws *wsi);
void connection_closed(struct connection *c);
void connection_ready(struct connection *c, struct lws *wsi); /* a worker has something for it */

/* Headers and parameters of the request that was just parsed. False where the header is missing or
 * too long. */
bool connection_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap);
struct address connection_client(const struct server *s, struct lws *wsi);
int connection_query(struct lws *wsi, struct params *q, struct err *e) MUST_CHECK;

/* delivery.c: the answer's way out: head, body in pieces, streams in chunks. -1: the connection is
 * to be closed, or went back to the gate: in both cases the library has to close its end. */
int response_writable(struct server *s, struct connection *c, struct lws *wsi);

/* socket.c: the WebSocket callbacks. */
int websocket_upgrade(struct server *s, struct lws *wsi,
    const char *protocol); /* 0: go on; else an answer was written */
int websocket_opened(struct server *s, struct connection *c, struct lws *wsi);
int websocket_writable(struct server *s, struct connection *c, struct lws *wsi);
int websocket_timer(struct connection *c, struct lws *wsi);
void socket_readable(struct server *s, struct connection *c, struct lws *wsi);
void websocket_closed(struct server *s, struct connection *c);
void websocket_ready(
    struct server *s, struct connection *c); /* the race's view has come, or an error */

#endif
