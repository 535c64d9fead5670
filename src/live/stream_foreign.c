/*
 * stream_foreign.c: races that other producers have announced, with the three fields of the
 * articles and no record of Trackside's. Their producers need not agree with ours about partitions,
 * and Pinot knows a key in its own partition only: a later record of the same race would be a
 * second row. So the server that drives the race's partition publishes its record once, into the
 * partition that all servers use, and the table takes only records that have one.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "live/engine_impl.h"
#include "live/shared_feed.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE 20u
#define RETRY_MS 1000

bool stream_is_plain(const struct race_record *r)
{
    return r->foreign && !r->driver[0];
}

/* What is known of it already says more. */
bool stream_knows_more(struct engine *en, const struct race_record *plain)
{
    const struct store_ops *ops = en->store->ops;
    struct race_record had;
    struct err none;

    if (ops->deleted && ops->deleted(en->store, plain->spec.run_id))
        return true;
    if (ops->race(en->store, plain->spec.run_id, &had, &none) || stream_is_plain(&had))
        return false;
    return !had.foreign || (had.spec.start_s == plain->spec.start_s &&
                               strcmp(had.spec.course, plain->spec.course) == 0);
}

void stream_note_plain(struct engine *en, const char *run_id)
{
    struct shared_feed *st = &en->stream;

    for (size_t i = 0; i < st->plain_n; i++)
        if (strcmp(st->plain[i], run_id) == 0)
            return;
    st->plain = mem_grow(st->plain, st->plain_n, &st->plain_cap, sizeof *st->plain);
    (void)snprintf(st->plain[st->plain_n++], sizeof *st->plain, "%s", run_id);
}

/* Publishes the record of one. -1: not now. */
static int publish_one(struct engine *en, const char *run_id)
{
    struct race_record r;
    struct err e = {0};

    if (en->store->ops->race(en->store, run_id, &r, &e))
        return 0; /* deleted, or not shown yet: then it is noted again when it is read again */
    if (!stream_is_plain(&r))
        return 0; /* another server, or an earlier run of this one, has done it */
    return en->feed->ops->publish_race(en->feed, &r, &e);
}

void stream_publish_plain(struct engine *en, int64_t now_ms)
{
    struct shared_feed *st = &en->stream;
    unsigned n = 0;

    if (now_ms < st->plain_ms || st->waiting)
        return;
    for (size_t i = st->plain_n; i-- > 0 && n < AT_ONCE;) {
        if (!en->feed->ops->drives(en->feed, st->plain[i]))
            continue;
        if (publish_one(en, st->plain[i])) {
            st->plain_ms = now_ms + RETRY_MS;
            return;
        }
        memmove(st->plain[i], st->plain[--st->plain_n], sizeof *st->plain);
        n++;
    }
}
