/* ask.h: asks for an option that the file leaves open: fills the question and the error. */
#ifndef COURSE_CHOOSE_ASK_H
#define COURSE_CHOOSE_ASK_H

#include "base/err.h"
#include "course/choose/route.h"
#include "course/choose/set.h"
#include "course/question.h"

#include <stdint.h>

/* What is asked about. Texts are borrowed. */
struct ask_laps {
    const struct route *route; /* one lap */
    double lap_m;              /* its length, without a leg that closes it */
    const char *line;          /* which lines it was made of, as course_options.line takes it */
    const char *name;
    double declared_m; /* of the race */
    uint32_t laps;     /* that would make it so long */
    const char *said;  /* laps that are not whole, as the file says them */
};

/* Asks whether the race is so many laps of the line. `q` may be NULL. Returns -1 with
 * ERR_CONFLICT. */
int ask_laps(struct course_question *q, const struct ask_laps *a, struct err *e);

/* Asks how often the line is run, of which the file says laps that are not whole (a->said). The same
 * otherwise. */
int ask_part_laps(struct course_question *q, const struct ask_laps *a, struct err *e);

/* Asks which of the n sets of lines is the race. `q` may be NULL. Returns -1 with ERR_CONFLICT. */
int ask_lines(struct course_question *q, const struct lines *l, const struct set *sets, size_t n,
    struct err *e);

#endif
