/* simplify.c: removes the vertices that matter least. */
#include "geo/simplify.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define NONE UINT32_MAX
#define FULL_TURN_ND 360000000000

/* A vertex while others are removed. It is in a doubly linked list and in the heap. */
struct node {
    double x, y;         /* flat: degrees of latitude, and longitude scaled to the same length */
    double cost;         /* its distance from the segment between its neighbours */
    uint32_t prev, next; /* indices of vertices that are still there */
    uint32_t place;      /* its index in the heap; NONE: not in it */
};

struct work {
    struct node *node;
    uint32_t *heap; /* indices of vertices, the cheapest first */
    uint32_t n;     /* in the heap */
};

static double cost_of(const struct work *w, uint32_t i)
{
    const struct node *p = &w->node[i];
    const struct node *a = &w->node[p->prev], *b = &w->node[p->next];
    double dx = b->x - a->x, dy = b->y - a->y, len2 = dx * dx + dy * dy;
    double t = len2 > 0 ? ((p->x - a->x) * dx + (p->y - a->y) * dy) / len2 : 0;

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(p->x - (a->x + t * dx), p->y - (a->y + t * dy));
}

/* Orders equal costs by index, so that the result is the same on every machine. */
static bool cheaper(const struct work *w, uint32_t a, uint32_t b)
{
    double x = w->node[a].cost, y = w->node[b].cost;

    return x < y || (x <= y && a < b);
}

static void put(struct work *w, uint32_t place, uint32_t i)
{
    w->heap[place] = i;
    w->node[i].place = place;
}

static void sift_up(struct work *w, uint32_t place)
{
    uint32_t i = w->heap[place];

    while (place > 0 && cheaper(w, i, w->heap[(place - 1) / 2])) {
        put(w, place, w->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(w, place, i);
}

static void sift_down(struct work *w, uint32_t place)
{
    uint32_t i = w->heap[place], child;

    while ((child = 2 * place + 1) < w->n) {
        if (child + 1 < w->n && cheaper(w, w->heap[child + 1], w->heap[child]))
            child++;
        if (!cheaper(w, w->heap[child], i))
            break;
        put(w, place, w->heap[child]);
        place = child;
    }
    put(w, place, i);
}

static uint32_t take_cheapest(struct work *w)
{
    uint32_t i = w->heap[0];

    put(w, 0, w->heap[--w->n]);
    w->node[i].place = NONE;
    if (w->n > 0)
        sift_down(w, 0);
    return i;
}

/* Computes the cost again after a neighbour was removed. It never falls below the cost of that
 * neighbour, so that a long gentle bend is thinned out evenly. */
static void update(struct work *w, uint32_t i, double at_least)
{
    double cost;

    if (w->node[i].place == NONE)
        return;
    cost = cost_of(w, i);
    w->node[i].cost = cost > at_least ? cost : at_least;
    sift_up(w, w->node[i].place);
    sift_down(w, w->node[i].place);
}

/* Computes the flat coordinates. A step across the antimeridian stays a short step. */
static void flatten(struct work *w, const struct lonlat *v, uint32_t n)
{
    double scale = cos(lonlat_deg(v[n / 2].lat_nd) * acos(-1.0) / 180);
    int64_t turn_nd = 0;

    for (uint32_t i = 0; i < n; i++) {
        int64_t step_nd = i > 0 ? v[i].lon_nd - v[i - 1].lon_nd : 0;

        if (step_nd > FULL_TURN_ND / 2)
            turn_nd -= FULL_TURN_ND;
        else if (step_nd < -FULL_TURN_ND / 2)
            turn_nd += FULL_TURN_ND;
        w->node[i] = (struct node){.x = (double)(v[i].lon_nd + turn_nd) / 1e9 * scale,
            .y = lonlat_deg(v[i].lat_nd),
            .prev = i - 1,
            .next = i + 1,
            .place = NONE};
    }
}

/* Removes the cheapest vertex until `max` are left. */
static void thin_out(struct work *w, uint32_t n, size_t max)
{
    for (uint32_t i = 1; i + 1 < n; i++) {
        w->node[i].cost = cost_of(w, i);
        put(w, w->n, i);
        sift_up(w, w->n++);
    }
    for (size_t left = n; left > max; left--) {
        uint32_t i = take_cheapest(w);
        struct node *gone = &w->node[i];

        w->node[gone->prev].next = gone->next;
        w->node[gone->next].prev = gone->prev;
        update(w, gone->prev, gone->cost);
        update(w, gone->next, gone->cost);
    }
}

size_t simplify_line(const struct lonlat *vertices, size_t n, size_t max, uint32_t *kept)
{
    struct work w = {0};
    size_t m = 0;

    if (n <= max) {
        for (; m < n; m++)
            kept[m] = (uint32_t)m;
        return m;
    }
    w.node = mem_zalloc(n, sizeof *w.node);
    w.heap = mem_zalloc(n, sizeof *w.heap);
    flatten(&w, vertices, (uint32_t)n);
    thin_out(&w, (uint32_t)n, max);
    for (uint32_t i = 0; i < n; i = w.node[i].next)
        kept[m++] = i;
    free(w.heap);
    free(w.node);
    return m;
}
