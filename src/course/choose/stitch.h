/* stitch.h: orders and turns several lines so that together they make one. */
#ifndef COURSE_CHOOSE_STITCH_H
#define COURSE_CHOOSE_STITCH_H

#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>

struct stitch_piece {
    const struct lonlat *at; /* borrowed */
    size_t n;
    size_t number; /* its place in the file */
    bool turned;   /* it runs from its last place to its first */
};

/* Orders and turns the pieces so that the gaps between them are small: the two nearest ends are
 * joined, then the next two, and so on. The chain may then still begin at either end, and a ring at
 * any piece. */
void stitch(struct stitch_piece *pieces, size_t n);

/* Turns pieces where that makes the gaps smaller, and keeps their order. A turn has to save a
 * metre. */
void stitch_turn(struct stitch_piece *pieces, size_t n);

/* Turns the whole chain round. */
void stitch_reverse(struct stitch_piece *pieces, size_t n);

/* The sum of the gaps between the pieces, in metres. */
double stitch_gaps_m(const struct stitch_piece *pieces, size_t n);

/* Where the piece begins and where it ends, in its direction. */
struct lonlat stitch_piece_first(const struct stitch_piece *p);
struct lonlat stitch_piece_last(const struct stitch_piece *p);

#endif
