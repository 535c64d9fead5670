/* shards.c: `simulate --shard I/N` runs as N processes that know nothing of each other. Each marks
 * its part as done by committing an offset for a consumer group of that name, because Kafka keeps
 * such offsets for all of them and needs no topic of its own. */
#include "feed/kafka/shards.h"

#include "feed/kafka/topics.h"

#include <stdio.h>
#include <string.h>

#define GROUP_MAX 256 /* a group's name, with its NUL */
#define MARK 1        /* the offset that is committed; any number does */

/* A client for one question. Marks are rare, so it is made and freed each time. */
static rd_kafka_t *client(const struct kafka_settings *s, struct err *e)
{
    static const char *const own[] = {NULL};
    rd_kafka_conf_t *conf = kafka_settings_conf(s, own, e);
    rd_kafka_t *rk;
    char why[256];

    if (!conf)
        return NULL;
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        (void)err_set(e, ERR_INVALID, "the Kafka client could not be made: %s", why);
    }
    return rk;
}

/* One group for each part of each race. */
static void group_name(char out[GROUP_MAX], const char *name, uint32_t part, uint32_t of)
{
    (void)snprintf(out, GROUP_MAX, "%.200s-%u-%u", name, part, of);
}

/* One partition of a topic that exists. Which one does not matter. */
static rd_kafka_topic_partition_list_t *place(void)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, kafka_topic_name[KAFKA_PARKRUN], 0)->offset = MARK;
    return list;
}

/* The broker's time limit; the wait on our side is a second longer. */
static rd_kafka_AdminOptions_t *admin_options(
    rd_kafka_t *rk, rd_kafka_admin_op_t op, int timeout_ms)
{
    rd_kafka_AdminOptions_t *o = rd_kafka_AdminOptions_new(rk, op);
    char why[256];

    (void)rd_kafka_AdminOptions_set_request_timeout(o, timeout_ms, why, sizeof why);
    return o;
}

/* An answer is about one group and one partition. 0: *offset is its offset. */
static int read_answer(rd_kafka_event_t *event, int64_t *offset, struct err *e)
{
    const rd_kafka_group_result_t **group = NULL;
    const rd_kafka_topic_partition_list_t *list;
    const rd_kafka_error_t *error;
    const char *why = "no answer";
    size_t n = 0;

    if (event && rd_kafka_event_error(event))
        why = rd_kafka_event_error_string(event);
    else if (event && rd_kafka_event_AlterConsumerGroupOffsets_result(event))
        group = rd_kafka_AlterConsumerGroupOffsets_result_groups(
            rd_kafka_event_AlterConsumerGroupOffsets_result(event), &n);
    else if (event)
        group = rd_kafka_ListConsumerGroupOffsets_result_groups(
            rd_kafka_event_ListConsumerGroupOffsets_result(event), &n);
    error = n ? rd_kafka_group_result_error(group[0]) : NULL;
    if (error)
        why = rd_kafka_error_string(error);
    list = n && !error ? rd_kafka_group_result_partitions(group[0]) : NULL;
    if (list && list->cnt == 1 && !list->elems[0].err) {
        *offset = list->elems[0].offset;
        return 0;
    }
    if (list && list->cnt == 1)
        why = rd_kafka_err2str(list->elems[0].err);
    return err_set(
        e, ERR_UNAVAILABLE, "Kafka does not keep which parts of the race are done: %s", why);
}

/* Waits for the answer on the queue and takes the queue. As read_answer. */
static int await_answer(rd_kafka_queue_t *queue, int timeout_ms, int64_t *offset, struct err *e)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
    int rc = read_answer(event, offset, e);

    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    return rc;
}

/* Marks one part. Setting a mark again changes nothing. */
static int set(rd_kafka_t *rk, const char *group, int timeout_ms, struct err *e)
{
    rd_kafka_topic_partition_list_t *list = place();
    rd_kafka_AlterConsumerGroupOffsets_t *ask = rd_kafka_AlterConsumerGroupOffsets_new(group, list);
    rd_kafka_AdminOptions_t *o =
        admin_options(rk, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, timeout_ms);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int64_t ignored;
    int rc;

    rd_kafka_AlterConsumerGroupOffsets(rk, &ask, 1, o, queue);
    rc = await_answer(queue, timeout_ms, &ignored, e);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_AlterConsumerGroupOffsets_destroy(ask);
    rd_kafka_topic_partition_list_destroy(list);
    return rc;
}

/* An offset below 0 means that none was committed. */
static int is_marked(rd_kafka_t *rk, const char *group, int timeout_ms, bool *is_set, struct err *e)
{
    rd_kafka_topic_partition_list_t *list = place();
    rd_kafka_ListConsumerGroupOffsets_t *ask = rd_kafka_ListConsumerGroupOffsets_new(group, list);
    rd_kafka_AdminOptions_t *o =
        admin_options(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout_ms);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int64_t offset = -1;
    int rc;

    rd_kafka_ListConsumerGroupOffsets(rk, &ask, 1, o, queue);
    rc = await_answer(queue, timeout_ms, &offset, e);
    *is_set = offset >= 0;
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_ListConsumerGroupOffsets_destroy(ask);
    rd_kafka_topic_partition_list_destroy(list);
    return rc;
}

int kafka_shards_set(const struct kafka_settings *s, const char *name, uint32_t part, uint32_t of,
    int timeout_ms, struct err *e)
{
    rd_kafka_t *rk = client(s, e);
    char group[GROUP_MAX];
    int rc;

    if (!rk)
        return -1;
    group_name(group, name, part, of);
    rc = set(rk, group, timeout_ms, e);
    rd_kafka_destroy(rk);
    return rc;
}

/* Stops at the first part that is not done. */
int kafka_shards_all(const struct kafka_settings *s, const char *name, uint32_t of, int timeout_ms,
    bool *all, struct err *e)
{
    rd_kafka_t *rk = client(s, e);
    char group[GROUP_MAX];
    int rc = rk ? 0 : -1;

    *all = true;
    for (uint32_t part = 1; !rc && *all && part <= of; part++) {
        group_name(group, name, part, of);
        rc = is_marked(rk, group, timeout_ms, all, e);
    }
    if (rk)
        rd_kafka_destroy(rk);
    return rc;
}
