/* import.c: from the bytes of a file to a course: the reader, then every decision in its order. */
#include "course/course.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "course/checkpoint/find.h"
#include "course/choose/ask.h"
#include "course/choose/choose.h"
#include "course/choose/flags.h"
#include "course/choose/laps.h"
#include "course/choose/route.h"
#include "course/course_internal.h"
#include "course/draft.h"
#include "course/elevation.h"
#include "course/name.h"
#include "course/name_hints.h"
#include "course/outliers.h"
#include "course/read/read.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import {
    const struct course_options *options;
    struct draft draft;
    struct choice choice;
    struct route route;
    struct course_parts parts;
    bool as_stored; /* the prepared line in the file matches its vertices as they are */
};

/* Checks what the request says, before the file is read. */
static int check_options(const struct course_options *o, struct err *e)
{
    if (o->short_name && !course_name_valid(o->short_name))
        return err_set_field(e, "shortName",
            "A short name has 1 to %d of the letters a-z, digits and -, and does not begin with -.",
            COURSE_NAME_MAX);
    if (o->long_name && !utf8_valid(o->long_name, strlen(o->long_name)))
        return err_set_field(e, "longName", "The long name is not valid UTF-8.");
    if (o->file_name && !utf8_valid(o->file_name, strlen(o->file_name)))
        return err_set_field(e, "fileName", "The file's name is not valid UTF-8.");
    if (o->laps > COURSE_LAPS_MAX)
        return err_set_field(e, "laps", "Laps run from 1 to %u.", COURSE_LAPS_MAX);
    if (!isfinite(o->distance_m) || o->distance_m < 0)
        return err_set_field(e, "distance", "The distance is in metres, and more than 0.");
    return 0;
}

/* The name of the file without folders and ending. */
static void base_name(const char *file_name, char *out, size_t cap)
{
    const char *slash = strrchr(file_name, '/');
    char *dot;

    name_clean(out, cap, slash ? slash + 1 : file_name);
    dot = strrchr(out, '.');
    if (dot && dot > out)
        *dot = '\0';
}

/* Chooses the long name: the request's, the extension's, the file's, or the name of the file. A
 * name that any course could have gives way to the name of the file. */
static void choose_long_name(struct import *im, const char *base)
{
    const struct course_options *o = im->options;
    const struct draft *d = &im->draft;
    struct course_parts *p = &im->parts;
    const char *given = o->long_name ? o->long_name : d->extension.long_name;

    name_clean(p->long_name, sizeof p->long_name, given ? given : "");
    if (!*p->long_name && d->name && !(name_hints_generic(d->name) && *base))
        name_clean(p->long_name, sizeof p->long_name, d->name);
    if (!*p->long_name)
        (void)snprintf(p->long_name, sizeof p->long_name, "%s", base);
}

/* Chooses the short name. A valid one that the request or the file gives stays as it is, even "a--
 * b". Else it is made from that, from the long name, or from the file's name. A name of which most
 * letters would be lost (Chinese) gives way to the next. */
static void choose_short_name(struct import *im, const char *base)
{
    struct course_parts *p = &im->parts;
    const char *candidates[] = {im->options->short_name, im->draft.extension.short_name,
        im->draft.short_name, p->long_name, base};

    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (i < 3 && candidates[i] && course_name_valid(candidates[i])) {
            (void)snprintf(p->short_name, sizeof p->short_name, "%s", candidates[i]);
            return;
        }
        if (candidates[i] && name_slug(p->short_name, sizeof p->short_name, candidates[i]))
            return;
    }
    (void)snprintf(p->short_name, sizeof p->short_name, "course");
    if (*p->long_name) /* a name in a script that has no short form still gets one of its own */
        (void)snprintf(p->short_name, sizeof p->short_name, "course-%04x",
            (unsigned)(hash64((struct hash_key){0}, p->long_name, strlen(p->long_name)) & 0xffff));
}

static void choose_names(struct import *im)
{
    struct course_parts *p = &im->parts;
    char base[COURSE_LONG_NAME_MAX + 1] = "";

    if (im->options->file_name)
        base_name(im->options->file_name, base, sizeof base);
    choose_long_name(im, base);
    choose_short_name(im, base);
    if (!*p->long_name)
        memcpy(p->long_name, p->short_name, sizeof p->short_name);
}

/* The prepared line of the file. NULL if it has none, or one that does not match these vertices. */
static struct line *decode(const struct import *im, uint32_t laps)
{
    const char *prepared = im->draft.extension.prepared;
    struct err ignored;

    if (!prepared || im->options->reverse || im->route.n < 2)
        return NULL;
    return line_decode(im->route.at, im->route.n, laps, prepared, &ignored);
}

/* Adds the first spike to the error: a line may be too long because of one wrong place. Returns -1. */
static int add_spike(const struct diagnostics *notes, struct err *e)
{
    struct err plain = *e;

    for (size_t i = 0; i < notes->n; i++)
        if (strcmp(notes->item[i].code, "spike") == 0)
            return err_set(e, plain.code, "%.100s %.380s", plain.text, notes->item[i].text);
    return -1;
}

/* Prepares the line: from the prepared text if it matches, else anew. */
static int prepare(struct import *im, uint32_t laps, struct err *e)
{
    struct course_parts *p = &im->parts;

    p->line = decode(im, laps);
    if (p->line)
        return 0;
    if (im->draft.extension.prepared && !im->options->reverse && !im->options->laps)
        diagnostics_add(&p->notes, DIAGNOSTIC_WARNING, "prepared-anew", NULL,
            "The file's prepared line does not match its places (were they changed by hand?). The "
            "line was prepared again.");
    p->line = line_new(im->route.at, im->route.n, laps, e);
    return p->line ? 0 : add_spike(&p->notes, e);
}

/* Asks for the laps if nobody said them, and several make the declared length, or the file says some
 * that are not whole. */
static int ask_about_laps(struct import *im, const char *part, struct err *e)
{
    struct ask_laps a = {.route = &im->route,
        .line = im->choice.numbers,
        .name = im->parts.long_name,
        .declared_m = laps_declared_m(&im->draft, im->options),
        .said = part};

    if (!part && (im->options->laps || im->draft.extension.laps || a.declared_m <= 0))
        return 0;
    a.lap_m = route_length_m(&im->route);
    if (part)
        return ask_part_laps(im->options->question, &a, e);
    a.laps = laps_suggested(a.declared_m, a.lap_m);
    return a.laps ? ask_laps(im->options->question, &a, e) : 0;
}

/* Makes the course's line. If the file's prepared line matches its vertices, they are used as they
 * are. Else they are turned and closed as needed, and prepared. */
static int make_line(struct import *im, struct err *e)
{
    struct course_parts *p = &im->parts;
    struct endpoints *ends = &p->endpoints;
    char said[LAPS_SAID_MAX];
    uint32_t laps;

    if (im->draft.extension.laps)
        p->line = decode(im, im->options->laps ? im->options->laps : im->draft.extension.laps);
    im->as_stored = p->line != NULL;
    if (im->as_stored)
        return 0;
    route_drop_repeated(&im->route, &p->notes);
    outliers_report_spikes(im->route.at, im->route.n, &p->notes);
    route_turn(&im->route, ends->start.given ? &ends->start.at : NULL,
        ends->finish.given ? &ends->finish.at : NULL, &p->notes);
    if (im->options->reverse) {
        route_reverse(&im->route);
        if (!route_is_closed(&im->route))
            endpoints_swap(ends);
        diagnostics_add(&p->notes, DIAGNOSTIC_INFO, "reversed", NULL,
            "The line is run in the other direction, as requested.");
    }
    laps = laps_choose(&im->draft, im->options, &im->route, said, &p->notes);
    if (laps <= 1 && ask_about_laps(im, laps == 0 ? said : NULL, e))
        return -1;
    if (laps > 1)
        route_close(&im->route, &p->notes);
    return prepare(im, laps, e);
}

static struct fence *fence_of(const struct draft_shape *s, struct err *e)
{
    if (s->kind == DRAFT_POLYGON)
        return fence_new(s->at, s->ring_len, s->rings, e);
    return fence_new(s->at, &s->n, 1, e); /* a closed line with the name geofence */
}

/* Takes the first shape that is the geofence. An invalid one is left out with a diagnostic: the
 * course is still good. */
static void make_fence(struct import *im)
{
    struct course_parts *p = &im->parts;
    struct err why;
    size_t others = 0;
    size_t course = im->choice.outline ? 1 : 0; /* one area is the course */

    for (size_t i = 0; i < im->draft.n; i++) {
        const struct draft_shape *s = &im->draft.shape[i];
        bool named = name_hints_shape(s) == DRAFT_GEOFENCE;

        if (s->kind == DRAFT_POINT || (s->kind == DRAFT_LINE && !named))
            continue;
        if (!named || p->fence) {
            others++;
            continue;
        }
        p->fence = fence_of(s, &why);
        if (!p->fence)
            diagnostics_add(&p->notes, DIAGNOSTIC_WARNING, "geofence-refused",
                s->n ? &s->at[0] : NULL, "The file's geofence was left out: %.240s", why.text);
    }
    if (others > course)
        diagnostics_add(&p->notes, DIAGNOSTIC_INFO, "unused", NULL,
            "%zu of the file's areas were left out. A course has one geofence, and its name must "
            "say so.",
            others - course);
}

/* Decides what the draft means. The order matters: roles before the line, the line before
 * endpoints, endpoints before its direction, all that before its geofence. */
static int make_parts(struct import *im, struct err *e)
{
    struct course_parts *p = &im->parts;
    double declared_m;

    p->notes = im->draft.notes;
    diagnostics_init(&im->draft.notes);
    route_resolve_names(&im->draft);
    draft_settle_name(&im->draft);
    choose_names(im);
    if (!im->draft.extension.prepared)
        outliers_drop_zero(&im->draft, &p->notes);
    flags_from_lines(&im->draft);
    if (choose_lines(&im->draft, im->options, laps_titled_m(&im->draft, im->options), &im->choice,
            &p->notes, e) ||
        route_gather(&im->choice, &im->route, &p->notes, e))
        return -1;
    endpoints_find(
        &im->draft, im->route.at[0], im->route.at[im->route.n - 1], &p->endpoints, &p->notes);
    if (make_line(im, e))
        return -1;
    p->elevation_cm = elevation_of_line(&im->draft, p->line);
    endpoints_place(&p->endpoints, p->line, &p->notes);
    declared_m = laps_declared_m(&im->draft, im->options);
    laps_compare(declared_m, line_length_mm(p->line) / 1000.0, &p->notes);
    make_fence(im);
    checkpoints_find(&im->draft, p->line, im->as_stored, &p->checkpoints, &p->notes);
    /* A course that was exported and comes back keeps the diagnostics of its first import. */
    if (im->as_stored && im->draft.extension.has_diagnostics) {
        diagnostics_release(&p->notes);
        p->notes = im->draft.extension.diagnostics;
        diagnostics_init(&im->draft.extension.diagnostics);
    }
    return 0;
}

struct course *course_import(
    const void *file, size_t len, const struct course_options *o, struct err *e)
{
    static const struct course_options none;
    struct import im = {.options = o ? o : &none};
    struct course *c = NULL;

    if (len > COURSE_FILE_MAX) {
        (void)err_set(e, ERR_TOO_LARGE, "The file has %zu bytes; a course file has %u MiB at most.",
            len, COURSE_FILE_MAX >> 20);
        return NULL;
    }
    if (check_options(im.options, e))
        return NULL;
    draft_init(&im.draft);
    if (read_any(file, len, im.options->short_name, &im.draft, e) == 0 && make_parts(&im, e) == 0)
        c = course_make(&im.parts);
    draft_release(&im.draft);
    choose_release(&im.choice);
    route_release(&im.route);
    line_free(im.parts.line);
    free(im.parts.elevation_cm);
    fence_free(im.parts.fence);
    checkpoints_release(&im.parts.checkpoints);
    diagnostics_release(&im.parts.notes);
    return c;
}
