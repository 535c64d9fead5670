#include "store/shelf.h"

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

static struct shelf_item *find(const struct shelf *s, const char *short_name, const char *revision)
{
    size_t k;

    for (k = 0; k < s->n; k++) {
        struct shelf_item *it = &s->item[k];

        if (!strcmp(it->course->short_name, short_name) &&
            (revision ? !strcmp(it->course->revision, revision) : it->current))
            return it;
    }
    return NULL;
}

struct course *shelf_current(const struct shelf *s, const char *short_name)
{
    struct shelf_item *it = find(s, short_name, NULL);

    return it ? it->course : NULL;
}

struct course *shelf_revision(const struct shelf *s, const char *short_name, const char *revision)
{
    struct shelf_item *it = find(s, short_name, revision);

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
        if (s->item[k].current)
            list[len++] = course_ref(s->item[k].course);
    qsort(list, len, sizeof(struct course *), compare_names);
    *n = len;
    return list;
}

void shelf_retire(struct shelf *s, const char *short_name)
{
    struct shelf_item *it = find(s, short_name, NULL);

    if (it)
        it->current = false;
}

void shelf_put(struct shelf *s, struct course *c, bool current)
{
    struct shelf_item *it = find(s, c->short_name, c->revision);

    if (current)
        shelf_retire(s, c->short_name);
    (void)course_ref(c);
    if (!it) {
        s->item = mem_grow(s->item, s->n, &s->cap, sizeof *s->item);
        it = &s->item[s->n++];
        *it = (struct shelf_item){0};
    }
    course_unref(it->course);
    it->course = c;
    it->current = it->current || current;
}

void shelf_drop(struct shelf *s, const char *short_name, const char *revision)
{
    struct shelf_item *it = find(s, short_name, revision);

    if (!it || it->current)
        return;
    course_unref(it->course);
    *it = s->item[--s->n];
}
