/*
 * websocket.h: WebSocket connections (RFC 6455) as the application sees them. The server opens,
 * reads, writes and closes them; the application says what is sent and takes what is received.
 *
 * Nothing queues in the server: it asks for the next message when the socket has room. An
 * application whose clients read slowly decides itself what to leave out.
 *
 * Everything here runs on the server's thread and must not wait, but for `fetch`.
 */
#ifndef HTTP_WEBSOCKET_H
#define HTTP_WEBSOCKET_H

#include "base/err.h"
#include "http/params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_ROOM 32u /* writable bytes in front of a message, for the frame's header */

struct websocket; /* an open connection; valid until `closed` */

struct websocket_message {
    unsigned char *bytes; /* the application's, until `sent` has counted all of them. The server
                             changes the WEBSOCKET_ROOM bytes before them, and puts them back */
    size_t len;
    size_t sent; /* bytes of it that are out already */
    bool text;   /* else binary */
};

enum websocket_next {
    WEBSOCKET_NOTHING, /* nothing waits: websocket_want_write comes before the next message */
    WEBSOCKET_MESSAGE, /* `out` has the message to go on with */
    WEBSOCKET_END,     /* nothing waits and nothing follows: the server closes, with code 1008 */
};

struct websocket_ops {
    const char
        *path;    /* where a connection may be opened, "/ws"; elsewhere the upgrade is refused */
    uint32_t max; /* connections at once */

    /* One was opened at path?query. Returns the application's own part, the `own` below. `query` is
     * borrowed for the call; NULL: it could not be read, and `refused` follows. */
    void *(*opened)(void *app, struct websocket *w, const struct params *query);

    /* A whole text message has come; borrowed. At most WS_MESSAGE_MAX bytes
     * (websocket_reader.h). */
    void (*received)(void *own, const char *text, size_t len);

    /* The client cannot be served: the application tells it why, and then returns WEBSOCKET_END. */
    void (*refused)(void *own, const struct err *why);

    /* The message that goes out next. Gives the same one until `sent` has counted all of it. */
    enum websocket_next (*next)(void *own, struct websocket_message *out);
    void (*sent)(void *own, size_t bytes);

    /* After websocket_fetch: on a worker's thread, may wait. Returns what `fetched` gets on the
     * server's thread, or NULL and the error, which `refused` gets. Then `drop` gives it back, on
     * any thread, also where the connection was closed before. */
    void *(*fetch)(void *app, const char *key, struct err *e);
    void (*fetched)(void *own, void *what);
    void (*drop)(void *what);

    void (*closed)(void *own); /* it is gone; `own` is not used again */
};

/* There is something to send: `next` is called when the socket has room. */
void websocket_want_write(struct websocket *w);

/* Has `fetch` called with a copy of `key` (at most ROUTE_PARAM_MAX bytes). At most one at a time.
 * Where the server is too busy, `refused` is called soon. */
void websocket_fetch(struct websocket *w, const char *key);

#endif
