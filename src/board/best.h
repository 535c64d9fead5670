/*
 * best.h: the best few of a view's competitors by a key, found in one pass: a heap that keeps the
 * worst of them on top. Less is better, and of equal keys the smaller id. One thread at a time.
 */
#ifndef BOARD_BEST_H
#define BOARD_BEST_H

#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

struct best_place {
    uint64_t key;
    uint32_t i; /* dense number in the view */
};

struct best {
    struct best_place *at;
    uint32_t n, cap;
    uint64_t bar; /* what is above cannot get in: the worst key once the heap is full */
    const struct view *view;
    bool reverse; /* of equal keys the greater id first: worst first is the whole order turned round
                   */
};

/* Keeps at most `cap`. The view is borrowed until best_release. */
void best_init(struct best *b, const struct view *v, uint32_t cap, bool reverse);

/* For best_offer alone. */
void best_let_in(struct best *b, struct best_place p);

/* In a big race nearly everybody is turned away here. */
static inline void best_offer(struct best *b, uint64_t key, uint32_t i)
{
    if (key <= b->bar)
        best_let_in(b, (struct best_place){key, i});
}

/* Ends the offers: at[0] to at[n - 1] are now the best ones, the best first. */
void best_sort(struct best *b);
void best_release(struct best *b);

#endif
