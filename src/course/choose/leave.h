/* leave.h: leaves out the lines of a map that are not the race: what their names say, what the file
 * hides, marks across the course, and what only lies on another line. */
#ifndef COURSE_CHOOSE_LEAVE_H
#define COURSE_CHOOSE_LEAVE_H

#include "course/choose/lines.h"

/* Leaves out by names, folders, visibility and size. Something always remains. */
void leave_by_role(struct lines *l);

/* Whether area outlines are the course although the file has lines: those are only short lanes
 * beside a lap that is drawn as an area. Leaves out the others. */
void leave_areas(struct lines *l);

#endif
