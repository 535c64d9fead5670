/* route.c: the one line of a course. */
#include "course/choose/route.h"

#include "base/mem.h"
#include "course/choose/flags.h"
#include "course/choose/stitch.h"
#include "course/name_hints.h"
#include "geo/planar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAPS_LISTED 10u    /* so many gaps get a diagnostic of their own */
#define GAP_INFO_M 1.0     /* a shorter gap is not reported */
#define GAP_WARNING_M 25.0 /* a longer gap is a warning */
#define BRIDGES_MAX 0.1    /* the greatest share of a course that may be bridges */
#define BESIDE_M 30.0      /* so near, the line runs beside itself */

void route_release(struct route *r)
{
    free(r->at);
    *r = (struct route){0};
}

static void add(struct route *r, struct lonlat p)
{
    r->at = mem_grow(r->at, r->n, &r->cap, sizeof *r->at);
    r->at[r->n++] = p;
}

static bool named_geofence(const struct draft_shape *s)
{
    return name_hints_shape(s) == DRAFT_GEOFENCE;
}

/* Whether the shape is a line that only its name makes a geofence. */
static bool only_named(const struct draft_shape *s)
{
    return s->role == DRAFT_PLAIN && s->kind == DRAFT_LINE && s->n >= 2 && named_geofence(s);
}

/* Whether the shape can be the course without its name being looked at. */
static bool is_course(const struct draft_shape *s)
{
    if (s->n < 2 || s->kind == DRAFT_POINT || named_geofence(s))
        return false;
    return s->kind == DRAFT_LINE || (s->rings > 0 && s->ring_len[0] >= 2);
}

void route_resolve_names(struct draft *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (is_course(&d->shape[i]))
            return;
    for (size_t i = 0; i < d->n; i++)
        if (only_named(&d->shape[i]))
            d->shape[i].role = DRAFT_ROUTE;
}

struct gaps {
    size_t n;
    double sum_m;
};

/* Reports a gap. Only the first GAPS_LISTED are listed, so that other diagnostics remain
 * readable. */
static void report_gap(
    struct lonlat end, double gap_m, struct gaps *gaps, struct diagnostics *notes)
{
    char text[32];

    if (gap_m <= GAP_INFO_M)
        return;
    gaps->n++;
    gaps->sum_m += gap_m;
    if (gaps->n <= GAPS_LISTED)
        diagnostics_add(notes, gap_m > GAP_WARNING_M ? DIAGNOSTIC_WARNING : DIAGNOSTIC_INFO, "gap",
            &end, "The line has a gap of %s, which is joined by a straight leg.",
            diagnostics_distance(gap_m, text));
}

void route_add_piece(struct route *r, const struct stitch_piece *p)
{
    size_t skip = r->n > 0 && lonlat_same(r->at[r->n - 1], stitch_piece_first(p)) ? 1 : 0;

    for (size_t i = skip; i < p->n; i++)
        add(r, p->at[p->turned ? p->n - 1 - i : i]);
}

/* Adds all pieces, and reports the gaps between them. */
static void add_pieces(struct route *r, const struct choice *c, struct diagnostics *notes)
{
    struct gaps gaps = {0};
    char text[32];

    for (size_t i = 0; i < c->n; i++) {
        struct lonlat end = r->n ? r->at[r->n - 1] : c->piece[i].at[0];

        if (r->n > 0)
            report_gap(end, lonlat_distance_m(end, stitch_piece_first(&c->piece[i])), &gaps, notes);
        route_add_piece(r, &c->piece[i]);
    }
    if (gaps.n > GAPS_LISTED)
        diagnostics_add(notes, DIAGNOSTIC_WARNING, "gap", NULL,
            "The line has %zu gaps, %s in all, each joined by a straight leg.", gaps.n,
            diagnostics_distance(gaps.sum_m, text));
}

/* Says which order was taken, and why. */
static void report_order(const struct choice *c, struct diagnostics *notes)
{
    static const char *const why[] = {"as requested", "by the numbers in their names",
        "by their times", "in the file's order", "so that their ends meet"};

    if (c->n < 2)
        return;
    if (c->order.by == ORDER_GAPS || c->order.changed)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "order", NULL,
            "The file's %zu lines were put in order, %s: %zu changed place or direction.", c->n,
            why[c->order.by], c->order.changed);
    else
        diagnostics_add(notes, DIAGNOSTIC_INFO, "joined", NULL,
            "The file's %zu lines were joined to one, %s.", c->n, why[c->order.by]);
}

int route_gather(const struct choice *c, struct route *r, struct diagnostics *notes, struct err *e)
{
    char gaps[32];
    char line[32];

    if (c->n > 1 && order_bridges(&c->order) > BRIDGES_MAX)
        return err_set(e, ERR_INVALID,
            "The %zu parts of the line do not make one course: %s of %s would be straight bridges "
            "between them. Draw the course as one line, or say which lines it is with the option "
            "line.",
            c->n, diagnostics_distance(c->order.gaps_m, gaps),
            diagnostics_distance(c->order.gaps_m + c->order.length_m, line));
    add_pieces(r, c, notes);
    report_order(c, notes);
    if (c->outline)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "polygon", &r->at[0],
            "The outline of its area is used as a loop.");
    if ((c->outline || c->closed) && !route_is_closed(r))
        add(r, r->at[0]);
    return 0;
}

void route_drop_repeated(struct route *r, struct diagnostics *notes)
{
    struct lonlat place = {0, 0};
    size_t kept = 0;

    for (size_t i = 0; i < r->n; i++) {
        if (kept > 0 && lonlat_same(r->at[kept - 1], r->at[i]))
            place = r->at[i];
        else
            r->at[kept++] = r->at[i];
    }
    if (kept < r->n)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "zero-length", &place,
            r->n - kept == 1 ? "%zu segment of the line has no length and was dropped."
                             : "%zu segments of the line have no length and were dropped.",
            r->n - kept);
    r->n = kept;
}

void route_reverse(struct route *r)
{
    for (size_t i = 0; i < r->n / 2; i++) {
        struct lonlat swap = r->at[i];

        r->at[i] = r->at[r->n - 1 - i];
        r->at[r->n - 1 - i] = swap;
    }
}

bool route_is_closed(const struct route *r)
{
    return r->n > 2 && lonlat_same(r->at[0], r->at[r->n - 1]);
}

void route_turn(struct route *r, const struct lonlat *start, const struct lonlat *finish,
    struct diagnostics *notes)
{
    struct lonlat first = r->at[0];
    struct lonlat last = r->at[r->n - 1];
    char near[32];
    char far[32];

    if (r->n < 2 || lonlat_same(first, last) || !flags_say_turned(r->at, r->n, start, finish))
        return;
    route_reverse(r);
    if (start)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "turned", &last,
            "The line runs from the finish to the start in the file (the start point is %s from "
            "its end, %s from its beginning); "
            "it was turned.",
            diagnostics_distance(lonlat_distance_m(*start, last), near),
            diagnostics_distance(lonlat_distance_m(*start, first), far));
    else
        diagnostics_add(notes, DIAGNOSTIC_INFO, "turned", &last,
            "The line begins at the finish point in the file; it was turned.");
}

void route_close(struct route *r, struct diagnostics *notes)
{
    struct lonlat end = r->at[r->n - 1];
    double leg_m;
    char text[32];

    if (route_is_closed(r))
        return;
    leg_m = lonlat_distance_m(end, r->at[0]);
    add(r, r->at[0]);
    diagnostics_add(notes, leg_m > GAP_WARNING_M ? DIAGNOSTIC_WARNING : DIAGNOSTIC_INFO,
        "closing-leg", &end, "The lap does not end where it begins; a leg of %s closes it.",
        diagnostics_distance(leg_m, text));
}

double route_length_m(const struct route *r)
{
    double sum = 0;

    for (size_t i = 1; i < r->n; i++)
        sum += lonlat_distance_m(r->at[i - 1], r->at[i]);
    return sum;
}

/* The last vertex at or before `s` metres. `at` has the distance of each vertex. */
static size_t vertex_before(const double *at, size_t n, double s)
{
    size_t low = 0;
    size_t high = n;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (at[mid] <= s)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* The place `s` metres along the line, linear between two vertices. */
static struct lonlat place_at(const struct route *r, const double *at, double s)
{
    size_t i = vertex_before(at, r->n, s);
    double share;

    if (i + 1 >= r->n || at[i + 1] <= at[i])
        return r->at[i];
    share = (s - at[i]) / (at[i + 1] - at[i]);
    return (struct lonlat){
        r->at[i].lon_nd + (int64_t)(share * (double)(r->at[i + 1].lon_nd - r->at[i].lon_nd)),
        r->at[i].lat_nd + (int64_t)(share * (double)(r->at[i + 1].lat_nd - r->at[i].lat_nd)),
    };
}

/* Copies the stretch from `from` to `to` metres to `out`. */
static void cut_out(
    const struct route *r, const double *at, double from, double to, struct route *out)
{
    out->n = 0;
    add(out, place_at(r, at, from));
    for (size_t i = vertex_before(at, r->n, from) + 1; i < r->n && at[i] < to; i++)
        add(out, r->at[i]);
    add(out, place_at(r, at, fmin(to, at[r->n - 1])));
}

bool route_repeats(const struct route *r, uint32_t laps)
{
    enum { SAMPLES = 64 };
    double *at = mem_zalloc(r->n + 1, sizeof *at);
    struct route later = {0};
    double lap;
    int beside = 0;

    for (size_t i = 1; i < r->n; i++)
        at[i] = at[i - 1] + planar_distance_m(r->at[i - 1], r->at[i]);
    lap = at[r->n - 1] / laps;
    for (int i = 0; i < SAMPLES && lap >= 4 * BESIDE_M; i++) {
        double s = (at[r->n - 1] - lap) * (i + 0.5) / SAMPLES;

        cut_out(r, at, s + 0.7 * lap, s + 1.3 * lap, &later);
        beside += planar_to_line_m(place_at(r, at, s), later.at, later.n) < BESIDE_M;
    }
    route_release(&later);
    free(at);
    return beside * 5 >= SAMPLES * 4;
}
