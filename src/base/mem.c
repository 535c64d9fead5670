/* mem.c: out of memory ends the process. Linux hands out memory that it does not have, so a check
 * of each allocation would be code that never runs; the store loses nothing that was committed. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p)
{
    if (!p) {
        (void)fputs(
            "trackside: out of memory; everything committed so far is safe on disk\n", stderr);
        abort();
    }
    return p;
}

/* 0 bytes give a pointer too, so that NULL always means "none". */
void *mem_alloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *mem_zalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

/* reallocarray checks the product for overflow. */
void *mem_realloc(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *mem_strdup(const char *s)
{
    return checked(strdup(s));
}

char *mem_strndup(const char *s, size_t len)
{
    return checked(strndup(s, len));
}

void *mem_dup(const void *data, size_t len)
{
    void *p = mem_alloc(len);

    if (len)
        memcpy(p, data, len);
    return p;
}

/* Doubles, so that n additions cost O(n) moves. */
void *mem_grow(void *items, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    return mem_realloc(items, *cap, size);
}
