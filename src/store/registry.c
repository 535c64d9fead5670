#include "store/registry.h"

#include "base/mem.h"
#include "base/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void registry_init(struct registry *r)
{
    *r = (struct registry){.key = {uuid_random53(), uuid_random53()}};
}

static void entry_free(struct entry *en)
{
    course_unref(en->course);
    course_unref(en->next_course);
    view_unref(en->view);
    columns_free(en->columns);
    buf_release(&en->events);
    free(en);
}

void registry_release(struct registry *r)
{
    size_t k;

    for (k = 0; k < r->n; k++)
        entry_free(r->entry[k]);
    free(r->entry);
    free(r->slot);
    *r = (struct registry){0};
}

/* The slot of `run_id`, or the free one where it would go. */
static size_t slot_of(const struct registry *r, const char *run_id)
{
    size_t s = (size_t)hash64(r->key, run_id, strlen(run_id)) & (r->slots - 1);

    while (r->slot[s] && strcmp(r->entry[r->slot[s] - 1]->run_id, run_id) != 0)
        s = (s + 1) & (r->slots - 1);
    return s;
}

struct entry *registry_find(const struct registry *r, const char *run_id)
{
    uint32_t place = r->slots ? r->slot[slot_of(r, run_id)] : 0;

    return place ? r->entry[place - 1] : NULL;
}

static void grow(struct registry *r)
{
    size_t k;

    r->slots = r->slots ? r->slots * 2 : 64;
    free(r->slot);
    r->slot = mem_zalloc(r->slots, sizeof *r->slot);
    for (k = 0; k < r->n; k++)
        r->slot[slot_of(r, r->entry[k]->run_id)] = (uint32_t)k + 1;
}

struct entry *registry_add(struct registry *r, const char *run_id)
{
    struct entry *en = mem_zalloc(1, sizeof *en);

    (void)snprintf(en->run_id, sizeof en->run_id, "%s", run_id);
    en->snapshot_raw = -1;
    watermark_init(&en->as_of, -1);
    if ((r->n + 1) * 2 > r->slots)
        grow(r);
    r->entry = mem_grow(r->entry, r->n, &r->cap, sizeof(struct entry *));
    r->entry[r->n++] = en;
    r->slot[slot_of(r, run_id)] = (uint32_t)r->n;
    return en;
}
