/*
 * cancel.h: how long work is told that it may end early: its time is up, or nobody waits for its
 * result any more.
 *
 * The limit belongs to a thread. Whoever begins the work sets it, and every long loop below asks
 * cancel_due() about once a millisecond and then returns ERR_TIMEOUT. The functions between the two
 * need no extra argument.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct cancel {
    int64_t deadline_ns;         /* of clock_mono_ns(); 0: none */
    bool (*unwanted)(void *arg); /* nobody waits any more; NULL: somebody always does */
    void *arg;
};

/* Sets the limit of this thread and returns the one before, which the caller puts back at the end.
 */
struct cancel cancel_set(struct cancel c);

/* The limit of this thread; all zero where none is set. */
struct cancel cancel_get(void);

/* Has the work of this thread to end? About 30 ns. */
bool cancel_due(void);

/* The error of work that ended early: ERR_TIMEOUT and a sentence. Returns -1. */
int cancel_fail(struct err *e);

#endif
