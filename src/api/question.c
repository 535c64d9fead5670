/* question.c: the answer 409 to an import that needs one more option. */
#include "api/question.h"

#include <stdlib.h>
#include <string.h>

#define TAKEN_MAX 512 /* bytes of the sentence */

static json_t *path_of(const struct course_candidate *c)
{
    json_t *path = json_array();

    for (size_t i = 0; i < c->path_n; i++)
        (void)json_array_append_new(path,
            json_pack("[f, f]", lonlat_deg(c->path[i].lon_nd), lonlat_deg(c->path[i].lat_nd)));
    return path;
}

/* The number of the line, or a text for several: "1,3". */
static json_t *line_of(const struct course_candidate *c)
{
    if (c->line[strspn(c->line, "0123456789")] == '\0')
        return json_integer(strtol(c->line, NULL, 10));
    return json_string(c->line);
}

static json_t *candidate(const struct course_candidate *c)
{
    return json_pack("{s:o, s:s, s:f, s:i, s:I, s:o}", "line", line_of(c), "name", c->name,
        "distance", c->length_m, "laps", (int)c->laps, "points", (json_int_t)c->points, "path",
        path_of(c));
}

static int answer(struct exchange *x, const char *sentence, const char *code, const char *option,
    json_t *candidates)
{
    return exchange_json(x, 409,
        json_pack("{s:s, s:s, s:s, s:o}", "error", sentence, "code", code, "option", option,
            "candidates", candidates));
}

int question_answer(struct exchange *x, const struct course_question *q, const struct err *e)
{
    json_t *candidates = json_array();

    for (size_t i = 0; i < q->n; i++)
        (void)json_array_append_new(candidates, candidate(&q->candidate[i]));
    return answer(x, e->text, q->code, q->option, candidates);
}

int question_answer_taken(struct exchange *x, const char *name, const char *free_name)
{
    char sentence[TAKEN_MAX];

    (void)snprintf(sentence, sizeof sentence,
        "There is a course \"%s\" already: choose another shortName (\"%s\" is free), or replace "
        "it.",
        name, free_name);
    return answer(x, sentence, "name-taken", "shortName", json_pack("[{s:s}]", "name", free_name));
}
