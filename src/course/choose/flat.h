/*
 * flat.h: lines in metres on a flat earth, for questions about which place is near to which. Along
 * a course the error is a few parts in a thousand; lengths that anybody sees come from the
 * geodesics.
 */
#ifndef COURSE_CHOOSE_FLAT_H
#define COURSE_CHOOSE_FLAT_H

#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>

struct flat_place {
    double x, y; /* metres east and north of the origin */
};

/* A line that was projected. It owns its arrays. */
struct flat_line {
    struct flat_place *at;
    double *along; /* metres from its first vertex, one a vertex */
    size_t n;
    struct flat_place low, high; /* the box around it */
};

/* A place in metres from `origin`, the short way around the earth. */
struct flat_place flat_place(struct lonlat origin, struct lonlat p);
double flat_distance(struct flat_place a, struct flat_place b);

/* Projects `n` (1 or more) places. If there are more than `max` (2 or more), those are kept that the
 * shape needs most; 0 keeps all. Release it. */
struct flat_line flat_line(struct lonlat origin, const struct lonlat *line, size_t n, size_t max);
void flat_line_release(struct flat_line *l);

/* The length of the line in metres. */
double flat_length(const struct flat_line *l);

/* The place `m` metres along the line. */
struct flat_place flat_at(const struct flat_line *l, double m);

/* Metres from p to the nearest place of the line; *along: where that is. */
double flat_nearest(const struct flat_line *l, struct flat_place p, double *along);

/* The first or the last place along the line where it is no farther from p than `within` metres. A
 * line may pass p several times; of one passage it is the nearest place. -1: it never is. */
double flat_passes(const struct flat_line *l, struct flat_place p, double within, bool last);

/* How one line lies along another. */
struct flat_cover {
    double share;   /* of the line that is beside the other one */
    double forward; /* of that, the share that runs in the other's direction */
};

/* How much of `l` lies within `beside` metres of `other`, from at most `samples` places. */
struct flat_cover flat_cover(
    const struct flat_line *l, const struct flat_line *other, double beside, size_t samples);

#endif
