/* member.c: when this server joins the group of those who drive races. Not before it has read what
 * was published until its start: it would drive races whose last seconds it does not know. */
#include "feed/kafka/member.h"

#include <stdlib.h>

#define ASK_MS 2000 /* for the ends of the partitions */

void kafka_member_release(struct kafka_member *m)
{
    kafka_group_free(m->group);
    free(m->instance);
}

/* The partitions that Kafka has assigned to this server, as bits. 0 while it is not in the
 * group. */
uint64_t kafka_member_held(struct kafka_member *m)
{
    if (!m->group)
        return 0;
    kafka_group_poll(m->group);
    if (!kafka_group_fenced(m->group))
        return kafka_group_held(m->group);
    /* Another server has the same name. It keeps it, and this one joins without. */
    kafka_group_free(m->group);
    m->group = NULL;
    free(m->instance);
    m->instance = NULL;
    return 0;
}

/* Called at each poll until it has worked. The ends of the partitions are asked for once: what
 * comes later is read as it comes. */
int kafka_member_join(struct kafka_member *m, bool away, struct err *e)
{
    if (m->group || !kafka_consumer_begun(m->consumer) || away)
        return 0;
    if (!m->has_backlog && kafka_consumer_ends(m->consumer, m->backlog, ASK_MS, e))
        return -1;
    m->has_backlog = true;
    m->caught_up = kafka_consumer_passed(m->consumer, m->backlog);
    if (!m->caught_up)
        return 0;
    m->group = kafka_group_new(m->settings, m->instance, e);
    return m->group ? 0 : -1;
}

/* Records that are left of the backlog; -1: not known yet. */
int64_t kafka_member_to_read(const struct kafka_member *m)
{
    const int64_t *next = kafka_consumer_cursor(m->consumer)->next[KAFKA_PARKRUN];
    int64_t left = 0;

    if (m->caught_up || !m->has_backlog)
        return m->caught_up ? 0 : -1;
    for (int32_t p = 0; p < KAFKA_MAX_PARTITIONS; p++)
        if (m->backlog[p] > next[p])
            left += m->backlog[p] - next[p];
    return left;
}
