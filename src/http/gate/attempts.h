/*
 * attempts.h: wrong admin tokens, slowed per client so that a token cannot be guessed, and logged.
 *
 * A client may be wrong ATTEMPTS_BURST times, then once every ATTEMPTS_EVERY_MS. In between its
 * tokens are refused without being looked at, the right one too: an answer would allow one more
 * guess. The memory is fixed: of the clients that share a place in the table, the one that was
 * wrong longest ago is forgotten. Any thread.
 */
#ifndef HTTP_GATE_ATTEMPTS_H
#define HTTP_GATE_ATTEMPTS_H

#include "base/err.h"
#include "http/gate/address.h"

#include <stdint.h>

#define ATTEMPTS_BURST 10
#define ATTEMPTS_EVERY_MS 1000

struct attempts;

struct attempts *attempts_new(void);
void attempts_free(struct attempts *t); /* NULL is fine */

/* Whether a token of this client may be looked at now. ERR_TOO_MANY. */
int attempts_check(
    struct attempts *t, const struct address *client, int64_t now_ms, struct err *e) MUST_CHECK;

/* Counts a wrong token. The first one of a client is logged, then at most one a minute, and a few
 * lines a minute for all clients together. */
void attempts_wrong(struct attempts *t, const struct address *client, int64_t now_ms);

#endif
