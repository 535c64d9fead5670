/*
 * settings.h: how every Kafka client of this process is set up: the brokers, the file given with
 * --kafka-config (key=value lines with librdkafka's names: security.protocol, sasl.*, ssl.*), and
 * what Trackside itself sets. The caller owns it; a client borrows it while it is made.
 */
#ifndef FEED_KAFKA_SETTINGS_H
#define FEED_KAFKA_SETTINGS_H

#include "base/err.h"

#include <librdkafka/rdkafka.h>
#include <stddef.h>

#define KAFKA_SETTINGS_FILE_MAX 65536u

struct kafka_setting {
    char *name;
    char *value;
};

struct kafka_settings {
    char *brokers;
    struct kafka_setting *item;
    size_t n;
};

/* Reads `file` (NULL: none). ERR_INVALID names file and line: a line that is not key=value, a key
 * that librdkafka does not know, or one that Trackside sets (transactional.id, group.id). */
int kafka_settings_init(
    struct kafka_settings *s, const char *brokers, const char *file, struct err *e) MUST_CHECK;
void kafka_settings_release(struct kafka_settings *s);

/* A configuration with the name/value pairs of `own` (NULL-terminated). The file's lines come last,
 * but cannot contain what Trackside sets. The caller owns it until a client is made of it. */
rd_kafka_conf_t *kafka_settings_conf(
    const struct kafka_settings *s, const char *const *own, struct err *e) MUST_CHECK;

#endif
