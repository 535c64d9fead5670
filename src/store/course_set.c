#include "store/course_set.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void shelf_release(struct shelf *s)
{
    size_t k;

    for (k = 0; k < s->n; k++)
        course_unref(s->item[k].course);
    free(s->item);
    *s = (struct shelf){0};
}

struct course_summary course_summary_of(const struct course *c)
{
    struct course_summary about = {.length_mm = c->length_mm,
        .laps = line_laps(c->line),
        .has_fence = c->fence != NULL,
        .diagnostics_n = c->diagnostics_n};

    memcpy(about.short_name, c->short_name, sizeof about.short_name);
    memcpy(about.long_name, c->long_name, sizeof about.long_name);
    memcpy(about.revision, c->revision, sizeof about.revision);
    return about;
}

struct shelf_item *shelf_find(const struct shelf *s, const char *short_name, const char *revision)
{
    size_t k;

    for (k = 0; k < s->n; k++) {
        struct shelf_item *it = &s->item[k];

        if (!strcmp(it->about.short_name, short_name) &&
            (revision ? !strcmp(it->about.revision, revision) : it->current))
            return it;
    }
    return NULL;
}

struct course *shelf_current(const struct shelf *s, const char *short_name)
{
    struct shelf_item *it = shelf_find(s, short_name, NULL);

    return it ? it->course : NULL;
}

struct course *shelf_revision(const struct shelf *s, const char *short_name, const char *revision)
{
    struct shelf_item *it = shelf_find(s, short_name, revision);

    return it ? it->course : NULL;
}

static int compare_names(const void *a, const void *b)
{
    const struct course *const *x = a, *const *y = b;

    return strcmp((*x)->short_name, (*y)->short_name);
}

struct course **shelf_list(const struct shelf *s, size_t *n)
{
    struct course **list = mem_alloc((s->n + 1) * sizeof(struct course *));
    size_t k, len = 0;

    for (k = 0; k < s->n; k++)
        if (s->item[k].current && s->item[k].course)
            list[len++] = course_ref(s->item[k].course);
    qsort(list, len, sizeof(struct course *), compare_names);
    *n = len;
    return list;
}

void shelf_retire(struct shelf *s, const char *short_name)
{
    struct shelf_item *it = shelf_find(s, short_name, NULL);

    if (it)
        it->current = false;
}

static int compare_summaries(const void *a, const void *b)
{
    const struct course_summary *x = a, *y = b;

    return strcmp(x->short_name, y->short_name);
}

struct course_summary *shelf_summaries(const struct shelf *s, size_t *n)
{
    struct course_summary *list = mem_alloc((s->n + 1) * sizeof *list);
    size_t k, len = 0;

    for (k = 0; k < s->n; k++)
        if (s->item[k].current)
            list[len++] = s->item[k].about;
    qsort(list, len, sizeof *list, compare_summaries);
    *n = len;
    return list;
}

static struct shelf_item *place(struct shelf *s, const struct course_summary *about, bool current)
{
    struct shelf_item *it = shelf_find(s, about->short_name, about->revision);

    if (current)
        shelf_retire(s, about->short_name);
    if (!it) {
        s->item = mem_grow(s->item, s->n, &s->cap, sizeof *s->item);
        it = &s->item[s->n++];
        *it = (struct shelf_item){0};
    }
    it->about = *about;
    it->current = it->current || current;
    return it;
}

void shelf_put(struct shelf *s, struct course *c, bool current)
{
    struct course_summary about = course_summary_of(c);
    struct shelf_item *it = place(s, &about, current);

    (void)course_ref(c);
    course_unref(it->course);
    it->course = c;
    it->used_ms = clock_wall_ms();
}

void shelf_put_summary(struct shelf *s, const struct course_summary *about, bool current)
{
    (void)place(s, about, current);
}

void shelf_copy(struct shelf *to, const struct shelf *from)
{
    size_t k;

    to->item = mem_alloc((from->n + 1) * sizeof *to->item);
    to->n = from->n;
    to->cap = from->n + 1;
    for (k = 0; k < from->n; k++) {
        to->item[k] = from->item[k];
        if (to->item[k].course)
            (void)course_ref(to->item[k].course);
    }
}

void shelf_take_loaded(struct shelf *to, const struct shelf *from)
{
    size_t k;

    for (k = 0; k < to->n; k++) {
        struct shelf_item *it = &to->item[k];
        const struct shelf_item *had =
            it->course ? NULL : shelf_find(from, it->about.short_name, it->about.revision);

        if (had && had->course) {
            it->course = course_ref(had->course);
            it->used_ms = had->used_ms;
        }
    }
}

void shelf_drop(struct shelf *s, const char *short_name, const char *revision)
{
    struct shelf_item *it = shelf_find(s, short_name, revision);

    if (!it || it->current)
        return;
    course_unref(it->course);
    *it = s->item[--s->n];
}
