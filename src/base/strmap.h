/*
 * strmap.h: a hash table from a name to a pointer. It keeps its items in the order in which they
 * were added, so that it is also the list of them. Names and values are borrowed: they have to live
 * as long as the table. The hash is keyed with a random key, because the names come from outside.
 * Nothing can be removed. Not locked.
 */
#ifndef BASE_STRMAP_H
#define BASE_STRMAP_H

#include "base/hash.h"

#include <stddef.h>
#include <stdint.h>

struct strmap {
    struct hash_key key;
    struct strmap_item {
        const char *name;
        void *value;
    } * item; /* in the order of strmap_add */
    size_t n, cap;
    uint32_t
        *slot; /* index in `item` + 1, 0: free; a power of two of them, at most half are used */
    size_t slots;
};

/* An empty table with a random key. */
void strmap_init(struct strmap *m);

/* Frees the table, but neither names nor values. */
void strmap_release(struct strmap *m);

/* The value of `name`, or NULL where there is none. */
void *strmap_find(const struct strmap *m, const char *name);

/* Adds a name that is not in the table yet. */
void strmap_add(struct strmap *m, const char *name, void *value);

#endif
