#include "feed/kafka/partition.h"

#include "base/clock.h"

#include <stdio.h>

#define ENDS_MS 2000
#define TAKE_OVER_MS 1000
#define RETRY_MS 1000
/* Before a partition is taken again that another server has taken over: our consumer group may not
 * know yet that it is lost. */
#define FENCED_MS 2000

void kafka_partition_leave(struct kafka_partition *p)
{
    kafka_producer_free(p->producer);
    *p = (struct kafka_partition){.state = PARTITION_UNASSIGNED};
}

bool kafka_partition_is_open(const struct kafka_partition *p)
{
    return p->state == PARTITION_ACTIVE && kafka_producer_open(p->producer);
}

/* Fences the server that had the partition before, then asks how far it has committed. */
static int take_over(
    struct kafka_partition *p, int number, const struct kafka_partition_feed *f, struct err *e)
{
    char id[64];

    (void)snprintf(id, sizeof id, "trackside-races-%d", number);
    if (!p->producer && !(p->producer = kafka_producer_new(f->settings, id, e)))
        return -1;
    if (kafka_producer_take_over(p->producer, TAKE_OVER_MS, e) ||
        kafka_consumer_ends(f->consumer, p->ends, ENDS_MS, e))
        return -1;
    p->state = PARTITION_RESTORING;
    return 0;
}

int kafka_partition_step(struct kafka_partition *p, int number, bool held,
    const struct kafka_partition_feed *f, struct err *e)
{
    int64_t now_ms = clock_wall_ms();
    int rc = 0;

    if (!held) {
        if (p->state != PARTITION_UNASSIGNED)
            kafka_partition_leave(p);
        return 0;
    }
    if (p->state == PARTITION_UNASSIGNED)
        p->state = PARTITION_ASSIGNED;
    if (p->state == PARTITION_ASSIGNED && now_ms >= p->retry_ms && !f->away) {
        rc = take_over(p, number, f, e);
        p->retry_ms = rc ? now_ms + RETRY_MS : p->retry_ms;
    }
    if (p->state == PARTITION_RESTORING && kafka_consumer_passed(f->consumer, p->ends))
        p->state = PARTITION_ACTIVE;
    return rc;
}

int kafka_partition_flush(struct kafka_partition *p, int timeout_ms, struct err *e)
{
    p->outcome = FEED_OUT;
    if (!kafka_partition_is_open(p) || kafka_producer_commit(p->producer, timeout_ms, e) == 0)
        return 0;
    if (e->code == ERR_CONFLICT) { /* another server has taken over */
        kafka_partition_leave(p);
        p->retry_ms = clock_wall_ms() + FENCED_MS;
        p->outcome = FEED_LOST;
        return -1;
    }
    p->outcome = kafka_producer_pending(p->producer) ? FEED_PENDING : FEED_LOST;
    return -1;
}
