/*
 * workers.h: a pool of threads that run handlers, with a bounded queue.
 *
 * The server has two pools: one for what is short, and one for what is costly (ROUTE_COSTLY), so
 * that boards and control never wait for a statement. A pool keeps one of its threads free of
 * requests that change something, because those may have to wait for the application. What may
 * stream for long (ROUTE_LONG) gets a thread of its own, up to a bound: a client that reads slowly
 * holds up its own thread only.
 *
 * A request that only reads loses its place in the queue when its client goes (exchange_leave), and
 * ends early when it is under way (base/cancel.h). A request that changes something is always run.
 */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include "http/exchange.h"

struct workers;

struct workers_limits {
    unsigned threads;    /* at most WORKERS_THREADS_MAX */
    unsigned queue;      /* how many requests may wait for them */
    unsigned streams;    /* threads for ROUTE_LONG */
    unsigned longest;    /* threads for ROUTE_LONGEST, which the others need not wait for */
    unsigned per_client; /* requests of one client, running and waiting; 0: no bound */
    int nicer;           /* than the other threads of the program: what setpriority takes */
    const char *what;    /* what the pool does, in error texts: "statements"; static text */
};

#define WORKERS_THREADS_MAX 16u

/* Starts the threads. ERR_INTERNAL. */
struct workers *workers_new(const struct workers_limits *limits, struct err *e) MUST_CHECK;

/* Waits for what runs, and drops what waits. Exchanges whose clients are still there have to be
 * left before (exchange_leave), or a stream that nobody reads would never end. NULL is fine. */
void workers_free(struct workers *w);

/* Has the exchange run on a thread of the pool, and takes a reference of its own. ERR_TOO_MANY: its
 * client has too many under way; ERR_UNAVAILABLE: too many wait. The server's thread. */
int workers_take(struct workers *w, struct exchange *x, struct err *e) MUST_CHECK;

#endif
