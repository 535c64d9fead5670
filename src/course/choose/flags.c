/* flags.c: what start and finish say about lines. */
#include "course/choose/flags.h"

#include "course/choose/flat.h"
#include "course/choose/roles.h"
#include "course/name_hints.h"
#include "geo/planar.h"

#include <math.h>
#include <string.h>

#define LINE_MAX_M 60.0  /* a line across the course is not longer */
#define FAR_M 200.0      /* a flag so far from the line, or this share of its length, is of */
#define FAR_SHARE 0.02   /* something else */
#define FAR_LEAST_M 50.0 /* maps are not so exact that less could be asked of a short line */
#define PASS_M 10.0      /* the line passes a flag if it comes so near to the nearest place */
#define WORTH_SHARE 0.05 /* a turn has to bring the flags so much nearer to the ends */
#define ALONE_SHARE 0.2  /* one flag alone has to be so near to an end */

static double far_m(double length_m)
{
    return fmin(fmax(FAR_SHARE * length_m, FAR_LEAST_M), FAR_M);
}

static double length_of(const struct draft_shape *s)
{
    double sum = 0;

    for (size_t i = 1; i < s->n; i++)
        sum += planar_distance_m(s->at[i - 1], s->at[i]);
    return sum;
}

static bool is_flag(enum draft_role role)
{
    return role == DRAFT_START || role == DRAFT_FINISH || role == DRAFT_START_AND_FINISH;
}

void flags_from_lines(struct draft *d)
{
    double longest = 0;

    for (size_t i = 0; i < d->n; i++)
        if (d->shape[i].kind == DRAFT_LINE && d->shape[i].n >= 2)
            longest = fmax(longest, length_of(&d->shape[i]));
    for (size_t i = 0; i < d->n; i++) {
        struct draft_shape *s = &d->shape[i];

        if (s->kind != DRAFT_LINE || s->n < 2 || s->n > 5 || !is_flag(name_hints_shape(s)) ||
            roles_of(s->name).kind == ROLE_LEG || length_of(s) > LINE_MAX_M ||
            length_of(s) > longest / 5)
            continue;
        s->at[0].lon_nd += (s->at[s->n - 1].lon_nd - s->at[0].lon_nd) / 2;
        s->at[0].lat_nd += (s->at[s->n - 1].lat_nd - s->at[0].lat_nd) / 2;
        d->points -= s->n - 1;
        s->kind = DRAFT_POINT;
        s->n = 1;
    }
}

struct flags flags_of(const struct draft *d)
{
    struct flags f = {.starts = 0};

    for (size_t i = 0; i < d->n; i++) {
        const struct draft_shape *s = &d->shape[i];
        enum draft_role role = name_hints_shape(s);

        if (s->kind != DRAFT_POINT || s->n != 1 || s->spare)
            continue;
        if (role != DRAFT_FINISH && is_flag(role) && f.starts < FLAGS_MAX)
            f.start[f.starts++] = s->at[0];
        if (role != DRAFT_START && is_flag(role) && f.finishes < FLAGS_MAX)
            f.finish[f.finishes++] = s->at[0];
    }
    return f;
}

/* Whether one of the flags is within `m` of the place. */
static bool is_near(const struct lonlat *flag, size_t n, struct lonlat p, double m)
{
    for (size_t i = 0; i < n; i++)
        if (planar_distance_m(flag[i], p) <= m)
            return true;
    return false;
}

bool flags_fit_drawn(const struct flags *f, struct lonlat begin, struct lonlat end, double length_m)
{
    double m = far_m(length_m);

    return is_near(f->start, f->starts, begin, m) && is_near(f->finish, f->finishes, end, m);
}

bool flags_fit(const struct flags *f, struct lonlat begin, struct lonlat end, double length_m)
{
    return flags_fit_drawn(f, begin, end, length_m) || flags_fit_drawn(f, end, begin, length_m);
}

/* Where a flag is along the line: the first and the last time that it is passed. */
struct passes {
    bool seen;
    double first, last;
};

static struct passes passes_of(
    const struct flat_line *l, struct lonlat origin, const struct lonlat *flag)
{
    struct passes p = {.seen = false};
    struct flat_place at;
    double near_m;

    if (!flag)
        return p;
    at = flat_place(origin, *flag);
    near_m = flat_nearest(l, at, &p.first);
    if (near_m > far_m(flat_length(l)))
        return p;
    p.seen = true;
    p.first = flat_passes(l, at, near_m + PASS_M, false);
    p.last = flat_passes(l, at, near_m + PASS_M, true);
    return p;
}

bool flags_say_turned(
    const struct lonlat *line, size_t n, const struct lonlat *start, const struct lonlat *finish)
{
    struct flat_line l = flat_line(line[0], line, n, 0);
    struct passes s = passes_of(&l, line[0], start);
    struct passes f = passes_of(&l, line[0], finish);
    double length = flat_length(&l);
    double drawn = 0;
    double turned = 0;

    flat_line_release(&l);
    if (s.seen) {
        drawn += s.first;
        turned += length - s.last;
    }
    if (f.seen) {
        drawn += length - f.last;
        turned += f.first;
    }
    if (s.seen != f.seen && turned > ALONE_SHARE * length)
        return false;
    return turned < drawn - WORTH_SHARE * length;
}
