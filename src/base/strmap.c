/* strmap.c: open addressing with linear probing. At most half of the slots are used, so a look-up
 * ends after a few steps. */
#include "base/strmap.h"

#include "base/mem.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

void strmap_init(struct strmap *m)
{
    *m = (struct strmap){.key = {uuid_random53(), uuid_random53()}};
}

void strmap_release(struct strmap *m)
{
    free(m->item);
    free(m->slot);
    *m = (struct strmap){0};
}

/* The slot of `name`, or the free one where it would go. */
static size_t slot_of(const struct strmap *m, const char *name)
{
    size_t s = (size_t)hash64(m->key, name, strlen(name)) & (m->slots - 1);

    while (m->slot[s] && strcmp(m->item[m->slot[s] - 1].name, name) != 0)
        s = (s + 1) & (m->slots - 1);
    return s;
}

void *strmap_find(const struct strmap *m, const char *name)
{
    uint32_t place = m->slots ? m->slot[slot_of(m, name)] : 0;

    return place ? m->item[place - 1].value : NULL;
}

/* Places are worked out anew from the names; the items stay where they are. */
static void grow(struct strmap *m)
{
    m->slots = m->slots ? m->slots * 2 : 64;
    free(m->slot);
    m->slot = mem_zalloc(m->slots, sizeof *m->slot);
    for (size_t k = 0; k < m->n; k++)
        m->slot[slot_of(m, m->item[k].name)] = (uint32_t)k + 1;
}

void strmap_add(struct strmap *m, const char *name, void *value)
{
    if ((m->n + 1) * 2 > m->slots)
        grow(m);
    m->item = mem_grow(m->item, m->n, &m->cap, sizeof *m->item);
    m->item[m->n++] = (struct strmap_item){name, value};
    m->slot[slot_of(m, name)] = (uint32_t)m->n;
}
