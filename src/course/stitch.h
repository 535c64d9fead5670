/* stitch.h: several lines in the order, and each in the direction, in which they make one. */
#ifndef COURSE_STITCH_H
#define COURSE_STITCH_H

#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>

struct route_piece {
    const struct lonlat *at; /* borrowed */
    size_t n;
    bool turned;
};

/* Order the pieces. Their own order stays where another would not save a metre of gaps. Returns how
 * many pieces changed their place or direction. */
size_t stitch(struct route_piece *pieces, size_t n);

struct lonlat stitch_piece_first(const struct route_piece *p);
struct lonlat stitch_piece_last(const struct route_piece *p);

#endif
