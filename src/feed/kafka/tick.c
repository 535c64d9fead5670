/* tick.c: a whole tick as records. A million events are written in chunks into one buffer, by
 * partition, because librdkafka takes many records of one partition in one call. */
#include "feed/kafka/tick.h"

#include "base/fmt.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 1000 /* records at a time */
#define KEY_MAX 24 /* bytes of a competitor's number */

struct kafka_tick {
    const struct kafka_topics *topics;
    /* Dense numbers ordered by partition: those of p are order[first[p]] to order[first[p
     * + 1] - 1]. */
    uint32_t *order;
    uint32_t first[KAFKA_MAX_PARTITIONS + 1];
    uint64_t first_id, id_step;
    uint32_t n;
    /* One chunk of records under way. */
    char *text;
    char keys[CHUNK][KEY_MAX];
    struct kafka_record record[CHUNK];
};

struct kafka_tick *kafka_tick_new(const struct kafka_topics *t)
{
    struct kafka_tick *k = mem_zalloc(1, sizeof *k);

    k->topics = t;
    k->text = mem_alloc((size_t)CHUNK * EVENT_JSON_MAX);
    return k;
}

void kafka_tick_free(struct kafka_tick *k)
{
    if (!k)
        return;
    free(k->order);
    free(k->text);
    free(k);
}

/* The key is the competitorId: all events of a competitor are in one partition, in order. */
static int32_t partition_of(const struct kafka_tick *k, uint64_t id)
{
    char key[KEY_MAX];

    return kafka_topics_partition(
        key, (size_t)(fmt_u64(key, id) - key), k->topics->partitions[KAFKA_PARKRUN]);
}

/* A counting sort by partition; again only when the ids are others. */
static void group(struct kafka_tick *k, const struct tick *t)
{
    uint32_t next[KAFKA_MAX_PARTITIONS + 1] = {0};
    uint8_t *partition;

    if (k->n == t->n && k->first_id == t->first_id && k->id_step == t->id_step)
        return;
    k->n = t->n;
    k->first_id = t->first_id;
    k->id_step = t->id_step;
    partition = mem_alloc(t->n);
    for (uint32_t i = 0; i < t->n; i++) {
        partition[i] = (uint8_t)partition_of(k, t->first_id + i * t->id_step);
        next[partition[i] + 1]++;
    }
    for (int p = 0; p < KAFKA_MAX_PARTITIONS; p++)
        next[p + 1] += next[p];
    memcpy(k->first, next, sizeof next);
    k->order = mem_realloc(k->order, t->n, sizeof *k->order);
    for (uint32_t i = 0; i < t->n; i++)
        k->order[next[partition[i]]++] = i;
    free(partition);
}

/* Fill a chunk from order[*at] on; returns how many records. */
static size_t fill(struct kafka_tick *k, const struct event_writer *w, const struct tick *t,
    uint32_t *at, uint32_t end)
{
    char *text = k->text;
    size_t n = 0;

    for (; *at < end && n < CHUNK; (*at)++) {
        uint32_t i = k->order[*at];
        uint64_t id = t->first_id + i * t->id_step;
        struct kafka_record *r = &k->record[n];

        if (t->raw_s > t->finish_raw_s[i])
            continue;
        r->key = k->keys[n];
        r->key_len = (size_t)(fmt_u64(k->keys[n], id) - k->keys[n]);
        r->value = text;
        text = event_write(w, (int64_t)id, t->raw_s, t->dist_mm[i], text);
        r->value_len = (size_t)(text - (const char *)r->value);
        n++;
    }
    return n;
}

/* -1: the producer has failed, which its next commit explains. */
int kafka_tick_send(struct kafka_tick *k, struct kafka_producer *p, const struct tick *t)
{
    struct event_writer w = {.start_s = t->race->spec.start_s, .line = t->course->line};

    (void)snprintf(w.run_id, sizeof w.run_id, "%s", t->race->spec.run_id);
    (void)snprintf(w.course, sizeof w.course, "%s", t->race->spec.course);
    group(k, t);
    for (int32_t part = 0; part < k->topics->partitions[KAFKA_PARKRUN]; part++) {
        uint32_t at = k->first[part], end = k->first[part + 1];

        while (at < end) {
            size_t n = fill(k, &w, t, &at, end);

            if (n && kafka_producer_send(p, KAFKA_PARKRUN, part, k->record, n))
                return -1;
        }
    }
    return 0;
}
