/* find.c: the checkpoints that a course file has. */
#include "course/checkpoint/find.h"

#include "course/checkpoint/names.h"
#include "course/checkpoint/passings.h"
#include "course/checkpoint/typed.h"
#include "course/name.h"

#include <string.h>

#define LISTED 5u        /* so many are named in a sentence */
#define POINTS_MAX 1000u /* so many points are looked at */
/* Nobody needs a time at the start or right before the finish. */
#define EDGE_MM 50000u

/* What is found, and what is not. */
struct find {
    const struct line *line;
    struct checkpoints *out;
    struct diagnostics *notes;
    size_t points; /* that are checkpoints */
    size_t beyond; /* passings above CHECKPOINT_MAX */
    size_t off;    /* points that the line does not pass */
};

static void add_off_line(struct find *f, const struct draft_shape *s)
{
    double off_m = checkpoint_passings_off_m(f->line, s->at[0]);
    char distance[32];

    if (off_m > CHECKPOINT_NEAR_M && ++f->off <= LISTED)
        diagnostics_add(f->notes, DIAGNOSTIC_WARNING, "checkpoint-off-line", &s->at[0],
            "The checkpoint \"%.60s\" is %s from the line and was left out; it may be %.0f m from "
            "it.",
            s->name, diagnostics_distance(off_m, distance), CHECKPOINT_NEAR_M);
}

/* Adds the passings of a point, but for those at the ends of the course. */
static void add_point(struct find *f, const struct draft_shape *s, enum checkpoint_kind kind)
{
    uint32_t dist_mm[CHECKPOINT_MAX];
    struct checkpoint_passes passes = {.dist_mm = dist_mm, .max = CHECKPOINT_MAX};
    struct checkpoint c = {.kind = kind, .cutoff_s = -1, .at = s->at[0]};
    uint32_t length_mm = line_length_mm(f->line);
    size_t before = f->out->n;

    name_clean(c.name, sizeof c.name, *s->name ? s->name : s->type ? s->type : "");
    if (!*c.name)
        memcpy(c.name, "CP", sizeof "CP");
    checkpoint_passings(f->line, c.at, &passes);
    if (passes.n == 0) {
        add_off_line(f, s);
        return;
    }
    f->beyond += passes.n > passes.max ? passes.n - passes.max : 0;
    for (size_t i = 0; i < passes.n && i < passes.max; i++) {
        if (dist_mm[i] < EDGE_MM || dist_mm[i] + EDGE_MM > length_mm)
            continue;
        if (f->out->n == CHECKPOINT_MAX) {
            f->beyond++;
            continue;
        }
        c.dist_mm = dist_mm[i];
        checkpoints_add(f->out, &c);
    }
    f->points += f->out->n > before;
}

/* Says what was found, with the first names. */
static void report(const struct find *f)
{
    struct buf text = BUF_INIT;
    char distance[32];

    for (size_t i = 0; i < f->out->n && i < LISTED; i++) {
        buf_adds(&text, i > 0 ? ", \"" : ": \"");
        buf_add(&text, f->out->item[i].name, strnlen(f->out->item[i].name, 40));
        buf_addf(&text, "\" at %s", diagnostics_distance(f->out->item[i].dist_mm / 1e3, distance));
    }
    if (f->out->n)
        diagnostics_add(f->notes, DIAGNOSTIC_INFO, "checkpoints", NULL,
            "The file has %zu checkpoint%s, which the course passes %zu time%s%.220s%s.", f->points,
            f->points == 1 ? "" : "s", f->out->n, f->out->n == 1 ? "" : "s", text.data,
            f->out->n > LISTED ? ", ..." : "");
    if (f->off > LISTED)
        diagnostics_add(f->notes, DIAGNOSTIC_WARNING, "checkpoint-off-line", NULL,
            "%zu checkpoints of the file are too far from the line and were left out.", f->off);
    if (f->beyond)
        diagnostics_add(f->notes, DIAGNOSTIC_WARNING, "checkpoints", NULL,
            "The course passes its checkpoints %zu times; %u times are kept.",
            f->out->n + f->beyond, CHECKPOINT_MAX);
    buf_release(&text);
}

/* Takes the list of an export. */
static void take_list(const char *text, bool same_line, const struct line *l,
    struct checkpoints *out, struct diagnostics *notes)
{
    struct err e = {0};

    if (checkpoints_parse(text, strlen(text), l, !same_line, out, &e) == 0)
        return;
    diagnostics_add(notes, DIAGNOSTIC_WARNING, "checkpoint-off-line", NULL,
        "Some of the file's checkpoints were left out. %.250s", e.text);
    checkpoints_settle(out);
    out->n = out->n < CHECKPOINT_MAX ? out->n : CHECKPOINT_MAX;
    checkpoints_settle(out);
}

void checkpoints_find(const struct draft *d, const struct line *l, bool same_line,
    struct checkpoints *out, struct diagnostics *notes)
{
    struct find f = {.line = l, .out = out, .notes = notes};
    size_t looked = 0;

    if (d->extension.checkpoints) {
        take_list(d->extension.checkpoints, same_line, l, out, notes);
        return;
    }
    for (size_t i = 0; i < d->n; i++) {
        enum checkpoint_kind kind = checkpoint_names_kind(&d->shape[i]);

        if (kind && looked++ < POINTS_MAX)
            add_point(&f, &d->shape[i], kind);
    }
    checkpoints_settle(out);
    report(&f);
}
