/*
 * route.h: the one line of a course, out of the lines of a draft: chosen, chained where there are
 * several, without repeated points, turned so that it begins at the start, closed where it is run
 * more than once. What is done to it is told in diagnostics. The route owns its vertices.
 */
#ifndef COURSE_ROUTE_H
#define COURSE_ROUTE_H

#include "base/err.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct route {
    struct lonlat *at;
    size_t n;
    size_t cap;
};

void route_release(struct route *r);
void route_add(struct route *r, struct lonlat p);

/* A line whose name speaks of a geofence is the geofence only beside another line or area. Where it
 * is all that the file has ("Run around the geofence"), its role becomes DRAFT_ROUTE. Called before
 * route, flags and geofence are looked for. */
void route_settle(struct draft *d);

/* The draft's line or lines; a polygon where it has no line. An error where it has neither. */
int route_gather(
    const struct draft *d, struct route *r, struct diagnostics *notes, struct err *e) MUST_CHECK;

void route_drop_repeated(struct route *r, struct diagnostics *notes);
void route_reverse(struct route *r);

/* Turn the line if start and finish (NULL: not known) are nearer to its ends the other way round.
 */
void route_turn(struct route *r, const struct lonlat *start, const struct lonlat *finish,
    struct diagnostics *notes);

/* Let the line end where it begins, with one more leg if it does not. */
void route_close(struct route *r, struct diagnostics *notes);

bool route_is_closed(const struct route *r);
double route_length_m(const struct route *r);

/* Does the line go round about `laps` times already? Seen from whether it runs within 30 m of
 * itself a lap later. */
bool route_repeats(const struct route *r, uint32_t laps);

#endif
