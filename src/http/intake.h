/*
 * intake.h: the way of connections between the gate and the library, for one request each.
 *
 * The library never reads from a connection's socket: it would take whatever is there, the next
 * request too, and could not give it back. It gets a descriptor from which it can read the head of
 * one request and nothing else. When it calls the handler, that descriptor is made one of the
 * connection's socket (dup3), so the library writes to it. What comes after the head is read by
 * connection.c (bodies) and websocket.c (frames), when the gate says that something has come. When
 * the answer is out the descriptor is made one of /dev/null: the library closes it, which does not
 * shut the connection down.
 *
 * The server's thread owns all of it.
 */
#ifndef HTTP_INTAKE_H
#define HTTP_INTAKE_H

#include "http/server_internal.h"

/* What is called when the gate says that a taken connection can be read or written. */
struct intake_owner {
    void (*readable)(struct server *s, struct connection *c, struct lws *wsi);
    /* Non-zero: the connection is to be closed. */
    int (*writable)(struct server *s, struct connection *c, struct lws *wsi);
};

/* Starts to accept. `listener` is the intake's from now on, also if it fails. `owner` lives for
 * ever. */
int intake_start(struct server *s, int listener, unsigned per_client,
    const struct intake_owner *owner, struct err *e) MUST_CHECK;

void intake_free(struct server *s); /* after the library's context */

void intake_run(struct server *s); /* after each round of the library's loop */

/* Callbacks of the library: a connection was made for the gate's, and closed. */
void intake_made(struct server *s, struct lws *wsi);
void intake_closed(struct lws *wsi);

/* The handler has the connection from here; the library is kept from reading. Returns the gate's
 * part of it. */
struct conn *intake_claim(struct lws *wsi);

/* The answer is out: the connection goes back to the gate, for the next request or (`last`) to
 * linger. Returns what the callback shall return to the library. */
int intake_finish(struct lws *wsi, bool last);

/* Closes it now. Not within a callback of the library for this connection. */
void intake_drop(struct lws *wsi);

#endif
