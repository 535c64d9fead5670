#include "store/as_of.h"

#include <string.h>

void as_of_init(struct as_of *a, int32_t raw_s)
{
    a->raw_s = raw_s;
    a->n = 0;
}

static void drop_first(struct as_of *a, size_t k)
{
    memmove(a->waiting, a->waiting + k, (a->n - k) * sizeof a->waiting[0]);
    a->n -= k;
}

void as_of_note(struct as_of *a, int32_t raw_s, int64_t now_ms)
{
    size_t k = a->n;

    if (raw_s <= a->raw_s)
        return;
    while (k && a->waiting[k - 1].raw_s > raw_s)
        k--;
    if (k && a->waiting[k - 1].raw_s == raw_s)
        return;
    if (a->n == AS_OF_WAITING) {
        if (!k)
            return;
        drop_first(a, 1);
        k--;
    }
    memmove(a->waiting + k + 1, a->waiting + k, (a->n - k) * sizeof a->waiting[0]);
    a->waiting[k].raw_s = raw_s;
    a->waiting[k].first_ms = now_ms;
    a->n++;
}

bool as_of_update(struct as_of *a, int32_t complete_s, int64_t now_ms)
{
    int32_t before_s = a->raw_s;
    size_t k;

    if (complete_s > a->raw_s)
        a->raw_s = complete_s;
    for (k = a->n; k; k--) {
        if (now_ms - a->waiting[k - 1].first_ms < AS_OF_PATIENCE_MS)
            continue;
        if (a->waiting[k - 1].raw_s > a->raw_s)
            a->raw_s = a->waiting[k - 1].raw_s;
        break;
    }
    for (k = 0; k < a->n && a->waiting[k].raw_s <= a->raw_s;)
        k++;
    drop_first(a, k);
    return a->raw_s != before_s;
}
