/* lines.c: the lines of a file. */
#include "course/choose/lines.h"

#include "base/mem.h"
#include "course/name_hints.h"
#include "geo/planar.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSED_M 30.0 /* ends so near, or this share of the line, make it a loop */
#define CLOSED_SHARE 0.02
#define VERTICES_ALL 20000u /* of all thinned lines together; each has 16 to 512 */

/* Whether the shape may be the course, as a line or as an outline. */
static bool may_be_course(const struct draft_shape *s, bool area)
{
    if (s->n < 2 || s->kind == DRAFT_POINT || name_hints_shape(s) == DRAFT_GEOFENCE)
        return false;
    return area ? s->kind == DRAFT_POLYGON && s->rings > 0 && s->ring_len[0] >= 2
                : s->kind == DRAFT_LINE;
}

static struct stitch_piece piece_of(const struct draft_shape *s, size_t number)
{
    return (struct stitch_piece){
        .at = s->at, .n = s->kind == DRAFT_POLYGON ? s->ring_len[0] : s->n, .number = number};
}

/* The role of a line. Its own name counts first; a folder says what all in it is. */
static struct role role_of(const struct draft_shape *s)
{
    struct role role = roles_of(s->name);
    struct role folder;

    if (!s->folder)
        return role;
    folder = roles_of(s->folder);
    if (role.kind == ROLE_NONE || (role.kind == ROLE_COURSE && folder.kind >= ROLE_ALTERNATIVE))
        role.kind = folder.kind;
    return role;
}

/* Adds a piece to the line of its group, or begins a line with it. */
static void add(struct lines *l, const struct draft_shape *s, size_t *pieces, bool area)
{
    struct lines_item *last = l->n ? &l->item[l->n - 1] : NULL;

    if (!last || area || last->area || s->group == 0 || last->shape->group != s->group) {
        last = &l->item[l->n++];
        *last = (struct lines_item){.number = l->n,
            .shape = s,
            .piece = l->piece + *pieces,
            .time = l->time + *pieces,
            .role = role_of(s),
            .in_race = s->folder && roles_of(s->folder).race,
            .area = area};
    }
    last->piece[last->pieces] = piece_of(s, last->pieces);
    last->time[last->pieces] = s->time;
    last->pieces++;
    ++*pieces;
}

/* Orders the parts of the line by the times of their first places, else as they come. */
static void order_parts(struct lines_item *i)
{
    struct order_hint *hints = mem_zalloc(i->pieces, sizeof *hints);

    for (size_t k = 0; k < i->pieces; k++)
        hints[k] = (struct order_hint){-1, i->time[k]};
    i->order = order_pieces(i->piece, i->pieces, hints, NULL);
    free(hints);
}

struct lonlat *lines_places(const struct lines_item *i, size_t n)
{
    struct lonlat *at = mem_zalloc(n, sizeof *at);
    size_t used = 0;

    for (size_t k = 0; k < i->pieces; k++)
        for (size_t v = 0; v < i->piece[k].n; v++)
            at[used++] = i->piece[k].at[i->piece[k].turned ? i->piece[k].n - 1 - v : v];
    return at;
}

/* Projects the line with all its parts. */
static void flatten(struct lines_item *i, struct lonlat origin, size_t max)
{
    struct lonlat *at;
    size_t n = 0;

    for (size_t k = 0; k < i->pieces; k++)
        n += i->piece[k].n;
    at = lines_places(i, n);
    i->flat = flat_line(origin, at, n, max);
    free(at);
}

struct lonlat lines_begin(const struct lines_item *i)
{
    return stitch_piece_first(&i->piece[0]);
}

struct lonlat lines_end(const struct lines_item *i)
{
    return stitch_piece_last(&i->piece[i->pieces - 1]);
}

static void measure(struct lines *l)
{
    size_t max = l->n ? VERTICES_ALL / l->n : 0;

    max = max < 16 ? 16 : max > 512 ? 512 : max;
    for (size_t k = 0; k < l->n; k++) {
        struct lines_item *i = &l->item[k];
        double apart;

        order_parts(i);
        if (l->n > 1) /* nothing to compare a single line with */
            flatten(i, l->origin, max);
        apart = planar_distance_m(lines_begin(i), lines_end(i));
        i->closed = i->area || (apart <= fmax(CLOSED_M, CLOSED_SHARE * i->order.length_m) &&
                                   i->order.length_m > 4 * apart);
    }
}

struct lines lines_of(const struct draft *d)
{
    struct lines l = {.item = mem_zalloc(d->n + 1, sizeof *l.item),
        .piece = mem_zalloc(d->n + 1, sizeof *l.piece),
        .time = mem_zalloc(d->n + 1, sizeof *l.time)};
    size_t pieces = 0;

    for (int area = 0; area < 2; area++)
        for (size_t i = 0; i < d->n; i++)
            if (may_be_course(&d->shape[i], area))
                add(&l, &d->shape[i], &pieces, area);
    if (l.n)
        l.origin = l.piece[0].at[0];
    measure(&l);
    return l;
}

void lines_release(struct lines *l)
{
    for (size_t i = 0; i < l->n; i++)
        flat_line_release(&l->item[i].flat);
    free(l->item);
    free(l->piece);
    free(l->time);
    *l = (struct lines){0};
}

/* Reads "1,3". False if the text is no list of numbers, or if one of them has no line. */
static bool read_numbers(const struct lines *l, const char *said, size_t *out, size_t *n)
{
    const char *at = said;

    *n = 0;
    for (;;) {
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        bool again = false;

        if (!isdigit((unsigned char)*at) || number < 1 || number > l->n)
            return false;
        for (size_t i = 0; i < *n; i++)
            again = again || out[i] == number - 1;
        if (!again)
            out[(*n)++] = number - 1;
        if (*end == '\0')
            return true;
        at = end + 1;
        if (*end != ',')
            return false;
    }
}

int lines_select(const struct lines *l, const char *said, size_t *out, size_t *n, struct err *e)
{
    if (read_numbers(l, said, out, n))
        return 0;
    *n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (strcasecmp(l->item[i].shape->name, said) == 0)
            out[(*n)++] = i;
    if (*n)
        return 0;
    return err_set_field(e, "line",
        "The file has no line \"%.60s\": it has %zu line%s. Give the name of one, or numbers from "
        "1 "
        "to %zu (1,3).",
        said, l->n, l->n == 1 ? "" : "s", l->n);
}

size_t lines_left(const struct lines *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        n += !l->item[i].out;
    return n;
}

void lines_leave_out(struct lines_item *i, const char *why)
{
    if (!i->out)
        i->out = why;
}
