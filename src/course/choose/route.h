/*
 * route.h: the one line of a course, made from the lines of a draft. It is chosen, joined if there
 * are several, freed of repeated points, turned so that it begins at the start, and closed if it
 * is run more than once. Diagnostics say what was done. The route owns its vertices.
 */
#ifndef COURSE_CHOOSE_ROUTE_H
#define COURSE_CHOOSE_ROUTE_H

#include "base/err.h"
#include "course/choose/choose.h"
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

/* A line whose name mentions a geofence is the geofence only if there is another line or area. If
 * it is all that the file has ("Run around the geofence"), its role becomes DRAFT_ROUTE. Call this
 * before route, endpoints and geofence are chosen. */
void route_resolve_names(struct draft *d);

/* Fills r with the parts of the race, and reports how they were joined. -1 with an error if more than
 * a tenth of it is bridges. */
int route_gather(
    const struct choice *c, struct route *r, struct diagnostics *notes, struct err *e) MUST_CHECK;

/* Adds the places of a piece. Its first one is left out if it is the last one of the route. */
void route_add_piece(struct route *r, const struct stitch_piece *p);

/* Removes a vertex that repeats the one before it. */
void route_drop_repeated(struct route *r, struct diagnostics *notes);
void route_reverse(struct route *r);

/* Turns the line round if start and finish, by their positions along it, say that it is drawn from the
 * finish to the start. Either may be NULL. */
void route_turn(struct route *r, const struct lonlat *start, const struct lonlat *finish,
    struct diagnostics *notes);

/* Makes the line end where it begins, with one more leg if needed. */
void route_close(struct route *r, struct diagnostics *notes);

/* Whether the last vertex is the first. */
bool route_is_closed(const struct route *r);

/* The length of the geodesics between the vertices. */
double route_length_m(const struct route *r);

/* Whether the line already goes round `laps` times: most of it runs within 30 m of itself one lap
 * later. */
bool route_repeats(const struct route *r, uint32_t laps);

#endif
