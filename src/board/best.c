/* best.c: a heap of the best competitors. */
#include "board/best.h"

#include "base/mem.h"

#include <stdlib.h>

void best_init(struct best *b, const struct view *v, uint32_t cap, bool reverse)
{
    *b = (struct best){mem_alloc((size_t)cap * sizeof *b->at), 0, cap, UINT64_MAX, v, reverse};
}

/* Own ids rise with the number, others' have to be looked at. */
static inline bool is_behind(const struct best *b, struct best_place x, struct best_place y)
{
    if (x.key != y.key)
        return x.key > y.key;
    return (b->view->id ? b->view->id[x.i] > b->view->id[y.i] : x.i > y.i) != b->reverse;
}

static void sink(struct best *b, uint32_t k, struct best_place p)
{
    for (;;) {
        uint32_t child = 2 * k + 1;

        if (child >= b->n)
            break;
        if (child + 1 < b->n && is_behind(b, b->at[child + 1], b->at[child]))
            child++;
        if (!is_behind(b, b->at[child], p))
            break;
        b->at[k] = b->at[child];
        k = child;
    }
    b->at[k] = p;
}

static void climb(struct best *b, struct best_place p)
{
    uint32_t k = b->n++;

    while (k && is_behind(b, p, b->at[(k - 1) / 2])) {
        b->at[k] = b->at[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    b->at[k] = p;
}

void best_let_in(struct best *b, struct best_place p)
{
    if (b->n < b->cap)
        climb(b, p);
    else if (b->n && is_behind(b, b->at[0], p))
        sink(b, 0, p);
    if (b->n == b->cap)
        b->bar = b->n ? b->at[0].key : 0;
}

/* The worst goes to the end, and the heap is the shorter by it, until nothing is left of it. */
void best_sort(struct best *b)
{
    uint32_t n = b->n;

    while (b->n) {
        struct best_place worst = b->at[0];
        struct best_place last = b->at[--b->n];

        if (b->n)
            sink(b, 0, last);
        b->at[b->n] = worst;
    }
    b->n = n;
}

void best_release(struct best *b)
{
    free(b->at);
    *b = (struct best){0};
}
