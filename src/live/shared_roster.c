#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EARLY_MAX 64u
#define EARLY_MS 60000 /* a race whose record is nowhere by then has been deleted long ago */

static struct early_roster *find(struct shared_feed *st, const char *run_id)
{
    for (size_t i = 0; i < st->early_n; i++)
        if (strcmp(st->early[i].run_id, run_id) == 0)
            return &st->early[i];
    return NULL;
}

static void forget(struct shared_feed *st, struct early_roster *r)
{
    buf_release(&r->csv);
    *r = st->early[--st->early_n];
}

/* Topics have no order among each other: the race may be about to come. */
static void keep(struct shared_feed *st, const char *run_id, const char *csv, size_t len)
{
    struct early_roster *r = find(st, run_id);

    if (!r && st->early_n == EARLY_MAX)
        forget(st, &st->early[0]);
    if (!r) {
        st->early = mem_grow(st->early, st->early_n, &st->early_cap, sizeof *st->early);
        r = &st->early[st->early_n++];
        *r = (struct early_roster){.csv = BUF_INIT};
        (void)snprintf(r->run_id, sizeof r->run_id, "%s", run_id);
    }
    r->since_ms = clock_wall_ms();
    buf_clear(&r->csv);
    buf_add(&r->csv, csv, len);
}

int shared_feed_on_roster(
    void *engine, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct engine *en = engine;
    struct early_roster *r = find(&en->stream, run_id);

    if (en->store->ops->put_roster(en->store, run_id, csv, len, e) == 0) {
        if (r)
            forget(&en->stream, r);
        return 0;
    }
    if (e->code != ERR_NOT_FOUND)
        return -1;
    e->code = ERR_NONE;
    if (len && !en->store->ops->deleted(en->store, run_id))
        keep(&en->stream, run_id, csv, len);
    else if (r)
        forget(&en->stream, r);
    return 0;
}

void shared_feed_give_rosters(struct engine *en)
{
    struct shared_feed *st = &en->stream;
    int64_t now_ms = clock_wall_ms();

    for (size_t i = st->early_n; i-- > 0;) {
        struct early_roster *r = &st->early[i];
        struct err why;
        int rc = en->store->ops->put_roster(en->store, r->run_id, r->csv.data, r->csv.len, &why);

        if (rc && why.code != ERR_NOT_FOUND)
            log_warn("the names of race %s could not be kept: %s", r->run_id, why.text);
        if (!rc || why.code != ERR_NOT_FOUND || now_ms - r->since_ms > EARLY_MS)
            forget(st, r);
    }
}

bool shared_feed_waits_for_rosters(const struct engine *en)
{
    return en->stream.early_n > 0;
}

void shared_feed_release_rosters(struct engine *en)
{
    struct shared_feed *st = &en->stream;

    while (st->early_n)
        forget(st, &st->early[st->early_n - 1]);
    free(st->early);
}
