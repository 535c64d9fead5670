/* endpoints.c: start and finish. */
#include "course/choose/endpoints.h"

#include "course/checkpoint/names.h"
#include "course/name.h"
#include "course/name_hints.h"
#include "course/outliers.h"
#include "geo/planar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CANDIDATES_MAX 64u
#define INFO_M 1.0     /* from the end of the line: an info */
#define WARNING_M 25.0 /* a warning */
#define LOST_M 1000.0  /* from the line: perhaps a number is wrong */

/* The points of a draft that may be the start, or the finish. */
struct candidates {
    const struct draft_shape *shape[CANDIDATES_MAX];
    size_t n;    /* in `shape` */
    size_t seen; /* in the file */
    bool typed; /* the file itself says what they are, so points that are only named do not count */
};

/* Adds a candidate. One that the file declares puts away those that only have the name. */
static void add(struct candidates *c, const struct draft_shape *s)
{
    bool typed = s->role != DRAFT_PLAIN;

    c->seen++;
    if (c->typed && !typed)
        return;
    if (typed && !c->typed)
        c->n = 0;
    c->typed = typed;
    if (c->n < CANDIDATES_MAX)
        c->shape[c->n++] = s;
}

/* The candidate nearest to a place; of equal ones the first. 0 if there is none. */
static size_t nearest(const struct candidates *c, struct lonlat to, double *distance_m)
{
    size_t best = 0;

    *distance_m = 0;
    for (size_t i = 0; i < c->n; i++) {
        double m = planar_distance_m(c->shape[i]->at[0], to);

        if (i == 0 || m < *distance_m) {
            *distance_m = m;
            best = i;
        }
    }
    return best;
}

/* Takes the candidate as the endpoint, and reports it if there were several. */
static void take(const struct candidates *c, size_t which, const char *what, struct course_point *p,
    struct diagnostics *notes)
{
    if (c->n == 0)
        return;
    p->given = true;
    p->at = c->shape[which]->at[0];
    name_clean(p->name, sizeof p->name, c->shape[which]->name);
    if (c->seen > 1 && c->shape[which] == c->shape[0] && !c->typed)
        diagnostics_add(notes, DIAGNOSTIC_WARNING, "unused", &p->at,
            "The file has %zu %s points; the first (\"%.60s\") is taken.", c->seen, what, p->name);
    else if (c->seen > 1)
        diagnostics_add(notes, DIAGNOSTIC_WARNING, "unused", &p->at,
            "The file has %zu %s points; \"%.60s\" is taken, %s.", c->seen, what, p->name,
            c->n == 1 ? "which the file declares as such" : "the nearest to an end of the line");
}

/* Takes the start and the finish that are nearest to the ends of the line, in the direction in which
 * they are nearer together. */
static void take_nearest(const struct candidates *starts, const struct candidates *finishes,
    struct lonlat first, struct lonlat last, struct endpoints *ends, struct diagnostics *notes)
{
    double m[4];
    size_t start = nearest(starts, first, &m[0]);
    size_t finish = nearest(finishes, last, &m[1]);
    size_t start_turned = nearest(starts, last, &m[2]);
    size_t finish_turned = nearest(finishes, first, &m[3]);
    bool turned = m[2] + m[3] < m[0] + m[1];

    take(starts, turned ? start_turned : start, "start", &ends->start, notes);
    take(finishes, turned ? finish_turned : finish, "finish", &ends->finish, notes);
}

void endpoints_find(const struct draft *d, struct lonlat first, struct lonlat last,
    struct endpoints *ends, struct diagnostics *notes)
{
    struct candidates starts = {.n = 0};
    struct candidates finishes = {.n = 0};
    const struct draft_shape *unused = NULL;
    size_t n = 0;

    *ends = (struct endpoints){0};
    for (size_t i = 0; i < d->n; i++) {
        const struct draft_shape *s = &d->shape[i];
        enum draft_role role = name_hints_shape(s);

        if (s->kind != DRAFT_POINT || s->n != 1 || s->spare)
            continue;
        if (role == DRAFT_START || role == DRAFT_START_AND_FINISH)
            add(&starts, s);
        if (role == DRAFT_FINISH || role == DRAFT_START_AND_FINISH)
            add(&finishes, s);
        if ((role == DRAFT_PLAIN && !checkpoint_names_kind(s)) || role == DRAFT_GEOFENCE) {
            unused = unused ? unused : s;
            n++;
        }
    }
    take_nearest(&starts, &finishes, first, last, ends, notes);
    if (unused)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "unused", &unused->at[0],
            "%zu of the file's points (\"%.60s\"%s) are neither start, finish nor checkpoint "
            "and were left out.",
            n, unused->name, n > 1 ? ", ..." : "");
}

void endpoints_swap(struct endpoints *ends)
{
    struct course_point start = ends->finish;

    ends->finish = ends->start;
    ends->start = start;
    ends->start.name[0] = ends->finish.name[0] = '\0'; /* "Start" is not the finish's name */
}

/* Reports how far an endpoint is from its end of the line, and from the line. Less than INFO_M is
 * not worth a sentence. */
static void check(const struct course_point *p, struct lonlat end, const struct line *l, bool start,
    struct diagnostics *notes)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);
    double end_m = lonlat_distance_m(p->at, end);
    double line_m = planar_to_line_m(p->at, vertices, n);
    struct buf text = BUF_INIT;
    char distance[32];

    if (end_m < INFO_M)
        return;
    buf_addf(&text, "The %s point is %s from the line's %s", start ? "start" : "finish",
        diagnostics_distance(end_m, distance), start ? "beginning" : "end");
    if (line_m < 0.5 * end_m)
        buf_addf(&text, ", %s from the line where it is nearest",
            diagnostics_distance(line_m, distance));
    buf_addc(&text, '.');
    if (line_m > LOST_M)
        outliers_suggest(p->at, line_m, vertices, n, &text);
    diagnostics_add(notes, end_m > WARNING_M ? DIAGNOSTIC_WARNING : DIAGNOSTIC_INFO,
        start ? "start-off-line" : "finish-off-line", &p->at, "%s", text.data);
    buf_release(&text);
}

void endpoints_place(struct endpoints *ends, const struct line *l, struct diagnostics *notes)
{
    struct lonlat first = line_at(l, 0);
    struct lonlat last = line_at(l, line_length_mm(l));

    if (ends->start.given)
        check(&ends->start, first, l, true, notes);
    else
        ends->start.at = first;
    if (ends->finish.given)
        check(&ends->finish, last, l, false, notes);
    else
        ends->finish.at = last;
}
