/*
 * sql_workers.h: threads for SQL alone, so that boards, checks and control never wait for a
 * statement. They run at a lower priority than the rest of the program.
 *
 * A client has a few statements under way at once, waiting ones included; one more is refused. A
 * client that has gone loses its place in the queue, and its statement ends (base/cancel.h).
 */
#ifndef HTTP_SQL_WORKERS_H
#define HTTP_SQL_WORKERS_H

#include "http/exchange.h"

struct sql_workers;

struct sql_workers_limits {
    unsigned threads;    /* statements that run at once */
    unsigned queue;      /* how many may wait */
    unsigned per_client; /* of these two together; less than `threads` leaves some to others */
};

struct sql_workers *sql_workers_new(
    const struct sql_workers_limits *limits, struct err *e) MUST_CHECK;

/* Ends what runs, drops what waits. The clients have been told that they are gone (exchange_leave).
 * NULL is fine. */
void sql_workers_free(struct sql_workers *w);

/* Takes a reference of its own. ERR_TOO_MANY: this client has too many under way; ERR_UNAVAILABLE:
 * too many wait. */
int sql_workers_take(struct sql_workers *w, struct exchange *x, struct err *e) MUST_CHECK;

#endif
