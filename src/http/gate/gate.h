/*
 * gate.h: where connections wait until they have sent a whole request head.
 *
 * libwebsockets gives a connection a buffer for headers when it accepts it, and has a number of
 * them: silent connections would keep everybody out. So the gate accepts, watches the sockets with
 * epoll and looks at what has come without taking it (MSG_PEEK). A waiting connection costs its
 * socket and a `struct conn`. When the head is whole it is taken from the socket and handed on,
 * with nothing behind it, so that the next request stays in the socket. After its answer the
 * connection comes back to the gate. Bodies and WebSocket frames are read by who has the
 * connection, when the gate says that something has come.
 *
 * A head has GATE_HEAD_MS from its first byte on, a new connection from its start. Connections of
 * one client are bounded, but for loopback and trusted proxies, behind which each request counts
 * for its client. When there is no room, the connection that has been silent longest goes; if none
 * is silent, or the system has no file descriptor left, the gate stops accepting for a moment and
 * says so once.
 *
 * One thread owns all of it: the server's.
 */
#ifndef HTTP_GATE_GATE_H
#define HTTP_GATE_GATE_H

#include "base/err.h"
#include "http/gate/conn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_HEAD_MS 5000    /* for a whole head */
#define GATE_IDLE_MS 60000   /* between requests */
#define GATE_LINGER_MS 2000  /* for the client to take the last answer */
#define GATE_PER_CLIENT 512u /* connections, where nothing else is said */

struct gate_options {
    int listener; /* listening, not blocking; the gate's from now on */
    const struct address_trust *trust;
    unsigned per_client;
    unsigned max; /* connections in all */
    void *arg;    /* for all of these */
    /* A whole head has come. `head` is borrowed for the call. The owner claims the connection
     * (conn.claimed), gives it back (conn_give_back) or refuses it (conn_refuse). */
    void (*head)(void *arg, struct conn *c, const char *head, size_t len);
    /* A taken connection has bytes, or its end, to read; or room to write. */
    void (*readable)(void *arg, struct conn *c);
    void (*writable)(void *arg, struct conn *c);
};

/* Starts to accept. The caller frees it. */
struct gate *gate_new(const struct gate_options *o, struct err *e) MUST_CHECK;

/* Closes the listener and every waiting connection. The owner has closed the taken ones before.
 * NULL is fine. */
void gate_free(struct gate *g);

/* A descriptor that is readable when gate_run has something to do. It stays the gate's. */
int gate_fd(const struct gate *g);

/* Accepts, hands on, and closes what is overdue, a bounded number of each. `now_ms` is monotonic.
 * Returns after how many ms to call it again; -1: not before gate_fd is readable. */
int gate_run(struct gate *g, int64_t now_ms);

#endif
