/* path.c: the course in straight pieces, and the index over them. */
#include "tracking/match/path.h"

#include "base/mem.h"
#include "tracking/match/numeric.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define PIECE_MAX_M 250.0 /* a longer leg is cut: its scale changes, and it is not straight */
#define LEAF 8u           /* pieces in a leaf of the tree */
#define HALF_TURN_ND 180000000000
#define PROMINENCE_M 5.0
#define TURN_STEP_M 5.0
#define TURN_WAY_M 20.0
#define RADIANS_PER_ND (3.14159265358979323846 / 180e9)

/* Metres per degree on WGS84, as series in the latitude (NIMA TR8350.2, good to 1 cm). */
static void set_scale(struct path_piece *q)
{
    double phi = (double)q->lat_nd * RADIANS_PER_ND;
    double c = numeric_cos(phi), c2 = 2 * c * c - 1;

    q->lat_m = (111132.954 - 559.822 * c2 + 1.175 * (2 * c2 * c2 - 1)) * 1e-9;
    q->lon_m = (111412.84 * c - 93.5 * (4 * c * c * c - 3 * c)) * 1e-9;
}

static void add_piece(struct path *p, size_t *cap, struct lonlat from, double at_m)
{
    int64_t lon = from.lon_nd;
    struct path_piece *q;

    if (p->n) {
        int64_t last = p->piece[p->n - 1].lon_nd;

        if (at_m <= p->piece[p->n - 1].at_m) /* a leg below a µm, near a pole */
            return;

        while (lon - last > HALF_TURN_ND)
            lon -= 2 * HALF_TURN_ND;
        while (lon - last < -HALF_TURN_ND)
            lon += 2 * HALF_TURN_ND;
    }
    p->piece = mem_grow(p->piece, p->n, cap, sizeof *p->piece);
    q = &p->piece[p->n++];
    *q = (struct path_piece){.lon_nd = lon, .lat_nd = from.lat_nd, .at_m = at_m};
    set_scale(q);
}

/* Every vertex but the last begins a piece; long legs are cut. The last one ends the chain. */
static void add_pieces(struct path *p, const struct line *l)
{
    const struct lonlat *v;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &v, &at_um), cap = 0;

    for (size_t i = 0; i + 1 < n; i++) {
        double len_m = (double)(at_um[i + 1] - at_um[i]) / 1e6;
        uint32_t parts = (uint32_t)(len_m / PIECE_MAX_M) + 1;

        add_piece(p, &cap, v[i], (double)at_um[i] / 1e6);
        for (uint32_t k = 1; k < parts; k++) {
            uint64_t um = at_um[i] + (at_um[i + 1] - at_um[i]) / parts * k;
            uint32_t mm = (uint32_t)(um / 1000);

            add_piece(p, &cap, line_at(l, mm), mm / 1e3);
        }
    }
    add_piece(p, &cap, v[n - 1], p->lap_m);
    p->n--;
    for (size_t i = 0; i < p->n; i++) {
        struct path_piece *q = &p->piece[i];

        q->len_m = q[1].at_m - q->at_m;
        q->east = (double)(q[1].lon_nd - q->lon_nd) * q->lon_m;
        q->north = (double)(q[1].lat_nd - q->lat_nd) * q->lat_m;
        p->least_lon_m = i && p->least_lon_m < q->lon_m ? p->least_lon_m : q->lon_m;
    }
}

static void grow(struct path_box *b, const struct path_piece *q)
{
    b->west = q->lon_nd < b->west ? q->lon_nd : b->west;
    b->east = q->lon_nd > b->east ? q->lon_nd : b->east;
    b->south = q->lat_nd < b->south ? q->lat_nd : b->south;
    b->north = q->lat_nd > b->north ? q->lat_nd : b->north;
}

static void build_tree(struct path *p)
{
    size_t runs = (p->n + LEAF - 1) / LEAF;

    p->leaves = 1;
    while (p->leaves < runs)
        p->leaves *= 2;
    p->box = mem_zalloc(2 * p->leaves, sizeof *p->box);
    for (size_t k = 2 * p->leaves - 1; k > 0; k--) {
        struct path_box *b = &p->box[k];

        *b = (struct path_box){INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN};
        if (k >= p->leaves) {
            size_t from = (k - p->leaves) * LEAF;

            for (size_t i = from; i < from + LEAF + 1 && i <= p->n && from < p->n; i++)
                grow(b, &p->piece[i]);
        } else {
            for (size_t child = 2 * k; child <= 2 * k + 1; child++) {
                const struct path_box *c = &p->box[child];

                b->west = c->west < b->west ? c->west : b->west;
                b->east = c->east > b->east ? c->east : b->east;
                b->south = c->south < b->south ? c->south : b->south;
                b->north = c->north > b->north ? c->north : b->north;
            }
        }
    }
    p->middle_nd = p->box[1].west + (p->box[1].east - p->box[1].west) / 2;
}

static void build_buckets(struct path *p)
{
    size_t buckets = 2 * p->n + 2, at = 0;

    p->bucket_m = p->lap_m / (double)(buckets - 1);
    p->bucket = mem_zalloc(buckets, sizeof *p->bucket);
    for (size_t b = 0; b < buckets; b++) {
        while (at + 1 < p->n && p->piece[at + 1].at_m <= (double)b * p->bucket_m)
            at++;
        p->bucket[b] = (uint32_t)at;
    }
}

struct lonlat path_unwrap(const struct path *p, struct lonlat at)
{
    if (at.lon_nd - p->middle_nd > HALF_TURN_ND)
        at.lon_nd -= 2 * HALF_TURN_ND;
    else if (at.lon_nd - p->middle_nd < -HALF_TURN_ND)
        at.lon_nd += 2 * HALF_TURN_ND;
    return at;
}

/* The piece at a place within a lap. */
static size_t piece_at(const struct path *p, double in_lap_m)
{
    size_t i = in_lap_m > 0 ? p->bucket[(size_t)(in_lap_m / p->bucket_m)] : 0;

    while (i + 1 < p->n && p->piece[i + 1].at_m <= in_lap_m)
        i++;
    return i;
}

/* Which lap a place is in; the start and all behind it is in the first, the finish in the last. */
static uint32_t lap_of(const struct path *p, double at_m)
{
    double lap = at_m / p->lap_m;

    if (lap < 1)
        return 0;
    return lap >= p->laps ? p->laps - 1 : (uint32_t)lap;
}

/* The fix as seen from the start of a piece. */
static inline struct path_offset from_piece(const struct path_piece *q, struct lonlat fix)
{
    return (struct path_offset){
        (double)(fix.lon_nd - q->lon_nd) * q->lon_m, (double)(fix.lat_nd - q->lat_nd) * q->lat_m};
}

struct path_offset path_to(const struct path *p, double at_m, struct lonlat fix)
{
    double in_lap = at_m - lap_of(p, at_m) * p->lap_m;
    const struct path_piece *q = &p->piece[piece_at(p, in_lap < p->lap_m ? in_lap : p->lap_m)];
    struct path_offset o = from_piece(q, fix);
    double part = (in_lap - q->at_m) / q->len_m;

    o.east -= part * q->east;
    o.north -= part * q->north;
    return o;
}

double path_to_turn(const struct path *p, double at_m)
{
    double in_lap = at_m - lap_of(p, at_m) * p->lap_m, nearest = INFINITY;
    size_t low = 0, high = p->turns;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (p->turn[middle].to_m < in_lap)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < p->turns)
        nearest = p->turn[low].from_m > in_lap ? p->turn[low].from_m - in_lap : 0;
    if (low > 0 && in_lap - p->turn[low - 1].to_m < nearest)
        nearest = in_lap - p->turn[low - 1].to_m;
    return nearest;
}

/* A turn is where 40 m of the course lead less than 20 m away. */
static void find_turns(struct path *p)
{
    for (size_t step = 0; (double)step * TURN_STEP_M < p->lap_m; step++) {
        double m = (double)step * TURN_STEP_M;
        const struct path_piece *q = &p->piece[0];
        struct lonlat origin = {q->lon_nd, q->lat_nd};
        struct path_offset a = path_to(p, m - TURN_WAY_M, origin);
        struct path_offset b = path_to(p, m + TURN_WAY_M, origin);
        double east = a.east - b.east, north = a.north - b.north;
        struct path_turn *last = p->turns ? &p->turn[p->turns - 1] : NULL;

        if (east * east + north * north > TURN_WAY_M * TURN_WAY_M)
            continue;
        if (last && m - last->to_m < 1.5 * TURN_STEP_M) {
            last->to_m = m;
            continue;
        }
        p->turn = mem_grow(p->turn, p->turns, &p->turn_cap, sizeof *p->turn);
        p->turn[p->turns++] = (struct path_turn){m, m};
    }
}

void path_init(struct path *p, const struct line *l)
{
    *p = (struct path){.laps = line_laps(l), .lap_m = (double)line_lap_um(l) / 1e6};
    p->length_m = p->lap_m * p->laps;
    add_pieces(p, l);
    build_tree(p);
    build_buckets(p);
    find_turns(p);
}

void path_release(struct path *p)
{
    free(p->piece);
    free(p->box);
    free(p->bucket);
    free(p->turn);
}

/* The part of a piece between two places of the lap, and its place nearest to the fix. */
static struct path_near nearest_on(
    const struct path_piece *q, struct lonlat fix, double from_m, double to_m)
{
    struct path_offset o = from_piece(q, fix);
    double part =
        (o.east * q->east + o.north * q->north) / (q->east * q->east + q->north * q->north + 1e-12);
    double low = (from_m - q->at_m) / q->len_m, high = (to_m - q->at_m) / q->len_m;

    low = low > 0 ? low : 0;
    high = high < 1 ? high : 1;
    part = part > low ? part : low;
    part = part < high ? part : high;
    o.east -= part * q->east;
    o.north -= part * q->north;
    return (struct path_near){q->at_m + part * q->len_m, sqrt(o.east * o.east + o.north * o.north)};
}

/* A lower bound of the distance from the fix to a box. */
static double to_box(const struct path *p, const struct path_box *b, struct lonlat fix)
{
    int64_t lon = fix.lon_nd < b->west ? b->west - fix.lon_nd : fix.lon_nd - b->east;
    int64_t lat = fix.lat_nd < b->south ? b->south - fix.lat_nd : fix.lat_nd - b->north;
    double east = lon > 0 ? (double)lon : 0, north = lat > 0 ? (double)lat : 0;

    /* A degree of latitude differs by 1 % between the equator and a pole. */
    east *= p->least_lon_m;
    north *= p->piece[0].lat_m * 0.98;
    return sqrt(east * east + north * north);
}

/* A search in one lap, in the order of the chain. */
struct search {
    const struct path *path;
    struct lonlat fix;
    double from_m, to_m; /* within the lap */
    size_t first, last;  /* pieces */
    double limit_m;      /* boxes further away are left out */
    void (*visit)(struct search *s, size_t piece);
    struct path_near best;
    /* of path_minima */
    struct path_near low; /* the least since the last maximum */
    double high_m;        /* the greatest since the last minimum */
    bool falling;
    size_t expected; /* the piece that follows the last one */
    double add_m;    /* the laps before this one */
    struct path_near *out;
    size_t n, max;
};

static void walk(struct search *s, size_t node, size_t leaf, size_t width)
{
    size_t from = leaf * LEAF, to = (leaf + width) * LEAF;

    if (from > s->last || to <= s->first ||
        to_box(s->path, &s->path->box[node], s->fix) > s->limit_m)
        return;
    if (node < s->path->leaves) {
        walk(s, 2 * node, leaf, width / 2);
        walk(s, 2 * node + 1, leaf + width / 2, width / 2);
        return;
    }
    from = from > s->first ? from : s->first;
    to = to <= s->last + 1 ? to : s->last + 1;
    for (size_t i = from; i < to; i++)
        s->visit(s, i);
}

/* Searches [from_m, to_m] of the course, lap by lap. */
static void search_range(struct search *s, double from_m, double to_m)
{
    const struct path *p = s->path;

    from_m = from_m > 0 ? from_m : 0;
    from_m = from_m < p->length_m ? from_m : p->length_m;
    to_m = to_m < p->length_m ? to_m : p->length_m;
    to_m = to_m > from_m ? to_m : from_m;
    for (uint32_t lap = lap_of(p, from_m); lap <= lap_of(p, to_m); lap++) {
        s->add_m = lap * p->lap_m;
        s->from_m = from_m > s->add_m ? from_m - s->add_m : 0;
        s->to_m = to_m - s->add_m < p->lap_m ? to_m - s->add_m : p->lap_m;
        s->first = piece_at(p, s->from_m);
        s->last = piece_at(p, s->to_m);
        if (s->last - s->first < (size_t)2 * LEAF) {
            for (size_t i = s->first; i <= s->last; i++)
                s->visit(s, i);
        } else {
            walk(s, 1, 0, p->leaves);
        }
    }
}

static void visit_nearest(struct search *s, size_t i)
{
    struct path_near near = nearest_on(&s->path->piece[i], s->fix, s->from_m, s->to_m);

    if (near.off_m < s->best.off_m) {
        s->best = (struct path_near){near.at_m + s->add_m, near.off_m};
        s->limit_m = near.off_m;
    }
}

struct path_near path_nearest(const struct path *p, struct lonlat fix, double from_m, double to_m)
{
    struct search s = {
        .path = p, .fix = fix, .visit = visit_nearest, .limit_m = INFINITY, .best = {0, INFINITY}};

    search_range(&s, from_m, to_m);
    return s.best;
}

/* Keeps the nearest `max`, in order. */
static void keep(struct search *s, struct path_near near)
{
    size_t worst = 0;

    if (s->n < s->max) {
        s->out[s->n++] = near;
        return;
    }
    for (size_t i = 1; i < s->n; i++)
        worst = s->out[i].off_m > s->out[worst].off_m ? i : worst;
    if (near.off_m >= s->out[worst].off_m)
        return;
    for (size_t i = worst; i + 1 < s->n; i++)
        s->out[i] = s->out[i + 1];
    s->out[s->n - 1] = near;
}

static void end_run(struct search *s)
{
    if (s->falling)
        keep(s, s->low);
    s->falling = false;
    s->high_m = INFINITY;
}

/* The distance at the next place of a run: it falls to a minimum, rises by PROMINENCE_M, and so
 * on. */
static void follow(struct search *s, struct path_near near)
{
    if (s->falling && near.off_m < s->low.off_m) {
        s->low = near;
    } else if (s->falling && near.off_m > s->low.off_m + PROMINENCE_M) {
        end_run(s);
        s->high_m = near.off_m;
    } else if (!s->falling && near.off_m > s->high_m) {
        s->high_m = near.off_m;
    } else if (!s->falling && near.off_m < s->high_m - PROMINENCE_M) {
        s->falling = true;
        s->low = near;
    }
}

static void visit_minima(struct search *s, size_t i)
{
    const struct path_piece *q = &s->path->piece[i];
    struct path_near near = nearest_on(q, s->fix, s->from_m, s->to_m);
    size_t number = i + (size_t)(s->add_m / s->path->lap_m + 0.5) * s->path->n;
    double end_m = s->to_m < q->at_m + q->len_m ? s->to_m : q->at_m + q->len_m;

    if (number != s->expected || near.off_m > s->limit_m)
        end_run(s);
    s->expected = number + 1;
    if (near.off_m > s->limit_m)
        return;
    near.at_m += s->add_m;
    follow(s, near);
    near = nearest_on(q, s->fix, end_m, end_m);
    near.at_m += s->add_m;
    follow(s, near);
}

size_t path_minima(const struct path *p, struct lonlat fix, double from_m, double to_m,
    double radius_m, struct path_near *out, size_t max)
{
    struct search s = {.path = p,
        .fix = fix,
        .visit = visit_minima,
        .limit_m = radius_m,
        .high_m = INFINITY,
        .expected = SIZE_MAX,
        .out = out,
        .max = max};

    search_range(&s, from_m, to_m);
    end_run(&s);
    return s.n;
}
