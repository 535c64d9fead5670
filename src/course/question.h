/*
 * question.h: what import asks if a file can be read in more than one way: which of its lines is the
 * race, or how many laps it has. The answer is an option of the next import.
 */
#ifndef COURSE_QUESTION_H
#define COURSE_QUESTION_H

#include "course/course.h"

#include <stddef.h>
#include <stdint.h>

#define COURSE_CANDIDATES_MAX 20u
#define COURSE_CANDIDATE_PATH_MAX 200u /* places of a candidate's picture */
#define COURSE_CANDIDATE_LINE_MAX 120u /* bytes of `line` */

/* One answer that is possible. */
struct course_candidate {
    char line[COURSE_CANDIDATE_LINE_MAX]; /* for course_options.line: "2" or "1,3" */
    char name[COURSE_LONG_NAME_MAX + 1];  /* "": it has none */
    double length_m;                      /* with all laps */
    uint32_t laps;
    size_t points;       /* places of one lap */
    struct lonlat *path; /* at most COURSE_CANDIDATE_PATH_MAX of them, for a picture; owned */
    size_t path_n;
};

/* Zero is a question that was not asked. */
struct course_question {
    const char *code;                   /* "choose-line" or "laps"; NULL: nothing is asked */
    const char *option;                 /* the option that answers it: "line" or "laps" */
    struct course_candidate *candidate; /* owned */
    size_t n;
};

/* Adds a candidate with the picture of its line, which is copied. Those above
 * COURSE_CANDIDATES_MAX are dropped. The caller fills the other fields. NULL if it was dropped. */
struct course_candidate *course_question_add(
    struct course_question *q, const struct lonlat *line, size_t n);

/* Frees what the question owns, and empties it. */
void course_question_release(struct course_question *q);

#endif
