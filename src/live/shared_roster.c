/* shared_roster.c: rosters that come from the shared feed. A roster and its race are in different
 * topics, so a roster may come first; it is kept until its race comes. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EARLY_MAX 64u  /* more than races can be created at one moment; the oldest goes */
#define EARLY_MS 60000 /* a race whose record is nowhere by then has been deleted long ago */

static struct early_roster *find(struct shared_feed *s, const char *run_id)
{
    for (size_t i = 0; i < s->early_n; i++)
        if (strcmp(s->early[i].run_id, run_id) == 0)
            return &s->early[i];
    return NULL;
}

/* The last one takes its place. */
static void forget(struct shared_feed *s, struct early_roster *r)
{
    buf_release(&r->csv);
    *r = s->early[--s->early_n];
}

/* Topics have no order among each other: the race may be about to come. */
static void keep(struct shared_feed *s, const char *run_id, const char *csv, size_t len)
{
    struct early_roster *r = find(s, run_id);

    if (!r && s->early_n == EARLY_MAX)
        forget(s, &s->early[0]);
    if (!r) {
        s->early = mem_grow(s->early, s->early_n, &s->early_cap, sizeof *s->early);
        r = &s->early[s->early_n++];
        *r = (struct early_roster){.csv = BUF_INIT};
        (void)snprintf(r->run_id, sizeof r->run_id, "%s", run_id);
    }
    r->since_ms = clock_wall_ms();
    buf_clear(&r->csv);
    buf_add(&r->csv, csv, len);
}

/* The feed's sink. A roster of a deleted race is passed over. */
int shared_roster_put(void *engine, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct engine *en = engine;
    struct early_roster *r = find(&en->shared, run_id);

    if (en->store->ops->put_roster(en->store, run_id, csv, len, e) == 0) {
        if (r)
            forget(&en->shared, r);
        return 0;
    }
    if (e->code != ERR_NOT_FOUND)
        return -1;
    e->code = ERR_NONE;
    if (len && !en->store->ops->deleted(en->store, run_id))
        keep(&en->shared, run_id, csv, len);
    else if (r)
        forget(&en->shared, r);
    return 0;
}

void shared_roster_give(struct engine *en)
{
    struct shared_feed *s = &en->shared;
    int64_t now_ms = clock_wall_ms();

    for (size_t i = s->early_n; i-- > 0;) {
        struct early_roster *r = &s->early[i];
        struct err why;
        int rc = en->store->ops->put_roster(en->store, r->run_id, r->csv.data, r->csv.len, &why);

        if (rc && why.code != ERR_NOT_FOUND)
            log_warn("the names of race %s could not be kept: %s", r->run_id, why.text);
        if (!rc || why.code != ERR_NOT_FOUND || now_ms - r->since_ms > EARLY_MS)
            forget(s, r);
    }
}

bool shared_roster_waits(const struct engine *en)
{
    return en->shared.early_n > 0;
}

void shared_roster_release(struct shared_feed *s)
{
    while (s->early_n)
        forget(s, &s->early[s->early_n - 1]);
    free(s->early);
}

void shared_roster_drop(struct engine *en, const char *run_id)
{
    struct buf had = BUF_INIT;
    struct err why;

    if (en->store->ops->roster(en->store, run_id, &had, &why) == 0 && had.len &&
        en->feed->ops->publish_roster(en->feed, run_id, "", 0, &why))
        log_warn("the names of race %s stay in Kafka: %s", run_id, why.text);
    buf_release(&had);
}
