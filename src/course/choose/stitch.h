/* stitch.h: orders and turns several lines so that together they make one. */
#ifndef COURSE_CHOOSE_STITCH_H
#define COURSE_CHOOSE_STITCH_H

#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>

struct stitch_piece {
    const struct lonlat *at; /* borrowed */
    size_t n;
    bool turned; /* it runs from its last place to its first */
};

/* Orders and turns the pieces. They stay as they are unless another order saves a metre of gaps.
 * Returns how many changed their place or direction. Time grows with the square of n; above 2,000
 * pieces nothing is changed. */
size_t stitch(struct stitch_piece *pieces, size_t n);

/* Where the piece begins, in its direction. */
struct lonlat stitch_piece_first(const struct stitch_piece *p);

#endif
