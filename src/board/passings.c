/* passings.c: when each competitor passed each checkpoint. */
#include "board/passings.h"

#include "base/mem.h"

#include <stdlib.h>

/* A table without times. */
static struct passings *make(uint32_t n, uint32_t each)
{
    struct passings *p = mem_zalloc(1, sizeof *p);
    size_t cells = (size_t)n * each;

    atomic_init(&p->refs, 1);
    p->n = n;
    p->each = each;
    p->at_s = mem_alloc(cells * sizeof *p->at_s);
    for (size_t k = 0; k < cells; k++)
        atomic_init(&p->at_s[k], -1);
    return p;
}

struct passings *passings_new(const struct course *c, uint32_t n)
{
    size_t each = c ? c->checkpoints.n : 0;

    return each > 0 && n <= PASSINGS_MAX / each ? make(n, (uint32_t)each) : NULL;
}

struct passings *passings_ref(struct passings *p)
{
    (void)atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void passings_unref(struct passings *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    free(p->at_s);
    free(p);
}

/* Replaces *p by a copy with `n` rows. */
static void copy(struct passings **p, uint32_t n)
{
    struct passings *old = *p;
    size_t cells = (size_t)(n < old->n ? n : old->n) * old->each;

    *p = make(n, old->each);
    for (size_t k = 0; k < cells; k++)
        atomic_init(&(*p)->at_s[k], atomic_load_explicit(&old->at_s[k], memory_order_relaxed));
    passings_unref(old);
}

void passings_grow(struct passings **p, uint32_t n)
{
    if (!*p || n <= (*p)->n)
        return;
    if (n <= PASSINGS_MAX / (*p)->each) {
        copy(p, n);
        return;
    }
    passings_unref(*p);
    *p = NULL;
}

/* How many checkpoints are at or before dist_mm. */
static uint32_t count_upto(const struct course *c, uint32_t dist_mm)
{
    size_t low = 0;
    size_t high = c->checkpoints.n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (c->checkpoints.item[mid].dist_mm <= dist_mm)
            low = mid + 1;
        else
            high = mid;
    }
    return (uint32_t)low;
}

void passings_take(
    struct passings *p, const struct course *c, uint32_t i, const struct passings_event *ev)
{
    _Atomic int32_t *row = &p->at_s[(size_t)i * p->each];
    uint32_t passed = ev->finish ? p->each : count_upto(c, ev->dist_mm);

    /* Whoever has passed one has passed those before it, so the rest of the row is empty. */
    while (passed > 0 && atomic_load_explicit(&row[passed - 1], memory_order_relaxed) < 0)
        atomic_store_explicit(&row[--passed], ev->raw_s, memory_order_relaxed);
}

void passings_forget(struct passings **p, uint32_t i)
{
    if (!*p)
        return;
    if (atomic_load_explicit(&(*p)->refs, memory_order_acquire) > 1)
        copy(p, (*p)->n);
    for (uint32_t k = 0; k < (*p)->each; k++)
        atomic_store_explicit(&(*p)->at_s[(size_t)i * (*p)->each + k], -1, memory_order_relaxed);
}

uint32_t passings_next_mm(const struct course *c, uint32_t dist_mm)
{
    uint32_t k = count_upto(c, dist_mm);

    return k < c->checkpoints.n ? c->checkpoints.item[k].dist_mm : UINT32_MAX;
}

size_t passings_bytes(const struct passings *p)
{
    return p ? (size_t)p->n * p->each * sizeof *p->at_s : 0;
}
