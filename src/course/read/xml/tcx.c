/* tcx.c: TCX, element by element. */
#include "course/read/xml/tcx.h"

#include "base/mem.h"
#include "course/read/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum element { OTHER, GROUP, TRACKPOINT, COURSE_POINT, POSITION }; /* GROUP: Course, Activity */

struct read_tcx {
    struct draft *draft;
    enum element *stack;
    size_t depth;
    size_t cap;
    size_t first;       /* the group's first shape */
    bool in_line;       /* the draft's last shape is the group's line */
    bool has_point;     /* the draft's last shape is the current course point */
    char *name;         /* the group's */
    char *point;        /* the name of the current course point */
    char *type;         /* and its type, such as Water */
    double place[2];    /* the current position: longitude, latitude */
    bool has[2];        /* which of them are there */
    double elevation_m; /* of the current Trackpoint; NaN: not said */
    bool placed;        /* its position is the draft's last place */
};

struct read_tcx *read_tcx_new(struct draft *d)
{
    struct read_tcx *t = mem_zalloc(1, sizeof *t);

    t->draft = d;
    return t;
}

void read_tcx_free(struct read_tcx *t)
{
    if (!t)
        return;
    free(t->stack);
    free(t->name);
    free(t->point);
    free(t->type);
    free(t);
}

bool read_tcx_root(const char *name)
{
    return strcmp(name, "TrainingCenterDatabase") == 0;
}

/* The elements that matter here; all others are OTHER. */
static enum element element_of(const char *name)
{
    static const struct {
        const char *name;
        enum element element;
    } elements[] = {
        {"Course", GROUP},
        {"Activity", GROUP},
        {"Trackpoint", TRACKPOINT},
        {"CoursePoint", COURSE_POINT},
        {"Position", POSITION},
    };

    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(name, elements[i].name) == 0)
            return elements[i].element;
    return OTHER;
}

/* The element around the current one. */
static enum element parent(const struct read_tcx *t)
{
    return t->depth > 1 ? t->stack[t->depth - 2] : OTHER;
}

static void replace(char **slot, const char *text)
{
    free(*slot);
    *slot = text ? mem_strdup(text) : NULL;
}

int read_tcx_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct read_tcx *t = arg;
    enum element element = element_of(name);

    (void)attrs;
    (void)e;
    t->stack = mem_grow(t->stack, t->depth, &t->cap, sizeof *t->stack);
    t->stack[t->depth++] = element;
    if (element == GROUP) {
        t->first = t->draft->n;
        t->in_line = false;
        replace(&t->name, NULL);
    } else if (element == COURSE_POINT) {
        t->has_point = false;
        replace(&t->point, NULL);
        replace(&t->type, NULL);
    } else if (element == TRACKPOINT) {
        t->elevation_m = NAN;
        t->placed = false;
    } else if (element == POSITION) {
        t->has[0] = t->has[1] = false;
    }
    return 0;
}

/* Takes the longitude (0) or latitude (1) of a position. */
static int take_degrees(struct read_tcx *t, int which, const char *text, struct err *e)
{
    const char *at = read_number(text + strspn(text, " \t\r\n"), &t->place[which]);

    if (!at || at[strspn(at, " \t\r\n")])
        return err_set(e, ERR_INVALID,
            "Place %zu of the file has the %s \"%.40s\", which is not in degrees.",
            t->draft->points + 1, which ? "latitude" : "longitude", text);
    t->has[which] = true;
    return 0;
}

/* Adds the position to the line, or as a course point. A moment without a whole position is
 * skipped: watches write such while they look for satellites. */
static int end_position(struct read_tcx *t, struct err *e)
{
    struct draft *d = t->draft;

    if (!t->has[0] || !t->has[1])
        return 0;
    if (parent(t) == COURSE_POINT) {
        if (draft_begin(d, DRAFT_POINT, DRAFT_PLAIN, NULL, e))
            return -1;
        t->in_line = false;
        t->has_point = true;
    } else if (parent(t) == TRACKPOINT) {
        if (!t->in_line && draft_begin(d, DRAFT_LINE, DRAFT_PLAIN, NULL, e))
            return -1;
        t->in_line = true;
    } else {
        return 0;
    }
    t->placed = parent(t) == TRACKPOINT;
    return draft_add(d, t->place[0], t->place[1], e);
}

/* Names the lines of a course or activity. */
static void end_group(struct read_tcx *t)
{
    struct draft *d = t->draft;

    for (size_t i = t->first; t->name && i < d->n; i++) {
        if (d->shape[i].kind != DRAFT_LINE)
            continue;
        draft_shape_name(&d->shape[i], t->name);
        draft_name(d, t->name, 20);
    }
    t->in_line = false;
}

/* Names the course point. */
static void end_point(struct read_tcx *t)
{
    struct draft_shape *s = t->has_point ? &t->draft->shape[t->draft->n - 1] : NULL;

    if (s && t->point)
        draft_shape_name(s, t->point);
    if (s && t->type)
        draft_shape_type(s, t->type);
}

int read_tcx_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct read_tcx *t = arg;
    enum element element = t->stack[t->depth - 1];
    enum element holder = parent(t);
    double elevation_m;
    int ret = 0;

    if (element == POSITION)
        ret = end_position(t, e);
    else if (element == GROUP)
        end_group(t);
    else if (element == COURSE_POINT)
        end_point(t);
    else if (strcmp(name, "PointType") == 0 && holder == COURSE_POINT)
        replace(&t->type, text);
    else if (element == TRACKPOINT && t->placed)
        draft_elevate(t->draft, t->elevation_m);
    else if (strcmp(name, "AltitudeMeters") == 0 && holder == TRACKPOINT)
        t->elevation_m = read_whole_number(text, &elevation_m) ? elevation_m : NAN;
    else if (strcmp(name, "LongitudeDegrees") == 0 && holder == POSITION)
        ret = take_degrees(t, 0, text, e);
    else if (strcmp(name, "LatitudeDegrees") == 0 && holder == POSITION)
        ret = take_degrees(t, 1, text, e);
    else if (strcmp(name, "Name") == 0 && (holder == GROUP || holder == COURSE_POINT))
        replace(holder == GROUP ? &t->name : &t->point, text);
    else if (strcmp(name, "Notes") == 0 && holder == GROUP)
        draft_describe(t->draft, text);
    t->depth--;
    return ret;
}
