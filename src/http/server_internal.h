/*
 * server_internal.h: the server as its own files see it. server.c starts and runs it and knows all
 * of these; they do not know server.c: intake.c (connections come and go), connection.c (requests),
 * response.c (answers), websocket.c.
 *
 * The server's thread owns everything, but for `ready_first`, `ready_last` and `closing`, which are
 * under the lock, and `stop`.
 */
#ifndef HTTP_SERVER_INTERNAL_H
#define HTTP_SERVER_INTERNAL_H

#include "http/gate/gate.h"
#include "http/gate/listener.h"
#include "http/server.h"
#include "http/workers.h"

#include <libwebsockets.h>
#include <pthread.h>

#define SERVER_PROTOCOL "trackside"
#define SERVER_PIECE (64u << 10) /* bytes written at once */
#define SERVER_STALL_S 30        /* for a client that does not read its answer */

struct intake_owner;

struct server {
    struct server_app app;
    struct services services;
    struct address_trust trust;
    struct trim *trim;
    struct workers *workers;
    struct workers *costly; /* for ROUTE_COSTLY */
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct listener listener;
    struct gate *gate;
    const struct intake_owner *owner; /* of the connections that the gate hands on */
    struct conn *arriving;            /* the library is being given this one */
    struct err refusal; /* why nobody claimed it; code 0: the library did not take it */
    int head_pair[2];   /* what is written to the first is read from the second: one head */
    lws_sorted_usec_list_t gate_timer;
    lws_sorted_usec_list_t app_timer;
    uint32_t websockets;
    unsigned char *piece; /* LWS_PRE + SERVER_PIECE + room for a chunk's frame: what is written */
    atomic_bool stop;

    pthread_mutex_t lock;
    struct exchange *ready_first, *ready_last; /* workers have something for these */
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
    struct websocket *websocket; /* NULL: it is none */
    struct conn *conn;           /* the gate's part of the connection */
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
};

/* connection.c: requests. The first returns what the library shall get. */
int connection_request(struct server *s, struct connection *c, struct lws *wsi, const char *path);
void connection_readable(
    struct server *s, struct connection *c, struct lws *wsi); /* a body's bytes */
void connection_timer(struct connection *c, struct lws *wsi);
void connection_closed(struct connection *c);
void connection_ready(struct connection *c, struct lws *wsi); /* a worker has something for it */

/* Of the request that was just parsed. False where the header is missing or too long. */
bool connection_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap);
struct address connection_client(const struct server *s, struct lws *wsi);
int connection_query(struct lws *wsi, struct params *q, struct err *e) MUST_CHECK;

/* Whether the Host, and with `origin` the Origin too, are such as this server answers. */
int connection_check_site(
    const struct server *s, struct lws *wsi, bool origin, struct err *e) MUST_CHECK;

/* response.c: the way of an answer: head, body in pieces, streams in chunks. -1: the connection is
 * to be closed, or went back to the gate: in both cases the library has to close its end. */
int response_writable(struct server *s, struct connection *c, struct lws *wsi);

/* websocket.c. What returns an int returns what the library shall get. An upgrade that is refused
 * leaves the connection unclaimed, and s->refusal says why. */
int websocket_upgrade(struct server *s, struct lws *wsi, const char *protocol);
int websocket_opened(struct server *s, struct connection *c, struct lws *wsi);
int websocket_writable(struct server *s, struct connection *c, struct lws *wsi);
void websocket_timer(struct connection *c);
void websocket_readable(struct server *s, struct connection *c, struct lws *wsi);
void websocket_closed(struct server *s, struct connection *c);
void websocket_ready(struct server *s, struct connection *c); /* a worker has fetched for it */

#endif
