/*
 * name_hints.h: what the names and descriptions in course files mean, in many languages: start or
 * finish, the number of laps, the length. Text is UTF-8; upper and lower case are the same.
 */
#ifndef COURSE_NAME_HINTS_H
#define COURSE_NAME_HINTS_H

#include "course/draft.h"

#include <stdbool.h>
#include <stdint.h>

/* The role of a name: DRAFT_START for "Départ", DRAFT_FINISH for "Ziel", DRAFT_START_AND_FINISH for
 * "Start / Ziel", DRAFT_GEOFENCE for "geofence", DRAFT_PLAIN for any other name. */
enum draft_role name_hints_role(const char *name);

/* The role of a shape: what the file says, else what its name says. */
enum draft_role name_hints_shape(const struct draft_shape *s);

/* Whether any course could have this name: "Course", "Track", "Untitled", or a file's name. */
bool name_hints_generic(const char *name);

/* The laps that a text mentions ("just over two complete laps", "2 Runden", "dos vueltas"), or 0.
 * The words themselves are copied to `said`, cut to fit. */
uint32_t name_hints_laps(const char *text, char said[80]);

/* The distance in km that a text mentions ("5k", "21,1 km"), in metres. 0 if there is none, or if
 * there are several. */
double name_hints_distance_m(const char *text);

#endif
