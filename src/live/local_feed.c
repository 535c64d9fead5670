/* local_feed.c: the engine on a feed of its own, the default. What is published reaches the store
 * within the call, so there is nothing to wait for and nobody else to ask. */
#include "live/engine_impl.h"

#include <string.h>

/* The feed delivers what is published within the call, so the sink is the store itself. */
static int on_tick(void *arg, const struct tick *t, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    return en->store->ops->put_tick(en->store, t, e);
}

static int on_events(void *arg, const struct event *events, size_t n, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    return en->store->ops->put_events(en->store, events, n, e);
}

static int on_race(void *arg, const struct race_record *r, bool own, struct err *e)
{
    struct engine *en = arg;

    (void)own;
    en->dirty = true;
    return en->store->ops->put_race(en->store, r, e);
}

static int on_course(void *arg, struct course *c, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    return en->store->ops->put_course(en->store, c, e);
}

static int on_course_gone(void *arg, const char *short_name, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    return en->store->ops->delete_course(en->store, short_name, e);
}

/* A store commits a roster by itself. */
static int on_roster(void *arg, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct engine *en = arg;

    return en->store->ops->put_roster(en->store, run_id, csv, len, e);
}

/* Ticks of many races that are due within 20 ms share a wake-up, and so a commit. */
static int64_t next_ns(const struct engine *en, int64_t due_ns)
{
    int64_t soonest_ns = en->started_ns + (int64_t)WAKEUP_GAP_MS * 1000000;

    return due_ns > soonest_ns ? due_ns : soonest_ns;
}

static int step(struct engine *en, struct driver *d, struct err *e)
{
    return driver_step(d, en->feed, &en->stats.events, e);
}

/* There is nothing to read back. */
static int exchange(struct engine *en, struct err *e)
{
    return en->feed->ops->flush(en->feed, e);
}

static int commit(struct engine *en, struct err *e)
{
    return en->store->ops->commit(en->store, e);
}

/* Only the races that have changed: a thousand paused races cost nothing. */
static void show(struct engine *en)
{
    struct err ignored;

    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];

        if (d->changed)
            engine_loop_tell(en, en->store->ops->view(en->store, d->race.spec.run_id, &ignored));
    }
}

/* Every unfinished race of ours goes on here: there is no other server. */
static bool list(struct engine *en, const struct race_record *r)
{
    return (!r->external || (r->live && en->fixlog)) && driver_wanted(r->state);
}

/* The id of a deleted race is free: nothing of it is left anywhere. */
static enum run_id_use use_of(struct engine *en, const char *run_id)
{
    struct race_record known;
    struct err ignored;

    return en->store->ops->race(en->store, run_id, &known, &ignored) ? RUN_ID_FREE : RUN_ID_TAKEN;
}

/* The engine takes the driver over. */
static void created(struct engine *en, struct call *c)
{
    struct driver *d = c->driver;

    d->changed = d->fresh = true;
    schedule_add(&en->schedule, d);
    c->driver = NULL;
}

/* Every unfinished race has its driver here. */
static int ask(struct engine *en, struct race_record *r, struct err *e)
{
    (void)en;
    return err_set_id(
        e, ERR_CONFLICT, "race-state", "The race %s is not driven by this server.", r->spec.run_id);
}

static const struct race_record *on_that_course(const struct engine *en, const char *course)
{
    for (size_t i = 0; i < en->schedule.n; i++) {
        const struct driver *d = en->schedule.at[i];

        if (!driver_is_over(d) && strcmp(d->race.spec.course, course) == 0)
            return &d->race;
    }
    return NULL;
}

/* It goes with the race. */
static void drop_roster(struct engine *en, const char *run_id)
{
    (void)en;
    (void)run_id;
}

const struct engine_mode local_feed_mode = {
    .sink = {.tick = on_tick,
        .events = on_events,
        .race = on_race,
        .course = on_course,
        .course_gone = on_course_gone,
        .roster = on_roster},
    .next_ns = next_ns,
    .step = step,
    .exchange = exchange,
    .commit = commit,
    .show = show,
    .list = list,
    .use_of = use_of,
    .created = created,
    .ask = ask,
    .on_course = on_that_course,
    .drop_roster = drop_roster,
};
