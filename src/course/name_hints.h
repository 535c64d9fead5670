/*
 * name_hints.h: what the names and descriptions in course files mean, in many languages: start or
 * finish, geofence, or nothing. Text is UTF-8; upper and lower case are the same.
 */
#ifndef COURSE_NAME_HINTS_H
#define COURSE_NAME_HINTS_H

#include "course/draft.h"

#include <stdbool.h>

#define NAME_HINTS_MARATHON_M 42195.0

/* The role of a name: DRAFT_START for "Départ", DRAFT_FINISH for "Ziel", DRAFT_START_AND_FINISH for
 * "Start / Ziel", DRAFT_GEOFENCE for "geofence", DRAFT_PLAIN for any other name. Only whole words
 * count: "Great End", "Zielona Góra", "2 km to finish" and "Bus start" are DRAFT_PLAIN. */
enum draft_role name_hints_role(const char *name);

/* The role of a shape: what the file says, else what its name says. */
enum draft_role name_hints_shape(const struct draft_shape *s);

/* Whether any course could have this name: "Course", "Track", "Untitled", or a file's name. */
bool name_hints_generic(const char *name);

/* The length of the race that a name names: a marathon, a half, a parkrun. 0 if none. */
double name_hints_race_m(const char *name);

#endif
