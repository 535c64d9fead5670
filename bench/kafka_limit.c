#include "kafka_limit.h"

#include "base/clock.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOPIC "bench-limit"
#define PARTITIONS 4
#define BATCH 1000
#define TRANSACTION 50000
#define PATIENCE_MS 60000

struct text {
    char *at;
    size_t len;
    char key[16];
};

struct kafka_limit {
    rd_kafka_t *producer, *consumer;
    rd_kafka_topic_t *topic;
    struct text *event;
    size_t n;
    atomic_size_t consumed;
    atomic_bool over;
};

static _Noreturn void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench_kafka: %s: %s\n", what, why);
    exit(1);
}

static void must(rd_kafka_error_t *error, const char *what)
{
    if (error)
        fail(what, rd_kafka_error_string(error));
}

/* `pairs`: name, value, ..., NULL. */
static rd_kafka_t *client(rd_kafka_type_t type, const char *broker, const char *const *pairs)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];
    rd_kafka_t *rk;

    (void)rd_kafka_conf_set(conf, "bootstrap.servers", broker, NULL, 0);
    for (size_t i = 0; pairs[i]; i += 2)
        if (rd_kafka_conf_set(conf, pairs[i], pairs[i + 1], why, sizeof why) != RD_KAFKA_CONF_OK)
            fail(pairs[i], why);
    rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk)
        fail("librdkafka", why);
    return rk;
}

bool kafka_limit_is_empty(const char *broker)
{
    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, broker, (const char *const[]){NULL});
    const rd_kafka_metadata_t *meta;
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 1, NULL, &meta, PATIENCE_MS);
    bool empty = true;

    if (code)
        fail(broker, rd_kafka_err2str(code));
    for (int i = 0; i < meta->topic_cnt; i++)
        empty = empty && strcmp(meta->topics[i].topic, "parkrun") != 0 &&
                strcmp(meta->topics[i].topic, TOPIC) != 0;
    rd_kafka_metadata_destroy(meta);
    rd_kafka_destroy(rk);
    return empty;
}

static void make_topic(rd_kafka_t *rk)
{
    char why[256];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(TOPIC, PARTITIONS, 1, why, sizeof why);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_event_t *event;

    rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
    event = rd_kafka_queue_poll(queue, PATIENCE_MS);
    if (!event || rd_kafka_event_error(event))
        fail(TOPIC, event ? rd_kafka_event_error_string(event) : "no answer");
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(topic);
}

static void assign(rd_kafka_t *rk)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);

    for (int32_t p = 0; p < PARTITIONS; p++)
        rd_kafka_topic_partition_list_add(list, TOPIC, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    (void)rd_kafka_poll_set_consumer(rk);
    (void)rd_kafka_assign(rk, list);
    rd_kafka_topic_partition_list_destroy(list);
}

struct kafka_limit *kafka_limit_new(const char *broker, size_t sample)
{
    static const char *const out[] = {"transactional.id", "bench-limit", "linger.ms", "2",
        "queue.buffering.max.messages", "500000", "compression.codec", "lz4", NULL};
    static const char *const in[] = {"group.id", "bench-limit", "isolation.level", "read_committed",
        "enable.auto.commit", "false", "fetch.wait.max.ms", "20", NULL};
    struct kafka_limit *l = calloc(1, sizeof *l);

    if (!l || !(l->event = calloc(sample, sizeof *l->event)))
        fail("memory", "none");
    l->producer = client(RD_KAFKA_PRODUCER, broker, out);
    make_topic(l->producer);
    must(rd_kafka_init_transactions(l->producer, PATIENCE_MS), "transactions");
    l->topic = rd_kafka_topic_new(l->producer, TOPIC, NULL);
    l->consumer = client(RD_KAFKA_CONSUMER, broker, in);
    assign(l->consumer);
    return l;
}

void kafka_limit_free(struct kafka_limit *l)
{
    rd_kafka_topic_destroy(l->topic);
    rd_kafka_destroy(l->producer);
    rd_kafka_destroy(l->consumer);
    for (size_t i = 0; i < l->n; i++)
        free(l->event[i].at);
    free(l->event);
    free(l);
}

void kafka_limit_add(struct kafka_limit *l, const char *text, size_t len)
{
    struct text *t = &l->event[l->n++];

    t->at = strndup(text, len);
    t->len = len;
    (void)snprintf(t->key, sizeof t->key, "%zu", l->n % 1000 + 1);
}

static void *consume(void *arg)
{
    struct kafka_limit *l = arg;
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(l->consumer);
    rd_kafka_message_t *m[BATCH];

    while (!atomic_load(&l->over)) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, 50, m, BATCH);
        size_t good = 0;

        for (ssize_t i = 0; i < n; i++) {
            good += !m[i]->err;
            rd_kafka_message_destroy(m[i]);
        }
        atomic_fetch_add(&l->consumed, good);
    }
    rd_kafka_queue_destroy(queue);
    return NULL;
}

/* Those that the queue had no room for are sent again until they fit. */
static void send_batch(struct kafka_limit *l, int32_t partition, rd_kafka_message_t *m, int n)
{
    while (n > 0) {
        int left = 0;

        (void)rd_kafka_produce_batch(l->topic, partition, RD_KAFKA_MSG_F_COPY, m, n);
        for (int i = 0; i < n; i++) {
            if (m[i].err && m[i].err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
                fail("produce", rd_kafka_err2str(m[i].err));
            if (m[i].err)
                m[left++] = m[i];
        }
        n = left;
        (void)rd_kafka_poll(l->producer, left ? 10 : 0);
    }
}

static void produce(struct kafka_limit *l, size_t events)
{
    rd_kafka_message_t m[BATCH];

    for (size_t sent = 0; sent < events;) {
        if (sent % TRANSACTION == 0)
            must(rd_kafka_begin_transaction(l->producer), "begin");
        memset(m, 0, sizeof m);
        for (size_t i = 0; i < BATCH; i++) {
            struct text *t = &l->event[(sent + i) % l->n];

            m[i].payload = t->at;
            m[i].len = t->len;
            m[i].key = t->key;
            m[i].key_len = strlen(t->key);
        }
        send_batch(l, (int32_t)(sent / BATCH % PARTITIONS), m, BATCH);
        sent += BATCH;
        if (sent % TRANSACTION == 0)
            must(rd_kafka_commit_transaction(l->producer, PATIENCE_MS), "commit");
    }
}

double kafka_limit_run(struct kafka_limit *l, size_t events)
{
    int64_t from = clock_mono_ns(), sent;
    double seconds;
    pthread_t reader;

    atomic_store(&l->consumed, 0);
    atomic_store(&l->over, false);
    if (pthread_create(&reader, NULL, consume, l))
        fail("a thread", "none");
    produce(l, events);
    for (sent = clock_mono_ns(); atomic_load(&l->consumed) < events;) {
        struct timespec ms = {.tv_nsec = 1000000};

        (void)nanosleep(&ms, NULL);
        if (clock_mono_ns() - sent > (int64_t)PATIENCE_MS * 1000000)
            fail(TOPIC, "not everything has come back");
    }
    seconds = (double)(clock_mono_ns() - from) / 1e9;
    atomic_store(&l->over, true);
    (void)pthread_join(reader, NULL);
    return seconds;
}
