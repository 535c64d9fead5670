/* choose.h: which lines of a file are the race, in which order. */
#ifndef COURSE_CHOOSE_CHOOSE_H
#define COURSE_CHOOSE_CHOOSE_H

#include "course/choose/order.h"
#include "course/choose/stitch.h"
#include "course/course.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "course/question.h"

#include <stdbool.h>
#include <stddef.h>

/* The parts of the race in their order. It owns its array; the places are the draft's. */
struct choice {
    struct stitch_piece *piece;
    size_t n;
    size_t lines; /* how many lines the parts are of */
    struct order order;
    bool outline; /* it is the outline of an area */
    bool closed;  /* the file says that its only line ends where it begins */
    char numbers[COURSE_CANDIDATE_LINE_MAX]; /* of the lines, as course_options.line takes them */
};

/* Chooses the lines that the caller names, else decides by the file. `declared_m` is the length that
 * the caller or the file's title gives, 0 for none. What is left out becomes a diagnostic. -1 with
 * an error if there is no line, or with ERR_CONFLICT and the question of `o` filled if several lines
 * may be the race. Release it. */
int choose_lines(const struct draft *d, const struct course_options *o, double declared_m,
    struct choice *c, struct diagnostics *notes, struct err *e) MUST_CHECK;
void choose_release(struct choice *c);

#endif
