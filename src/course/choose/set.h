/* set.h: lines that together may be the race, in an order. */
#ifndef COURSE_CHOOSE_SET_H
#define COURSE_CHOOSE_SET_H

#include "course/choose/lines.h"
#include "course/choose/order.h"

#include <stdbool.h>
#include <stddef.h>

/* It owns its arrays. */
struct set {
    size_t *item; /* indices of lines */
    size_t n;
    struct stitch_piece *piece; /* the parts of all lines, in the order of the race */
    size_t pieces;
    struct order order;
};

/* Puts the n (1 or more) lines in order. `begin` as in order_pieces. With `given` their order is the
 * caller's. Release the set. */
struct set set_of(
    const struct lines *l, const size_t *items, size_t n, bool given, const struct lonlat *begin);
void set_release(struct set *s);

struct lonlat set_begin(const struct set *s);
struct lonlat set_end(const struct set *s);

/* The length with the gaps. */
double set_length_m(const struct set *s);

/* "1,3": the numbers of its lines, cut to fit. */
void set_numbers(const struct set *s, const struct lines *l, char *out, size_t cap);

#endif
