/*
 * order.h: the order and the direction of the pieces of a course, by evidence: the numbers in their
 * names, the times of their places, the order in the file, and last the least gaps. Flags decide
 * later in which direction the whole line is run (flags.h).
 */
#ifndef COURSE_CHOOSE_ORDER_H
#define COURSE_CHOOSE_ORDER_H

#include "course/choose/stitch.h"
#include "geo/lonlat.h"

#include <stddef.h>

enum order_by {
    ORDER_CALLER,  /* as the caller gave them */
    ORDER_NUMBERS, /* by the numbers in their names */
    ORDER_TIMES,
    ORDER_FILE,
    ORDER_GAPS
};

/* What is known of the pieces beside their places; `number` of a piece is its index here. */
struct order_hint {
    int number;       /* -1: none */
    const char *time; /* ISO 8601, comparable as a text; "": unknown. Borrowed */
};

struct order {
    enum order_by by;
    size_t changed; /* pieces that have another place or direction than in the file */
    double gaps_m;
    double length_m; /* of the pieces, without gaps */
};

/* The share of a line that is made of gaps. */
double order_bridges(const struct order *o);

/* Orders and turns the n (1 or more) pieces, which are in the file's order. `begin` is where the
 * course begins, if a flag says so; else NULL. A ring begins there. */
struct order order_pieces(struct stitch_piece *pieces, size_t n, const struct order_hint *hints,
    const struct lonlat *begin);

/* Keeps the order, and turns pieces where that makes the gaps much smaller. */
struct order order_as_given(struct stitch_piece *pieces, size_t n);

#endif
