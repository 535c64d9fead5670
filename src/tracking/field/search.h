/*
 * search.h: the place of a key in a list that is sorted by it. For the files of this folder.
 */
#ifndef TRACKING_FIELD_SEARCH_H
#define TRACKING_FIELD_SEARCH_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t search_key_fn(const void *item);

/* Which of the `n` items of `size` bytes is the first whose key is not below `key`; n: none. */
size_t search_first(const void *items, size_t n, size_t size, search_key_fn *key_of, int64_t key);

#endif
