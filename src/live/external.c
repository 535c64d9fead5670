/* external.c: see shared_feed.h for why records of external races are published here. */
#include "base/clock.h"
#include "base/mem.h"
#include "live/engine_impl.h"
#include "live/shared_feed.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE 20u   /* records in one round: ticks must not wait for a long list */
#define RETRY_MS 1000 /* after one that could not be published */

bool external_is_announced(const struct race_record *r)
{
    return r->external && !r->driver[0];
}

bool external_is_known(struct engine *en, const struct race_record *r)
{
    const struct store_ops *ops = en->store->ops;
    struct race_record had;
    struct err none;

    if (ops->deleted && ops->deleted(en->store, r->spec.run_id))
        return true;
    if (ops->race(en->store, r->spec.run_id, &had, &none) || external_is_announced(&had))
        return false;
    return !had.external ||
           (had.spec.start_s == r->spec.start_s && strcmp(had.spec.course, r->spec.course) == 0);
}

/* A list without doubles; it is short, since what is published leaves it. */
void external_note(struct shared_feed *s, const char *run_id)
{
    for (size_t i = 0; i < s->announced_n; i++)
        if (strcmp(s->announced[i], run_id) == 0)
            return;
    s->announced = mem_grow(s->announced, s->announced_n, &s->announced_cap, sizeof *s->announced);
    (void)snprintf(s->announced[s->announced_n++], sizeof *s->announced, "%s", run_id);
}

/* Publishes the record of one. -1: not now. */
static int publish_one(struct engine *en, const char *run_id)
{
    struct race_record r;
    struct err e = {0};

    if (en->store->ops->race(en->store, run_id, &r, &e))
        return 0; /* deleted, or not shown yet: then it is noted again when it is read again */
    if (!external_is_announced(&r))
        return 0; /* another server, or an earlier run of this one, has done it */
    return en->feed->ops->publish_race(en->feed, &r, &e);
}

/* From the end, because the last entry moves into a free place. */
void external_publish(struct engine *en, int64_t now_ms)
{
    struct shared_feed *s = &en->shared;
    unsigned n = 0;

    if (now_ms < s->announced_ms || s->waiting)
        return;
    for (size_t i = s->announced_n; i-- > 0 && n < AT_ONCE;) {
        if (!en->feed->ops->drives(en->feed, s->announced[i]))
            continue;
        if (publish_one(en, s->announced[i])) {
            s->announced_ms = now_ms + RETRY_MS;
            return;
        }
        memmove(s->announced[i], s->announced[--s->announced_n], sizeof *s->announced);
        n++;
    }
}
