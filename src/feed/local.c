#include "base/mem.h"
#include "feed/feed.h"

#include <stdlib.h>

struct local {
    struct feed head;
    struct feed_sink sink;
};

static struct local *local(struct feed *f)
{
    return (struct local *)f;
}

static int publish_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->tick ? s->tick(s->arg, t, e) : 0;
}

static int publish_events(struct feed *f, const struct event *events, size_t n, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->events ? s->events(s->arg, events, n, e) : 0;
}

static int publish_race(struct feed *f, const struct race_record *r, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->race ? s->race(s->arg, r, true, e) : 0;
}

static int publish_course(struct feed *f, struct course *c, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->course ? s->course(s->arg, c, e) : 0;
}

static int delete_course(struct feed *f, const char *short_name, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->course_gone ? s->course_gone(s->arg, short_name, e) : 0;
}

static int publish_roster(
    struct feed *f, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct feed_sink *s = &local(f)->sink;

    return s->roster ? s->roster(s->arg, run_id, csv, len, e) : 0;
}

static int flush(struct feed *f, struct err *e)
{
    (void)f;
    (void)e;
    return 0;
}

static void local_free(struct feed *f)
{
    free(f);
}

static const struct feed_ops local_ops = {
    .name = "local",
    .publish_tick = publish_tick,
    .publish_events = publish_events,
    .publish_race = publish_race,
    .publish_course = publish_course,
    .delete_course = delete_course,
    .publish_roster = publish_roster,
    .flush = flush,
    .free = local_free,
};

struct feed *feed_local_new(const struct feed_sink *sink)
{
    struct local *l = mem_zalloc(1, sizeof *l);

    l->head.ops = &local_ops;
    l->sink = *sink;
    return &l->head;
}
