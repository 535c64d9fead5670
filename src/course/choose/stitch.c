/*
 * stitch.c: orders several lines so that together they make one.
 *
 * Ends that are near to each other are joined first. Then single pieces are moved while that
 * shortens the gaps: a loop between two straights, for example.
 */
#include "course/choose/stitch.h"

#include "base/mem.h"
#include "course/choose/join.h"
#include "geo/planar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOVED_MAX 200u /* pieces above which none is moved afterwards */
#define MOVE_ROUNDS 10u
#define TURN_WORTH_M 1.0
#define NONE SIZE_MAX

struct lonlat stitch_piece_first(const struct stitch_piece *p)
{
    return p->turned ? p->at[p->n - 1] : p->at[0];
}

struct lonlat stitch_piece_last(const struct stitch_piece *p)
{
    return p->turned ? p->at[0] : p->at[p->n - 1];
}

double stitch_gaps_m(const struct stitch_piece *pieces, size_t n)
{
    double sum = 0;

    for (size_t i = 1; i < n; i++)
        sum += planar_distance_m(stitch_piece_last(&pieces[i - 1]), stitch_piece_first(&pieces[i]));
    return sum;
}

void stitch_reverse(struct stitch_piece *pieces, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct stitch_piece swap = pieces[i];

        pieces[i] = pieces[n - 1 - i];
        pieces[n - 1 - i] = swap;
    }
    for (size_t i = 0; i < n; i++)
        pieces[i].turned = !pieces[i].turned;
}

/* The gap between two pieces of the chain; 0 before the first and after the last. */
static double gap(const struct stitch_piece *pieces, size_t n, size_t before, size_t after)
{
    if (before >= n || after >= n)
        return 0;
    return planar_distance_m(
        stitch_piece_last(&pieces[before]), stitch_piece_first(&pieces[after]));
}

/* What it costs to put piece p between `before` and `after`. */
static double insertion_m(const struct stitch_piece *pieces, size_t n, const struct stitch_piece *p,
    size_t before, size_t after)
{
    double m = -gap(pieces, n, before, after);

    if (before < n)
        m += planar_distance_m(stitch_piece_last(&pieces[before]), stitch_piece_first(p));
    if (after < n)
        m += planar_distance_m(stitch_piece_last(p), stitch_piece_first(&pieces[after]));
    return m;
}

/* Moves piece `i` to the place where the gaps are least. Returns whether it moved. */
static bool move(struct stitch_piece *pieces, size_t n, size_t i)
{
    struct stitch_piece p = pieces[i];
    double now = insertion_m(pieces, n, &p, i - 1, i + 1);
    double best = now - TURN_WORTH_M;
    size_t place = NONE;
    bool turned = false;

    for (int t = 0; t < 2; t++, p.turned = !p.turned)
        for (size_t k = 0; k <= n; k++) {
            double m;

            if (k == i || k == i + 1)
                continue;
            m = insertion_m(pieces, n, &p, k - 1, k);
            if (m < best) {
                best = m;
                place = k;
                turned = p.turned;
            }
        }
    if (place == NONE)
        return false;
    p.turned = turned;
    if (place > i)
        memmove(pieces + i, pieces + i + 1, (--place - i) * sizeof *pieces);
    else
        memmove(pieces + place + 1, pieces + place, (i - place) * sizeof *pieces);
    pieces[place] = p;
    return true;
}

/* Moves single pieces while that makes the gaps smaller. */
static void improve(struct stitch_piece *pieces, size_t n)
{
    bool moved = n <= MOVED_MAX;

    for (size_t round = 0; moved && round < MOVE_ROUNDS; round++) {
        moved = false;
        for (size_t i = 0; i < n; i++)
            moved = move(pieces, n, i) || moved;
    }
}

void stitch(struct stitch_piece *pieces, size_t n)
{
    struct stitch_piece *out = mem_zalloc(n + 1, sizeof *out);

    if (n > 1) {
        join_pieces(pieces, n, out);
        memcpy(pieces, out, n * sizeof *out);
        improve(pieces, n);
    }
    free(out);
}

/* The least gaps up to a piece that is not turned ([0]) or turned ([1]), and whether the piece
 * before it is turned then. */
struct least {
    double m[2];
    bool before[2];
};

void stitch_turn(struct stitch_piece *pieces, size_t n)
{
    struct least *least = mem_zalloc(n + 1, sizeof *least);
    bool turned;

    for (size_t i = 0; i < n; i++)
        for (int t = 0; t < 2; t++) {
            struct stitch_piece here = pieces[i];

            here.turned = t;
            least[i].m[t] = INFINITY;
            for (int b = 0; b < 2; b++) {
                struct stitch_piece before = pieces[i > 0 ? i - 1 : 0];
                double m = t * TURN_WORTH_M;

                before.turned = b;
                if (i > 0)
                    m += least[i - 1].m[b] +
                         planar_distance_m(stitch_piece_last(&before), stitch_piece_first(&here));
                if (m < least[i].m[t]) {
                    least[i].m[t] = m;
                    least[i].before[t] = b;
                }
            }
        }
    turned = n > 0 && least[n - 1].m[1] < least[n - 1].m[0];
    for (size_t i = n; i > 0; i--) {
        pieces[i - 1].turned = turned;
        turned = least[i - 1].before[turned];
    }
    free(least);
}
