/* context.c: one statement's view of the store. Everything is read once and kept, so that a join of
 * a table with itself joins the same moment. */
#include "sql/context.h"

#include "base/cancel.h"
#include "base/mem.h"
#include "sql/geometry/geometry.h"

#include <stdlib.h>
#include <string.h>

/* The store may make a view of a finished race for this statement alone. A statement over all races
 * keeps the first views only, so that its memory is bounded. */
#define VIEWS_KEPT_MAX 16u

void sql_context_init(struct sql_context *c, struct store *s, bool skip_upsert)
{
    *c = (struct sql_context){.store = s, .skip_upsert = skip_upsert};
}

/* Views are shared with the store by reference; courses and their bytes are the context's own. */
void sql_context_release(struct sql_context *c)
{
    for (size_t i = 0; i < c->races_n; i++)
        view_unref(c->view[i]);
    for (size_t i = 0; i < c->courses_n; i++) {
        struct sql_course *k = &c->course[i];

        buf_release(&k->map);
        buf_release(&k->fence);
        buf_release(&k->start);
        buf_release(&k->finish);
    }
    free(c->race);
    free(c->view);
    free(c->course);
    *c = (struct sql_context){.store = NULL};
}

/* A statement that was late once stays late: otherwise a cursor could go on after a function has
 * already ended the statement. */
bool sql_context_late(struct sql_context *c)
{
    if (!c->timed_out && cancel_due())
        c->timed_out = true;
    return c->timed_out;
}

int sql_context_races(struct sql_context *c, struct err *e)
{
    size_t n = 0;

    if (c->races_read)
        return 0;
    if (c->store->ops->races(c->store, &c->race, &n, e))
        return -1;
    for (size_t i = 0; i < n; i++)
        /* In place: the place written is never ahead of the place read. */
        if (c->race[i].state != RACE_DELETED)
            c->race[c->races_n++] = c->race[i];
    c->view = mem_zalloc(c->races_n, sizeof(struct view *));
    c->races_read = true;
    return 0;
}

/* Summaries alone. A course's vertices are loaded when a statement reads a geometry. */
int sql_context_courses(struct sql_context *c, struct err *e)
{
    struct course_summary *list = NULL;
    size_t n = 0;

    if (c->courses_read)
        return 0;
    if (c->store->ops->course_list(c->store, &list, &n, e))
        return -1;
    c->course = mem_zalloc(n, sizeof *c->course);
    for (size_t i = 0; i < n; i++)
        c->course[i].about = list[i];
    c->courses_n = n;
    c->courses_read = true;
    free(list);
    return 0;
}

size_t sql_context_find_race(const struct sql_context *c, const char *run_id)
{
    size_t i = 0;

    while (i < c->races_n && strcmp(c->race[i].spec.run_id, run_id) != 0)
        i++;
    return i;
}

/* A course whose file names no start or finish has the ends of its line. */
static void make_point(const struct course_point *p, struct lonlat otherwise, struct buf *out)
{
    struct lonlat at = p->given ? p->at : otherwise;

    sql_geometry_add_point(out, lonlat_deg(at.lon_nd), lonlat_deg(at.lat_nd));
}

/* The map runs from the finish to the start, as in the articles' data: their dashboard takes its
 * first point as the finish. */
static void make_map(const struct lonlat *vertex, size_t n, struct buf *out)
{
    struct lonlat *reversed = mem_alloc(n * sizeof *reversed);

    for (size_t i = 0; i < n; i++)
        reversed[i] = vertex[n - 1 - i];
    sql_geometry_add_line(out, reversed, n);
    free(reversed);
}

/* The four geometries of a course, all at once: a statement that reads one most often reads
 * another, and the loading is the slow part. */
static void make(struct sql_course *k, const struct course *c)
{
    const struct lonlat *vertex;
    const size_t *ring_len;
    const uint64_t *at_um;
    size_t n;

    n = line_vertices(c->line, &vertex, &at_um);
    make_map(vertex, n, &k->map);
    make_point(&c->start, vertex[0], &k->start);
    make_point(&c->finish, vertex[n - 1], &k->finish);
    if (c->fence) {
        n = fence_rings(c->fence, &vertex, &ring_len);
        sql_geometry_add_polygon(&k->fence, vertex, ring_len, n);
    }
    k->made = true;
}

int sql_context_make(struct sql_context *c, struct sql_course *k, struct err *e)
{
    struct course *course;

    if (k->made)
        return 0;
    course = c->store->ops->course_revision(c->store, k->about.short_name, k->about.revision, e);
    if (!course)
        return -1;
    make(k, course);
    course_unref(course);
    return 0;
}

/* A search through the list: a statement looks up few names, and there are at most some thousand
 * courses. */
struct sql_course *sql_context_find_course(struct sql_context *c, const char *short_name)
{
    for (size_t i = 0; i < c->courses_n; i++)
        if (strcmp(c->course[i].about.short_name, short_name) == 0)
            return &c->course[i];
    return NULL;
}

struct view *sql_context_view(struct sql_context *c, size_t i, struct err *e)
{
    struct view *v = c->view[i];

    if (v)
        return view_ref(v);
    v = c->store->ops->view(c->store, c->race[i].spec.run_id, e);
    /* Beyond that each use reads the view again; most are the store's own, which costs a
     * reference. */
    if (v && c->views_kept < VIEWS_KEPT_MAX) {
        c->view[i] = view_ref(v);
        c->views_kept++;
    }
    return v;
}
