/*
 * route_json.h: JSON of map services that is not GeoJSON: routes and trips of RideWithGPS, and the
 * ways and relations of OpenStreetMap as the Overpass API gives them.
 */
#ifndef COURSE_READ_ROUTE_JSON_H
#define COURSE_READ_ROUTE_JSON_H

#include "course/draft.h"

#include <jansson.h>
#include <stdbool.h>

/* Whether the document is one of these. */
bool read_is_route_json(const json_t *root);

/* Adds its lines and points to the draft. -1 with a sentence if a place is not on the earth. */
int read_route_json(const json_t *root, struct draft *d, struct err *e) MUST_CHECK;

#endif
