/* flags.h: what the start and finish points of a file say about its lines: where the race begins, and
 * in which direction a line is run. Their positions along the line count, not how far they are from
 * its ends. */
#ifndef COURSE_CHOOSE_FLAGS_H
#define COURSE_CHOOSE_FLAGS_H

#include "course/draft.h"
#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>

#define FLAGS_MAX 64u

struct flags {
    struct lonlat start[FLAGS_MAX];
    struct lonlat finish[FLAGS_MAX];
    size_t starts, finishes;
};

/* A short line across a course that is called start or finish becomes a point in its middle. */
void flags_from_lines(struct draft *d);

/* The start and finish points of the draft. */
struct flags flags_of(const struct draft *d);

/* Whether both ends of a line are at flags, in this direction or the other one. False if there is no
 * start or no finish. `length_m` is the line's. */
bool flags_fit(const struct flags *f, struct lonlat begin, struct lonlat end, double length_m);

/* The same in the direction in which it is drawn. */
bool flags_fit_drawn(
    const struct flags *f, struct lonlat begin, struct lonlat end, double length_m);

/* Whether the line of n (2 or more) places is drawn from the finish to the start. Either flag may be
 * NULL. A flag that is far from the line says nothing. */
bool flags_say_turned(
    const struct lonlat *line, size_t n, const struct lonlat *start, const struct lonlat *finish);

#endif
