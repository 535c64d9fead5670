/* stitch.c: orders several lines so that together they make one. */
#include "course/choose/stitch.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 2000 /* above it the search takes too long; the file's order is kept */
#define WORTH_M 1.0     /* another order must save so much */

struct lonlat stitch_piece_first(const struct stitch_piece *p)
{
    return p->turned ? p->at[p->n - 1] : p->at[0];
}

/* Where the piece ends, in its direction. */
static struct lonlat piece_last(const struct stitch_piece *p)
{
    return p->turned ? p->at[0] : p->at[p->n - 1];
}

/* The sum of the gaps between the pieces, in metres. */
static double total_gap(const struct stitch_piece *pieces, size_t n)
{
    double sum = 0;

    for (size_t i = 1; i < n; i++)
        sum += planar_distance_m(piece_last(&pieces[i - 1]), stitch_piece_first(&pieces[i]));
    return sum;
}

struct join {
    double gap;
    size_t piece;
    bool front; /* it goes before the chain, not after it */
    bool turned;
};

/* Keeps the join with the smaller gap. */
static void consider(struct join *best, double gap, size_t piece, bool front, bool turned)
{
    if (gap < best->gap)
        *best = (struct join){gap, piece, front, turned};
}

/* The unused piece with an end nearest to an end of the chain. Of equal ones it takes the first in
 * the file, in its own direction. */
static struct join nearest(const struct stitch_piece *pieces, const bool *used, size_t n,
    struct lonlat head, struct lonlat tail)
{
    struct join best = {.gap = INFINITY};

    for (size_t i = 0; i < n; i++) {
        struct lonlat first = pieces[i].at[0];
        struct lonlat last = pieces[i].at[pieces[i].n - 1];

        if (used[i])
            continue;
        consider(&best, planar_distance_m(tail, first), i, false, false);
        consider(&best, planar_distance_m(last, head), i, true, false);
        consider(&best, planar_distance_m(tail, last), i, false, true);
        consider(&best, planar_distance_m(first, head), i, true, true);
    }
    return best;
}

/* Builds a chain from the first piece, at both of its ends. */
static void grow(const struct stitch_piece *pieces, size_t n, struct stitch_piece *out)
{
    struct stitch_piece *room = mem_zalloc(2 * n, sizeof *room);
    bool *used = mem_zalloc(n, sizeof *used);
    size_t from = n;
    size_t to = n + 1;

    room[from] = pieces[0];
    used[0] = true;
    while (to - from < n) {
        struct join j =
            nearest(pieces, used, n, stitch_piece_first(&room[from]), piece_last(&room[to - 1]));
        size_t place = j.front ? --from : to++;

        used[j.piece] = true;
        room[place] = pieces[j.piece];
        room[place].turned = j.turned;
    }
    memcpy(out, room + from, n * sizeof *out);
    free(room);
    free(used);
}

size_t stitch(struct stitch_piece *pieces, size_t n)
{
    struct stitch_piece *grown;
    size_t changed = 0;

    if (n < 2 || n > PIECES_MAX)
        return 0;
    grown = mem_zalloc(n, sizeof *grown);
    grow(pieces, n, grown);
    if (total_gap(grown, n) < total_gap(pieces, n) - WORTH_M) {
        for (size_t i = 0; i < n; i++)
            changed += grown[i].at != pieces[i].at || grown[i].turned;
        memcpy(pieces, grown, n * sizeof *pieces);
    }
    free(grown);
    return changed;
}
