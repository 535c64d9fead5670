/*
 * exchange.h: one request and its answer, on its way between the server's thread and a worker.
 *
 * Shared by reference count: the connection holds one reference, the worker another. The request is
 * complete before a worker sees it and does not change after that. The response belongs to the
 * worker until it is handed over (`ready`), then to the server's thread. What a handler writes
 * after the first 32 KiB goes through a bounded pipe: the worker waits for a slow client, and stops
 * when the client has gone.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/budget.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/access.h"
#include "http/answers.h"
#include "http/byte_pipe.h"
#include "http/gate/address.h"
#include "http/metrics.h"
#include "http/params.h"
#include "http/route.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#define EXCHANGE_PATH_MAX 2048u
#define EXCHANGE_PIPE_BYTES (256u << 10)

/* What an exchange uses of its server, which owns all of it but the application and the budget. */
struct services {
    void *app;                             /* the application's own, for its handlers */
    struct access access;                  /* who may do what */
    struct metrics *metrics;               /* counts of answers */
    struct budget *budget;                 /* of bytes held for clients */
    struct answers *answers;               /* that are shared */
    const struct websocket_ops *websocket; /* NULL: none */
    /* The application's last word on the parameters of the path, on the handler's thread. NULL:
     * none. */
    void (*prepare)(struct exchange *x);
    /* Any thread: has the server's thread look at this exchange. Takes a reference of its own. */
    void (*wake)(void *arg, struct exchange *x);
    void *wake_arg;
};

struct request {
    enum method method;
    struct address client; /* behind a trusted proxy: the client that the proxy names */
    char path[EXCHANGE_PATH_MAX + 1];
    struct route_params params;
    struct params query;
    struct buf body;
    char authorization[512]; /* "" where there is none, these two */
    char if_none_match[256];
    bool gzip; /* the client takes gzip */
};

struct response {
    unsigned status;    /* 200 */
    const char *type;   /* Content-Type, static text */
    struct buf headers; /* more header lines, each with its \r\n */
    struct buf body;
    const void *fixed; /* instead of body: bytes that live for ever, or as long as `shared` */
    size_t fixed_len;
    struct answer *shared; /* NULL, or a reference to what `fixed` points into */
    bool streamed;         /* the rest comes through the pipe; body was what came first */
};

/* Something large that an answer streams from, and that other answers may stream from too: its
 * bytes are counted once (budget_hold). */
struct exchange_hold {
    unsigned *holders; /* its count of holders, 0 at first; the budget's lock guards it */
    size_t bytes;
    void *what;
    void (*drop)(void *what); /* gives the reference to `what` back */
};

struct exchange {
    atomic_uint refs;
    const struct services *services;
    const struct route *route;
    struct request request;
    struct response response;
    struct byte_pipe *pipe;    /* the worker makes it before the server's thread sees `streamed` */
    struct exchange_hold held; /* what NULL: nothing */
    void *result;              /* of work for a WebSocket connection (websocket.c); NULL: none */
    void (*drop_result)(void *result);
    size_t taken;      /* bytes of the budget that this exchange has */
    size_t body_taken; /* and those for the request's body */
    struct err failed; /* worker: why there is no answer; code 0: there is one */
    struct buf out;    /* server's thread: bytes that the socket has not taken yet */
    size_t out_sent;
    bool cut;          /* worker: the client has gone, or it was a HEAD: nothing more is wanted */
    atomic_bool ready; /* the response's head is the server thread's now */
    atomic_bool gone;  /* the client has gone: the thread that sees it last abandons the pipe */
    void *wsi;         /* server's thread; NULL: the client has gone */
    struct exchange *next; /* in one queue at a time: a pool's, then the server's */
    bool queued;           /* in the server's queue; under its lock */
};

/* One reference, and the status 200 as JSON without a body. `services` outlives it. */
struct exchange *exchange_new(const struct services *services);
struct exchange *exchange_ref(struct exchange *x);
void exchange_unref(struct exchange *x); /* any thread; NULL is fine */

/* Whether the request changes nothing: it may be given up when its client goes. */
bool exchange_reads(const struct exchange *x);

/* Runs the route's handler and hands the answer over. On the thread that shall do the work. */
void exchange_run(struct exchange *x);

/* The server's thread: the client has gone, nothing more is wanted. Gives back its reference. */
void exchange_leave(struct exchange *x);

/* Makes the answer {"error": ..., "code": ..., "field": ...} with the error's status. Only before
 * streaming. */
void exchange_fail(struct exchange *x, const struct err *e);

/* Bytes of the request's body have come. ERR_UNAVAILABLE: there is no room for them. */
int exchange_body_add(struct exchange *x, const void *bytes, size_t len, struct err *e) MUST_CHECK;

/* The rest is for handlers. */

/* Counts bytes of memory that this answer takes until it is read. They are given back with the
 * exchange. ERR_UNAVAILABLE: there is no room for them now. */
int exchange_take(struct exchange *x, size_t bytes, struct err *e) MUST_CHECK;

/* The answer streams from `h`, until the handler returns. Takes the reference h->what, also where
 * it fails. At most once an exchange. ERR_UNAVAILABLE: there is no room for it now. */
int exchange_hold(struct exchange *x, const struct exchange_hold *h, struct err *e) MUST_CHECK;

/* Appends to the answer. -1: nobody wants more, so the handler stops; that is not an error. */
int exchange_write(struct exchange *x, const void *bytes, size_t len);

/* Adds a header line. The value must hold no line end. */
void exchange_header(struct exchange *x, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How JSON is written: 15 digits are what a number of metres or degrees has, 17 would show the
 * double's last bits. */
#define EXCHANGE_JSON_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15))

/* The answer is this JSON. Takes the reference. Returns 0. */
int exchange_json(struct exchange *x, unsigned status, json_t *j);

/* The answer is these bytes, which others may be getting too. Takes the reference. Returns 0. */
int exchange_share(struct exchange *x, struct answer *a);

/* The body as a JSON object. New reference; ERR_INVALID with the place of the mistake. */
json_t *exchange_body_json(const struct exchange *x, struct err *e) MUST_CHECK;

#endif
