/* outliers.c: places that a line cannot have. */
#include "course/outliers.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define ZERO_FAR_M 200e3  /* a line so far from 0,0 does not go there */
#define SPIKE_MIN_M 100.0 /* a shorter way out is not reported */
#define SPIKE_TIMES 5.0   /* the way out and back is so many times a usual leg */
#define SPIKE_ACROSS 0.5  /* and the neighbours are nearer to each other than this share of it */
#define LISTED 5u         /* so many places get a diagnostic of their own */
#define NEAR_M 1000.0     /* so near the line, another way to write the place is suggested */
#define NEAR_SHARE 0.1    /* of the distance of the place as it is written */

static bool is_zero(struct lonlat p)
{
    return p.lon_nd == 0 && p.lat_nd == 0;
}

/* Whether the nearest other places of the line, before or after place `i`, are far from 0,0. */
static bool is_far_from_zero(const struct draft_shape *s, size_t i)
{
    const struct lonlat zero = {0, 0};
    size_t before = i;
    size_t after = i + 1;

    while (before > 0 && is_zero(s->at[before - 1]))
        before--;
    while (after < s->n && is_zero(s->at[after]))
        after++;
    if (before == 0 && after == s->n)
        return false;
    return (before == 0 || lonlat_distance_m(s->at[before - 1], zero) > ZERO_FAR_M) &&
           (after == s->n || lonlat_distance_m(s->at[after], zero) > ZERO_FAR_M);
}

/* Removes the places of a line that are at 0,0, and adds their number to `found`. A line of one other
 * place stays as it is. */
static void drop_zero(struct draft_shape *s, size_t *found, struct diagnostics *notes)
{
    bool *drop = mem_zalloc(s->n + 1, sizeof *drop);
    size_t kept = 0;
    size_t left = s->n;

    for (size_t i = 0; i < s->n; i++) {
        bool again = i > 0 && is_zero(s->at[i - 1]);

        drop[i] = is_zero(s->at[i]) && (again ? drop[i - 1] : is_far_from_zero(s, i));
        left -= drop[i];
    }
    for (size_t i = 0; left >= 2 && i < s->n; i++) {
        if (!drop[i])
            draft_move_place(s, i, kept++);
        else if ((*found)++ < LISTED)
            diagnostics_add(notes, DIAGNOSTIC_WARNING, "zero-place", NULL,
                "Place %zu of a line is 0,0, as recorders without a fix write it; it was dropped.",
                i + 1);
    }
    s->n = left >= 2 ? kept : s->n;
    free(drop);
}

void outliers_drop_zero(struct draft *d, struct diagnostics *notes)
{
    size_t found = 0;

    for (size_t i = 0; i < d->n; i++)
        if (d->shape[i].kind == DRAFT_LINE)
            drop_zero(&d->shape[i], &found, notes);
    if (found > LISTED)
        diagnostics_add(notes, DIAGNOSTIC_WARNING, "zero-place", NULL,
            "%zu places of the file's lines are 0,0; they were dropped.", found);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The length of a usual leg of the line: the median. */
static double usual_leg_m(const struct lonlat *line, size_t n)
{
    double *legs = mem_zalloc(n, sizeof *legs);
    double median;

    for (size_t i = 1; i < n; i++)
        legs[i - 1] = planar_distance_m(line[i - 1], line[i]);
    qsort(legs, n - 1, sizeof *legs, by_size);
    median = legs[(n - 2) / 2];
    free(legs);
    return median;
}

/* Reports place `i`, which is `off_m` from its neighbours. */
static void report_spike(
    const struct lonlat *line, size_t i, double off_m, double across_m, struct diagnostics *notes)
{
    const struct lonlat neighbours[2] = {line[i - 1], line[i + 1]};
    struct buf text = BUF_INIT;
    char off[32];
    char across[32];

    buf_addf(&text,
        "Place %zu of the line (longitude %.6f, latitude %.6f) is %s off its neighbours, which are "
        "%s apart: if the course does not turn there, take it out of the file.",
        i + 1, lonlat_deg(line[i].lon_nd), lonlat_deg(line[i].lat_nd),
        diagnostics_distance(off_m, off), diagnostics_distance(across_m, across));
    outliers_suggest(line[i], off_m, neighbours, 2, &text);
    diagnostics_add(notes, DIAGNOSTIC_WARNING, "spike", &line[i], "%s", text.data);
    buf_release(&text);
}

void outliers_report_spikes(const struct lonlat *line, size_t n, struct diagnostics *notes)
{
    double least_m;
    double before_m;
    double after_m;
    size_t found = 0;

    if (n < 5)
        return;
    least_m = fmax(SPIKE_MIN_M, SPIKE_TIMES * usual_leg_m(line, n));
    before_m = planar_distance_m(line[0], line[1]);
    for (size_t i = 1; i + 1 < n; i++, before_m = after_m) {
        double off_m;
        double across_m;

        after_m = planar_distance_m(line[i], line[i + 1]);
        off_m = fmin(before_m, after_m);
        if (off_m <= least_m)
            continue;
        across_m = planar_distance_m(line[i - 1], line[i + 1]);
        if (across_m < SPIKE_ACROSS * off_m && found++ < LISTED)
            report_spike(line, i, off_m, across_m, notes);
    }
    if (found > LISTED)
        diagnostics_add(notes, DIAGNOSTIC_WARNING, "spike", NULL,
            "%zu places of the line are far off their neighbours.", found);
}

void outliers_suggest(
    struct lonlat p, double lost_m, const struct lonlat *line, size_t n, struct buf *text)
{
    const struct {
        struct lonlat at;
        const char *what;
    } tries[] = {
        {{-p.lon_nd, p.lat_nd}, "the sign of its longitude"},
        {{p.lon_nd, -p.lat_nd}, "the sign of its latitude"},
        {{p.lat_nd, p.lon_nd}, "the order of its longitude and latitude"},
    };

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        double d;
        char distance[32];

        if (tries[i].at.lat_nd > 90000000000 || tries[i].at.lat_nd < -90000000000)
            continue;
        d = planar_to_line_m(tries[i].at, line, n);
        if (d < NEAR_M && d < lost_m * NEAR_SHARE) {
            buf_addf(text,
                " Is %s wrong? At longitude %.6f, latitude %.6f it would be %s from the line.",
                tries[i].what, lonlat_deg(tries[i].at.lon_nd), lonlat_deg(tries[i].at.lat_nd),
                diagnostics_distance(d, distance));
            return;
        }
    }
}
