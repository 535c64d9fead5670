/*
 * conn_counts.h: how many connections each client has. Memory follows the number of connections.
 * The server's thread owns it.
 */
#ifndef HTTP_GATE_CONN_COUNTS_H
#define HTTP_GATE_CONN_COUNTS_H

#include "http/gate/address.h"

struct conn_count;
struct conn_counts;

struct conn_counts *conn_counts_new(void);
void conn_counts_free(struct conn_counts *t); /* NULL is fine */

/* One more for the client's group. NULL: it has `max` already. */
struct conn_count *conn_counts_take(
    struct conn_counts *t, const struct address *client, unsigned max);
void conn_counts_drop(struct conn_counts *t, struct conn_count *c); /* NULL is fine */

#endif
