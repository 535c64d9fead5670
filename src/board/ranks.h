/*
 * ranks.h: everybody's rank in a view, computed once for all answers that need it at the same time.
 * Ranking a million takes 40 MB for a moment, so one view is ranked at a time. Any thread.
 */
#ifndef BOARD_RANKS_H
#define BOARD_RANKS_H

#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes a competitor that it keeps. */
#define RANKS_BYTES (2 * sizeof(uint32_t))

/* Immutable, shared by reference count; it lives as long as somebody uses it. */
struct ranks {
    unsigned refs;     /* under the lock of ranks.c, as is `next` */
    struct view *view; /* a reference: whose columns were ranked */
    uint32_t *rank;    /* n; 0: not seen */
    uint32_t *order;   /* n dense numbers by rank, then by number; those not seen come first */
    struct ranks *next;
};

/* A new reference. Who asks while a view is being ranked waits. */
struct ranks *ranks_of(struct view *v);
void ranks_unref(struct ranks *r); /* NULL is fine */

#endif
