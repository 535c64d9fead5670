/* candidates.h: what the race may be, if the lines of a file are not all of it; and the evidence that
 * decides between them. */
#ifndef COURSE_CHOOSE_CANDIDATES_H
#define COURSE_CHOOSE_CANDIDATES_H

#include "course/choose/flags.h"
#include "course/choose/rivals.h"
#include "course/choose/set.h"
#include "course/question.h"

#include <stddef.h>

struct candidates {
    struct set set[COURSE_CANDIDATES_MAX]; /* owned */
    size_t n;
};

/* The greatest share of a course that may be bridges. */
#define CANDIDATES_BRIDGES_MAX 0.1

/* All lines as one race if they agree, else the sets of them that may be one. Release them. */
struct candidates candidates_of(const struct rivals *r, const struct flags *flags);
void candidates_release(struct candidates *c);

/* Which candidate the declared length (0: none), the flags or the names decide for. *why gets a text
 * for the others, which lives for ever. c->n: none of these decides. */
size_t candidates_decide(const struct candidates *c, const struct lines *l,
    const struct flags *flags, double declared_m, const char **why);

#endif
