/*
 * server.h: a plain HTTP and WebSocket server (libwebsockets): one thread for all sockets, workers
 * for the handlers. It knows no route: what it serves is handed to it.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/budget.h"
#include "base/err.h"
#include "http/exchange.h"
#include "http/gate/address.h"
#include "http/route.h"
#include "http/websocket.h"

struct server;

/* What a server serves. The tables and texts live as long as the server. */
struct server_app {
    void *app; /* handlers find it in x->services->app */
    struct route_table routes;
    const char *described_at; /* the path that describes the routes, for error texts; NULL: none */

    /* The route of a request that fits no pattern of the table; may fill r->params. NULL: there
     * is nothing there, or `allow` says which methods there are. On the server's thread. NULL:
     * none. */
    const struct route *(*other)(void *app, struct request *r, char allow[ROUTE_ALLOW_MAX]);

    /* Called before each handler, on its thread: the last word on the parameters of the path, which
     * have been percent-decoded once. NULL: none. */
    void (*prepare)(struct exchange *x);

    /* Called on the server's thread soon after server_wake. Returns after how many ms it is to be
     * called again without that; -1: not at all. NULL: none. */
    int (*run)(void *app);

    const struct websocket_ops *websocket; /* NULL: no upgrade is possible */
};

struct server_options {
    struct server_app app;
    const char *listen; /* "127.0.0.1:8080", "[::1]:0"; port 0: the system's choice */
    const char *token;  /* admin token; NULL: none. What changes something needs it once `listen` is
                           not loopback. Borrowed */
    struct access_rule costly;  /* what ROUTE_COSTLY routes do, and who may use them */
    struct address_trust trust; /* proxies whose X-Forwarded-For is believed */
    struct budget *budget;      /* of bytes held for clients; borrowed */
    unsigned per_client;        /* connections of one client; 0: GATE_PER_CLIENT */
};

/* Binds and starts the workers. Errors with the field "listen": the address is none, or its port is
 * taken. The caller frees it. */
struct server *server_new(const struct server_options *o, struct err *e) MUST_CHECK;

/* Closes every connection and waits for the handlers that run. NULL is fine. */
void server_free(struct server *s);

/* "http://127.0.0.1:8080", an address that opens on this machine. */
const char *server_address(const struct server *s);

/* The same from other machines while it listens at every address, "" else. */
const char *server_outside(const struct server *s);

/* Serves on the calling thread until server_stop. ERR_INTERNAL. */
int server_run(struct server *s, struct err *e) MUST_CHECK;
void server_stop(struct server *s); /* any thread, also in a signal handler */

/* Has app.run called on the server's thread. Any thread. */
void server_wake(struct server *s);

#endif
