#include "store/pinot/races.h"

#include "base/mem.h"
#include "base/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pinot_races_init(struct pinot_races *r)
{
    *r = (struct pinot_races){.key = {uuid_random53(), uuid_random53()}};
}

static void free_race(struct pinot_race *r)
{
    course_unref(r->course);
    course_unref(r->next_course);
    view_unref(r->view);
    buf_release(&r->roster);
    id_map_release(&r->numbers);
    pinot_state_release(&r->live);
    (void)pthread_mutex_destroy(&r->work);
    free(r->late);
    free(r->last_s);
    free(r);
}

void pinot_races_release(struct pinot_races *r)
{
    for (size_t k = 0; k < r->n; k++)
        free_race(r->at[k]);
    free(r->at);
    free(r->slot);
    *r = (struct pinot_races){0};
}

/* The slot of `run_id`, or the free one where it would go. */
static size_t slot_of(const struct pinot_races *r, const char *run_id)
{
    size_t s = (size_t)hash64(r->key, run_id, strlen(run_id)) & (r->slots - 1);

    while (r->slot[s] && strcmp(r->at[r->slot[s] - 1]->run_id, run_id) != 0)
        s = (s + 1) & (r->slots - 1);
    return s;
}

struct pinot_race *pinot_races_find(const struct pinot_races *r, const char *run_id)
{
    uint32_t place = r->slots ? r->slot[slot_of(r, run_id)] : 0;

    return place ? r->at[place - 1] : NULL;
}

static void grow(struct pinot_races *r)
{
    r->slots = r->slots ? r->slots * 2 : 64;
    free(r->slot);
    r->slot = mem_zalloc(r->slots, sizeof *r->slot);
    for (size_t k = 0; k < r->n; k++)
        r->slot[slot_of(r, r->at[k]->run_id)] = (uint32_t)k + 1;
}

struct pinot_race *pinot_races_add(struct pinot_races *r, const char *run_id)
{
    struct pinot_race *race = mem_zalloc(1, sizeof *race);

    (void)snprintf(race->run_id, sizeof race->run_id, "%s", run_id);
    (void)pthread_mutex_init(&race->work, NULL);
    pinot_state_init(&race->live);
    id_map_init(&race->numbers);
    if ((r->n + 1) * 2 > r->slots)
        grow(r);
    r->at = mem_grow(r->at, r->n, &r->cap, sizeof(struct pinot_race *));
    r->at[r->n++] = race;
    r->slot[slot_of(r, run_id)] = (uint32_t)r->n;
    return race;
}
