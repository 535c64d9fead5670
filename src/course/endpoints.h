/* endpoints.h: the start and the finish of a draft, and how far they are from the line. */
#ifndef COURSE_ENDPOINTS_H
#define COURSE_ENDPOINTS_H

#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "geo/line.h"

struct course_flags {
    struct course_point start;
    struct course_point finish;
};

/* What the draft says; `given` is false where it does not. Points that are neither are told of. */
void course_flags_find(const struct draft *d, struct course_flags *f, struct diagnostics *notes);

/* Start becomes finish and the other way round, for a line that was reversed by hand. */
void course_flags_swap(struct course_flags *f);

/* Put the flags that are not given at the line's ends, and tell how far the others are from them.
 */
void course_flags_place(struct course_flags *f, const struct line *l, struct diagnostics *notes);

#endif
