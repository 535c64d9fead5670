/*
 * member.h: this server as a member of the group of drivers (group.h). It joins when it has read
 * what stood in `parkrun` when it began: earlier it would be given partitions that it cannot drive
 * yet.
 */
#ifndef FEED_KAFKA_MEMBER_H
#define FEED_KAFKA_MEMBER_H

#include "base/err.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/group.h"
#include "feed/kafka/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* The first three are the caller's to set; instance is taken over. */
struct kafka_member {
    const struct kafka_settings *settings;
    struct kafka_consumer *consumer;
    char *instance;            /* NULL: none, or another server has it too */
    struct kafka_group *group; /* NULL until the backlog has been read */
    bool has_backlog, caught_up;
    int64_t backlog[KAFKA_MAX_PARTITIONS]; /* where parkrun ended at the start */
};

void kafka_member_release(struct kafka_member *m); /* leaves the group */

/* Bit p: partition p of `races` is ours. 0 before it has joined. */
uint64_t kafka_member_held(struct kafka_member *m);

/* Joins where the backlog has been read. `away`: no broker answers, so nothing is tried. */
int kafka_member_join(struct kafka_member *m, bool away, struct err *e) MUST_CHECK;

/* Records of the backlog that are left; -1: not known yet. */
int64_t kafka_member_to_read(const struct kafka_member *m);

#endif
