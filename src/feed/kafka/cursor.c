/* cursor.c: the place in Kafka as one line of text (cursor.h). It comes back from the disk, so
 * every word is checked. */
#include "feed/kafka/cursor.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kafka_cursor_format(
    const struct kafka_cursor *c, const struct kafka_topics *t, struct buf *out)
{
    buf_adds(out, c->cluster_id);
    for (int i = 0; i < KAFKA_TOPICS; i++) {
        buf_addf(out, " %s", kafka_topic_name[i]);
        for (int32_t p = 0; p < t->partitions[i]; p++) {
            buf_addf(out, " %" PRId32 ":%" PRId64, p, c->next[i][p]);
            if (i == KAFKA_PARKRUN && c->done[p] > c->next[i][p])
                buf_addf(out, "-%" PRId64, c->done[p]);
        }
    }
}

/* -1: the word is no topic. */
static int topic_of(const char *word)
{
    for (int i = 0; i < KAFKA_TOPICS; i++)
        if (strcmp(word, kafka_topic_name[i]) == 0)
            return i;
    return -1;
}

/* A word is a topic, or a partition of the last topic. The text comes from the disk, so every
 * number is bounded. */
static int parse_words(struct kafka_cursor *c, char *rest, struct err *e)
{
    char *word;
    int topic = -1;

    while ((word = strsep(&rest, " "))) {
        int32_t partition;
        int64_t next, done = 0;

        if (sscanf(word, "%" SCNd32 ":%" SCNd64 "-%" SCNd64, &partition, &next, &done) >= 2) {
            if (topic < 0 || partition < 0 || partition >= KAFKA_MAX_PARTITIONS || next < 0)
                return err_set(
                    e, ERR_INTERNAL, "the stored place in Kafka is damaged at \"%.40s\"", word);
            c->next[topic][partition] = next;
            if (topic == KAFKA_PARKRUN)
                c->done[partition] = done;
        } else if ((topic = topic_of(word)) < 0) {
            return err_set(
                e, ERR_INTERNAL, "the stored place in Kafka is damaged at \"%.40s\"", word);
        }
    }
    return 0;
}

/* Topics and partitions that are not in the text begin at 0. */
int kafka_cursor_parse(struct kafka_cursor *c, const char *text, struct err *e)
{
    char *copy = mem_strdup(text), *rest = copy, *id = strsep(&rest, " ");
    int failed = 0;

    *c = (struct kafka_cursor){0};
    (void)snprintf(c->cluster_id, sizeof c->cluster_id, "%s", id);
    if (rest)
        failed = parse_words(c, rest, e);
    free(copy);
    return failed;
}
