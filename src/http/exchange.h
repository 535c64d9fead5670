/*
 * exchange.h: one request and its answer, on its way between the server's thread and a worker.
 *
 * Shared by reference count: the connection holds one, the worker another. The request is complete
 * before a worker sees it and is only read then; the response belongs to the worker until
 * exchange_done, then to the server's thread. What is written after the first 32 KiB goes through a
 * bounded pipe: the worker waits for a slow client, and stops when the client has gone.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "api/base_map.h"
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
#include "http/server.h"

#include <stdatomic.h>
#include <stdbool.h>

#define EXCHANGE_PATH_MAX 2048u
#define EXCHANGE_PIPE_BYTES (256u << 10)

/* What every handler may use. Owned by the server. */
struct services {
    struct store *store; /* borrowed, these four */
    struct engine *engine;
    struct hub *hub;
    const struct base_map *base_map;
    const char *tiles_attribution; /* text, NULL: none */
    const char *frame_ancestors;   /* as the policy has it (framing.h) */
    struct access access;
    struct address_trust trust; /* proxies whose X-Forwarded-For is believed */
    struct metrics *metrics;
    struct budget *budget;   /* of bytes held for clients */
    struct answers *answers; /* that are shared */
    struct rosters *rosters;
    /* Any thread: have the server's thread look at this exchange. Takes a reference of its own. */
    void (*wake)(void *arg, struct exchange *x);
    void *wake_arg;
};

struct request {
    enum method method;
    struct address client;
    char path[EXCHANGE_PATH_MAX + 1];
    struct route_params params;
    struct params query;
    struct buf body;
    char authorization[512]; /* "" where there is none, these three */
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

struct exchange {
    atomic_uint refs;
    const struct services *services;
    const struct route *route;
    struct request request;
    struct response response;
    struct byte_pipe
        *pipe;         /* made by the worker before `streamed` is seen by the server's thread */
    struct view *view; /* a viewer's first: fetched by a worker for the server's thread */
    struct view *held; /* NULL, or a reference to the view that the answer streams from */
    size_t taken;      /* bytes of the budget that this exchange has */
    size_t body_taken; /* and those for the request's body */
    struct err spent;  /* worker: why the answer was given up before it began; code 0: it was not */
    struct buf out;    /* server's thread: bytes on their way that the socket did not take yet */
    size_t out_sent;
    bool cut;          /* worker: the client has gone, or it was a HEAD: nothing more is wanted */
    atomic_bool ready; /* the response's head is the server thread's now */
    atomic_bool
        gone;  /* the client has gone: whoever of the two threads sees it last abandons the pipe */
    void *wsi; /* the server's thread only; NULL: the client has gone */
    struct exchange *next; /* in one queue at a time: the workers', then the server's */
    bool queued;           /* in the server's queue; under its lock */
};

/* The server's thread: the client has gone, nothing more is wanted. Gives back its reference. */
void exchange_leave(struct exchange *x);

/* Who asks, for limits and logs: the address at the other end of the connection, or behind a
 * trusted proxy the last untrusted one of X-Forwarded-For; of IPv6 its /64 (address_group_text).
 * Equal texts are one client. */
void exchange_client(const struct exchange *x, char out[ADDRESS_TEXT_MAX]);

struct exchange *exchange_new(const struct services *services);
struct exchange *exchange_ref(struct exchange *x);
void exchange_unref(struct exchange *x); /* NULL is fine */

/* Run the handler and hand the answer over. On the thread that shall do the work. */
void exchange_run(struct exchange *x);

/* Make the answer {"error": ..., "code": ..., "field": ...} with the error's status. Only before
 * streaming. */
void exchange_fail(struct exchange *x, const struct err *e);

/* Handlers: count in bytes of memory that this answer takes until it is read. ERR_UNAVAILABLE:
 * there is no room for it now. They are given back with the exchange. */
int exchange_take(struct exchange *x, size_t bytes, struct err *e) MUST_CHECK;

/* Handlers: the answer streams from this view, which other answers may do too. The reference stays
 * the caller's. At most one view an exchange. */
int exchange_hold_view(struct exchange *x, struct view *v, struct err *e) MUST_CHECK;

/* Bytes of the request's body have come. ERR_UNAVAILABLE: there is no room for them. */
int exchange_body_add(struct exchange *x, const void *bytes, size_t len, struct err *e) MUST_CHECK;

/* Handlers: append to the answer. -1: nobody wants more, stop (not an error). */
int exchange_write(struct exchange *x, const void *bytes, size_t len);
void exchange_header(struct exchange *x, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How JSON is written: 15 digits are what a number of metres or degrees has, 17 would show the
 * double's last bits. */
#define EXCHANGE_JSON_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15))

/* Handlers: the answer is this JSON; takes the reference. */
int exchange_json(struct exchange *x, unsigned status, json_t *j);

/* Handlers: the answer is these bytes, which others may be getting too; takes the reference. */
int exchange_share(struct exchange *x, struct answer *a);

/* The route of a path that fits no pattern as it is: that of a race whose runId has a / in it.
 * NULL: there is no such race. */
const struct route *exchange_find_joined(struct exchange *x, char allow[64]);

/* The runId that a request gives a new race. ERR_INVALID where an address could not hold it as it
 * is; one of a race that is known already may be anything. */
int exchange_check_run_id(const struct exchange *x, const char *run_id, struct err *e) MUST_CHECK;

/* The body as a JSON object. New reference; ERR_INVALID with the place of the mistake. */
json_t *exchange_body_json(const struct exchange *x, struct err *e) MUST_CHECK;

#endif
