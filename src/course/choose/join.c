/*
 * join.c: joins the ends of pieces.
 *
 * The free ends are in a grid. Pairs of near ends are sorted by their distance, and joined if both
 * are free and belong to two chains. That is greedy matching, as it is known for the travelling
 * salesman. The few chains that are left are joined in the same way without the grid.
 */
#include "course/choose/join.h"

#include "base/mem.h"
#include "course/choose/flat.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_ENDS 8u         /* so many near ends of each end are considered */
#define LOOKED_MAX 2000u     /* ends that are compared with one; only a file made for it has more */
#define CHAIN_ENDS_MAX 1000u /* ends of chains that are all compared; more take another round */
#define NONE SIZE_MAX

/* End 2 * i is where piece i begins as it is drawn, end 2 * i + 1 where it ends. */
struct ends {
    struct flat_place *at;
    size_t *partner; /* the end of another piece that it is joined to; NONE: free */
    size_t *chain;   /* of each piece: a piece nearer to the root of its chain */
    size_t pieces;
};

/* Ends that are not joined yet. */
struct open_ends {
    size_t *end;
    size_t n;
};

struct pair {
    double m;
    size_t a, b;
};

/* The root of the piece's chain. The way to it is halved, so that it stays short. */
static size_t root_of(struct ends *e, size_t piece)
{
    while (e->chain[piece] != piece)
        piece = e->chain[piece] = e->chain[e->chain[piece]];
    return piece;
}

/* Joins two ends if both are free and of different chains. */
static bool join(struct ends *e, size_t a, size_t b)
{
    size_t x = root_of(e, a / 2);
    size_t y = root_of(e, b / 2);

    if (x == y || e->partner[a] != NONE || e->partner[b] != NONE)
        return false;
    e->chain[y] = x;
    e->partner[a] = b;
    e->partner[b] = a;
    return true;
}

/* Orders by distance. Of equal ones those come first that join a piece with the next in the file, in
 * the file's direction. */
static int by_distance(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    size_t apart_x = x->b - x->a;
    size_t apart_y = y->b - y->a;

    if (x->m < y->m || x->m > y->m)
        return x->m < y->m ? -1 : 1;
    if (apart_x != apart_y)
        return apart_x < apart_y ? -1 : 1;
    return (x->a > y->a) - (x->a < y->a);
}

/* Cells of one size, in a hash table that is sorted by cell. */
struct grid {
    struct cell {
        int64_t x, y;
        size_t end;
    } * cell;
    size_t n;
    double size;
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The width of what holds the middle four fifths of the values, which are sorted. A place far away
 * does not count. */
static double width_of(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n - 1 - n / 10] - values[n / 10];
}

/* The size of a cell that holds about two ends, if they are spread evenly. */
static double cell_size(const struct ends *e, const struct open_ends *open)
{
    size_t n = open->n;
    double *values = mem_zalloc(n, sizeof *values);
    double x;
    double y;

    for (size_t i = 0; i < n; i++)
        values[i] = e->at[open->end[i]].x;
    x = width_of(values, n);
    for (size_t i = 0; i < n; i++)
        values[i] = e->at[open->end[i]].y;
    y = width_of(values, n);
    free(values);
    return fmax(hypot(x, y) / sqrt((double)n / 2), 1.0);
}

static int by_cell(const void *a, const void *b)
{
    const struct cell *p = a;
    const struct cell *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return (p->end > q->end) - (p->end < q->end);
}

static struct grid grid_of(const struct ends *e, const struct open_ends *open)
{
    struct grid g = {.n = open->n, .size = cell_size(e, open)};

    g.cell = mem_zalloc(g.n, sizeof *g.cell);
    for (size_t i = 0; i < g.n; i++) {
        struct flat_place p = e->at[open->end[i]];

        g.cell[i] =
            (struct cell){(int64_t)floor(p.x / g.size), (int64_t)floor(p.y / g.size), open->end[i]};
    }
    qsort(g.cell, g.n, sizeof *g.cell, by_cell);
    return g;
}

/* The first cell at or after x, y. */
static size_t grid_find(const struct grid *g, int64_t x, int64_t y)
{
    const struct cell key = {x, y, 0};
    size_t low = 0;
    size_t high = g->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (by_cell(&g->cell[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Keeps the NEAR_ENDS nearest pairs of one end, sorted. */
static size_t keep_near(struct pair *near, size_t n, struct pair p)
{
    size_t at = n;

    while (at > 0 && p.m < near[at - 1].m)
        at--;
    if (at == NEAR_ENDS)
        return n;
    if (n < NEAR_ENDS)
        n++;
    memmove(near + at + 1, near + at, (n - 1 - at) * sizeof *near);
    near[at] = p;
    return n;
}

/* Lists the nearest ends of end `i` in the cells around it. Returns how many. */
static size_t near_of(const struct ends *e, const struct grid *g, size_t i, struct pair *near)
{
    int64_t x = (int64_t)floor(e->at[i].x / g->size);
    int64_t y = (int64_t)floor(e->at[i].y / g->size);
    size_t n = 0;
    size_t looked = 0;

    for (int64_t column = x - 1; column <= x + 1; column++)
        for (size_t k = grid_find(g, column, y - 1);
             k < g->n && g->cell[k].x == column && g->cell[k].y <= y + 1 && looked < LOOKED_MAX;
             k++, looked++) {
            size_t other = g->cell[k].end;

            if (other / 2 != i / 2)
                n = keep_near(near, n,
                    (struct pair){flat_distance(e->at[i], e->at[other]), i < other ? i : other,
                        i < other ? other : i});
        }
    return n;
}

/* Lists the ends that are free. */
static void list_open(const struct ends *e, struct open_ends *open)
{
    open->n = 0;
    for (size_t i = 0; i < 2 * e->pieces; i++)
        if (e->partner[i] == NONE)
            open->end[open->n++] = i;
}

/* Joins the pairs, the nearest first. */
static void join_pairs(struct ends *e, struct pair *pair, size_t n)
{
    qsort(pair, n, sizeof *pair, by_distance);
    for (size_t i = 0; i < n; i++)
        (void)join(e, pair[i].a, pair[i].b);
    free(pair);
}

/* Joins ends with those in the cells around them. */
static void join_near(struct ends *e, const struct open_ends *open)
{
    struct pair *pair = mem_zalloc(open->n * NEAR_ENDS, sizeof *pair);
    struct grid g = grid_of(e, open);
    size_t n = 0;

    for (size_t i = 0; i < open->n; i++)
        n += near_of(e, &g, open->end[i], pair + n);
    free(g.cell);
    join_pairs(e, pair, n);
}

/* Joins the chains that are left: all their ends are compared. */
static void join_chains(struct ends *e, const struct open_ends *open)
{
    struct pair *pair = mem_zalloc(open->n * open->n / 2 + 1, sizeof *pair);
    size_t n = 0;

    for (size_t i = 0; i < open->n; i++)
        for (size_t j = i + 1; j < open->n; j++) {
            size_t a = open->end[i];
            size_t b = open->end[j];

            if (root_of(e, a / 2) != root_of(e, b / 2))
                pair[n++] = (struct pair){flat_distance(e->at[a], e->at[b]), a, b};
        }
    join_pairs(e, pair, n);
}

/* Joins all pieces to one chain. The cells grow from round to round, since fewer ends are free. */
static void join_all(struct ends *e)
{
    struct open_ends open = {mem_zalloc(2 * e->pieces, sizeof *open.end), 0};
    size_t before = 0;

    list_open(e, &open);
    while (open.n > CHAIN_ENDS_MAX && open.n != before) {
        before = open.n;
        join_near(e, &open);
        list_open(e, &open);
    }
    if (open.n > 2 && open.n <= CHAIN_ENDS_MAX) {
        join_near(e, &open);
        list_open(e, &open);
        join_chains(e, &open);
    }
    free(open.end);
}

/* Writes the chains one after the other, each from the free end that comes first in the file. */
static void walk(const struct ends *e, const struct stitch_piece *pieces, struct stitch_piece *out)
{
    bool *done = mem_zalloc(e->pieces, sizeof *done);
    size_t n = 0;

    for (size_t start = 0; start < 2 * e->pieces; start++) {
        size_t end = start;

        if (e->partner[start] != NONE || done[start / 2])
            continue;
        while (end != NONE) {
            out[n] = pieces[end / 2];
            out[n++].turned = end & 1;
            done[end / 2] = true;
            end = e->partner[end ^ 1];
        }
    }
    free(done);
}

void join_pieces(const struct stitch_piece *pieces, size_t n, struct stitch_piece *out)
{
    struct ends e = {.pieces = n};

    e.at = mem_zalloc(2 * n, sizeof *e.at);
    e.partner = mem_zalloc(2 * n, sizeof *e.partner);
    e.chain = mem_zalloc(n, sizeof *e.chain);
    for (size_t i = 0; i < n; i++) {
        e.chain[i] = i;
        e.at[2 * i] = flat_place(pieces[0].at[0], pieces[i].at[0]);
        e.at[2 * i + 1] = flat_place(pieces[0].at[0], pieces[i].at[pieces[i].n - 1]);
        e.partner[2 * i] = e.partner[2 * i + 1] = NONE;
    }
    join_all(&e);
    walk(&e, pieces, out);
    free(e.at);
    free(e.partner);
    free(e.chain);
}
