/*
 * name_hints.h: what names and descriptions in course files say, in the languages that publishers use:
 * start or finish, how many laps, how long. Text is UTF-8; letters are compared without case.
 */
#ifndef COURSE_NAME_HINTS_H
#define COURSE_NAME_HINTS_H

#include "course/draft.h"

#include <stdbool.h>
#include <stdint.h>

/* DRAFT_START for "Départ", DRAFT_FINISH for "Ziel", DRAFT_START_AND_FINISH for "Start / Ziel",
 * DRAFT_GEOFENCE for "geofence"; DRAFT_PLAIN for anything else. */
enum draft_role name_hints_role(const char *name);

/* A name that any course could have: "Course", "Track", "Untitled", or a file's name. */
bool name_hints_generic(const char *name);

/* The laps that a text speaks of ("just over two complete laps", "2 Runden", "dos vueltas"), 0
 * where it does not. The words themselves go to `said` (cut to fit). */
uint32_t name_hints_laps(const char *text, char said[80]);

/* The only distance in km that a text speaks of ("5k", "21,1 km"), in metres; 0 where there is none
 * or several. */
double name_hints_distance_m(const char *text);

#endif
