#include "store/pinot/pinot_internal.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/tables/parkrun_REALTIME/consumingSegmentsInfo"
/* A consumer that has stood still for so long while records waited. Closing a segment takes less,
 * unless it is a very large one. */
#define STUCK_MS 30000

/* {"0": "3871854"}: the next offset of one partition. Of replicas the one that is ahead. */
static void take_offsets(json_t *offsets, struct store_stats *out)
{
    const char *partition;
    json_t *value;

    json_object_foreach(offsets, partition, value)
    {
        char *end;
        unsigned long p = strtoul(partition, &end, 10);
        const char *text = json_string_value(value);
        int64_t offset = text ? strtoll(text, NULL, 10) : json_integer_value(value);

        if (end == partition || *end || p >= FEED_PARTITIONS_MAX)
            continue;
        for (; out->partitions <= p; out->partitions++)
            out->consumed[out->partitions] = -1;
        if (offset > out->consumed[p])
            out->consumed[p] = offset;
    }
}

/* False: this is no answer. Without any partition it is one too: none is being consumed. */
static bool take_answer(const struct buf *answer, struct store_stats *out)
{
    bool known;
    json_t *j = json_loadb(answer->data, answer->len, 0, NULL), *servers;
    const char *segment;

    json_object_foreach(json_object_get(j, "_segmentToConsumingInfoMap"), segment, servers)
    {
        json_t *server;
        size_t i;

        json_array_foreach(servers, i, server)
            take_offsets(json_object_get(server, "partitionToOffsetMap"), out);
    }
    known = json_object_get(j, "_segmentToConsumingInfoMap") != NULL;
    json_decref(j);
    return known;
}

/* Where a partition is not told (its segment is being closed) it stands where it stood. */
static void take_told(struct store_stats *f, const struct store_stats *told)
{
    for (; f->partitions < told->partitions; f->partitions++)
        f->consumed[f->partitions] = -1;
    for (unsigned p = 0; p < told->partitions; p++)
        if (told->consumed[p] >= 0)
            f->consumed[p] = told->consumed[p];
}

/* Since when each stands still while there are records for it. Records, not offsets: the end of a
 * transaction, and an aborted one, take offsets that nobody reads. */
static void follow(struct pinot_store *ps, const int64_t *before, int64_t now_ms)
{
    struct store_stats *f = &ps->stats;
    struct pinot_consumers *c = &ps->consumers;
    /* Nobody has asked for a while: how long it has stood is not known. */
    bool anew = now_ms - f->consumers_ms > STUCK_MS;

    c->late = false;
    for (unsigned p = 0; p < f->partitions; p++) {
        c->late = c->late || (!anew && f->consumed[p] < c->target[p]);
        c->target[p] = c->handed[p];
        if (anew || f->consumed[p] >= c->handed[p] || f->consumed[p] > before[p])
            c->since_ms[p] = now_ms;
        f->stalled_ms[p] = now_ms - c->since_ms[p];
    }
    f->consumers_ms = now_ms;
}

static void tell(const struct pinot_store *ps, char *out, size_t size)
{
    const struct store_stats *f = &ps->stats;
    unsigned worst = 0;

    for (unsigned p = 1; p < f->partitions; p++)
        worst = f->stalled_ms[p] > f->stalled_ms[worst] ? p : worst;
    out[0] = '\0';
    if (f->partitions && f->stalled_ms[worst] >= STUCK_MS)
        (void)snprintf(out, size,
            "Pinot reads nothing more of partition %u of parkrun: it has stood for %" PRId64
            " s at offset %" PRId64 ", and records wait up to %" PRId64
            ". docs/pinot.md says how to free it.",
            worst, f->stalled_ms[worst] / 1000, f->consumed[worst], ps->consumers.handed[worst]);
}

void pinot_consumers_ask(struct pinot_store *ps)
{
    struct pinot_request r = {.method = "GET", .path = PATH};
    struct store_stats told = {0};
    struct buf answer = BUF_INIT;
    int64_t before[FEED_PARTITIONS_MAX];
    struct err ignored;
    bool answered = false;
    long status = 0;

    if (ps->stopping || ps->courses_ms || ps->stats.races_refreshed == 0)
        return;
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (pinot_controller(ps->pinot.quick, &r, &answer, &status, &ignored) == 0 && status == 200)
        answered = take_answer(&answer, &told);
    buf_release(&answer);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    if (!answered)
        return; /* what was told before stands, and its age says so */
    for (; ps->stats.partitions < ps->consumers.partitions; ps->stats.partitions++)
        ps->stats.consumed[ps->stats.partitions] = -1;
    memcpy(before, ps->stats.consumed, sizeof before);
    take_told(&ps->stats, &told);
    follow(ps, before, clock_wall_ms());
    tell(ps, ps->stats.consumer_error, sizeof ps->stats.consumer_error);
}

void pinot_feed(struct store *s, const struct feed_stats *f)
{
    struct pinot_store *ps = pinot_store_of(s);

    (void)pthread_mutex_lock(&ps->catalog.lock);
    ps->feed_away = !f->connected;
    ps->consumers.partitions = f->partitions;
    memcpy(ps->consumers.handed, f->handed, sizeof f->handed);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}
