/*
 * workers.h: the threads that run handlers. A few take what is short, from a bounded queue, one
 * of them GETs alone, since what changes something may have to wait for the engine; what may stream
 * for long gets a thread of its own, up to a bound, so that slow clients do not hold up
 * the rest.
 */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include "http/exchange.h"

#include <stdbool.h>

struct workers;

struct workers_limits {
    unsigned threads; /* for what is short */
    unsigned queue;   /* how many may wait for them */
    unsigned streams; /* threads for what may be long */
    unsigned past; /* and for replays and events, which do not keep results and positions waiting */
};

struct workers *workers_new(const struct workers_limits *limits, struct err *e) MUST_CHECK;
void workers_free(struct workers *w); /* runs what is under way to its end; what waits is dropped */

/* Takes a reference of its own. False: too many are waiting. */
bool workers_take(struct workers *w, struct exchange *x);

#endif
