/* ask.c: questions about the lines of a file. */
#include "course/choose/ask.h"

#include <stdio.h>

/* Adds the line with so many laps. */
static void add_laps(struct course_question *q, const struct ask_laps *a, uint32_t laps)
{
    const struct route *r = a->route;
    struct course_candidate *c = course_question_add(q, r->at, r->n);
    double lap_m = route_length_m(r);

    if (!c)
        return;
    if (laps > 1)
        lap_m += lonlat_distance_m(r->at[r->n - 1], r->at[0]); /* route_close adds this leg */
    (void)snprintf(c->line, sizeof c->line, "%s", a->line);
    (void)snprintf(c->name, sizeof c->name, "%s", a->name);
    c->laps = laps;
    c->length_m = lap_m * laps;
}

int ask_laps(struct course_question *q, const struct ask_laps *a, struct err *e)
{
    if (q) {
        q->code = "laps";
        q->option = "laps";
        add_laps(q, a, a->laps);
        add_laps(q, a, 1);
    }
    return err_set_id(e, ERR_CONFLICT, "laps",
        "The line is %.4g km, the race is %.4g km: %u laps? Say how often it is run with the "
        "option laps (%u, or 1 for this line once).",
        route_length_m(a->route) / 1000, a->declared_m / 1000, a->laps, a->laps);
}
