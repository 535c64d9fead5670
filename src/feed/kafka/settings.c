/* settings.c: settings of librdkafka from a file of the user, and Trackside's own. The user's are
 * checked when the program starts, so that a typing error is a sentence with its line and not a
 * connection that never comes. */
#include "feed/kafka/settings.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Trackside needs these as they are: the file may not set them. */
static const char *const ours[] = {"bootstrap.servers", "metadata.broker.list", "transactional.id",
    "enable.idempotence", "isolation.level", "group.id", "group.instance.id",
    "statistics.interval.ms", "enable.auto.commit", "enable.auto.offset.store",
    "enable.partition.eof", "partition.assignment.strategy", NULL};

/* In place. */
static char *trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return s;
}

/* librdkafka itself checks name and value, in a configuration that is thrown away. */
static int add(struct kafka_settings *s, const char *name, const char *value, struct err *e)
{
    rd_kafka_conf_t *probe = rd_kafka_conf_new();
    char why[256];
    rd_kafka_conf_res_t known = rd_kafka_conf_set(probe, name, value, why, sizeof why);

    rd_kafka_conf_destroy(probe);
    if (known != RD_KAFKA_CONF_OK)
        return err_set(e, ERR_INVALID, "%s", why);
    for (size_t i = 0; ours[i]; i++)
        if (strcmp(name, ours[i]) == 0)
            return err_set(e, ERR_INVALID, "%s is set by Trackside itself; take it out", name);
    s->item = mem_realloc(s->item, s->n + 1, sizeof *s->item);
    s->item[s->n].name = mem_strdup(name);
    s->item[s->n].value = mem_strdup(value);
    s->n++;
    return 0;
}

/* Empty lines and lines with # are passed over. */
static int add_line(struct kafka_settings *s, char *line, struct err *e)
{
    char *text = trim(line), *equals;

    if (*text == '\0' || *text == '#')
        return 0;
    equals = strchr(text, '=');
    if (!equals)
        return err_set(e, ERR_INVALID, "this is not key=value: \"%.60s\"", text);
    *equals = '\0';
    return add(s, trim(text), trim(equals + 1), e);
}

/* A file that is longer than KAFKA_SETTINGS_FILE_MAX is cut; no file of settings is. */
static int read_file(struct kafka_settings *s, const char *path, struct err *e)
{
    FILE *f = fopen(path, "re");
    char *text, *line, *rest;
    size_t len;
    int failed = 0, number = 0;

    if (!f)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    text = mem_alloc(KAFKA_SETTINGS_FILE_MAX + 1);
    len = fread(text, 1, KAFKA_SETTINGS_FILE_MAX, f);
    (void)fclose(f);
    text[len] = '\0';
    rest = text;
    while (!failed && (line = strsep(&rest, "\n"))) {
        number++;
        failed = add_line(s, line, e);
    }
    free(text);
    return failed ? err_prefix(e, "%s line %d", path, number) : 0;
}

int kafka_settings_init(
    struct kafka_settings *s, const char *brokers, const char *file, struct err *e)
{
    *s = (struct kafka_settings){.brokers = mem_strdup(brokers)};
    if (file && read_file(s, file, e)) {
        kafka_settings_release(s);
        return -1;
    }
    return 0;
}

void kafka_settings_release(struct kafka_settings *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->item[i].name);
        free(s->item[i].value);
    }
    free(s->item);
    free(s->brokers);
    *s = (struct kafka_settings){0};
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *e)
{
    char why[256];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
        return err_set(e, ERR_INVALID, "Kafka setting %s: %s", name, why);
    return 0;
}

/* Without it librdkafka prints to stderr. What matters is returned as an error. */
static void quiet(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    (void)level;
    (void)facility;
    (void)text;
}

/* `own` are pairs of name and value, with NULL at the end. The file's settings come last. */
rd_kafka_conf_t *kafka_settings_conf(
    const struct kafka_settings *s, const char *const *own, struct err *e)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int failed = set(conf, "bootstrap.servers", s->brokers, e);

    rd_kafka_conf_set_log_cb(conf, quiet);
    for (size_t i = 0; !failed && own[i]; i += 2)
        failed = set(conf, own[i], own[i + 1], e);
    for (size_t i = 0; !failed && i < s->n; i++)
        failed = set(conf, s->item[i].name, s->item[i].value, e);
    if (failed) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    return conf;
}
