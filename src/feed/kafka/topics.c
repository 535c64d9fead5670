/* topics.c: the four topics: made where they are missing, and the sentence for a Kafka that does
 * not answer. librdkafka goes on trying silently, so the reasons are collected from its
 * callbacks. */
#include "feed/kafka/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const kafka_topic_name[KAFKA_TOPICS] = {"parkrun", "races", "courses", "rosters"};

#define RECORD_SLACK 1024 /* bytes of a record beside its value */

/* Of a topic that is made here. Courses and rosters are few, and need an order among themselves. */
static const int wanted_partitions[KAFKA_TOPICS] = {4, 4, 1, 1};

/* As Java's clients place a key, so that other producers and we agree on the partition. */
int32_t kafka_topics_partition(const void *key, size_t len, int32_t partitions)
{
    return rd_kafka_msg_partitioner_murmur2(NULL, key, len, partitions, NULL, NULL);
}

/* A topic that exists already is no error: another server may have made it at the same moment. */
static int result_error(rd_kafka_event_t *event, struct err *e)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    const rd_kafka_topic_result_t **topic;
    size_t n;

    if (rd_kafka_event_error(event))
        return err_set(e, ERR_UNAVAILABLE, "Kafka's topics could not be made: %s",
            rd_kafka_event_error_string(event));
    topic = rd_kafka_CreateTopics_result_topics(result, &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topic[i]);

        if (code && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return err_set(e, ERR_UNAVAILABLE, "Kafka's topic %s could not be made: %s",
                rd_kafka_topic_result_name(topic[i]), rd_kafka_topic_result_error_string(topic[i]));
    }
    return 0;
}

/* Races, courses and rosters are compacted: the last record of a key is kept for ever, so a new
 * server knows them all. */
static int create(rd_kafka_t *rk, const int *missing, int timeout_ms, struct err *e)
{
    rd_kafka_NewTopic_t *topic[KAFKA_TOPICS];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_event_t *event;
    char why[256];
    size_t n = 0;
    int failed;

    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why);
    for (int i = 0; i < KAFKA_TOPICS; i++) {
        if (!missing[i])
            continue;
        topic[n] =
            rd_kafka_NewTopic_new(kafka_topic_name[i], wanted_partitions[i], -1, why, sizeof why);
        if (i != KAFKA_PARKRUN)
            (void)rd_kafka_NewTopic_set_config(topic[n], "cleanup.policy", "compact");
        /* A long course or many names; the limit of the producer is the same. */
        if (i == KAFKA_COURSES || i == KAFKA_ROSTERS)
            (void)rd_kafka_NewTopic_set_config(
                topic[n], "max.message.bytes", KAFKA_RECORD_MAX_TEXT);
        n++;
    }
    rd_kafka_CreateTopics(rk, topic, n, options, queue);
    event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
    failed =
        event ? result_error(event, e)
              : err_set(e, ERR_UNAVAILABLE, "Kafka does not answer; its topics could not be made");
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy_array(topic, n);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return failed;
}

/* Why librdkafka cannot talk to a broker. A refused password or certificate is kept before other
 * reasons, because waiting does not help against it. */
struct last_error {
    rd_kafka_resp_err_t code;
    char text[300];
};

/* librdkafka's callback, from rd_kafka_poll. */
static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    struct last_error *t = opaque;

    (void)rk;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
        t->code == RD_KAFKA_RESP_ERR__AUTHENTICATION || t->code == RD_KAFKA_RESP_ERR__SSL)
        return;
    t->code = code;
    (void)snprintf(t->text, sizeof t->text, "%.299s", text);
}

/* librdkafka ends its sentences with what it was doing for how long, and breaks some into lines. */
static void tidy(char *text)
{
    char *state = strstr(text, " (after ");

    if (state)
        *state = '\0';
    for (char *at = text; *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    for (size_t n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '.');)
        text[--n] = '\0';
}

/* The most useful of the reasons that were collected. */
static int unreachable(rd_kafka_t *rk, rd_kafka_resp_err_t code, struct err *e)
{
    struct last_error *t = rd_kafka_opaque(rk);

    (void)rd_kafka_poll(rk, 0);
    tidy(t->text);
    if (t->code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
        return err_set(e, ERR_UNAUTHORIZED,
            "Kafka refuses the user or the password (%s); see sasl.* in the --kafka-config file",
            t->text);
    if (strstr(t->text, "certificate verify failed"))
        return err_set(e, ERR_UNAUTHORIZED,
            "Kafka's certificate is not trusted (%s); see ssl.ca.location in the --kafka-config "
            "file",
            t->text);
    return err_set(e, ERR_UNAVAILABLE,
        "no Kafka broker answers (%s); is the address right and the broker up?",
        t->text[0] ? t->text : rd_kafka_err2str(code));
}

/* Partition counts of what is there; 0 for a topic that is missing. */
static int count_partitions(rd_kafka_t *rk, struct kafka_topics *t, int timeout_ms, struct err *e)
{
    const rd_kafka_metadata_t *meta;
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 1, NULL, &meta, timeout_ms);

    if (code)
        return unreachable(rk, code, e);
    for (int i = 0; i < KAFKA_TOPICS; i++) {
        t->partitions[i] = 0;
        for (int k = 0; k < meta->topic_cnt; k++)
            if (strcmp(meta->topics[k].topic, kafka_topic_name[i]) == 0 && !meta->topics[k].err)
                t->partitions[i] = meta->topics[k].partition_cnt;
    }
    rd_kafka_metadata_destroy(meta);
    return 0;
}

/* What exists is taken as it is, with any number of partitions up to KAFKA_MAX_PARTITIONS. */
static int ensure(rd_kafka_t *rk, struct kafka_topics *t, int timeout_ms, struct err *e)
{
    int missing[KAFKA_TOPICS], any = 0;
    char *id;

    if (count_partitions(rk, t, timeout_ms, e))
        return -1;
    for (int i = 0; i < KAFKA_TOPICS; i++)
        any |= missing[i] = t->partitions[i] == 0;
    if (any && (create(rk, missing, timeout_ms, e) || count_partitions(rk, t, timeout_ms, e)))
        return -1;
    for (int i = 0; i < KAFKA_TOPICS; i++) {
        if (t->partitions[i] == 0)
            t->partitions[i] = wanted_partitions[i]; /* just made; not every broker knows it yet */
        if (t->partitions[i] > KAFKA_MAX_PARTITIONS)
            return err_set(e, ERR_INVALID,
                "Kafka's topic %s has %d partitions; Trackside reads up to %d", kafka_topic_name[i],
                t->partitions[i], KAFKA_MAX_PARTITIONS);
    }
    id = rd_kafka_clusterid(rk, timeout_ms);
    (void)snprintf(t->cluster_id, sizeof t->cluster_id, "%s", id ? id : "");
    if (id)
        rd_kafka_mem_free(rk, id);
    return 0;
}

int kafka_topics_ensure(
    struct kafka_topics *t, const struct kafka_settings *s, int timeout_ms, struct err *e)
{
    static const char *const own[] = {NULL};
    rd_kafka_conf_t *conf = kafka_settings_conf(s, own, e);
    struct last_error last = {0};
    rd_kafka_t *rk;
    char why[256];
    int failed;

    if (!conf)
        return -1;
    rd_kafka_conf_set_opaque(conf, &last);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        return err_set(e, ERR_INVALID, "the Kafka client could not be made: %s", why);
    }
    failed = ensure(rk, t, timeout_ms, e);
    rd_kafka_destroy(rk);
    return failed;
}

int kafka_topics_too_large(enum kafka_topic topic, size_t len, struct err *e)
{
    if (len + RECORD_SLACK > KAFKA_RECORD_MAX)
        return err_set(e, ERR_TOO_LARGE,
            "This makes a record of %zu bytes; Kafka is given at most %u (max.message.bytes): make "
            "it smaller.",
            len, KAFKA_RECORD_MAX);
    return err_set(e, ERR_TOO_LARGE,
        "This makes a record of %zu bytes, and Kafka's topic %s does not take it: set its "
        "max.message.bytes to %u, as in 'kafka-configs.sh --bootstrap-server HOST:PORT --alter "
        "--topic %s --add-config max.message.bytes=%u', and try again.",
        len, kafka_topic_name[topic], KAFKA_RECORD_MAX, kafka_topic_name[topic], KAFKA_RECORD_MAX);
}
