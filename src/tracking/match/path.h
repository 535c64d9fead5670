/*
 * path.h: the course as a chain of straight pieces in metres, and an index over it: the places
 * nearest to a fix.
 *
 * Distances are metres from the start in doubles, laps counted: lap k begins at k * lap_m. Before
 * the start and beyond the finish the path goes on straight, so that somebody can be a little
 * behind the line, and past it. Differences of places are metres east and north, with the scale of
 * the piece's own latitude: exact enough within the few hundred metres that they are used for.
 *
 * The index is a binary tree of boxes over the chain, in its order. So a search may be limited to a
 * stretch of the course, which is how places that cannot be reached are left out.
 */
#ifndef TRACKING_MATCH_PATH_H
#define TRACKING_MATCH_PATH_H

#include "geo/line.h"
#include "geo/lonlat.h"

#include <stddef.h>
#include <stdint.h>

struct path_piece {
    int64_t lon_nd; /* its start; not wrapped at ±180°, so that the chain is continuous */
    int64_t lat_nd;
    double at_m;  /* of its start, within the lap */
    double len_m; /* along the course */
    double east;  /* metres from its start to its end */
    double north;
    double lon_m; /* metres per nanodegree of longitude, here */
    double lat_m;
};

struct path_box {
    int64_t west, east, south, north; /* nd */
};

/* A stretch of a lap in which the course turns back on itself. */
struct path_turn {
    double from_m, to_m;
};

struct path {
    struct path_piece *piece;
    size_t n;
    struct path_box
        *box;         /* a heap-ordered tree: node k has 2k and 2k + 1; leaves are runs of pieces */
    size_t leaves;    /* a power of two */
    uint32_t *bucket; /* for every bucket_m: the piece at its start */
    double bucket_m;
    struct path_turn *turn; /* in order */
    size_t turns, turn_cap;
    double lap_m;
    double length_m; /* all laps */
    uint32_t laps;
    double least_lon_m; /* the least of all pieces */
    int64_t middle_nd;  /* longitudes of fixes are taken within ±180° of it */
};

/* A difference of two places in metres. */
struct path_offset {
    double east, north;
};

/* A place on the path near to a fix. */
struct path_near {
    double at_m;
    double off_m; /* how far the fix is from it */
};

/* Fills *p from a line; the caller releases it. */
void path_init(struct path *p, const struct line *l);
void path_release(struct path *p);

/* The fix with its longitude as the path counts them. */
struct lonlat path_unwrap(const struct path *p, struct lonlat at);

/* From the place at_m on the path to the (unwrapped) fix. */
struct path_offset path_to(const struct path *p, double at_m, struct lonlat fix);

/* How far a place is from the nearest turn of its lap, along the course; 0 in it, INFINITY without
 * turns. */
double path_to_turn(const struct path *p, double at_m);

/* The place nearest to the (unwrapped) fix between from_m and to_m, which are cut to the course. */
struct path_near path_nearest(const struct path *p, struct lonlat fix, double from_m, double to_m);

/* The places within radius_m of the fix at which the distance has a minimum, between from_m and
 * to_m, in order. Two minima count as two if the distance rises by 5 m or more between them. Writes
 * at most `max`; the nearest are kept. Returns how many. */
size_t path_minima(const struct path *p, struct lonlat fix, double from_m, double to_m,
    double radius_m, struct path_near *out, size_t max);

#endif
