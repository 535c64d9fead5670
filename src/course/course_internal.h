/* course_internal.h: makes a course from its parts; for import and for courses that are stored. */
#ifndef COURSE_COURSE_INTERNAL_H
#define COURSE_COURSE_INTERNAL_H

#include "course/choose/endpoints.h"
#include "course/course.h"
#include "course/diagnostics.h"

struct course_parts {
    char short_name[COURSE_NAME_MAX + 1];
    char long_name[COURSE_LONG_NAME_MAX + 1];
    struct line *line;
    int32_t *elevation_cm; /* of each vertex of a lap, or NULL */
    struct fence *fence;   /* or NULL */
    struct endpoints endpoints;
    struct checkpoints checkpoints;
    struct diagnostics notes;
};

/* Makes a course with one reference, and computes its spans and revision. It takes over what the
 * parts own, and leaves them empty. A fence whose edge the line runs along is left out, with a
 * diagnostic. */
struct course *course_make(struct course_parts *p);

#endif
