/*
 * lines.h: the lines of a file, as a person would count them: the segments of a track are one line.
 * Lines are numbered from 1 in the file's order; areas follow.
 */
#ifndef COURSE_CHOOSE_LINES_H
#define COURSE_CHOOSE_LINES_H

#include "base/err.h"
#include "course/choose/flat.h"
#include "course/choose/order.h"
#include "course/choose/roles.h"
#include "course/draft.h"

#include <stdbool.h>
#include <stddef.h>

struct lines_item {
    size_t number;
    const struct draft_shape *shape; /* its first part; borrowed */
    struct stitch_piece *piece;      /* its parts in their order; borrowed from struct lines */
    const char **time;               /* of each part; borrowed likewise */
    size_t pieces;
    struct role role;   /* of its name, else of its folder */
    struct order order; /* of its parts */
    struct flat_line flat;
    bool in_race;    /* its folder is named after a race: "5 km" */
    bool closed;     /* it ends where it begins */
    bool area;       /* the outline of an area */
    const char *out; /* why it is not the race; NULL: it may be. A text that lives for ever */
};

struct lines {
    struct lines_item *item;
    size_t n;
    struct stitch_piece *piece;
    const char **time;
    struct lonlat origin; /* of the flat lines */
};

/* The lines and the areas of a draft that may be the course; geofences are none. Release it. */
struct lines lines_of(const struct draft *d);
void lines_release(struct lines *l);

/* The lines that the caller names: one name that one or several have, or numbers in their order. Writes
 * their indices to `out`, which has room for l->n. -1 with an error for the field "line". */
int lines_select(
    const struct lines *l, const char *said, size_t *out, size_t *n, struct err *e) MUST_CHECK;

/* All `n` places of the line's parts, in their order. The caller frees them. */
struct lonlat *lines_places(const struct lines_item *i, size_t n);

/* Where the line begins and ends. */
struct lonlat lines_begin(const struct lines_item *i);
struct lonlat lines_end(const struct lines_item *i);

/* How many lines are not left out. */
size_t lines_left(const struct lines *l);

/* Leaves the line out; the first reason stays. */
void lines_leave_out(struct lines_item *i, const char *why);

#endif
