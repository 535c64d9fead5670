/* question.c: what import asks. */
#include "course/question.h"

#include "base/mem.h"
#include "geo/simplify.h"

#include <stdlib.h>

struct course_candidate *course_question_add(
    struct course_question *q, const struct lonlat *line, size_t n)
{
    uint32_t kept[COURSE_CANDIDATE_PATH_MAX];
    struct course_candidate *c;

    if (q->n >= COURSE_CANDIDATES_MAX)
        return NULL;
    if (!q->candidate)
        q->candidate = mem_zalloc(COURSE_CANDIDATES_MAX, sizeof *q->candidate);
    c = &q->candidate[q->n++];
    c->points = n;
    c->path_n = simplify_line(line, n, COURSE_CANDIDATE_PATH_MAX, kept);
    c->path = mem_zalloc(c->path_n + 1, sizeof *c->path);
    for (size_t i = 0; i < c->path_n; i++)
        c->path[i] = line[kept[i]];
    return c;
}

void course_question_release(struct course_question *q)
{
    for (size_t i = 0; i < q->n; i++)
        free(q->candidate[i].path);
    free(q->candidate);
    *q = (struct course_question){0};
}
