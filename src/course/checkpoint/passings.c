/*
 * passings.c: where a line passes a place: the minima of its distance from the place.
 *
 * A lap that is run again joins its own beginning, so two laps of the line are looked at, and the
 * passings in the middle of them are those of every lap.
 */
#include "course/checkpoint/passings.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define APART_M 25.0 /* so much farther away than at two passings is the line between them */
#define SEAM 0.4637  /* the laps that are looked at begin at a place that nothing is at */

/* One minimum of the distance. */
struct minimum {
    double m;     /* from the place */
    double at_um; /* along the line */
};

/* The minima so far. The last one may still get lower, until the line has gone away from it. */
struct search {
    struct minimum *item;
    size_t n;
    size_t cap;
    double away_m; /* the farthest since the last minimum */
};

/* Takes the nearest place of one more leg, and then the distance of the leg's end. */
static void take(struct search *s, struct minimum nearest, double end_m)
{
    struct minimum *last = s->n ? &s->item[s->n - 1] : NULL;

    if (last && nearest.m < last->m && s->away_m < last->m + APART_M)
        *last = nearest; /* still coming nearer, or a small bend */
    else if (nearest.m <= CHECKPOINT_NEAR_M &&
             (!last || s->away_m >= fmax(last->m, nearest.m) + APART_M)) {
        s->item = mem_grow(s->item, s->n, &s->cap, sizeof *s->item);
        s->item[s->n++] = nearest;
    } else {
        s->away_m = fmax(s->away_m, end_m);
        return;
    }
    s->away_m = end_m;
}

/* How far from a place a leg may not matter: farther than any two passings are apart. */
struct reach {
    struct lonlat place;
    int64_t lon_nd;
    int64_t lat_nd;
};

static struct reach reach_of(struct lonlat place)
{
    double lat_deg = (CHECKPOINT_NEAR_M + APART_M) / 100000; /* a degree is more than 100 km */
    double scale = fmax(cos(lonlat_deg(place.lat_nd) * 0.0174533), 1e-3);

    return (struct reach){
        place, (int64_t)(lat_deg / scale * 1.1 * 1e9), (int64_t)(lat_deg * 1.1 * 1e9)};
}

/* Whether both ends are beyond the same side of the box around the place. Quick, since most legs of
 * a line are. */
static bool is_far(const struct reach *r, struct lonlat a, struct lonlat b)
{
    int64_t a_lat = a.lat_nd - r->place.lat_nd, b_lat = b.lat_nd - r->place.lat_nd;
    int64_t a_lon = a.lon_nd - r->place.lon_nd, b_lon = b.lon_nd - r->place.lon_nd;
    int64_t half = INT64_C(180000000000);

    if ((a_lat > r->lat_nd && b_lat > r->lat_nd) || (a_lat < -r->lat_nd && b_lat < -r->lat_nd))
        return true;
    return (a_lon > r->lon_nd && b_lon > r->lon_nd && a_lon < half && b_lon < half) ||
           (a_lon < -r->lon_nd && b_lon < -r->lon_nd && a_lon > -half && b_lon > -half);
}

/* The nearest place on the leg between two vertices. */
static struct minimum nearest_on(
    struct lonlat place, const struct lonlat *leg, const uint64_t *at_um, uint64_t base_um)
{
    double share;
    double m = planar_to_leg_m(place, leg[0], leg[1], &share);

    return (struct minimum){
        m, (double)(base_um + at_um[0]) + share * (double)(at_um[1] - at_um[0])};
}

/* The least of the minima that lie in [from_um, to_um). */
static double least(const struct search *s, double from_um, double to_um)
{
    double m = INFINITY;

    for (size_t i = 0; i < s->n; i++)
        if (s->item[i].at_um >= from_um && s->item[i].at_um < to_um)
            m = fmin(m, s->item[i].m);
    return m;
}

/* Searches `laps` laps. */
static void search_laps(const struct line *l, struct lonlat place, uint32_t laps, struct search *s)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);
    struct reach reach = reach_of(place);

    for (uint32_t lap = 0; lap < laps; lap++)
        for (size_t i = 0; i + 1 < n; i++) {
            if (is_far(&reach, vertices[i], vertices[i + 1]))
                s->away_m = INFINITY;
            else
                take(s, nearest_on(place, &vertices[i], &at_um[i], lap * line_lap_um(l)),
                    planar_distance_m(place, vertices[i + 1]));
        }
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Keeps a passing unless it is the start or the finish. */
static void keep(const struct line *l, double at_um, struct checkpoint_passes *out)
{
    double mm = round(at_um / 1000);

    if (mm < 1 || mm >= line_length_mm(l))
        return;
    if (out->n < out->max)
        out->dist_mm[out->n] = (uint32_t)mm;
    out->n++;
}

void checkpoint_passings(const struct line *l, struct lonlat place, struct checkpoint_passes *out)
{
    uint32_t laps = line_laps(l);
    double lap_um = (double)line_lap_um(l);
    double from_um = laps > 1 ? lap_um * SEAM : 0;
    double to_um = laps > 1 ? lap_um * (1 + SEAM) : lap_um + 1;
    struct search s = {0};
    double limit_m;

    out->n = 0;
    search_laps(l, place, laps > 1 ? 2 : 1, &s);
    limit_m = least(&s, from_um, to_um) + CHECKPOINT_BESIDE_M;
    for (uint32_t lap = 0; lap < laps; lap++)
        for (size_t i = 0; i < s.n; i++) {
            double at_um = s.item[i].at_um;

            if (s.item[i].m > limit_m || at_um < from_um || at_um >= to_um)
                continue;
            keep(l, (laps > 1 && at_um >= lap_um ? at_um - lap_um : at_um) + lap * lap_um, out);
        }
    qsort(out->dist_mm, out->n < out->max ? out->n : out->max, sizeof *out->dist_mm, compare);
    free(s.item);
}

double checkpoint_passings_off_m(const struct line *l, struct lonlat place)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);

    return planar_to_line_m(place, vertices, n);
}
