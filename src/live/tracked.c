#include "live/shared_feed.h"

#include "base/mem.h"

#include <string.h>

struct tracked_race *tracked_find(struct shared_feed *s, const char *run_id)
{
    for (size_t i = 0; i < s->tracked_n; i++)
        if (strcmp(s->tracked[i].race.spec.run_id, run_id) == 0)
            return &s->tracked[i];
    return NULL;
}

bool tracked_is_simulates(const struct race_record *r)
{
    return strncmp(r->driver, SHARED_FEED_SIMULATE, sizeof SHARED_FEED_SIMULATE - 1) == 0;
}

void tracked_put(struct shared_feed *s, const struct race_record *r)
{
    struct tracked_race *w = tracked_find(s, r->spec.run_id);

    if (r->external || tracked_is_simulates(r) || !driver_wanted(r->state)) {
        if (w)
            *w = s->tracked[--s->tracked_n];
        return;
    }
    if (!w) {
        s->tracked = mem_grow(s->tracked, s->tracked_n, &s->tracked_cap, sizeof *s->tracked);
        w = &s->tracked[s->tracked_n++];
        *w = (struct tracked_race){.last_raw_s = -1};
    }
    w->race = *r;
}

const struct race_record *tracked_on_course(const struct shared_feed *s, const char *course)
{
    for (size_t i = 0; i < s->tracked_n; i++)
        if (strcmp(s->tracked[i].race.spec.course, course) == 0)
            return &s->tracked[i].race;
    return NULL;
}
