/*
 * mem.h: allocation that does not fail: out of memory ends the program with a sentence (the history
 * on disk is complete up to the last commit, so nothing that was shown is lost). Sizes that come
 * from outside are capped by the caller before they get here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                /* uninitialised; size 0 gives a valid pointer */
void *mem_zalloc(size_t count, size_t size); /* zeroed, overflow-checked */
void *mem_realloc(void *old, size_t count, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
void *mem_dup(const void *data, size_t len);

/* Room for one more in a growing array: `items` of `*cap` elements of `size` bytes, `len` used. */
void *mem_grow(void *items, size_t len, size_t *cap, size_t size);

#endif
