/* engine_loop.c: one wake-up of the engine's thread. In this order: calls, ticks that are due,
 * commit, report. A caller is answered after the commit, so what it was told is on the disk. One
 * commit for all that happened in a wake-up keeps a thousand races cheap. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>

#define NS_PER_MS 1000000

/* By the wall clock, as races are timed. It may be set while we sleep, so no sleep is long. */
int64_t engine_loop_until_due_ms(const struct engine *en, int64_t limit_ms)
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
    int64_t now_ns = clock_mono_ns();

    if (en->blocked)
        return en->retry_at_ns;
    if (en->more)
        return now_ns;
    return en->mode->next_ns(
        en, now_ns + engine_loop_until_due_ms(en, WAKEUP_SLEEP_MS) * NS_PER_MS);
}

/* `first` of a wake-up: the tick that was due longest. */
static void count_late(struct engine *en, double late_ms, bool first)
{
    if (first)
        en->stats.last_late_ms = late_ms;
    if (late_ms > en->stats.max_late_ms)
        en->stats.max_late_ms = late_ms;
    en->stats.late_ticks += late_ms > WAKEUP_LATE_MS;
}

/* All that is due, oldest first, or as much as one wake-up may take. */
static int publish_due(struct engine *en, int64_t start_ns, struct err *e)
{
    uint64_t ticks = en->stats.ticks, events = en->stats.events;
    struct driver *d;
    int64_t now_ms;

    en->more = false;
    while ((d = schedule_first(&en->schedule)) && d->due_ms <= (now_ms = clock_wall_ms())) {
        double late_ms = (double)(now_ms - d->due_ms);
        int rc;

        if (clock_mono_ns() - start_ns > (int64_t)WAKEUP_WORK_MS * NS_PER_MS ||
            en->stats.events - events > WAKEUP_EVENTS) {
            en->more = true;
            return 0;
        }
        rc = en->mode->step(en, d, e);
        if (rc)
            return rc < 0 ? -1 : 0;
        count_late(en, late_ms, en->stats.ticks == ticks);
        en->stats.ticks++;
        schedule_moved(&en->schedule, d);
        if (en->feed->ops->full && en->feed->ops->full(en->feed, d->race.spec.run_id)) {
            en->more = true;
            return 0;
        }
    }
    return 0;
}

/* While nothing can be written every call fails with the reason. Only taking up a race goes on: it
 * writes nothing. */
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

/* Commits what was put. Every ten seconds also where nothing was put, because a commit lets the
 * store tidy up. */
static int settle(struct engine *en, struct err *e)
{
    int64_t now_ns = clock_mono_ns();
    bool idle = now_ns - en->committed_ns > (int64_t)WAKEUP_IDLE_COMMIT_MS * NS_PER_MS;

    if (en->mode->exchange(en, e))
        return -1;
    if (!en->dirty && !idle)
        return 0;
    if (en->mode->commit(en, e))
        return -1;
    en->committed_ns = now_ns;
    en->dirty = false;
    return 0;
}

void engine_loop_tell(struct engine *en, struct view *v)
{
    if (en->listener && v)
        en->listener(en->listener_arg, v);
    view_unref(v);
}

/* The log of a race goes after its record, whose deletion may fail: the fixes cannot be had
 * again. */
static void drop_logs(struct engine *en)
{
    bool live = false;

    for (size_t i = 0; i < en->gone_n; i++)
        live = live || en->gone[i]->race.live;
    if (live && en->fixlog)
        live_race_sweep(en->fixlog, en->store);
}

/* Reports to the listener what the store has committed. */
static void show(struct engine *en)
{
    drop_logs(en);
    en->mode->show(en);
    for (size_t i = 0; i < en->schedule.n; i++)
        en->schedule.at[i]->changed = en->schedule.at[i]->fresh = false;
    for (size_t i = 0; i < en->gone_n; i++)
        engine_loop_tell(en, en->gone[i]);
    en->gone_n = 0;
    schedule_sweep(&en->schedule);
}

/* Reports every running race as paused, with the reason. The views are those of the last commit. */
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
        driver_show_blocked(&r, &en->blocked_why);
        if (v)
            engine_loop_tell(en, view_with_record(v, &r));
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

/* Stops all races: the last commit failed, or something could not be published. Calls that
 * succeeded before are told that they take effect later; creations are undone. */
static void block(struct engine *en, struct call *calls, const struct err *why)
{
    bool changed = !en->blocked;

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
    if (!changed)
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

/* A blocked engine commits first, and goes on only where that works. */
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
static void poll_store(struct engine *en, int64_t now_ns)
{
    struct store *s = en->store;
    struct err why;
    bool unready;

    if (!s->ops->ready || now_ns - en->polled_ns < (int64_t)WAKEUP_POLL_STORE_MS * NS_PER_MS)
        return;
    en->polled_ns = now_ns;
    unready = s->ops->ready(s, &why) != 0;
    if (unready && !en->unready)
        log_error("%s", why.text);
    if (!unready && en->unready)
        log_info("the store is ready again");
    en->unready = unready;
}

/* Never fails: an error blocks the engine until the next try. */
void engine_loop_run(struct engine *en, struct call *calls)
{
    int64_t start_ns = clock_mono_ns();
    uint64_t ticks = en->stats.ticks;
    struct err e;

    poll_store(en, start_ns);

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
    if (en->stats.ticks == ticks)
        return;
    en->started_ns = start_ns;
    en->stats.wakeups++;
    en->stats.last_wakeup_ms = (double)(clock_mono_ns() - start_ns) / NS_PER_MS;
}
