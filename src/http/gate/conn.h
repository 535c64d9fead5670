/*
 * conn.h: one connection, as the gate and its owner share it.
 *
 * The gate hands a connection to an owner when a whole request head has come (CONN_TAKEN). The
 * owner works on a descriptor of its own for the same socket, the lent one, and gives the
 * connection back after the answer. The gate alone watches the socket, so it tells the owner when
 * there is something to read or room to write.
 *
 * One thread owns all of it: the server's.
 */
#ifndef HTTP_GATE_CONN_H
#define HTTP_GATE_CONN_H

#include "base/err.h"
#include "http/gate/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conn_state {
    CONN_HEAD,   /* its first head has not come yet */
    CONN_IDLE,   /* it has had an answer, and nothing has come since */
    CONN_TAKEN,  /* it has an owner */
    CONN_LINGER, /* it has had its last answer; what still comes is dropped */
    CONN_GONE,   /* it is closed, and freed at the end of the gate's round */
};

struct gate;
struct conn_count; /* connections of one client */

struct conn {
    struct gate *gate;
    int fd;      /* the gate's descriptor, which it watches */
    int lent;    /* the owner's descriptor of the same socket; -1: none */
    bool writes; /* the owner waits for room to write */
    enum conn_state state;
    struct address peer;        /* the other end of the socket; behind a proxy, the proxy */
    struct conn_count *counted; /* NULL: not bounded */
    bool counted_request;       /* counted for one request of a client behind a proxy */
    bool claimed;               /* the owner has accepted it */
    void *user;                 /* the owner's */
    int64_t since_ms;           /* when it came into this state, monotonic */
    struct conn *next, *prev;   /* in the list of its state */
};

/* Calls readable() of a taken connection again, whether or not more has come. */
void conn_poke(struct conn *c);

/* Calls writable() of a taken connection when its socket has room, perhaps more than once. */
void conn_want_write(struct conn *c);

/* Makes the owner's descriptor `fd` one of the connection's socket, whatever it was before. */
void conn_lend(struct conn *c, int fd);

/* The gate uses the lent descriptor too from now on, so that a connection that stays with its owner
 * for long costs one descriptor instead of two. */
void conn_share(struct conn *c);

/* A taken connection comes back, for its next request or (`linger`) to be closed softly. The lent
 * descriptor becomes one of /dev/null, which the owner closes as its own. -1: there was no
 * descriptor left, so the owner has to close the connection itself. */
int conn_give_back(struct conn *c, bool linger);

/* The owner of a taken connection has closed the lent descriptor: the connection is over. */
void conn_closed(struct conn *c);

/* Answers with a status, the error's sentence and its code as JSON, and closes. For a connection
 * without an owner. */
void conn_refuse(struct conn *c, unsigned status, const struct err *why);

/* Counts the request of a client behind a proxy against that client's bound, until the connection
 * comes back or is closed. ERR_TOO_MANY. Does nothing for a client that is counted already, or one
 * that has no bound. */
int conn_count_request(struct conn *c, const struct address *client, struct err *e) MUST_CHECK;

#endif
