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
 * The server's thread owns all of it.
 */
#ifndef HTTP_GATE_GATE_H
#define HTTP_GATE_GATE_H

#include "base/err.h"
#include "http/gate/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_HEAD_MS 5000    /* for a whole head */
#define GATE_IDLE_MS 60000   /* between requests */
#define GATE_LINGER_MS 2000  /* for the client to take the last answer */
#define GATE_PER_CLIENT 512u /* connections, where nothing else is said */

struct gate;

enum conn_state {
    CONN_HEAD,   /* its head is to come */
    CONN_IDLE,   /* had an answer, nothing has come since */
    CONN_TAKEN,  /* was handed on */
    CONN_LINGER, /* has its last answer; what still comes is dropped */
    CONN_GONE,   /* closed, freed soon */
};

struct conn_count; /* connections of one client */

struct conn {
    struct gate *gate;
    int fd;      /* the gate's, watched */
    int lent;    /* the owner's of a taken connection, of the same socket; -1: none */
    bool writes; /* the owner waits for room to write */
    enum conn_state state;
    struct address peer;
    struct conn_count *counted; /* NULL: not bounded */
    bool counted_request;       /* for one request, of a client behind a proxy */
    bool claimed;               /* whoever it was handed to has it */
    bool over;                  /* its answer is written, nothing more is to be read */
    void *user;                 /* whoever has it: not the gate's */
    int64_t since_ms;           /* in this state */
    struct conn *next, *prev;   /* in the list of its state */
};

struct gate_options {
    int listener; /* listening, not blocking; the gate's from now on */
    const struct address_trust *trust;
    unsigned per_client;
    unsigned max; /* connections in all */
    void *arg;    /* for all of these */
    /* A whole head, owned by the caller of this. It has to claim the connection or give it back. */
    void (*head)(void *arg, struct conn *c, const char *head, size_t len);
    void (*readable)(void *arg, struct conn *c); /* taken: bytes or the end have come */
    void (*writable)(void *arg, struct conn *c); /* taken, after gate_want_write */
};

struct gate *gate_new(const struct gate_options *o, struct err *e) MUST_CHECK;
void gate_free(struct gate *g); /* closes what waits; what was handed on has been closed */

int gate_fd(const struct gate *g); /* readable when gate_run has something to do */

/* Do what there is to do. Returns after how many ms to be called again, -1: no need to. */
int gate_run(struct gate *g, int64_t now_ms);

/* A taken connection's readable() is called again, whether or not more has come. */
void gate_poke(struct conn *c);

/* A taken connection: writable() is called when its socket has room, perhaps more than once. */
void gate_want_write(struct conn *c);

/* Make the owner's descriptor one of the connection's socket, whatever it was of before. */
void gate_lend(struct conn *c, int fd);

/* From now on the gate uses the lent descriptor too, so that a connection that stays with its
 * owner for long costs one and not two. */
void gate_share(struct conn *c);

/* A taken connection comes back for its next request, or to linger. The lent descriptor becomes
 * one of /dev/null, which the owner closes as its own. -1: that was not possible, the owner closes
 * the connection itself. */
int gate_give_back(struct conn *c, bool linger);

/* The owner of a taken connection has closed the lent descriptor: it is over. */
void gate_closed(struct conn *c);

/* Answer with a status and a sentence in JSON and close. For a connection that is not taken. */
void gate_refuse(struct conn *c, unsigned status, const char *sentence);

/* Count the request of a client behind a proxy against its bound, until the connection comes back
 * or is closed. ERR_TOO_MANY. Nothing for a client that is bounded already or never. */
int gate_count(struct conn *c, const struct address *client, struct err *e) MUST_CHECK;

struct gate_figures {
    unsigned connections; /* open */
    unsigned waiting;     /* of these without a whole head */
};

void gate_figures(const struct gate *g, struct gate_figures *out);

#endif
