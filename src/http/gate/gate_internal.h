/*
 * gate_internal.h: the gate as its own three files see it: gate.c (the round: heads, silence),
 * accept.c (new connections), conn.c (the life of one connection). accept.c and conn.c do not know
 * gate.c.
 */
#ifndef HTTP_GATE_GATE_INTERNAL_H
#define HTTP_GATE_GATE_INTERNAL_H

#include "http/gate/conn_counts.h"
#include "http/gate/gate.h"

#define GATE_PAUSE_MS 100 /* without accepting, when there is no room */

struct conns {
    struct conn *first, *last;
    unsigned n;
};

struct gate {
    struct gate_options o;
    int epoll, null; /* `null`: /dev/null, for descriptors that the owner closes */
    struct conn_counts *counts;
    struct conns list[CONN_GONE + 1]; /* by state, the oldest first */
    unsigned open;
    int64_t now_ms;          /* of this round, monotonic */
    int64_t paused_until_ms; /* 0: it accepts */
    int64_t full_said_ms, bound_said_ms;
};

/* conn.c. A new connection goes to the end of the list of its state; conn_move changes the list,
 * conn_unlink leaves it. */
void conn_link(struct conn *c, enum conn_state state);
void conn_move(struct conn *c, enum conn_state state);
void conn_unlink(struct conn *c);

int conn_watch(struct conn *c);  /* adds it to the epoll set; -1: errno */
void conn_close(struct conn *c); /* closes the socket; gate.c frees it at the end of the round */

/* accept.c. Accepts the connections that have come, a bounded number. */
void gate_accept(struct gate *g);
void gate_listen_again(struct gate *g); /* the pause is over */

#endif
