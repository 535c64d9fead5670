/*
 * fence_spans.c: where a line is inside a fence, to the mm, without asking GEOS at every mm.
 *
 * Inside can only change where the line meets an edge of the fence. So from each place the walk
 * steps forward by the distance of the nearest edge, and asks GEOS once per step. Near a single
 * edge, inside is one side of that edge. A few multiplications decide the side, unless rounding
 * could change the sign. If it could, or if two edges are near, GEOS is asked at each mm.
 *
 * Distances are taken in a plane of longitude and latitude, scaled to about mm. The scale need not
 * be exact: a step along the line is measured in the same plane, as an upper bound of its length.
 */
#include "base/mem.h"
#include "geo/fence.h"
#include "geo/line_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_ND 0.11132
#define MARGIN_MM 1.0 /* rounding to nanodegrees costs 0.16 at two ends, doubles far less */
#define NEAR_MM 3.0   /* nearer than this, walk mm by mm */
#define LEVELS 3

/* A line along an edge is walked mm by mm. A step takes about 20 ns, and 20 times that with GEOS.
 * The limit is 50 km on the edge, about one second. Without it, a line of 4,000 km would take
 * minutes. */
#define STEPS_MAX 50000000u
#define GEOS_STEPS 20u

/* Each level has a list of edges around its middle. For a place within this radius of the middle,
 * the list has every edge within twice the radius. */
static const double level_radius_mm[LEVELS] = {100000, 5000, 250};

struct xy {
    double x;
    double y;
};

struct edge {
    struct xy a, b;         /* mm */
    struct xy a_deg, b_deg; /* the numbers that GEOS uses */
    int inside;             /* the inner side: 1 left, -1 right, 0 not known yet */
};

struct level {
    struct xy middle;
    uint32_t *edge;
    size_t n;
    bool made;
};

struct near {
    double first_mm;
    double second_mm;
    size_t edge; /* the index of the nearest one */
};

struct walk {
    const struct fence *f;
    const struct line *l;
    struct xy scale; /* mm per nanodegree */
    struct edge *edges;
    size_t edges_n;
    struct level level[LEVELS];
    double *piece_mm; /* upper bound of each piece's length in the plane */
    struct fence_spans *spans;
    size_t spans_cap;
    uint64_t steps;
};

static struct xy plane(const struct walk *w, struct lonlat p)
{
    return (struct xy){(double)p.lon_nd * w->scale.x, (double)p.lat_nd * w->scale.y};
}

static struct xy degrees(struct lonlat p)
{
    return (struct xy){lonlat_deg(p.lon_nd), lonlat_deg(p.lat_nd)};
}

static double edge_distance(const struct edge *e, struct xy p)
{
    double dx = e->b.x - e->a.x, dy = e->b.y - e->a.y, px = p.x - e->a.x, py = p.y - e->a.y;
    double t = (px * dx + py * dy) / (dx * dx + dy * dy);

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    px -= t * dx;
    py -= t * dy;
    return sqrt(px * px + py * py);
}

static void add_edges(struct walk *w, const struct lonlat *v, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (memcmp(&v[i], &v[i + 1], sizeof *v) != 0)
            w->edges[w->edges_n++] = (struct edge){.a = plane(w, v[i]),
                .b = plane(w, v[i + 1]),
                .a_deg = degrees(v[i]),
                .b_deg = degrees(v[i + 1])};
    }
}

/* An upper bound of the piece's length in the plane. The speed along a piece is linear in t, so it
 * is greatest at one of its ends. */
static double piece_bound(const struct walk *w, const struct line_piece *p)
{
    double x = fmax(fabs(p->d_lon + p->b_lon), fabs(p->d_lon - p->b_lon)) / 1000 * w->scale.x;
    double y = fmax(fabs(p->d_lat + p->b_lat), fabs(p->d_lat - p->b_lat)) / 1000 * w->scale.y;

    return hypot(x, y) * 1.000001;
}

static void walk_init(struct walk *w, const struct fence *f, const struct line *l)
{
    const struct lonlat *v;
    const size_t *ring_len;
    size_t rings = fence_rings(f, &v, &ring_len), n = 0;
    double lat;

    for (size_t r = 0; r < rings; r++)
        n += ring_len[r];
    lat = lonlat_deg(v[0].lat_nd);
    w->scale = (struct xy){MM_PER_ND * fmax(0.01, cos(lat * (M_PI / 180))), MM_PER_ND};
    w->f = f;
    w->l = l;
    w->edges = mem_zalloc(n, sizeof *w->edges);
    for (size_t r = 0; r < rings; v += ring_len[r++])
        add_edges(w, v, ring_len[r]);
    for (size_t k = 0; k < LEVELS; k++)
        w->level[k].edge = mem_zalloc(w->edges_n, sizeof *w->level[k].edge);
    w->piece_mm = mem_zalloc(l->pieces_n, sizeof *w->piece_mm);
    for (size_t i = 0; i < l->pieces_n; i++)
        w->piece_mm[i] = piece_bound(w, &l->pieces[i]);
}

static void walk_release(struct walk *w)
{
    for (size_t k = 0; k < LEVELS; k++)
        free(w->level[k].edge);
    free(w->edges);
    free(w->piece_mm);
}

/* Makes the level's list valid for p. If p has left it, the list is made again from the level
 * above. */
static void level_for(struct walk *w, size_t k, struct xy p)
{
    struct level *level = &w->level[k];
    const struct level *above = k ? level - 1 : NULL;
    size_t n = above ? above->n : w->edges_n;

    if (level->made && hypot(p.x - level->middle.x, p.y - level->middle.y) <= level_radius_mm[k])
        return;
    *level = (struct level){.middle = p, .edge = level->edge, .made = true};
    for (size_t i = 0; i < n; i++) {
        uint32_t edge = above ? above->edge[i] : (uint32_t)i;

        if (edge_distance(&w->edges[edge], p) <= 3 * level_radius_mm[k])
            level->edge[level->n++] = edge;
    }
}

static void near_add(const struct walk *w, struct near *near, size_t edge, struct xy p)
{
    double mm = edge_distance(&w->edges[edge], p);

    if (mm < near->first_mm) {
        near->second_mm = near->first_mm;
        near->first_mm = mm;
        near->edge = edge;
    } else if (mm < near->second_mm) {
        near->second_mm = mm;
    }
}

/* The nearest edge, and a lower bound of the distance of the next one. The antimeridian counts as
 * an edge, because the longitude jumps there. */
static struct near nearest(struct walk *w, struct lonlat at)
{
    struct xy p = plane(w, at);
    struct near near = {INFINITY, INFINITY, 0};
    double seam_mm = (double)(180000000000 - llabs(at.lon_nd)) * w->scale.x;
    size_t k;

    for (k = 0; k < LEVELS; k++)
        level_for(w, k, p);
    while (k-- > 0) {
        near = (struct near){2 * level_radius_mm[k], 2 * level_radius_mm[k], SIZE_MAX};
        for (size_t i = 0; i < w->level[k].n; i++)
            near_add(w, &near, w->level[k].edge[i], p);
        if (near.edge != SIZE_MAX)
            break;
    }
    if (near.edge == SIZE_MAX) {
        near = (struct near){INFINITY, INFINITY, 0};
        for (size_t i = 0; i < w->edges_n; i++)
            near_add(w, &near, i, p);
    }
    near.first_mm = fmin(near.first_mm, seam_mm);
    near.second_mm = fmin(near.second_mm, seam_mm);
    return near;
}

/* The first mm that may be farther than `reach_mm` along the line from dist_mm: at least dist_mm +
 * 1, at most the end. */
static uint32_t advance(const struct walk *w, uint32_t dist_mm, double reach_mm)
{
    const struct line *l = w->l;
    uint64_t um = (uint64_t)dist_mm * 1000 % l->lap_um, gone_um = 0;
    size_t i = line_find(l, um);

    while (dist_mm + gone_um / 1000 < l->length_mm) {
        const struct line_piece *p = &l->pieces[i];
        uint64_t rest_um = p[1].at_um - um;
        double mm_per_um = w->piece_mm[i] * p->per_um;
        double rest_mm = p->per_um > 0 ? mm_per_um * (double)rest_um : w->piece_mm[i];

        if (rest_mm > reach_mm) {
            gone_um += mm_per_um > 0 ? (uint64_t)(reach_mm / mm_per_um) : 0;
            break;
        }
        reach_mm -= rest_mm;
        gone_um += rest_um;
        um = p[1].at_um;
        if (++i == l->pieces_n) {
            i = 0;
            um = 0;
        }
    }
    gone_um = gone_um / 1000 + 1;
    return gone_um < l->length_mm - dist_mm ? dist_mm + (uint32_t)gone_um : l->length_mm;
}

/* On which side of the edge p is: 1 left, -1 right, 0 on its line. False if rounding could change
 * the answer. The bound is Shewchuk's, as in GEOS. */
static bool side_of(const struct edge *e, struct xy p, int *side)
{
    double left = (e->a_deg.x - p.x) * (e->b_deg.y - p.y);
    double right = (e->a_deg.y - p.y) * (e->b_deg.x - p.x);
    double det = left - right;
    bool sure = left == 0 || right == 0 || (left < 0) != (right < 0) ||
                fabs(det) >= 1e-15 * (fabs(left) + fabs(right));

    *side = (det > 0) - (det < 0);
    return sure;
}

/* Adds the stretch if it is inside. A stretch that continues the last one makes that longer. */
static void emit(struct walk *w, uint32_t from_mm, uint32_t to_mm, bool inside)
{
    struct fence_spans *s = w->spans;

    if (!inside)
        return;
    s->total_mm += to_mm - from_mm;
    if (s->n && s->span[s->n - 1].to_mm == from_mm) {
        s->span[s->n - 1].to_mm = to_mm;
        return;
    }
    s->span = mem_grow(s->span, s->n, &w->spans_cap, sizeof *s->span);
    s->span[s->n++] = (struct fence_span){from_mm, to_mm};
}

/* Asks GEOS, and counts it as so many steps. */
static bool ask_geos(struct walk *w, struct lonlat at)
{
    w->steps += GEOS_STEPS;
    return fence_contains(w->f, at);
}

/* The line runs along an edge for too long, or enters and leaves too often. */
static bool too_long(const struct walk *w)
{
    return w->steps > STEPS_MAX || w->spans->n > FENCE_SPANS_MAX;
}

/* Whether a place near this edge alone is inside. GEOS is asked once to learn the inner side. */
static bool inside_by_side(struct walk *w, struct edge *e, struct lonlat at)
{
    int side;
    bool inside;

    if (!side_of(e, degrees(at), &side))
        return ask_geos(w, at);
    if (side == 0)
        return false; /* the boundary is outside */
    if (e->inside)
        return side == e->inside;
    inside = ask_geos(w, at);
    e->inside = inside ? side : -side;
    return inside;
}

/* Walks from from_mm to to_mm, where no edge but this one is near. */
static void walk_edge(struct walk *w, struct edge *e, uint32_t from_mm, uint32_t to_mm)
{
    struct xy d = {e->b.x - e->a.x, e->b.y - e->a.y};
    double length_mm = hypot(d.x, d.y);

    while (from_mm < to_mm && !too_long(w)) {
        struct lonlat at = line_at(w->l, from_mm);
        struct xy p = plane(w, at);
        double off_mm = fabs(d.x * (p.y - e->a.y) - d.y * (p.x - e->a.x)) / length_mm;
        uint32_t next_mm = from_mm + 1;

        w->steps++;
        if (off_mm > NEAR_MM)
            next_mm = advance(w, from_mm, off_mm - MARGIN_MM);
        if (next_mm > to_mm)
            next_mm = to_mm;
        emit(w, from_mm, next_mm, inside_by_side(w, e, at));
        from_mm = next_mm;
    }
}

bool fence_spans_init(struct fence_spans *s, const struct fence *f, const struct line *l)
{
    struct walk w = {.spans = s};
    uint32_t end_mm = line_length_mm(l), at_mm = 0;
    bool walked;

    *s = (struct fence_spans){0};
    if (!f)
        return true;
    walk_init(&w, f, l);
    while (at_mm < end_mm && !too_long(&w)) {
        struct lonlat at = line_at(l, at_mm);
        struct near near = nearest(&w, at);
        uint32_t next_mm = at_mm + 1;

        if (near.first_mm > NEAR_MM) {
            next_mm = advance(&w, at_mm, near.first_mm - MARGIN_MM);
            emit(&w, at_mm, next_mm, ask_geos(&w, at));
        } else if (near.second_mm > NEAR_MM) {
            next_mm = advance(&w, at_mm, near.second_mm - MARGIN_MM);
            walk_edge(&w, &w.edges[near.edge], at_mm, next_mm);
        } else {
            emit(&w, at_mm, next_mm, ask_geos(&w, at));
        }
        at_mm = next_mm;
    }
    /* The end is the last vertex, which is not exactly on a mm. So GEOS is asked for it alone. */
    emit(&w, end_mm, end_mm + 1, fence_contains(f, line_at(l, end_mm)));
    walked = !too_long(&w);
    if (!walked)
        fence_spans_release(s);
    walk_release(&w);
    return walked;
}

void fence_spans_release(struct fence_spans *s)
{
    free(s->span);
    *s = (struct fence_spans){0};
}

size_t fence_spans_next(const struct fence_spans *s, uint32_t dist_mm)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (s->span[mid].to_mm <= dist_mm)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool fence_spans_inside(const struct fence_spans *s, uint32_t dist_mm)
{
    size_t k = fence_spans_next(s, dist_mm);

    return k < s->n && s->span[k].from_mm <= dist_mm;
}
