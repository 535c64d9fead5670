#include "feed/tee.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct tee {
    struct feed head;
    struct feed_ops ops; /* the inner feed's, but for what is in front of it here */
    struct feed *inner;
    struct feed_sink sink;
    char server_id[64];
};

static struct tee *tee(struct feed *f)
{
    return (struct tee *)f;
}

static int publish_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->publish_tick(inner, t, e);
}

static int publish_race(struct feed *f, const struct race_record *r, struct err *e)
{
    struct tee *t = tee(f);
    struct race_record signed_by_us = *r;

    (void)snprintf(signed_by_us.driver, sizeof signed_by_us.driver, "%s", t->server_id);
    if (t->inner->ops->publish_race(t->inner, &signed_by_us, e))
        return -1;
    return t->sink.race(t->sink.arg, &signed_by_us, e);
}

static int publish_course(struct feed *f, struct course *c, struct err *e)
{
    struct tee *t = tee(f);

    if (t->inner->ops->publish_course(t->inner, c, e))
        return -1;
    return t->sink.course(t->sink.arg, c, e);
}

static int delete_course(struct feed *f, const char *short_name, struct err *e)
{
    struct tee *t = tee(f);

    if (t->inner->ops->delete_course(t->inner, short_name, e))
        return -1;
    return t->sink.course_gone(t->sink.arg, short_name, e);
}

static int publish_roster(
    struct feed *f, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct tee *t = tee(f);

    if (t->inner->ops->publish_roster(t->inner, run_id, csv, len, e))
        return -1;
    return t->sink.roster(t->sink.arg, run_id, csv, len, e);
}

static int flush(struct feed *f, struct err *e)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->flush(inner, e);
}

static int poll(struct feed *f, const struct feed_sink *sink, int timeout_ms, struct err *e)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->poll(inner, sink, timeout_ms, e);
}

static enum feed_outcome outcome(struct feed *f, const char *run_id)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->outcome(inner, run_id);
}

static int full(struct feed *f, const char *run_id)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->full && inner->ops->full(inner, run_id);
}

static int drives(struct feed *f, const char *run_id)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->drives(inner, run_id);
}

static int cursor(struct feed *f, struct buf *out)
{
    struct feed *inner = tee(f)->inner;

    return inner->ops->cursor(inner, out);
}

static void figures(struct feed *f, struct feed_stats *out)
{
    struct feed *inner = tee(f)->inner;

    inner->ops->figures(inner, out);
}

static void tee_free(struct feed *f)
{
    free(f);
}

struct feed *feed_tee_new(struct feed *inner, const struct feed_sink *sink, const char *server_id)
{
    struct tee *t = mem_zalloc(1, sizeof *t);

    t->ops = (struct feed_ops){.name = inner->ops->name,
        .publish_tick = publish_tick,
        .publish_race = publish_race,
        .publish_course = publish_course,
        .delete_course = delete_course,
        .publish_roster = publish_roster,
        .flush = flush,
        .poll = poll,
        .free = tee_free,
        .outcome = outcome,
        .drives = drives,
        .full = full,
        .cursor = cursor,
        .figures = figures};
    t->head.ops = &t->ops;
    t->inner = inner;
    t->sink = *sink;
    (void)snprintf(t->server_id, sizeof t->server_id, "%s", server_id);
    return &t->head;
}
