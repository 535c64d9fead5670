#include "store/pinot_store.h"

#include <stdlib.h>
#include <string.h>

#define PATH "/tables/parkrun_REALTIME/consumingSegmentsInfo"

/* {"0": "3871854"}: the next offset of one partition. Of replicas the one that is ahead. */
static void take_offsets(json_t *offsets, struct store_pinot_figures *out)
{
    const char *partition;
    json_t *value;

    json_object_foreach(offsets, partition, value)
    {
        char *end;
        unsigned long p = strtoul(partition, &end, 10);
        const char *text = json_string_value(value);
        int64_t offset = text ? strtoll(text, NULL, 10) : json_integer_value(value);

        if (end == partition || *end || p >= PINOT_PARTITIONS_MAX)
            continue;
        for (; out->partitions <= p; out->partitions++)
            out->consumed[out->partitions] = -1;
        if (offset > out->consumed[p])
            out->consumed[p] = offset;
    }
}

static void take_answer(const struct buf *answer, struct store_pinot_figures *out)
{
    json_t *j = json_loadb(answer->data, answer->len, 0, NULL), *servers;
    const char *segment;

    json_object_foreach(json_object_get(j, "_segmentToConsumingInfoMap"), segment, servers)
    {
        json_t *server;
        size_t i;

        json_array_foreach(servers, i, server)
            take_offsets(json_object_get(server, "partitionToOffsetMap"), out);
    }
    json_decref(j);
}

void pinot_consumers_ask(struct pinot_store *ps)
{
    struct pinot_request r = {.method = "GET", .path = PATH};
    struct store_pinot_figures told = {0};
    struct buf answer = BUF_INIT;
    struct err ignored;
    long status = 0;

    if (ps->stopping || ps->courses_ms || ps->figures.races_refreshed == 0)
        return;
    (void)pthread_mutex_unlock(&ps->lock);
    if (pinot_controller(ps->pinot.quick, &r, &answer, &status, &ignored) == 0 && status == 200)
        take_answer(&answer, &told);
    buf_release(&answer);
    (void)pthread_mutex_lock(&ps->lock);
    ps->figures.partitions = told.partitions;
    memcpy(ps->figures.consumed, told.consumed, sizeof told.consumed);
}
