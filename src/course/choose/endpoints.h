/* endpoints.h: the start and the finish of a course, and how far they are from the line. */
#ifndef COURSE_CHOOSE_ENDPOINTS_H
#define COURSE_CHOOSE_ENDPOINTS_H

#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "geo/line.h"

struct endpoints {
    struct course_point start;
    struct course_point finish;
};

/* Takes start and finish from the draft; `given` is false for one that it does not have. Of several
 * points it takes the one that the file declares, else the nearest to an end of the line, which runs
 * from `first` to `last`. Other points become a diagnostic. */
void endpoints_find(const struct draft *d, struct lonlat first, struct lonlat last,
    struct endpoints *ends, struct diagnostics *notes);

/* Exchanges start and finish, for a line that the request reversed. */
void endpoints_swap(struct endpoints *ends);

/* Puts an endpoint that is not given at its end of the line. For the others a diagnostic says how
 * far they are from it. */
void endpoints_place(struct endpoints *ends, const struct line *l, struct diagnostics *notes);

#endif
