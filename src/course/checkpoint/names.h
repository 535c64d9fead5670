/*
 * names.h: what the names and types of waypoints mean: an aid station, a control, a timing mat, an
 * exchange zone, or none of these. Text is UTF-8, in the languages that docs/course-files.md names.
 */
#ifndef COURSE_CHECKPOINT_NAMES_H
#define COURSE_CHECKPOINT_NAMES_H

#include "course/checkpoint/checkpoint.h"
#include "course/draft.h"

/* The kind of checkpoint that a point of a file is: by its name, else by what the file says that it
 * is (the symbol or type of a waypoint). CHECKPOINT_NONE for a start, a finish, and any other
 * place: "5 km", "Toilets", "Parking", "Spectators", "Water Street". */
enum checkpoint_kind checkpoint_names_kind(const struct draft_shape *s);

/* The kind that a text names: "CP1", "Verpflegung km 12", "給水所". */
enum checkpoint_kind checkpoint_names_of(const char *text);

#endif
