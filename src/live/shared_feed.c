#include "live/shared_feed.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "live/engine_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 50           /* a wake-up waits so long for records */
#define MALFORMED_MS 60000   /* between two lines in the log */
#define SINCE_SLACK_MS 60000 /* the clocks of the servers differ */
#define LATE_MS 400          /* the watermark counts a second as complete within this time */

/* A second of another program's race counts as complete some time after its first event. So such a
 * race is shown once more later, even where no event follows. */
static void touch_late(struct shared_feed *s, const char *run_id)
{
    s->late_ms = clock_mono_ns() / 1000000 + LATE_MS;
    for (size_t i = s->late_n; i-- > 0;)
        if (strcmp(s->late[i], run_id) == 0)
            return;
    s->late = mem_grow(s->late, s->late_n, &s->late_cap, sizeof *s->late);
    (void)snprintf(s->late[s->late_n++], sizeof *s->late, "%s", run_id);
}

/* Notes a race for the next report. The last ones are looked at first, because records of one race
 * come in a row. */
static void touch(struct shared_feed *s, const char *run_id)
{
    for (size_t i = s->touched_n; i-- > 0;)
        if (strcmp(s->touched[i], run_id) == 0)
            return;
    s->touched = mem_grow(s->touched, s->touched_n, &s->touched_cap, sizeof *s->touched);
    (void)snprintf(s->touched[s->touched_n++], sizeof *s->touched, "%s", run_id);
}

static int on_events(void *arg, const struct event *events, size_t n, struct err *e)
{
    struct engine *en = arg;
    struct tracked_race *w = NULL;
    const char *run_id = "";

    if (en->store->ops->put_events(en->store, events, n, e))
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(run_id, events[i].run_id) != 0) {
            run_id = events[i].run_id;
            touch(&en->shared, run_id);
            w = shared_drive_find(&en->shared, run_id);
            if (!w)
                touch_late(&en->shared, run_id);
        }
        if (w && events[i].raw_s > w->last_raw_s)
            w->last_raw_s = events[i].raw_s;
    }
    en->dirty = true;
    return 0;
}

/* A race that was deleted meanwhile is no error. */
static int on_tick(void *arg, const struct tick *t, struct err *e)
{
    struct engine *en = arg;
    const char *run_id = t->race->spec.run_id;
    struct tracked_race *w = shared_drive_find(&en->shared, run_id);

    if (en->store->ops->put_tick(en->store, t, e))
        return e->code == ERR_NOT_FOUND ? 0 : -1;
    touch(&en->shared, run_id);
    if (w && t->raw_s > w->last_raw_s)
        w->last_raw_s = t->raw_s;
    en->dirty = true;
    return 0;
}

static void on_unfinished(void *arg, const char *run_id, int32_t raw_s)
{
    struct engine *en = arg;

    if (!en->store->ops->unfinished)
        return;
    en->store->ops->unfinished(en->store, run_id, raw_s);
    touch(&en->shared, run_id);
    en->dirty = true;
}

/* A record that counts: for the store, and for the list of races that need a driver. */
static int put_record(struct engine *en, const struct race_record *r, struct err *e)
{
    if (en->store->ops->put_race(en->store, r, e))
        return -1;
    shared_drive_track(&en->shared, r);
    touch(&en->shared, r->spec.run_id);
    en->dirty = true;
    return 0;
}

static int on_race(void *arg, const struct race_record *r, bool own, struct err *e)
{
    struct engine *en = arg;

    if (own)
        return put_record(en, r, e);
    if (external_is_announced(r)) {
        if (external_is_known(en, r))
            return 0;
        external_note(&en->shared, r->spec.run_id);
    }
    return shared_drive_record(en, r) ? 0 : put_record(en, r, e);
}

static int on_course_gone(void *arg, const char *short_name, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    if (en->store->ops->delete_course(en->store, short_name, e) && e->code != ERR_NOT_FOUND)
        return -1;
    return 0;
}

/* Where the store keeps no history, only what is needed to drive the races that are not over. */
static int64_t since_ms(void *arg)
{
    const struct engine *en = arg;
    int64_t since = clock_wall_ms();

    if (en->store->ops->put_cursor)
        return 0;
    for (size_t i = 0; i < en->shared.tracked_n; i++)
        if (en->shared.tracked[i].race.created_ms < since)
            since = en->shared.tracked[i].race.created_ms;
    return since - SINCE_SLACK_MS;
}

/* Other producers' races on a course of that name are counted anew. */
static int touch_races_on(struct engine *en, const char *course, struct err *e)
{
    struct race_record *race = NULL;
    size_t n = 0;
    int rc = en->store->ops->races(en->store, &race, &n, e);

    for (size_t i = 0; !rc && i < n; i++)
        if (race[i].external && strcmp(race[i].spec.course, course) == 0)
            touch(&en->shared, race[i].spec.run_id);
    free(race);
    return rc;
}

static int on_course(void *arg, struct course *c, struct err *e)
{
    struct engine *en = arg;

    en->dirty = true;
    return en->store->ops->put_course(en->store, c, e) || touch_races_on(en, c->short_name, e) ? -1
                                                                                               : 0;
}

/* Waits until all that was published is in Kafka, or is known to be lost. */
static void flush(struct engine *en)
{
    struct shared_feed *s = &en->shared;
    struct err why;

    if (!s->published && !s->waiting)
        return;
    if (en->feed->ops->flush(en->feed, &why)) {
        shared_drive_recall(en, &why);
        s->waiting = true;
        return;
    }
    if (s->waiting)
        log_info("Kafka takes events again");
    s->waiting = false;
    s->published = false;
    shared_drive_confirm(en);
}

/* Once a minute at most, with the last one as an example. */
static void report_malformed(struct engine *en)
{
    struct shared_feed *s = &en->shared;
    int64_t now_ms = clock_mono_ns() / 1000000;
    struct feed_stats f = {0};

    if (s->malformed_ms && now_ms - s->malformed_ms < MALFORMED_MS)
        return;
    en->feed->ops->stats(en->feed, &f);
    if (f.malformed == s->malformed)
        return;
    log_warn("%" PRIu64 " records were skipped that could not be read; the last one: %s",
        f.malformed - s->malformed, f.malformed_example);
    s->malformed = f.malformed;
    s->malformed_ms = now_ms;
}

static void show_late(struct engine *en)
{
    struct shared_feed *s = &en->shared;

    if (!s->late_n || clock_mono_ns() / 1000000 < s->late_ms)
        return;
    for (size_t i = 0; i < s->late_n; i++)
        touch(s, s->late[i]);
    s->late_n = 0;
    en->dirty = true;
}

/* The store shows a race differently while its reader is behind. */
static void pass_stats_on(struct engine *en)
{
    struct feed_stats f = {0};

    if (!en->store->ops->feed)
        return;
    en->feed->ops->stats(en->feed, &f);
    en->store->ops->feed(en->store, &f);
}

/* Where ticks are due soon, records are not waited for. */
static int read_feed(struct engine *en, struct err *e)
{
    int64_t wait_ms = en->more ? 0 : engine_loop_until_due_ms(en, POLL_MS);
    int rc;

    flush(en);
    rc = en->feed->ops->poll(en->feed, (int)wait_ms, e);
    report_malformed(en);
    show_late(en);
    return rc;
}

/* While what was read cannot be written, nothing more is read. */
static int exchange(struct engine *en, struct err *e)
{
    if (!en->blocked && read_feed(en, e))
        return -1;
    pass_stats_on(en);
    return 0;
}

/* The cursor is part of the commit that holds what was read up to it. */
static int keep_cursor(struct engine *en, struct err *e)
{
    struct buf text = BUF_INIT;
    int rc = 0;

    if (en->store->ops->put_cursor && !shared_roster_waits(en) &&
        en->feed->ops->cursor(en->feed, &text) == 0 && text.len)
        rc = en->store->ops->put_cursor(en->store, text.data, e);
    buf_release(&text);
    return rc;
}

static int commit(struct engine *en, struct err *e)
{
    return keep_cursor(en, e) ? -1 : en->store->ops->commit(en->store, e);
}

/* The wake-up itself waits for records. */
static int64_t next_ns(const struct engine *en, int64_t due_ns)
{
    (void)en;
    (void)due_ns;
    return clock_mono_ns();
}

/* A driver whose tick was refused: the broker is away, which the next flush finds out, or another
 * server has the race, which the next reconcile finds out. */
static int step(struct engine *en, struct driver *d, struct err *e)
{
    if (en->shared.waiting)
        return 1;
    if (driver_step(d, en->feed, &en->stats.events, e)) {
        if (en->feed->ops->drives(en->feed, d->race.spec.run_id))
            en->shared.waiting = true;
        else
            en->shared.reconcile_ms = 0;
        return 1;
    }
    en->shared.published = true;
    return 0;
}

static void show(struct engine *en)
{
    struct shared_feed *s = &en->shared;

    for (size_t i = 0; i < s->touched_n && !s->store_tells; i++) {
        struct err ignored;

        engine_loop_tell(en, en->store->ops->view(en->store, s->touched[i], &ignored));
    }
    s->touched_n = 0;
    shared_drive_reconcile(en);
}

/* shared_drive_reconcile makes its driver when the feed says that the race is ours. */
static bool list(struct engine *en, const struct race_record *r)
{
    shared_drive_track(&en->shared, r);
    return false;
}

/* An external race may be made again here: its program announced it and asks us for the events. The
 * id of a deleted race is never free, because the events that were published of it would count for
 * the new race. */
static enum run_id_use use_of(struct engine *en, const char *run_id)
{
    struct race_record known;
    struct err ignored;

    if (en->store->ops->race(en->store, run_id, &known, &ignored) == 0 && !known.external)
        return RUN_ID_TAKEN;
    return en->store->ops->deleted(en->store, run_id) ? RUN_ID_DELETED : RUN_ID_FREE;
}

/* Which server drives it is for the feed to say. */
static void created(struct engine *en, struct call *c)
{
    (void)en;
    (void)c;
}

static int ask(struct engine *en, struct race_record *r, struct err *e)
{
    if (shared_drive_is_simulates(r))
        return err_set_id(e, ERR_CONFLICT, "race-elsewhere",
            "the race %s is made by 'trackside simulate': stop that program instead",
            r->spec.run_id);
    return en->feed->ops->publish_race(en->feed, r, e);
}

static const struct race_record *on_that_course(const struct engine *en, const char *course)
{
    return shared_drive_on_course(&en->shared, course);
}

void shared_feed_release(struct shared_feed *s)
{
    free(s->tracked);
    free(s->touched);
    free(s->late);
    free(s->announced);
    shared_roster_release(s);
}

const struct engine_mode shared_feed_mode = {
    .sink = {.tick = on_tick,
        .events = on_events,
        .race = on_race,
        .course = on_course,
        .course_gone = on_course_gone,
        .roster = shared_roster_put,
        .since_ms = since_ms,
        .simulated = shared_ticks_wanted,
        .unfinished = on_unfinished},
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
    .drop_roster = shared_roster_drop,
};
