/* leave.c: leaves out lines that are not the race. */
#include "course/choose/leave.h"

#include "base/mem.h"
#include "course/name_hints.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARK_MAX_M 60.0        /* a mark across the course is not longer */
#define NAMED_MARK_MAX_M 200.0 /* nor one that is called "km 3" */
#define MARK_SHARE 0.1         /* and not longer than this share of the line that it marks */
#define END_NEAR_M 15.0
#define LANES_SHARE 0.2 /* lines that are shorter than this share of an area are lanes of it */
#define LANES_MAX_M 400.0
#define NO_COURSE_M 150.0 /* nobody races over so little, if there is an area too */

/* Whether a line of which `leaves` is false remains. */
static bool others_remain(const struct lines *l, bool (*leaves)(const struct lines_item *))
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->item[i].out && !leaves(&l->item[i]))
            return true;
    return false;
}

/* Leaves out those that `leaves` is true for, unless that are all. */
static void leave_all(struct lines *l, bool (*leaves)(const struct lines_item *), const char *why)
{
    if (!others_remain(l, leaves))
        return;
    for (size_t i = 0; i < l->n; i++)
        if (!l->item[i].out && leaves(&l->item[i]))
            lines_leave_out(&l->item[i], why);
}

static bool is_hidden(const struct lines_item *i)
{
    return i->shape->hidden;
}

static bool is_spare(const struct lines_item *i)
{
    return i->shape->spare;
}

static bool is_other(const struct lines_item *i)
{
    return i->role.kind == ROLE_OTHER;
}

static bool is_old(const struct lines_item *i)
{
    return i->role.kind == ROLE_OLD;
}

static bool is_alternative(const struct lines_item *i)
{
    return i->role.kind == ROLE_ALTERNATIVE;
}

/* Whether two names are the same but for their digits. */
static bool same_but_digits(const char *a, const char *b)
{
    for (;;) {
        while (isdigit((unsigned char)*a))
            a++;
        while (isdigit((unsigned char)*b))
            b++;
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

/* Leaves out "Course 2025" beside "Course 2026". */
static void leave_years(struct lines *l)
{
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->n; k++) {
            const struct lines_item *a = &l->item[i];
            const struct lines_item *b = &l->item[k];

            if (!a->out && !b->out && a->role.year && a->role.year < b->role.year &&
                same_but_digits(a->shape->name, b->shape->name))
                lines_leave_out(&l->item[i], "of an earlier year");
        }
}

/* Whether the line goes on where another ends: both of its ends are at ends of others, in two
 * places. */
static bool is_link(const struct lines *l, size_t i)
{
    const struct flat_line *f = &l->item[i].flat;
    bool at[2] = {false, false};

    for (size_t k = 0; k < l->n; k++) {
        const struct flat_line *g = &l->item[k].flat;

        for (int e = 0; k != i && !l->item[k].out && e < 2; e++) {
            struct flat_place end = g->at[e ? g->n - 1 : 0];
            double first = flat_distance(end, f->at[0]);
            double last = flat_distance(end, f->at[f->n - 1]);

            at[0] = at[0] || (first < END_NEAR_M && first < last);
            at[1] = at[1] || (last < END_NEAR_M && last < first);
        }
    }
    return at[0] && at[1];
}

/* Whether a short line is across or beside the longer one: "km 3", a tick. A lane that leads to an
 * end of the longer one is none. */
static bool is_mark_of(const struct lines_item *tick, const struct lines_item *course)
{
    double length = flat_length(&tick->flat);
    struct flat_place middle = flat_at(&tick->flat, length / 2);
    double most = tick->role.mark ? NAMED_MARK_MAX_M : MARK_MAX_M;
    double along;
    double off;

    if (length > most || length > MARK_SHARE * flat_length(&course->flat) ||
        (tick->role.kind == ROLE_LEG && tick->role.number >= 0))
        return false;
    off = flat_nearest(&course->flat, middle, &along);
    if (tick->role.mark && off <= length + END_NEAR_M)
        return true;
    if (off > fmax(3.0, 0.15 * length)) /* it does not cross the course */
        return off <= 0.6 * length && along > 2 * length &&
               along < flat_length(&course->flat) - 2 * length;
    return true;
}

static void leave_marks(struct lines *l)
{
    const struct lines_item *longest = NULL;

    for (size_t i = 0; i < l->n; i++)
        if (!l->item[i].out && (!longest || l->item[i].order.length_m > longest->order.length_m))
            longest = &l->item[i];
    for (size_t i = 0; longest && i < l->n; i++) {
        const struct lines_item *tick = &l->item[i];

        if (tick->out || tick->order.length_m > MARK_SHARE * longest->order.length_m ||
            is_link(l, i))
            continue;
        for (size_t k = 0; k < l->n && !tick->out; k++)
            if (k != i && !l->item[k].out && is_mark_of(tick, &l->item[k]))
                lines_leave_out(&l->item[i], "a mark across the course");
    }
}

void leave_areas(struct lines *l)
{
    double lines_m = 0;
    bool lanes = true;
    struct lines_item *area = NULL;

    for (size_t i = 0; i < l->n; i++) {
        struct lines_item *item = &l->item[i];

        if (item->area) {
            if (!area || (area->role.kind == ROLE_NONE && item->role.kind != ROLE_NONE))
                area = item->role.kind < ROLE_ALTERNATIVE || !area ? item : area;
        } else {
            lines_m += item->order.length_m;
            lanes = lanes && item->order.length_m < LANES_MAX_M;
        }
    }
    lanes = lanes && area && lines_m < LANES_SHARE * area->order.length_m &&
            area->role.kind < ROLE_ALTERNATIVE &&
            (area->role.kind != ROLE_NONE || area->role.race || lines_m < NO_COURSE_M);
    for (size_t i = 0; i < l->n; i++) {
        struct lines_item *item = &l->item[i];

        if (item->area && (item != area || (lines_m > 0 && !lanes)))
            lines_leave_out(item, ""); /* import says what became of areas */
        if (!item->area && lanes)
            lines_leave_out(item, "a lane beside the area");
    }
}

void leave_by_role(struct lines *l)
{
    leave_all(l, is_spare, "a route beside a track");
    leave_all(l, is_other, "beside the race by its name");
    leave_all(l, is_hidden, "hidden in the file");
    leave_all(l, is_old, "out of date by its name");
    leave_all(l, is_alternative, "an alternative by its name");
    leave_years(l);
    leave_marks(l);
}
