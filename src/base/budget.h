/*
 * budget.h: one limit on the bytes that the server holds for its clients: bodies that are being
 * received, answers that are not read yet, and what a streamed answer is made from. Any thread; it
 * counts and never waits. Who gets no room answers 503 with Retry-After.
 *
 * Not every use may take all of it. Bodies leave half for answers, and large answers leave a
 * quarter for small ones, so that boards are answered while others are asking for too much.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include "base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define BUDGET_DEFAULT_BYTES ((size_t)256 << 20)
#define BUDGET_MIN_BYTES ((size_t)16 << 20)
#define BUDGET_SMALL_MAX ((size_t)64 << 10) /* an answer up to this is a small one */

enum budget_use {
    BUDGET_BODY,  /* up to a half of the limit */
    BUDGET_LARGE, /* up to three quarters */
    BUDGET_SMALL, /* all of it */
};

struct budget {
    pthread_mutex_t lock;
    size_t max;
    size_t used;
};

void budget_init(struct budget *b, size_t max);
void budget_release(struct budget *b);

/* Counts `bytes` in. ERR_UNAVAILABLE, and nothing is counted, where there is no room. */
int budget_take(struct budget *b, enum budget_use use, size_t bytes, struct err *e) MUST_CHECK;
void budget_give(struct budget *b, size_t bytes);

/* The same for something that several readers hold: its bytes are counted for the first holder, and
 * until the last one drops it. `*holders` is theirs, 0 at first, and is only changed here. */
int budget_hold(struct budget *b, unsigned *holders, size_t bytes, struct err *e) MUST_CHECK;
void budget_drop(struct budget *b, unsigned *holders, size_t bytes);

size_t budget_used(struct budget *b);

#endif
