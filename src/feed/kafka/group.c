/* group.c: membership in a consumer group, used for one thing only: Kafka decides which server
 * drives which partition, and notices within seconds when one is gone. Nothing is read through
 * it. */
#include "feed/kafka/group.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define LEAVE_MS 300 /* for saying goodbye when the server ends */
#define SLICE_MS 20  /* of that wait */

struct kafka_group {
    rd_kafka_t *rk;
    uint64_t held; /* bit p: partition p is assigned to this server */
    bool named;
    bool fenced; /* another server has joined under the same name */
};

/* librdkafka's callback, inside of kafka_group_poll. Between two assignments nothing is held. */
static void rebalanced(
    rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_group *g = opaque;

    g->held = 0;
    if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        (void)rd_kafka_assign(rk, NULL);
        return;
    }
    for (int i = 0; i < list->cnt; i++) {
        if (list->elems[i].partition < 64)
            g->held |= (uint64_t)1 << list->elems[i].partition;
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    }
    (void)rd_kafka_assign(rk, list);
    (void)rd_kafka_pause_partitions(rk, list); /* membership is all that is wanted */
}

/* A session of 6 s: a server that dies is replaced after that. Shorter ones would take a slow
 * server for a dead one. */
static rd_kafka_t *client(
    struct kafka_group *g, const struct kafka_settings *s, const char *instance, struct err *e)
{
    const char *own[] = {"group.id", "trackside-drivers", "session.timeout.ms", "6000",
        "heartbeat.interval.ms", "1500", "max.poll.interval.ms", "30000", "enable.auto.commit",
        "false", "auto.offset.reset", "latest", "partition.assignment.strategy", "range",
        instance ? "group.instance.id" : NULL, instance, NULL};
    rd_kafka_conf_t *conf = kafka_settings_conf(s, own, e);
    rd_kafka_t *rk;
    char why[256];

    if (!conf)
        return NULL;
    rd_kafka_conf_set_opaque(conf, g);
    rd_kafka_conf_set_rebalance_cb(conf, rebalanced);
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        (void)err_set(e, ERR_INVALID, "the Kafka consumer could not be made: %s", why);
    }
    return rk;
}

/* The group is about the topic of races: each of its partitions has one driver. */
struct kafka_group *kafka_group_new(
    const struct kafka_settings *s, const char *instance, struct err *e)
{
    struct kafka_group *g = mem_zalloc(1, sizeof *g);
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;

    g->named = instance != NULL;
    g->rk = client(g, s, instance, e);
    if (!g->rk) {
        free(g);
        return NULL;
    }
    (void)rd_kafka_poll_set_consumer(g->rk);
    list = rd_kafka_topic_partition_list_new(1);
    (void)rd_kafka_topic_partition_list_add(
        list, kafka_topic_name[KAFKA_RACES], RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(g->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code) {
        kafka_group_free(g);
        (void)err_set(
            e, ERR_INTERNAL, "the group of drivers cannot be joined: %s", rd_kafka_err2str(code));
        return NULL;
    }
    return g;
}

/* Kafka keeps the partitions of a member with a name until its session ends, unless it
 * unsubscribes. */
static void leave(struct kafka_group *g)
{
    if (rd_kafka_unsubscribe(g->rk))
        return;
    for (int ms = 0; ms < LEAVE_MS; ms += SLICE_MS) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(g->rk, SLICE_MS);

        if (m)
            rd_kafka_message_destroy(m);
    }
}

void kafka_group_free(struct kafka_group *g)
{
    if (!g)
        return;
    if (g->named && !g->fenced)
        leave(g);
    (void)rd_kafka_consumer_close(g->rk);
    rd_kafka_destroy(g->rk);
    free(g);
}

/* Has to be called often: Kafka expels a member that does not poll. */
void kafka_group_poll(struct kafka_group *g)
{
    rd_kafka_message_t *m;

    while ((m = rd_kafka_consumer_poll(g->rk, 0)))
        rd_kafka_message_destroy(m);
    g->fenced = g->named && rd_kafka_fatal_error(g->rk, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    if (rd_kafka_assignment_lost(g->rk) || g->fenced)
        g->held = 0;
}

uint64_t kafka_group_held(const struct kafka_group *g)
{
    return g->held;
}

bool kafka_group_fenced(const struct kafka_group *g)
{
    return g->fenced;
}
