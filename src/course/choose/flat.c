/* flat.c: lines in metres on a flat earth. */
#include "course/choose/flat.h"

#include "base/mem.h"
#include "geo/simplify.h"

#include <math.h>
#include <stdlib.h>

#define METRES_PER_DEGREE 111319.49
#define RADIANS_PER_DEGREE 0.017453292519943295
#define SAMPLE_M 15.0 /* the places of a line that are compared with another */
#define SAMPLES_MIN 8

struct flat_place flat_place(struct lonlat origin, struct lonlat p)
{
    double lon = remainder(lonlat_deg(p.lon_nd - origin.lon_nd), 360);

    return (struct flat_place){
        lon * METRES_PER_DEGREE * cos(lonlat_deg(origin.lat_nd) * RADIANS_PER_DEGREE),
        lonlat_deg(p.lat_nd - origin.lat_nd) * METRES_PER_DEGREE};
}

double flat_distance(struct flat_place a, struct flat_place b)
{
    return hypot(b.x - a.x, b.y - a.y);
}

static void widen(struct flat_line *l, struct flat_place p)
{
    l->low.x = fmin(l->low.x, p.x);
    l->low.y = fmin(l->low.y, p.y);
    l->high.x = fmax(l->high.x, p.x);
    l->high.y = fmax(l->high.y, p.y);
}

struct flat_line flat_line(struct lonlat origin, const struct lonlat *line, size_t n, size_t max)
{
    bool thin = max > 0 && n > max;
    uint32_t *kept = thin ? mem_zalloc(max, sizeof *kept) : NULL;
    struct flat_line l = {.low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};

    l.n = thin ? simplify_line(line, n, max, kept) : n;
    l.at = mem_zalloc(l.n, sizeof *l.at);
    l.along = mem_zalloc(l.n, sizeof *l.along);
    for (size_t i = 0; i < l.n; i++) {
        l.at[i] = flat_place(origin, line[thin ? kept[i] : i]);
        if (i > 0)
            l.along[i] = l.along[i - 1] + flat_distance(l.at[i - 1], l.at[i]);
        widen(&l, l.at[i]);
    }
    free(kept);
    return l;
}

void flat_line_release(struct flat_line *l)
{
    free(l->at);
    free(l->along);
    *l = (struct flat_line){0};
}

double flat_length(const struct flat_line *l)
{
    return l->along[l->n - 1];
}

struct flat_place flat_at(const struct flat_line *l, double m)
{
    size_t low = 0;
    size_t high = l->n - 1;
    double leg;
    double share;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (l->along[mid] <= m)
            low = mid;
        else
            high = mid;
    }
    leg = l->along[high] - l->along[low];
    share = leg > 0 ? fmin(fmax((m - l->along[low]) / leg, 0), 1) : 0;
    return (struct flat_place){l->at[low].x + share * (l->at[high].x - l->at[low].x),
        l->at[low].y + share * (l->at[high].y - l->at[low].y)};
}

/* Metres from p to leg `i`, which ends at vertex i; *along: where on the line. */
static double to_leg(const struct flat_line *l, size_t i, struct flat_place p, double *along)
{
    struct flat_place a = l->at[i - 1];
    double dx = l->at[i].x - a.x;
    double dy = l->at[i].y - a.y;
    double len2 = dx * dx + dy * dy;
    double t = len2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / len2 : 0;

    t = fmin(fmax(t, 0), 1);
    *along = l->along[i - 1] + t * (l->along[i] - l->along[i - 1]);
    return hypot(a.x + t * dx - p.x, a.y + t * dy - p.y);
}

double flat_nearest(const struct flat_line *l, struct flat_place p, double *along)
{
    double best = flat_distance(l->at[0], p);

    *along = 0;
    for (size_t i = 1; i < l->n; i++) {
        double where;
        double d = to_leg(l, i, p, &where);

        if (d < best) {
            best = d;
            *along = where;
        }
    }
    return best;
}

double flat_passes(const struct flat_line *l, struct flat_place p, double within, bool last)
{
    double found = -1;
    double best = INFINITY;
    bool inside = false;

    for (size_t k = 1; k < l->n; k++) {
        double where;
        double d = to_leg(l, last ? l->n - k : k, p, &where);

        if (d > within) {
            if (inside)
                return found; /* the passage is over */
            continue;
        }
        inside = true;
        if (d < best) {
            best = d;
            found = where;
        }
    }
    return found;
}

static bool is_apart(const struct flat_line *l, struct flat_place p, double beside)
{
    return p.x < l->low.x - beside || p.x > l->high.x + beside || p.y < l->low.y - beside ||
           p.y > l->high.y + beside;
}

/* Compares the direction of `l` at m metres with that of `other`, whose nearest place is at
 * `along`. */
static bool is_forward(
    const struct flat_line *l, double m, const struct flat_line *other, double along)
{
    const double ahead = 2.0;
    struct flat_place a = flat_at(l, m - ahead);
    struct flat_place b = flat_at(l, m + ahead);
    struct flat_place c = flat_at(other, along - ahead);
    struct flat_place d = flat_at(other, along + ahead);

    return (b.x - a.x) * (d.x - c.x) + (b.y - a.y) * (d.y - c.y) >= 0;
}

struct flat_cover flat_cover(
    const struct flat_line *l, const struct flat_line *other, double beside, size_t most)
{
    double length = flat_length(l);
    int samples = (int)fmin(fmax(length / SAMPLE_M, SAMPLES_MIN), (double)most);
    int covered = 0;
    int forward = 0;

    for (int i = 0; i < samples; i++) {
        double m = length * (i + 0.5) / samples;
        struct flat_place p = flat_at(l, m);
        double along;

        if (is_apart(other, p, beside) || flat_nearest(other, p, &along) > beside)
            continue;
        covered++;
        forward += is_forward(l, m, other, along);
    }
    return (struct flat_cover){(double)covered / samples, covered ? (double)forward / covered : 0};
}
