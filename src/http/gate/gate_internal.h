/*
 * gate_internal.h: the gate as its own two files see it: gate.c (connections that wait, and their way
 * out and back), gate_accept.c (who comes in).
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
    int epoll, null;
    struct conn_counts *counts;
    struct conns list[CONN_GONE + 1]; /* by state, the oldest first */
    unsigned open;
    int64_t now_ms;
    int64_t paused_until_ms; /* 0: accepting */
    int64_t full_said_ms, bound_said_ms;
};

void gate_link(struct conn *c, enum conn_state state); /* a new one into the list of its state */
int gate_watch(struct conn *c);                        /* -1: errno */
void gate_close(struct conn *c); /* it is freed at the end of the gate's round */

void gate_accept(struct gate *g); /* those that have come */
void gate_listen_again(struct gate *g);

#endif
