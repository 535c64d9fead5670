#include "http/budget.h"

void budget_init(struct budget *b, size_t max)
{
    b->max = max;
    atomic_init(&b->used, 0);
}

bool budget_take(struct budget *b, size_t bytes)
{
    size_t used = atomic_load_explicit(&b->used, memory_order_relaxed);

    do {
        if (bytes > b->max || used > b->max - bytes)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(
        &b->used, &used, used + bytes, memory_order_relaxed, memory_order_relaxed));
    return true;
}

void budget_give(struct budget *b, size_t bytes)
{
    (void)atomic_fetch_sub_explicit(&b->used, bytes, memory_order_relaxed);
}

size_t budget_used(struct budget *b)
{
    return atomic_load_explicit(&b->used, memory_order_relaxed);
}
