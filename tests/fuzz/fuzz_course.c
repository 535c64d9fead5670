/*
 * Any bytes as a course file: import refuses with a sentence or makes a course, and what it made
 * comes back from every format as it was. Built with libFuzzer where TRACKSIDE_FUZZ is on, with
 * fuzz_replay.c over the corpus everywhere.
 */
#include "course/course.h"
#include "course/question.h"
#include "round_trip.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = {0};
    struct course_question asked = {0};
    struct course_options o = {.question = &asked};
    struct course *c = course_import(data, size, &o, &e);

    if (c ? asked.code != NULL : (e.code == ERR_CONFLICT) != (asked.code && asked.n > 0))
        abort();
    course_question_release(&asked);
    if (!c) {
        if (e.code == ERR_NONE || e.text[0] == '\0')
            abort();
        return 0;
    }
    if (!course_name_valid(c->short_name))
        abort();
    round_trip(c);
    course_unref(c);
    return 0;
}
