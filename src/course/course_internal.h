/* course_internal.h: a course out of its parts, for those who have them. */
#ifndef COURSE_COURSE_INTERNAL_H
#define COURSE_COURSE_INTERNAL_H

#include "course/course.h"
#include "course/diagnostics.h"
#include "course/endpoints.h"

struct course_parts {
    char short_name[COURSE_NAME_MAX + 1];
    char long_name[COURSE_LONG_NAME_MAX + 1];
    struct line *line;
    struct fence *fence; /* or NULL */
    struct course_flags flags;
    struct diagnostics notes;
};

/* One reference. The course owns what was in the parts; they are left empty. Looks whether the line
 * enters the fence, and computes the revision. */
struct course *course_make(struct course_parts *p);

#endif
