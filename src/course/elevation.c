/* elevation.c: the elevation of a course's line. */
#include "course/elevation.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

#define NONE SIZE_MAX
#define TRIES 64u /* so many places at one spot are looked at: files can repeat one without end */

/* The places of the draft's lines that have an elevation, found by where they are. */
struct samples {
    struct sample {
        struct lonlat at;
        int32_t cm;
        size_t next; /* another one with the same hash; NONE: the last */
    } * sample;
    size_t n;
    size_t *first; /* by hash */
    size_t mask;
};

static size_t slot_of(const struct samples *s, struct lonlat p)
{
    uint64_t h = (uint64_t)p.lon_nd * 0x9e3779b97f4a7c15u ^ (uint64_t)p.lat_nd;

    h *= 0xbf58476d1ce4e5b9u;
    return (size_t)(h >> 32) & s->mask;
}

/* Lists the samples of the lines and areas in the file's order. */
static void collect(struct samples *s, const struct draft *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct draft_shape *shape = &d->shape[i];

        if (shape->kind == DRAFT_POINT || !shape->elevation_cm)
            continue;
        for (size_t j = 0; j < shape->n; j++)
            if (draft_elevation(shape, j) != DRAFT_NO_ELEVATION)
                s->sample[s->n++] =
                    (struct sample){.at = shape->at[j], .cm = draft_elevation(shape, j)};
    }
}

/* Makes the table. The first sample of a spot in the file's order comes first. */
static void make_table(struct samples *s)
{
    size_t cap = 16;

    while (cap < s->n * 2)
        cap *= 2;
    s->mask = cap - 1;
    s->first = mem_zalloc(cap, sizeof *s->first);
    for (size_t i = 0; i < cap; i++)
        s->first[i] = NONE;
    for (size_t i = s->n; i-- > 0;) {
        size_t slot = slot_of(s, s->sample[i].at);

        s->sample[i].next = s->first[slot];
        s->first[slot] = i;
    }
}

static size_t distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* The sample of a vertex; NONE if there is none. `last` is the one of the vertex before it, or NONE.
 * Where a line passes a spot twice, the sample beside `last` is the right one. */
static size_t find(const struct samples *s, struct lonlat at, size_t last)
{
    size_t best = NONE;
    unsigned tries = 0;

    if (last != NONE && last + 1 < s->n && lonlat_same(s->sample[last + 1].at, at))
        return last + 1;
    if (last != NONE && last > 0 && lonlat_same(s->sample[last - 1].at, at))
        return last - 1;
    for (size_t i = s->first[slot_of(s, at)]; i != NONE && tries < TRIES; i = s->sample[i].next) {
        tries++;
        if (lonlat_same(s->sample[i].at, at) &&
            (best == NONE || (last != NONE && distance(i, last) < distance(best, last))))
            best = i;
    }
    return best;
}

/* Fills the gap between two vertices that have an elevation, in proportion to the distance. */
static void fill(int32_t *cm, const uint64_t *at_um, size_t from, size_t to)
{
    double rise = cm[to] - cm[from];
    double run = (double)(at_um[to] - at_um[from]);

    for (size_t i = from + 1; i < to; i++)
        cm[i] =
            cm[from] + (int32_t)(rise * ((double)(at_um[i] - at_um[from]) / (run > 0 ? run : 1)));
}

/* Fills all gaps. At either end the nearest elevation is taken. `known` is the first vertex that has
 * one. */
static void fill_gaps(int32_t *cm, const uint64_t *at_um, size_t n, size_t known)
{
    for (size_t i = 0; i < known; i++)
        cm[i] = cm[known];
    for (size_t i = known + 1; i < n; i++) {
        if (cm[i] == DRAFT_NO_ELEVATION)
            continue;
        fill(cm, at_um, known, i);
        known = i;
    }
    for (size_t i = known + 1; i < n; i++)
        cm[i] = cm[known];
}

/* Looks up each vertex. Returns how many have an elevation; *first is the first of them. */
static size_t look_up(
    const struct samples *s, const struct lonlat *vertices, size_t n, int32_t *cm, size_t *first)
{
    size_t last = NONE, found = 0;

    *first = NONE;
    for (size_t i = 0; i < n; i++) {
        size_t k = find(s, vertices[i], last);

        cm[i] = k == NONE ? DRAFT_NO_ELEVATION : s->sample[k].cm;
        if (k == NONE)
            continue;
        last = k;
        *first = found++ == 0 ? i : *first;
    }
    return found;
}

static bool all_zero(const int32_t *cm, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cm[i] != 0)
            return false;
    return true;
}

int32_t *elevation_of_line(const struct draft *d, const struct line *l)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);
    struct samples s = {.sample = mem_zalloc(d->points + 1, sizeof *s.sample)};
    int32_t *cm = NULL;
    size_t first;

    collect(&s, d);
    if (s.n) {
        make_table(&s);
        cm = mem_zalloc(n, sizeof *cm);
        if (look_up(&s, vertices, n, cm, &first) * 2 >= n)
            fill_gaps(cm, at_um, n, first);
        else
            first = NONE;
        if (first == NONE || all_zero(cm, n)) {
            free(cm);
            cm = NULL;
        }
    }
    free(s.sample);
    free(s.first);
    return cm;
}

/* A walk along the line. `direction` is 0 before the first rise or fall that counts. */
struct walk {
    int direction;
    int32_t low, high; /* since the last turn */
    struct elevation_sum sum;
};

static void step(struct walk *w, int32_t cm)
{
    if (w->direction >= 0 && cm > w->high)
        w->high = cm;
    if (w->direction <= 0 && cm < w->low)
        w->low = cm;
    if (w->direction >= 0 && w->high - cm >= ELEVATION_THRESHOLD_CM) {
        if (w->direction > 0)
            w->sum.climb_cm += (uint64_t)(w->high - w->low);
        w->direction = -1;
        w->low = cm;
    } else if (w->direction <= 0 && cm - w->low >= ELEVATION_THRESHOLD_CM) {
        if (w->direction < 0)
            w->sum.descent_cm += (uint64_t)(w->high - w->low);
        w->direction = 1;
        w->high = cm;
    }
}

/* The sum if the walk ended here: with the rise or fall that it is in. */
static struct elevation_sum sum_of(const struct walk *w)
{
    struct elevation_sum sum = w->sum;

    if (w->direction > 0)
        sum.climb_cm += (uint64_t)(w->high - w->low);
    if (w->direction < 0)
        sum.descent_cm += (uint64_t)(w->high - w->low);
    return sum;
}

/* From the second lap on every lap adds the same, so three are walked at most. */
struct elevation_sum elevation_sum(const int32_t *cm, size_t n, uint32_t laps)
{
    struct walk w = {.low = cm[0], .high = cm[0]};
    struct elevation_sum after[3] = {{0}};

    for (uint32_t lap = 0; lap < laps && lap < 3; lap++) {
        for (size_t i = 0; i < n; i++)
            step(&w, cm[i]);
        after[lap] = sum_of(&w);
    }
    if (laps <= 3)
        return after[laps - 1];
    return (struct elevation_sum){
        after[2].climb_cm + (after[2].climb_cm - after[1].climb_cm) * (laps - 3),
        after[2].descent_cm + (after[2].descent_cm - after[1].descent_cm) * (laps - 3)};
}
