#include "tracking/field/search.h"

size_t search_first(const void *items, size_t n, size_t size, search_key_fn *key_of, int64_t key)
{
    size_t from = 0, to = n;

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (key_of((const char *)items + mid * size) < key)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}
