/* ask.c: questions about the lines of a file. */
#include "course/choose/ask.h"

#include "course/diagnostics.h"
#include "course/draft.h"
#include "course/length_words.h"
#include "course/name.h"
#include "course/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_BYTES 250u /* of the candidates in the sentence */

/* Adds the line with so many laps. */
static void add_laps(struct course_question *q, const struct ask_laps *a, uint32_t laps)
{
    const struct route *r = a->route;
    struct course_candidate *c = course_question_add(q, r->at, r->n);
    double lap_m = a->lap_m;

    if (!c)
        return;
    if (laps > 1)
        lap_m += lonlat_distance_m(r->at[r->n - 1], r->at[0]); /* route_close adds this leg */
    (void)snprintf(c->line, sizeof c->line, "%s", a->line);
    (void)snprintf(c->name, sizeof c->name, "%s", a->name);
    c->laps = laps;
    c->length_m = lap_m * laps;
}

int ask_laps(struct course_question *q, const struct ask_laps *a, struct err *e)
{
    if (q) {
        q->code = "laps";
        q->option = "laps";
        add_laps(q, a, a->laps);
        add_laps(q, a, 1);
    }
    return err_set_id(e, ERR_CONFLICT, "laps",
        "The line is %.4g km, the race is %.4g km: %u laps? Say how often it is run with the "
        "option laps (%u, or 1 for this line once).",
        a->lap_m / 1000, a->declared_m / 1000, a->laps, a->laps);
}

int ask_part_laps(struct course_question *q, const struct ask_laps *a, struct err *e)
{
    struct word first;
    unsigned long whole = strtoul(a->said, NULL, 10);
    uint32_t laps = whole < 1 ? 1 : whole < COURSE_LAPS_MAX ? (uint32_t)whole : COURSE_LAPS_MAX - 1;

    if (whole == 0 && words_next(a->said, a->said, &first) && length_words_number(first.folded))
        laps = length_words_number(first.folded); /* "two and a half" */
    if (q) {
        q->code = "laps";
        q->option = "laps";
        add_laps(q, a, laps);
        add_laps(q, a, laps + 1);
        if (laps > 1)
            add_laps(q, a, 1);
    }
    return err_set_id(e, ERR_CONFLICT, "laps",
        "The file says \"%.60s\", which is not a whole number. Say how often the line is run with "
        "the option laps (%u or %u; 1 if all of it is drawn).",
        a->said, laps, laps + 1);
}

/* The name of a set: that of its line, of its folder, or the names of its lines. */
static void name_of(const struct set *s, const struct lines *l, char *out, size_t cap)
{
    struct buf text = BUF_INIT;
    const char *folder = l->item[s->item[0]].shape->folder;

    for (size_t i = 0; i < s->n; i++) {
        const struct draft_shape *shape = l->item[s->item[i]].shape;

        if (text.len < cap && *shape->name)
            buf_addf(&text, "%s%s", text.len ? " + " : "", shape->name);
        if (folder && (!shape->folder || strcmp(shape->folder, folder) != 0))
            folder = NULL;
    }
    name_clean(out, cap, (s->n > 1 || !text.len) && folder ? folder : text.len ? text.data : "");
    buf_release(&text);
}

/* Fills the route with the places of a set. */
static void places_of(const struct set *s, struct route *r)
{
    for (size_t i = 0; i < s->pieces; i++)
        route_add_piece(r, &s->piece[i]);
}

/* Adds the set as a candidate, if there is a question. Returns its length in metres. */
static double add_set(struct course_question *q, const struct set *s, const struct lines *l)
{
    struct route r = {0};
    struct course_candidate *c;
    double m;

    places_of(s, &r);
    m = route_length_m(&r);
    c = q ? course_question_add(q, r.at, r.n) : NULL;
    if (c) {
        set_numbers(s, l, c->line, sizeof c->line);
        name_of(s, l, c->name, sizeof c->name);
        c->laps = 1;
        c->length_m = m;
    }
    route_release(&r);
    return m;
}

int ask_lines(struct course_question *q, const struct lines *l, const struct set *sets, size_t n,
    struct err *e)
{
    struct buf list = BUF_INIT;

    if (q) {
        q->code = "choose-line";
        q->option = "line";
    }
    for (size_t i = 0; i < n; i++) {
        char numbers[COURSE_CANDIDATE_LINE_MAX];
        char name[COURSE_LONG_NAME_MAX + 1];
        char length[32];

        (void)diagnostics_length(add_set(q, &sets[i], l), length);
        set_numbers(&sets[i], l, numbers, sizeof numbers);
        name_of(&sets[i], l, name, sizeof name);
        if (list.len < LISTED_BYTES)
            buf_addf(&list, "%s%.40s \"%.60s\" (%s)", i ? ", " : "", numbers, name, length);
    }
    (void)err_set_id(e, ERR_CONFLICT, "choose-line",
        "The file's lines can be the race in %zu ways: %s. Say which one it is with the option "
        "line.",
        n, list.data);
    buf_release(&list);
    return -1;
}
