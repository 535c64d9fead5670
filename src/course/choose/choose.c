/* choose.c: which lines of a file are the race. */
#include "course/choose/choose.h"

#include "base/mem.h"
#include "course/choose/ask.h"
#include "course/choose/candidates.h"
#include "course/choose/leave.h"
#include "course/choose/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 6u /* so many lines that were left out are named */

void choose_release(struct choice *c)
{
    free(c->piece);
    *c = (struct choice){0};
}

/* Takes the set as the race. */
static void take(struct choice *c, const struct lines *l, struct set *s)
{
    const struct lines_item *first = &l->item[s->item[0]];

    *c = (struct choice){.piece = s->piece,
        .n = s->pieces,
        .lines = s->n,
        .order = s->order,
        .outline = first->area && s->n == 1,
        .closed = s->pieces == 1 && first->shape->closed};
    set_numbers(s, l, c->numbers, sizeof c->numbers);
    s->piece = NULL;
}

/* Says which lines were left out, and why. */
static void report(const struct lines *l, struct diagnostics *notes)
{
    struct buf text = BUF_INIT;
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        const struct lines_item *item = &l->item[i];

        if (!item->out || !*item->out)
            continue;
        if (n < NAMED_MAX && text.len < 220)
            buf_addf(&text, "%s%zu \"%.40s\" (%s)", n ? ", " : "", item->number, item->shape->name,
                item->out);
        n++;
    }
    if (n)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "unused", NULL,
            "%zu of the file's lines %s left out: %s%s.", n, n == 1 ? "was" : "were", text.data,
            n > NAMED_MAX || text.len >= 220 ? " and others" : "");
    buf_release(&text);
}

static int choose_said(const struct lines *l, const char *said, struct choice *c, struct err *e)
{
    size_t *item = mem_zalloc(l->n, sizeof *item);
    size_t n = 0;
    int rc = lines_select(l, said, item, &n, e);

    if (rc == 0) {
        struct set s = set_of(l, item, n, true, NULL);

        take(c, l, &s);
        set_release(&s);
    }
    free(item);
    return rc;
}

/* Whether the file itself says which lines are the course. Then the others are left out. */
static bool leave_undeclared(struct lines *l)
{
    bool declared = false;

    for (size_t i = 0; i < l->n; i++)
        declared = declared || (l->item[i].shape->role == DRAFT_ROUTE && !l->item[i].area);
    for (size_t i = 0; declared && i < l->n; i++)
        if (l->item[i].shape->role != DRAFT_ROUTE)
            lines_leave_out(
                &l->item[i], l->item[i].area ? "" : "the file declares another as the course");
    return declared;
}

/* All lines that are left, as one set. */
static void take_all(const struct lines *l, const struct flags *f, struct choice *c)
{
    size_t *item = mem_zalloc(l->n, sizeof *item);
    size_t n = 0;
    struct set s;

    for (size_t i = 0; i < l->n; i++)
        if (!l->item[i].out)
            item[n++] = i;
    s = set_of(l, item, n, false, f->starts == 1 ? &f->start[0] : NULL);
    take(c, l, &s);
    set_release(&s);
    free(item);
}

/* Leaves out the lines that are not in the set. */
static void leave_others(struct lines *l, const struct set *s, const char *why)
{
    for (size_t i = 0; i < l->n; i++) {
        bool taken = false;

        for (size_t k = 0; k < s->n; k++)
            taken = taken || s->item[k] == i;
        if (!taken)
            lines_leave_out(&l->item[i], why);
    }
}

/* Decides between the lines that are left, or asks. */
static int decide(struct lines *l, const struct flags *f, double declared_m, struct choice *c,
    struct course_question *q, struct err *e)
{
    struct rivals r = rivals_of(l);
    struct candidates cand;
    const char *why;
    size_t which;
    int rc = 0;

    rivals_leave_copies(&r);
    rivals_leave_opposite(&r, f);
    cand = candidates_of(&r, f);
    which = candidates_decide(&cand, l, f, declared_m, &why);
    if (which < cand.n) {
        leave_others(l, &cand.set[which], why);
        take(c, l, &cand.set[which]);
    } else {
        rc = ask_lines(q, l, cand.set, cand.n, e);
    }
    candidates_release(&cand);
    rivals_release(&r);
    return rc;
}

int choose_lines(const struct draft *d, const struct course_options *o, double declared_m,
    struct choice *c, struct diagnostics *notes, struct err *e)
{
    struct lines l = lines_of(d);
    struct flags f = flags_of(d);
    int rc = 0;

    *c = (struct choice){0};
    if (l.n == 0) {
        rc = err_set(e, ERR_INVALID,
            "There is no line in the file; a course needs one (a LineString, a track or a route "
            "with two places at least).");
    } else if (o->line) {
        rc = choose_said(&l, o->line, c, e);
    } else if (leave_undeclared(&l)) {
        take_all(&l, &f, c);
    } else {
        leave_areas(&l);
        leave_by_role(&l);
        if (lines_left(&l) == 1 || lines_left(&l) > RIVALS_MAX)
            take_all(&l, &f, c);
        else
            rc = decide(&l, &f, declared_m, c, o->question, e);
    }
    if (rc == 0 && !o->line)
        report(&l, notes);
    lines_release(&l);
    return rc;
}
