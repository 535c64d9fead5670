#include "board/id_map.h"

#include "base/mem.h"
#include "base/uuid.h"

#include <stdlib.h>

void id_map_init(struct id_map *m)
{
    *m = (struct id_map){.key = uuid_random53()};
}

void id_map_release(struct id_map *m)
{
    free(m->number);
    free(m->id);
    *m = (struct id_map){0};
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over the keyed id. */
static size_t slot_of(const struct id_map *m, int64_t id)
{
    uint64_t x = (uint64_t)id ^ m->key;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (size_t)(x ^ (x >> 31)) & (m->slots - 1);
}

uint32_t id_map_find(const struct id_map *m, int64_t id)
{
    size_t slot;

    if (!m->slots)
        return UINT32_MAX;
    for (slot = slot_of(m, id); m->number[slot]; slot = (slot + 1) & (m->slots - 1))
        if (m->id[slot] == id)
            return m->number[slot] - 1;
    return UINT32_MAX;
}

static void place(struct id_map *m, int64_t id, uint32_t number)
{
    size_t slot = slot_of(m, id);

    while (m->number[slot])
        slot = (slot + 1) & (m->slots - 1);
    m->number[slot] = number + 1;
    m->id[slot] = id;
}

static void grow(struct id_map *m)
{
    struct id_map old = *m;
    size_t slot;

    m->slots = old.slots ? old.slots * 2 : 64;
    m->number = mem_zalloc(m->slots, sizeof *m->number);
    m->id = mem_zalloc(m->slots, sizeof *m->id);
    for (slot = 0; slot < old.slots; slot++)
        if (old.number[slot])
            place(m, old.id[slot], old.number[slot] - 1);
    free(old.number);
    free(old.id);
}

void id_map_add(struct id_map *m, int64_t id, uint32_t number)
{
    if ((m->used + 1) * 2 > m->slots)
        grow(m);
    place(m, id, number);
    m->used++;
}
