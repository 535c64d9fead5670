/*
 * pairs.h: the names and values of a query or of a form (application/x-www-form-urlencoded).
 *
 * The caller owns the struct. Of two pairs of one name the first counts.
 */
#ifndef TRACKING_DECODE_PAIRS_H
#define TRACKING_DECODE_PAIRS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define PAIRS_MAX 40u /* further ones are dropped */

struct pairs {
    struct {
        size_t name, value; /* places in `text`, each ended by a NUL */
    } item[PAIRS_MAX];
    size_t n;
    struct buf text;
};

void pairs_release(struct pairs *p);

/* Adds one that is decoded already. */
void pairs_add(struct pairs *p, const char *name, const char *value);

/* Adds those of a form: "a=1&b=x%20y+z". A % without two hexadecimal digits stays as it is. A pair
 * with a NUL byte is dropped. */
void pairs_add_form(struct pairs *p, const char *form, size_t len);

/* The value, borrowed until the next pair is added; NULL where there is none. */
const char *pairs_find(const struct pairs *p, const char *name);

#endif
