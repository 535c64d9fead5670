#include "store/course_set.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void course_set_release(struct course_set *s)
{
    size_t k;

    for (k = 0; k < s->n; k++)
        course_unref(s->item[k].course);
    free(s->item);
    *s = (struct course_set){0};
}

struct course_set_item *course_set_find(
    const struct course_set *s, const char *short_name, const char *revision)
{
    size_t k;

    for (k = 0; k < s->n; k++) {
        struct course_set_item *it = &s->item[k];

        if (!strcmp(it->about.short_name, short_name) &&
            (revision ? !strcmp(it->about.revision, revision) : it->current))
            return it;
    }
    return NULL;
}

struct course *course_set_current(const struct course_set *s, const char *short_name)
{
    struct course_set_item *it = course_set_find(s, short_name, NULL);

    return it ? it->course : NULL;
}

static int compare_names(const void *a, const void *b)
{
    const struct course *const *x = a, *const *y = b;

    return strcmp((*x)->short_name, (*y)->short_name);
}

struct course **course_set_list(const struct course_set *s, size_t *n)
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

void course_set_retire(struct course_set *s, const char *short_name)
{
    struct course_set_item *it = course_set_find(s, short_name, NULL);

    if (it)
        it->current = false;
}

static int compare_summaries(const void *a, const void *b)
{
    const struct course_summary *x = a, *y = b;

    return strcmp(x->short_name, y->short_name);
}

struct course_summary *course_set_summaries(const struct course_set *s, size_t *n)
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

static struct course_set_item *place(
    struct course_set *s, const struct course_summary *about, bool current)
{
    struct course_set_item *it = course_set_find(s, about->short_name, about->revision);

    if (current)
        course_set_retire(s, about->short_name);
    if (!it) {
        s->item = mem_grow(s->item, s->n, &s->cap, sizeof *s->item);
        it = &s->item[s->n++];
        *it = (struct course_set_item){0};
    }
    it->about = *about;
    it->current = it->current || current;
    return it;
}

void course_set_put(struct course_set *s, struct course *c, bool current)
{
    struct course_summary about = course_summary_of(c);
    struct course_set_item *it = place(s, &about, current);

    (void)course_ref(c);
    course_unref(it->course);
    it->course = c;
    it->used_ms = clock_wall_ms();
}

void course_set_put_summary(struct course_set *s, const struct course_summary *about, bool current)
{
    (void)place(s, about, current);
}

void course_set_copy(struct course_set *to, const struct course_set *from)
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

/* Most are at the same index in both, so that a search through all is rare. */
static const struct course_set_item *same_item(
    const struct course_set *s, const struct course_set_item *it, size_t k)
{
    if (k < s->n && !strcmp(s->item[k].about.short_name, it->about.short_name) &&
        !strcmp(s->item[k].about.revision, it->about.revision))
        return &s->item[k];
    return course_set_find(s, it->about.short_name, it->about.revision);
}

void course_set_take_loaded(struct course_set *to, const struct course_set *from)
{
    size_t k;

    for (k = 0; k < to->n; k++) {
        struct course_set_item *it = &to->item[k];
        const struct course_set_item *had = it->course ? NULL : same_item(from, it, k);

        if (had && had->course) {
            it->course = course_ref(had->course);
            it->used_ms = had->used_ms;
        }
    }
}

void course_set_drop(struct course_set *s, const char *short_name, const char *revision)
{
    struct course_set_item *it = course_set_find(s, short_name, revision);

    if (!it || it->current)
        return;
    course_unref(it->course);
    *it = s->item[--s->n];
}
