/* checkpoint.c: the list of a course's checkpoints. */
#include "course/checkpoint/checkpoint.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {"", "checkpoint", "aid", "timing", "exchange"};

void checkpoints_release(struct checkpoints *list)
{
    free(list->item);
    *list = (struct checkpoints){0};
}

void checkpoints_add(struct checkpoints *list, const struct checkpoint *c)
{
    list->item = mem_grow(list->item, list->n, &list->cap, sizeof *list->item);
    list->item[list->n++] = *c;
}

/* For qsort: the nearer to the start first, then by name, so that the order is always the same. */
static int compare(const void *a, const void *b)
{
    const struct checkpoint *x = a;
    const struct checkpoint *y = b;

    if (x->dist_mm != y->dist_mm)
        return x->dist_mm < y->dist_mm ? -1 : 1;
    return strcmp(x->name, y->name);
}

void checkpoints_settle(struct checkpoints *list)
{
    if (list->n)
        qsort(list->item, list->n, sizeof *list->item, compare);
    for (size_t i = 0; i < list->n; i++) {
        list->item[i].pass = 0;
        list->item[i].passes = 0;
        for (size_t j = 0; j < list->n; j++) {
            bool same = strcmp(list->item[i].name, list->item[j].name) == 0;

            list->item[i].passes += same;
            list->item[i].pass += same && j <= i;
        }
    }
}

struct checkpoints checkpoints_copy(const struct checkpoints *list)
{
    struct checkpoints copy = {0};

    for (size_t i = 0; i < list->n; i++)
        checkpoints_add(&copy, &list->item[i]);
    return copy;
}

bool checkpoints_repeat(const struct checkpoints *list, size_t i)
{
    const struct checkpoint *c = &list->item[i];

    for (size_t j = 0; j < i; j++) {
        const struct checkpoint *before = &list->item[j];

        if (lonlat_same(before->at, c->at) && strcmp(before->name, c->name) == 0)
            return true;
    }
    return false;
}

const char *checkpoint_kind_name(enum checkpoint_kind kind)
{
    return kind_names[kind];
}

enum checkpoint_kind checkpoint_kind_parse(const char *name)
{
    for (size_t i = 1; i < sizeof kind_names / sizeof kind_names[0]; i++)
        if (strcmp(name, kind_names[i]) == 0)
            return (enum checkpoint_kind)i;
    return CHECKPOINT_NONE;
}

void checkpoint_label(const struct checkpoint *c, struct buf *out)
{
    buf_adds(out, c->name);
    if (c->passes > 1)
        buf_addf(out, " (%u)", c->pass);
}
