/*
 * budget.h: one limit on the bytes that the server holds for its clients: bodies that are being
 * received, answers that are not read yet, and what an answer that is being streamed is made from.
 * Any thread; it counts and never waits.
 */
#ifndef HTTP_BUDGET_H
#define HTTP_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define BUDGET_DEFAULT_BYTES ((size_t)256 << 20)
#define BUDGET_SPENT \
    "The server holds as many bytes for its clients as it may: try again in a few seconds."

struct budget {
    size_t max;
    _Atomic size_t used;
};

void budget_init(struct budget *b, size_t max);

/* Counts `bytes` in. False, and nothing is counted, where that would be more than the limit. */
bool budget_take(struct budget *b, size_t bytes);
void budget_give(struct budget *b, size_t bytes);
size_t budget_used(struct budget *b);

#endif
