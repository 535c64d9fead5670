/* producer.c: sends records in transactions, or without. A transaction makes a tick whole: readers
 * see all of it or nothing. Failures are noted where they happen and reported by the commit, where
 * the caller can still send everything again. */
#include "feed/kafka/producer.h"

#include "base/clock.h"
#include "base/mem.h"
#include "feed/kafka/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEND_BATCH 1000       /* records that are handed to librdkafka in one call */
#define SEND_PATIENCE_MS 5000 /* while its queue is full */
#define PURGE_MS 500          /* for the reports of what was purged */
#define ABORT_MS 300          /* when the server ends */
#define SLICE_MS 100          /* of a wait, after which connections are looked at */
#define CONNECT_MS 500        /* a broker closes idle connections; a new one takes a moment */

struct kafka_producer {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic[KAFKA_TOPICS];
    int transactional;
    int open;                          /* a transaction with something in it */
    int pending;                       /* its commit ran out of time: only commit may follow */
    size_t sent[KAFKA_MAX_PARTITIONS]; /* bytes in it, of parkrun's partitions */
    int down; /* no broker's connection is up, as told at down_ms (monotonic) */
    int64_t down_ms;
    rd_kafka_resp_err_t failed; /* first bad delivery report, or bad send, since the last commit */
};

/* librdkafka's report on one record. The first failure is kept: the others follow from it. */
static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka_producer *p = opaque;

    (void)rk;
    if (m->err && !p->failed)
        p->failed = m->err;
}

/* librdkafka calls it once a second, while somebody waits in rd_kafka_poll or rd_kafka_flush. */
static int on_stats(rd_kafka_t *rk, char *json, size_t len, void *opaque)
{
    struct kafka_producer *p = opaque;

    (void)rk;
    (void)len;
    p->down = kafka_stats_silent_ms(json) < 0;
    p->down_ms = clock_mono_ns() / 1000000;
    return 0; /* the text stays librdkafka's */
}

/* 14 s for a record and 15 s for a transaction: a record must not outlive the transaction that it
 * belongs to. */
static rd_kafka_t *client(
    struct kafka_producer *p, const struct kafka_settings *s, const char *id, struct err *e)
{
    const char *own[] = {"enable.idempotence", "true", "linger.ms", "2",
        "queue.buffering.max.messages", "500000", "queue.buffering.max.kbytes", "262144",
        "message.max.bytes", KAFKA_RECORD_MAX_TEXT, "compression.codec", "lz4",
        "transaction.timeout.ms", "15000", "message.timeout.ms", "14000",
        "reconnect.backoff.max.ms", "1000", "statistics.interval.ms", id ? "0" : "1000",
        id ? "transactional.id" : NULL, id, NULL};
    rd_kafka_conf_t *conf = kafka_settings_conf(s, own, e);
    rd_kafka_t *rk;
    char why[256];

    if (!conf)
        return NULL;
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_conf_set_stats_cb(conf, on_stats);
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        (void)err_set(e, ERR_INVALID, "the Kafka producer could not be made: %s", why);
    }
    return rk;
}

struct kafka_producer *kafka_producer_new(
    const struct kafka_settings *s, const char *transactional_id, struct err *e)
{
    struct kafka_producer *p = mem_zalloc(1, sizeof *p);

    p->transactional = transactional_id != NULL;
    p->rk = client(p, s, transactional_id, e);
    if (!p->rk) {
        free(p);
        return NULL;
    }
    for (int i = 0; i < KAFKA_TOPICS; i++)
        p->topic[i] = rd_kafka_topic_new(p->rk, kafka_topic_name[i], NULL);
    return p;
}

void kafka_producer_free(struct kafka_producer *p)
{
    rd_kafka_error_t *error;

    if (!p)
        return;
    if (p->open && p->transactional) {
        error = rd_kafka_abort_transaction(p->rk, ABORT_MS);
        if (error)
            rd_kafka_error_destroy(error); /* the take-over of the next owner aborts it */
    }
    for (int i = 0; i < KAFKA_TOPICS; i++)
        rd_kafka_topic_destroy(p->topic[i]);
    rd_kafka_destroy_flags(p->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(p);
}

/* Takes `error`. */
static int fail(rd_kafka_error_t *error, const char *what, struct err *e)
{
    int fenced =
        rd_kafka_error_is_fatal(error) || rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__FENCED;

    (void)err_set(e, fenced ? ERR_CONFLICT : ERR_UNAVAILABLE, "Kafka: %s: %s", what,
        rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return -1;
}

/* Ends whatever an earlier owner of the same transactional id has left open, and locks that owner
 * out. */
int kafka_producer_take_over(struct kafka_producer *p, int timeout_ms, struct err *e)
{
    rd_kafka_error_t *error = rd_kafka_init_transactions(p->rk, timeout_ms);

    return error ? fail(error, "taking over the transactions", e) : 0;
}

/* A transaction begins with its first record: empty ones cost a round trip each. */
static int begin(struct kafka_producer *p)
{
    rd_kafka_error_t *error;

    if (p->open)
        return 0;
    if (p->transactional && (error = rd_kafka_begin_transaction(p->rk)) != NULL) {
        p->failed = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        return -1;
    }
    p->open = 1;
    memset(p->sent, 0, sizeof p->sent);
    return 0;
}

/* A reader fetches a transaction as a whole, so its size in each partition is bounded
 * (kafka_producer_open_bytes). */
static void count_bytes(struct kafka_producer *p, enum kafka_topic topic, int32_t partition,
    const struct kafka_record *records, size_t n)
{
    if (topic != KAFKA_PARKRUN || partition < 0 || partition >= KAFKA_MAX_PARTITIONS)
        return;
    for (size_t k = 0; k < n; k++)
        p->sent[partition] += records[k].key_len + records[k].value_len;
}

/* Records for which the queue has no room are sent again until it has. */
static int send_batch(struct kafka_producer *p, rd_kafka_topic_t *topic, int32_t partition,
    rd_kafka_message_t *m, int n)
{
    int64_t deadline = clock_mono_ns() + SEND_PATIENCE_MS * (int64_t)1000000;

    for (;;) {
        int left = 0;

        (void)rd_kafka_produce_batch(topic, partition, RD_KAFKA_MSG_F_COPY, m, n);
        for (int i = 0; i < n; i++) {
            if (m[i].err == RD_KAFKA_RESP_ERR__QUEUE_FULL)
                m[left++] = m[i];
            else if (m[i].err && !p->failed)
                p->failed = m[i].err;
        }
        if (left == 0 || p->failed)
            return p->failed ? -1 : 0;
        if (clock_mono_ns() > deadline) {
            p->failed = RD_KAFKA_RESP_ERR__QUEUE_FULL;
            return -1;
        }
        n = left;
        for (int i = 0; i < n; i++)
            m[i].err = 0;
        (void)rd_kafka_poll(p->rk, 20);
    }
}

int kafka_producer_send(struct kafka_producer *p, enum kafka_topic topic, int32_t partition,
    const struct kafka_record *records, size_t n)
{
    rd_kafka_message_t m[SEND_BATCH];

    if (p->failed || begin(p))
        return -1;
    count_bytes(p, topic, partition, records, n);
    for (size_t from = 0; from < n; from += SEND_BATCH) {
        int count = (int)(n - from < SEND_BATCH ? n - from : SEND_BATCH);

        memset(m, 0, sizeof m[0] * (size_t)count);
        for (int i = 0; i < count; i++) {
            const struct kafka_record *r = &records[from + (size_t)i];

            m[i].key = (void *)(uintptr_t)r->key;
            m[i].key_len = r->key_len;
            m[i].payload = (void *)(uintptr_t)r->value;
            m[i].len = r->value_len;
        }
        if (send_batch(p, p->topic[topic], partition, m, count))
            return -1;
    }
    (void)rd_kafka_poll(p->rk, 0);
    return 0;
}

/* Aborts what is open, so that it can be sent again. */
static int give_up(struct kafka_producer *p, int timeout_ms, struct err *e)
{
    rd_kafka_resp_err_t why = p->failed;
    rd_kafka_error_t *error =
        p->transactional && p->open ? rd_kafka_abort_transaction(p->rk, timeout_ms) : NULL;
    char text[256];

    if (error)
        return fail(error, "aborting", e); /* stays open: the next commit aborts again */
    if (rd_kafka_fatal_error(p->rk, text, sizeof text))
        return err_set(e, ERR_CONFLICT, "Kafka: another server has taken over: %s", text);
    p->open = 0;
    p->pending = 0;
    p->failed = 0;
    if (why == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return err_set(e, ERR_TOO_LARGE, "a record is larger than Kafka's topic takes");
    return err_set(e, ERR_UNAVAILABLE, "Kafka did not take the events: %s", rd_kafka_err2str(why));
}

/* Three ends: done; to be aborted and sent again; or only late, and to be committed again. */
static int commit_transaction(struct kafka_producer *p, int timeout_ms, struct err *e)
{
    rd_kafka_error_t *error = rd_kafka_commit_transaction(p->rk, timeout_ms);

    if (!error)
        return 0;
    if (rd_kafka_error_txn_requires_abort(error)) {
        p->failed = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        return give_up(p, timeout_ms, e);
    }
    p->pending = rd_kafka_error_is_retriable(error);
    return fail(error, "committing", e);
}

/* Waits until everything is acknowledged. -1: not in time, or no broker is connected. */
static int flush(struct kafka_producer *p, int timeout_ms)
{
    int64_t start_ms = clock_mono_ns() / 1000000;

    while (rd_kafka_flush(p->rk, SLICE_MS) == RD_KAFKA_RESP_ERR__TIMED_OUT) {
        int64_t now_ms = clock_mono_ns() / 1000000;

        if (now_ms - start_ms >= timeout_ms || (p->down && p->down_ms - start_ms > CONNECT_MS))
            return -1;
    }
    return 0;
}

/* The caller reports a failure, so what is still in the queue must not come out later. */
static int await_delivery(struct kafka_producer *p, int timeout_ms, struct err *e)
{
    if (flush(p, timeout_ms)) {
        (void)rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        (void)rd_kafka_flush(p->rk, PURGE_MS);
        p->open = p->failed = 0;
        return err_set(e, ERR_UNAVAILABLE, "Kafka does not acknowledge; is the broker up?");
    }
    return p->failed ? give_up(p, timeout_ms, e) : 0;
}

int kafka_producer_commit(struct kafka_producer *p, int timeout_ms, struct err *e)
{
    if (p->failed)
        return give_up(p, timeout_ms, e);
    if (!p->open)
        return 0;
    if (p->transactional ? commit_transaction(p, timeout_ms, e) : await_delivery(p, timeout_ms, e))
        return -1;
    p->open = 0;
    p->pending = 0;
    return 0;
}

void kafka_producer_serve(struct kafka_producer *p)
{
    (void)rd_kafka_poll(p->rk, 0);
}

int kafka_producer_pending(const struct kafka_producer *p)
{
    return p->pending;
}

int kafka_producer_open(const struct kafka_producer *p)
{
    return p->open;
}

size_t kafka_producer_open_bytes(const struct kafka_producer *p)
{
    size_t most = 0;

    for (int i = 0; p->open && i < KAFKA_MAX_PARTITIONS; i++)
        most = p->sent[i] > most ? p->sent[i] : most;
    return most;
}
