/* join.h: joins the ends of pieces, the nearest first, so that they are one chain. */
#ifndef COURSE_CHOOSE_JOIN_H
#define COURSE_CHOOSE_JOIN_H

#include "course/choose/stitch.h"

#include <stddef.h>

/* Writes the n (2 or more) pieces to `out` in the order of the chain, turned as needed. Takes
 * O(n log n). */
void join_pieces(const struct stitch_piece *pieces, size_t n, struct stitch_piece *out);

#endif
