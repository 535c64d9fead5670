/*
 * settings.h: how every Kafka client of this process is set up: the brokers, the file given
 * with
 * --kafka-config (key=value lines, librdkafka's names: security.protocol, sasl.*, ssl.*), and what
 * we insist on. Owned by whoever initialised it; the clients borrow it while they are made.
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

/* `file` may be NULL. A line that is not key=value, a key that librdkafka does not know, or one
 * that is ours (transactional.id, isolation.level, group.id, ...) is an error that names file and
 * line. */
int kafka_settings_init(
    struct kafka_settings *s, const char *brokers, const char *file, struct err *e) MUST_CHECK;
void kafka_settings_release(struct kafka_settings *s);

/* A configuration with `own` name/value pairs (NULL-terminated) on top; the caller's until a client
 * is made of it. */
rd_kafka_conf_t *kafka_settings_conf(
    const struct kafka_settings *s, const char *const *own, struct err *e) MUST_CHECK;

#endif
