/* rivals.h: compares the lines that may be the race: which are the same, which are parts of one, and
 * which exclude each other. */
#ifndef COURSE_CHOOSE_RIVALS_H
#define COURSE_CHOOSE_RIVALS_H

#include "course/choose/flags.h"
#include "course/choose/lines.h"

#include <stdbool.h>
#include <stddef.h>

#define RIVALS_MAX 300u /* more lines on one map are the segments of one course */

struct rivals {
    struct lines *lines;
    size_t *item; /* indices of the lines that are not left out */
    size_t n;
    struct flat_cover *cover; /* how line a lies along line b: cover[a * n + b] */
};

/* Compares the lines that are left, at most RIVALS_MAX. Release it. */
struct rivals rivals_of(struct lines *l);
void rivals_release(struct rivals *r);

/* Leaves out copies of a line that run in the same direction, lines that only lie on another one, and
 * the legs of a line that is drawn as a whole too. */
void rivals_leave_copies(struct rivals *r);

/* Of two lines that are the same, drawn in opposite directions, leaves out the one that runs from the
 * finish to the start, if these are at its two ends. At one place they say that it is run out and
 * back. */
void rivals_leave_opposite(struct rivals *r, const struct flags *f);

/* How lines can exclude each other. */
enum rivals_conflict {
    RIVALS_AGREE,
    RIVALS_DOUBTFUL, /* together they may be one race: two loops, or a way out and a way back */
    RIVALS_EXCLUDE,  /* they are different races */
};
enum rivals_conflict rivals_conflict(const struct rivals *r);

#endif
