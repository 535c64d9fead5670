/* question.h: a question as the answer to an import: 409, with the answers that are possible. */
#ifndef API_QUESTION_H
#define API_QUESTION_H

#include "course/question.h"
#include "http/exchange.h"

/* Answers 409 with the error's sentence, `code`, `option` and `candidates`; docs/api.md describes
 * them. Returns 0. */
int question_answer(struct exchange *x, const struct course_question *q, const struct err *e);

/* The same for a shortName that is taken; `free_name` is one that is not. */
int question_answer_taken(struct exchange *x, const char *name, const char *free_name);

#endif
