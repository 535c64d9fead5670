#include "feed/kafka/consumer.h"

#include "base/clock.h"
#include "base/mem.h"
#include "feed/kafka/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_BATCH 1000
#define SILENT_MS 3000 /* a broker that has sent nothing for so long does not answer */

struct kafka_consumer {
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    const struct kafka_topics *topics;
    struct kafka_cursor cursor;
    int at_end[KAFKA_TOPICS][KAFKA_MAX_PARTITIONS]; /* the end has been seen at least once */
    int ready;        /* races and courses have been read to their end */
    int begun;        /* parkrun is being read */
    int down;         /* no broker's connection is up */
    int silent;       /* nothing has come over any of them */
    int64_t taken_ms; /* monotonic: when the handler last took a record */
};

/* librdkafka calls it once a second, within kafka_consumer_poll. A broker answers every fetch
 * within fetch.wait.max.ms, so a connection that brings nothing does not work. */
static int on_stats(rd_kafka_t *rk, char *json, size_t len, void *opaque)
{
    struct kafka_consumer *c = opaque;
    int64_t silent_ms = kafka_stats_silent_ms(json);

    (void)rk;
    (void)len;
    c->down = silent_ms < 0;
    c->silent = silent_ms > SILENT_MS;
    return 0; /* the text stays librdkafka's */
}

static rd_kafka_t *client(struct kafka_consumer *c, const struct kafka_settings *s, struct err *e)
{
    static const char *const own[] = {"group.id", "trackside-reader", "enable.auto.commit", "false",
        "isolation.level", "read_committed", "enable.partition.eof", "true", "auto.offset.reset",
        "smallest", "fetch.wait.max.ms", "20", "fetch.error.backoff.ms", "100",
        "queued.max.messages.kbytes", "65536", "reconnect.backoff.max.ms", "1000",
        "statistics.interval.ms", "1000",
        /* Fetches are answered within fetch.wait.max.ms: longer than this means that it is away. */
        "socket.timeout.ms", "6000", NULL};
    rd_kafka_conf_t *conf = kafka_settings_conf(s, own, e);
    rd_kafka_t *rk;
    char why[256];

    if (!conf)
        return NULL;
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_stats_cb(conf, on_stats);
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        (void)err_set(e, ERR_INVALID, "the Kafka consumer could not be made: %s", why);
    }
    return rk;
}

static void add_topic(
    struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list, enum kafka_topic topic)
{
    for (int32_t p = 0; p < c->topics->partitions[topic]; p++) {
        int64_t next = c->cursor.next[topic][p];

        rd_kafka_topic_partition_list_add(list, kafka_topic_name[topic], p)->offset =
            next ? next : RD_KAFKA_OFFSET_BEGINNING;
    }
}

static int assigned(rd_kafka_resp_err_t code, struct err *e)
{
    return code ? err_set(e, ERR_INTERNAL, "Kafka's partitions could not be assigned: %s",
                      rd_kafka_err2str(code))
                : 0;
}

/* Everything is read from the cursor on. */
static int assign(struct kafka_consumer *c, struct err *e)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(KAFKA_MAX_PARTITIONS);
    rd_kafka_resp_err_t code;

    add_topic(c, list, KAFKA_COURSES);
    add_topic(c, list, KAFKA_RACES);
    add_topic(c, list, KAFKA_ROSTERS);
    if (c->begun)
        add_topic(c, list, KAFKA_PARKRUN);
    code = rd_kafka_assign(c->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return assigned(code, e);
}

static int assign_parkrun(struct kafka_consumer *c, struct err *e)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(KAFKA_MAX_PARTITIONS);
    rd_kafka_error_t *error;
    rd_kafka_resp_err_t code;

    add_topic(c, list, KAFKA_PARKRUN);
    error = rd_kafka_incremental_assign(c->rk, list);
    code = rd_kafka_error_code(error);
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_topic_partition_list_destroy(list);
    return assigned(code, e);
}

struct kafka_consumer *kafka_consumer_new(const struct kafka_settings *s,
    const struct kafka_topics *t, const struct kafka_cursor *from, struct err *e)
{
    struct kafka_consumer *c = mem_zalloc(1, sizeof *c);

    c->topics = t;
    c->cursor = *from;
    (void)snprintf(c->cursor.cluster_id, sizeof c->cursor.cluster_id, "%s", t->cluster_id);
    c->rk = client(c, s, e);
    if (!c->rk) {
        free(c);
        return NULL;
    }
    (void)rd_kafka_poll_set_consumer(c->rk);
    c->queue = rd_kafka_queue_get_consumer(c->rk);
    if (assign(c, e)) {
        kafka_consumer_free(c);
        return NULL;
    }
    return c;
}

void kafka_consumer_free(struct kafka_consumer *c)
{
    if (!c)
        return;
    rd_kafka_queue_destroy(c->queue);
    /* There is no group to leave, because partitions are assigned by hand. Closing a consumer that
     * has not started yet fails an assertion in librdkafka 2.0. */
    rd_kafka_destroy_flags(c->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(c);
}

static int topic_of(const rd_kafka_message_t *m)
{
    const char *name = m->rkt ? rd_kafka_topic_name(m->rkt) : "";

    for (int i = 0; i < KAFKA_TOPICS; i++)
        if (strcmp(name, kafka_topic_name[i]) == 0)
            return i;
    return -1;
}

static int read_to_end(const struct kafka_consumer *c, enum kafka_topic topic)
{
    for (int32_t p = 0; p < c->topics->partitions[topic]; p++)
        if (!c->at_end[topic][p])
            return 0;
    return 1;
}

static int hand_over(struct kafka_consumer *c, const rd_kafka_message_t *m, int topic,
    kafka_incoming_fn *fn, void *arg, struct err *e)
{
    rd_kafka_timestamp_type_t kind;
    struct kafka_incoming in = {.topic = (enum kafka_topic)topic,
        .key = m->key,
        .key_len = m->key_len,
        .value = m->payload,
        .value_len = m->len,
        .published_ms = rd_kafka_message_timestamp(m, &kind),
        .partition = m->partition,
        .offset = m->offset};

    if (fn(arg, &in, e))
        return -1;
    c->cursor.next[topic][m->partition] = m->offset + 1;
    return 0;
}

/* 1: handed over, 0: nothing to hand over, -1: the handler's error. */
static int take(struct kafka_consumer *c, const rd_kafka_message_t *m, kafka_incoming_fn *fn,
    void *arg, struct err *e)
{
    int topic = topic_of(m);

    if (topic < 0 || m->partition < 0 || m->partition >= KAFKA_MAX_PARTITIONS)
        return 0;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        c->at_end[topic][m->partition] = 1;
        if (m->offset > c->cursor.next[topic][m->partition])
            c->cursor.next[topic][m->partition] =
                m->offset; /* transaction markers take offsets too */
        return 0;
    }
    if (m->err)
        return 0; /* the broker is away or a partition moves; librdkafka tries again */
    return hand_over(c, m, topic, fn, arg, e) ? -1 : 1;
}

static int take_batch(struct kafka_consumer *c, rd_kafka_message_t **m, ssize_t n,
    kafka_incoming_fn *fn, void *arg, struct err *e)
{
    int count = 0;

    for (ssize_t i = 0; i < n; i++) {
        int took = take(c, m[i], fn, arg, e);

        if (took < 0) {
            struct err why;

            /* The cursor has not moved past this record: it and what follows are read again. */
            for (; i < n; i++)
                rd_kafka_message_destroy(m[i]);
            (void)assign(c, &why);
            return -1;
        }
        count += took;
        rd_kafka_message_destroy(m[i]);
    }
    return count;
}

int kafka_consumer_poll(struct kafka_consumer *c, int timeout_ms, int max, kafka_incoming_fn *fn,
    void *arg, struct err *e)
{
    rd_kafka_message_t *m[POLL_BATCH];
    int total = 0;

    while (total < max) {
        size_t room = (size_t)(max - total < POLL_BATCH ? max - total : POLL_BATCH);
        ssize_t n = rd_kafka_consume_batch_queue(c->queue, total ? 0 : timeout_ms, m, room);
        int took;

        if (n <= 0)
            break;
        took = take_batch(c, m, n, fn, arg, e);
        if (took < 0)
            return -1;
        total += took;
        timeout_ms = 0;
    }
    if (total)
        c->taken_ms = clock_mono_ns() / 1000000;
    c->ready = c->ready || (read_to_end(c, KAFKA_COURSES) && read_to_end(c, KAFKA_RACES) &&
                               read_to_end(c, KAFKA_ROSTERS));
    return total;
}

const struct kafka_cursor *kafka_consumer_cursor(const struct kafka_consumer *c)
{
    return &c->cursor;
}

int kafka_consumer_ends(
    struct kafka_consumer *c, int64_t ends[KAFKA_MAX_PARTITIONS], int timeout_ms, struct err *e)
{
    int64_t deadline_ms = clock_mono_ns() / 1000000 + timeout_ms;

    for (int32_t p = 0; p < c->topics->partitions[KAFKA_PARKRUN]; p++) {
        int64_t low, left_ms = deadline_ms - clock_mono_ns() / 1000000;
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(c->rk,
            kafka_topic_name[KAFKA_PARKRUN], p, &low, &ends[p], left_ms > 1 ? (int)left_ms : 1);

        if (code)
            return err_set(e, ERR_UNAVAILABLE, "Kafka does not tell where parkrun ends: %s",
                rd_kafka_err2str(code));
    }
    return 0;
}

void kafka_consumer_held(const struct kafka_consumer *c, int64_t ends[KAFKA_MAX_PARTITIONS])
{
    for (int32_t p = 0; p < c->topics->partitions[KAFKA_PARKRUN]; p++) {
        int64_t low, high;

        if (rd_kafka_get_watermark_offsets(
                c->rk, kafka_topic_name[KAFKA_PARKRUN], p, &low, &high) == 0 &&
            high > ends[p])
            ends[p] = high;
    }
}

int kafka_consumer_passed(const struct kafka_consumer *c, const int64_t ends[KAFKA_MAX_PARTITIONS])
{
    for (int32_t p = 0; p < c->topics->partitions[KAFKA_PARKRUN]; p++)
        if (c->cursor.next[KAFKA_PARKRUN][p] < ends[p])
            return 0;
    return c->begun;
}

int kafka_consumer_ready(const struct kafka_consumer *c)
{
    return c->ready;
}

/* Moves the cursor of each partition without one to the first record that is not older. */
static int move_to(struct kafka_consumer *c, int64_t since_ms, int timeout_ms, struct err *e)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(KAFKA_MAX_PARTITIONS);
    rd_kafka_resp_err_t code;

    for (int32_t p = 0; p < c->topics->partitions[KAFKA_PARKRUN]; p++)
        rd_kafka_topic_partition_list_add(list, kafka_topic_name[KAFKA_PARKRUN], p)->offset =
            since_ms;
    code = rd_kafka_offsets_for_times(c->rk, list, timeout_ms);
    for (int i = 0; !code && i < list->cnt; i++) {
        int64_t *next = &c->cursor.next[KAFKA_PARKRUN][list->elems[i].partition], low, high;

        if (*next > 0)
            continue;
        *next = list->elems[i].offset;
        if (*next < 0) { /* all records are older: begin at the end */
            code = rd_kafka_query_watermark_offsets(c->rk, kafka_topic_name[KAFKA_PARKRUN],
                list->elems[i].partition, &low, &high, timeout_ms);
            *next = code ? 0 : high;
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code ? err_set(e, ERR_UNAVAILABLE, "Kafka does not tell where parkrun stood: %s",
                      rd_kafka_err2str(code))
                : 0;
}

int kafka_consumer_begin(struct kafka_consumer *c, int64_t since_ms, int timeout_ms, struct err *e)
{
    if (c->begun)
        return 0;
    if ((since_ms > 0 && move_to(c, since_ms, timeout_ms, e)) || assign_parkrun(c, e))
        return -1;
    c->begun = 1;
    return 0;
}

int kafka_consumer_begun(const struct kafka_consumer *c)
{
    return c->begun;
}

int kafka_consumer_away(const struct kafka_consumer *c)
{
    /* librdkafka fetches nothing while its queue is full, so a silent connection means nothing
     * then. */
    return c->down || (c->silent && clock_mono_ns() / 1000000 - c->taken_ms > SILENT_MS);
}
