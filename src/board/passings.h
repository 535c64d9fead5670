/*
 * passings.h: when each competitor of a race passed each checkpoint of its course: the raw second
 * of the first event at or beyond the checkpoint's distance, as with the finish. Who finishes has
 * passed all of them.
 *
 * A table of rows, one per competitor, shared by the columns that write it and the views made of
 * them, so that a commit copies none of it. A time is written once, and is greater than the raw
 * second of every view that was made before. So a view looks at the times up to its own raw second
 * (view_passed). Where times have to be taken back, because an event came late, the writer goes on
 * with a copy. Only the owner of the columns writes; any thread may read.
 */
#ifndef BOARD_PASSINGS_H
#define BOARD_PASSINGS_H

#include "course/course.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times of one race: 200 MB. A race with more has no table, and no splits in its lists. */
#define PASSINGS_MAX 50000000u

struct passings {
    atomic_uint refs;
    uint32_t n;    /* rows */
    uint32_t each; /* checkpoints of the course */
    _Atomic int32_t *at_s;
};

struct passings_event {
    int32_t raw_s;
    uint32_t dist_mm;
    bool finish;
};

/* A table for `n` competitors, with one reference. NULL if the course is unknown (NULL), has no
 * checkpoint, or the table would be larger than PASSINGS_MAX. */
struct passings *passings_new(const struct course *c, uint32_t n);
struct passings *passings_ref(struct passings *p);

/* Gives a reference back. NULL is fine. */
void passings_unref(struct passings *p);

/* Makes room for `n` rows in *p, which may be NULL. Above PASSINGS_MAX it becomes NULL. */
void passings_grow(struct passings **p, uint32_t n);

/* Notes an event of number i. */
void passings_take(
    struct passings *p, const struct course *c, uint32_t i, const struct passings_event *ev);

/* Empties row i, in a copy if a view shares the table. */
void passings_forget(struct passings **p, uint32_t i);

/* The raw second at which number i passed checkpoint k; -1: not yet. */
static inline int32_t passings_at_s(const struct passings *p, uint32_t i, uint32_t k)
{
    return atomic_load_explicit(&p->at_s[(size_t)i * p->each + k], memory_order_relaxed);
}

/* Sets that time: for readers of what is stored. Those before it must be set first. */
static inline void passings_set(struct passings *p, uint32_t i, uint32_t k, int32_t raw_s)
{
    atomic_store_explicit(&p->at_s[(size_t)i * p->each + k], raw_s, memory_order_relaxed);
}

/* The distance of the first checkpoint beyond dist_mm; UINT32_MAX: there is none. */
uint32_t passings_next_mm(const struct course *c, uint32_t dist_mm);

size_t passings_bytes(const struct passings *p); /* 0 of NULL */

#endif
