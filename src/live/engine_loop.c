#include "live/engine_impl.h"
#include "live/shown.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>

#define NS_PER_MS 1000000

/* From now until the next tick is due, at most `limit_ms`. */
static int64_t until_due_ms(const struct engine *en, int64_t limit_ms)
{
    const struct driver *first = schedule_first(&en->schedule);
    int64_t togo_ms = limit_ms;

    if (first && first->due_ms != INT64_MAX)
        togo_ms = first->due_ms - clock_wall_ms();
    if (togo_ms > limit_ms)
        return limit_ms;
    return togo_ms > 0 ? togo_ms : 0;
}

int64_t engine_loop_next_ns(const struct engine *en)
{
    int64_t now_ns = clock_mono_ns(),
            soonest_ns = en->started_ns + (int64_t)WAKEUP_GAP_MS * NS_PER_MS;
    int64_t at_ns = now_ns + until_due_ms(en, WAKEUP_SLEEP_MS) * NS_PER_MS;

    if (en->blocked)
        return en->retry_at_ns;
    if (en->more || en->stream.on) /* a shared feed is waited on in the wake-up itself */
        return now_ns;
    return at_ns > soonest_ns ? at_ns : soonest_ns;
}

static void count_late(struct engine *en, const struct driver *d, bool first)
{
    double late_ms = (double)(clock_wall_ms() - d->due_ms);

    if (first)
        en->figures.last_late_ms = late_ms;
    if (late_ms > en->figures.max_late_ms)
        en->figures.max_late_ms = late_ms;
    en->figures.late_ticks += late_ms > WAKEUP_LATE_MS;
}

/* All that is due, oldest first, or as much as one wake-up may take. */
static int publish_due(struct engine *en, int64_t start_ns, struct err *e)
{
    uint64_t ticks = en->figures.ticks, events = en->figures.events;
    struct driver *d;

    en->more = false;
    if (en->stream.waiting)
        return 0;
    while ((d = schedule_first(&en->schedule)) && d->due_ms <= clock_wall_ms()) {
        if (clock_mono_ns() - start_ns > (int64_t)WAKEUP_WORK_MS * NS_PER_MS ||
            en->figures.events - events > WAKEUP_EVENTS) {
            en->more = true;
            return 0;
        }
        count_late(en, d, en->figures.ticks == ticks);
        if (driver_step(d, en->feed, &en->figures.events, e)) {
            if (!en->stream.on)
                return -1;
            if (en->feed->ops->drives(en->feed, d->race.spec.run_id))
                en->stream.waiting =
                    true; /* the broker is away: shared_feed_exchange finds out more */
            else
                en->stream.reconcile_ms = 0; /* it is another server's now: let it go at once */
            return 0;
        }
        en->figures.ticks++;
        en->stream.published = en->stream.on;
        en->dirty = en->dirty || !en->stream.on;
        schedule_moved(&en->schedule, d);
        if (en->feed->ops->full && en->feed->ops->full(en->feed, d->race.spec.run_id)) {
            en->more = true;
            return 0;
        }
    }
    return 0;
}

static void run_calls(struct engine *en, struct call *calls)
{
    for (struct call *c = calls; c; c = c->next) {
        if (en->blocked && !c->adopts) {
            c->err = en->blocked_why;
            c->rc = -1;
            continue;
        }
        c->rc = c->run(en, c);
    }
}

/* Out with what was published, in with what came back. */
static int exchange(struct engine *en, struct err *e)
{
    if (!en->stream.on)
        return en->feed->ops->flush(en->feed, e) || en->feed->ops->poll(en->feed, &en->sink, 0, e);
    if (en->blocked)
        return 0; /* nothing more is read while what was read cannot be written */
    return shared_feed_exchange(
        en, (int)(en->more ? 0 : until_due_ms(en, WAKEUP_SLEEP_FEED_MS)), e);
}

/* A reader that is behind its stream is not taken for one that has all there is. */
static void tell_feed(struct engine *en)
{
    struct feed_stats f = {0};

    if (!en->stream.on || !en->store->ops->feed)
        return;
    en->feed->ops->figures(en->feed, &f);
    en->store->ops->feed(en->store, &f);
}

/* Commits what was put. Once in a while also nothing, which lets the store tidy up. */
static int settle(struct engine *en, struct err *e)
{
    int64_t now_ns = clock_mono_ns();
    bool idle = now_ns - en->committed_ns > (int64_t)WAKEUP_IDLE_COMMIT_MS * NS_PER_MS;

    if (exchange(en, e))
        return -1;
    tell_feed(en);
    if (!en->dirty && !idle)
        return 0;
    if ((en->stream.on && shared_feed_keep_cursor(en, e)) || en->store->ops->commit(en->store, e))
        return -1;
    en->committed_ns = now_ns;
    en->dirty = false;
    return 0;
}

static void tell(struct engine *en, struct view *v)
{
    if (en->listener && v)
        en->listener(en->listener_arg, v);
    view_unref(v);
}

/* What the store has committed, to the listener. */
static void show(struct engine *en)
{
    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];
        struct err e;

        if (d->changed && !en->stream.on)
            tell(en, en->store->ops->view(en->store, d->race.spec.run_id, &e));
        d->changed = d->fresh = false;
    }
    for (size_t i = 0; i < en->gone_n; i++)
        tell(en, en->gone[i]);
    en->gone_n = 0;
    schedule_sweep(&en->schedule);
    if (en->stream.on) {
        shared_feed_show(en);
        shared_feed_reconcile(en);
    }
}

/* The committed state of every race that stands still, with the reason. */
static void show_blocked(struct engine *en)
{
    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];
        struct race_record r = d->race;
        struct view *v;
        struct err e;

        if (r.state != RACE_RUNNING)
            continue;
        v = en->store->ops->view(en->store, r.spec.run_id, &e);
        shown_blocked(&r, &en->blocked_why);
        if (v)
            tell(en, shown_copy(v, &r));
        view_unref(v);
    }
}

/* A race whose creation could not be recorded was refused: it must not appear later. */
static void drop_fresh(struct engine *en)
{
    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];
        struct err ignored;

        if (!d->fresh)
            continue;
        d->race.state = RACE_DELETED;
        (void)en->feed->ops->publish_race(en->feed, &d->race, &ignored);
    }
    schedule_sweep(&en->schedule);
}

static void block(struct engine *en, struct call *calls, const struct err *why)
{
    bool news = !en->blocked;

    en->blocked = true;
    en->blocked_why = *why;
    en->retry_at_ns = clock_mono_ns() + (int64_t)WAKEUP_RETRY_MS * NS_PER_MS;
    for (struct call *c = calls; c; c = c->next) {
        if (c->rc)
            continue;
        c->rc = err_set(&c->err, why->code, "%s%s", why->text,
            c->creates ? "" : " What was asked for takes effect then.");
    }
    drop_fresh(en);
    if (!news)
        return;
    log_error("races stand still, trying again every second: %s", why->text);
    show_blocked(en);
}

/* There is room again: every race goes on from its last published second. */
static int unblock(struct engine *en, struct err *e)
{
    int64_t now_ms = clock_wall_ms();

    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];

        if (d->due_ms == INT64_MAX)
            continue;
        if (driver_restart_clock(d, en->feed, now_ms, e))
            return -1;
        en->dirty = true;
    }
    schedule_rebuild(&en->schedule);
    if (settle(en, e))
        return -1;
    en->blocked = false;
    log_info("it can be written again: races go on");
    return 0;
}

static int work(struct engine *en, int64_t start_ns, struct err *e)
{
    if (!en->blocked && publish_due(en, start_ns, e))
        return -1;
    if (settle(en, e))
        return -1;
    return en->blocked ? unblock(en, e) : 0;
}

/* A store may stop being ready without anybody writing to it. The log says so once, and when it is
 * over. */
static void look_at_store(struct engine *en, int64_t now_ns)
{
    struct store *s = en->store;
    struct err why;
    bool unready;

    if (!s->ops->ready || now_ns - en->looked_ns < (int64_t)WAKEUP_LOOK_MS * NS_PER_MS)
        return;
    en->looked_ns = now_ns;
    unready = s->ops->ready(s, &why) != 0;
    if (unready && !en->unready)
        log_error("%s", why.text);
    if (!unready && en->unready)
        log_info("the store is ready again");
    en->unready = unready;
}

void engine_loop_run(struct engine *en, struct call *calls)
{
    int64_t start_ns = clock_mono_ns();
    uint64_t ticks = en->figures.ticks;
    struct err e;

    look_at_store(en, start_ns);

    /* Callers see races as they are now: what was due before they asked is published first. */
    if (calls && !en->blocked && publish_due(en, start_ns, &e))
        block(en, NULL, &e);
    run_calls(en, calls);
    if (en->blocked && start_ns < en->retry_at_ns)
        return;
    if (work(en, start_ns, &e))
        block(en, calls, &e);
    else
        show(en);
    if (en->figures.ticks == ticks)
        return;
    en->started_ns = start_ns;
    en->figures.wakeups++;
    en->figures.last_wakeup_ms = (double)(clock_mono_ns() - start_ns) / NS_PER_MS;
}
