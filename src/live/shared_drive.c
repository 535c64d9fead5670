/* shared_drive.c: which races this server drives. The feed says so (feed_ops.drives), and may say
 * otherwise after any poll. Once in RECONCILE_MS the drivers are made to agree with it: new ones
 * for races that have become ours, none for those that have gone to another server. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

/* Asking the feed about each race costs, and 100 ms of delay is not seen. */
#define RECONCILE_MS 100
#define CLOCK_MS 60000       /* a running race that is due later than this has a wrong clock */
#define FINISH_RETRY_MS 1000 /* between two tries to publish the end of a race */

struct tracked_race *shared_drive_find(struct shared_feed *s, const char *run_id)
{
    for (size_t i = 0; i < s->tracked_n; i++)
        if (strcmp(s->tracked[i].race.spec.run_id, run_id) == 0)
            return &s->tracked[i];
    return NULL;
}

bool shared_drive_is_simulates(const struct race_record *r)
{
    return strncmp(r->driver, SHARED_FEED_SIMULATE, sizeof SHARED_FEED_SIMULATE - 1) == 0;
}

void shared_drive_track(struct shared_feed *s, const struct race_record *r)
{
    struct tracked_race *w = shared_drive_find(s, r->spec.run_id);

    if (r->external || shared_drive_is_simulates(r) || !driver_wanted(r->state)) {
        if (w)
            *w = s->tracked[--s->tracked_n];
        return;
    }
    if (!w) {
        s->tracked = mem_grow(s->tracked, s->tracked_n, &s->tracked_cap, sizeof *s->tracked);
        w = &s->tracked[s->tracked_n++];
        *w = (struct tracked_race){.last_raw_s = -1};
    }
    w->race = *r;
}

const struct race_record *shared_drive_on_course(const struct shared_feed *s, const char *course)
{
    for (size_t i = 0; i < s->tracked_n; i++)
        if (strcmp(s->tracked[i].race.spec.course, course) == 0)
            return &s->tracked[i].race;
    return NULL;
}

/* Another server goes on from the last second that is in the feed. */
static void drop(struct engine *en, struct driver *d)
{
    schedule_remove(&en->schedule, d);
    driver_free(d);
}

/* Another server asks something of a race that is driven here. Doing it publishes the record that
 * counts. What cannot be done is logged, and is no error. */
static void obey(struct engine *en, struct driver *d, const struct race_record *r)
{
    int64_t now_ms = clock_wall_ms();
    struct err why = {0};
    int rc = 0;

    if (r->state == RACE_STOPPED)
        rc = driver_stop(d, en->feed, now_ms, &why);
    else if (r->state == RACE_PAUSED && d->race.state == RACE_RUNNING)
        rc = driver_pause(d, en->feed, now_ms, &why);
    else if (r->state == RACE_RUNNING && d->race.state == RACE_PAUSED)
        rc = driver_resume(d, en->feed, now_ms, &why);
    if (!rc && !driver_is_over(d) && r->anchor.speed != d->race.anchor.speed)
        rc = driver_speed(d, en->feed, now_ms, r->anchor.speed, &why);
    schedule_moved(&en->schedule, d);
    if (rc)
        log_warn("race %s: what server %s asks cannot be done: %s", d->race.spec.run_id, r->driver,
            why.text);
}

bool shared_drive_record(struct engine *en, const struct race_record *r)
{
    struct driver *d = schedule_find(&en->schedule, r->spec.run_id);
    bool asks = driver_wanted(r->state) || r->state == RACE_STOPPED;

    if (d && asks && en->feed->ops->drives(en->feed, r->spec.run_id)) {
        obey(en, d, r);
        return true;
    }
    if (d)
        drop(en, d);
    return false;
}

/* Everything that the driver has published is in Kafka since `now_ms`. */
static int confirm(struct engine *en, struct driver *d, int64_t now_ms, struct err *why)
{
    if (en->store->ops->acknowledged && d->confirmed_raw_s < d->next_raw_s)
        en->store->ops->acknowledged(
            en->store, d->race.spec.run_id, d->confirmed_raw_s, d->next_raw_s - 1, now_ms);
    return driver_confirm(d, en->feed, why);
}

void shared_drive_confirm(struct engine *en)
{
    int64_t now_ms = clock_wall_ms();
    struct err why;

    for (size_t i = 0; i < en->schedule.n; i++)
        if (confirm(en, en->schedule.at[i], now_ms, &why))
            log_warn("race %s: %s", en->schedule.at[i]->race.spec.run_id, why.text);
}

/* The feed knows for each race whether its ticks are out, lost, or on their way. */
void shared_drive_recall(struct engine *en, const struct err *why)
{
    for (size_t i = 0; i < en->schedule.n; i++) {
        struct driver *d = en->schedule.at[i];
        struct err ignored;

        switch (en->feed->ops->outcome(en->feed, d->race.spec.run_id)) {
        case FEED_OUT:
            if (confirm(en, d, clock_wall_ms(), &ignored))
                driver_recall(d);
            break;
        case FEED_LOST:
            driver_recall(d);
            break;
        case FEED_PENDING:
            break;
        }
    }
    schedule_rebuild(&en->schedule);
    if (!en->shared.waiting)
        log_warn("races wait for Kafka and catch up: %s", why->text);
}

/* The greatest raw second of any competitor: ticks are committed whole, and all that was committed
 * has been read. */
static int32_t last_raw(struct engine *en, const struct tracked_race *w)
{
    int32_t last = w->last_raw_s;
    struct err ignored;
    struct view *v = en->store->ops->put_cursor
                         ? en->store->ops->view(en->store, w->race.spec.run_id, &ignored)
                         : NULL;

    for (uint32_t i = 0; v && i < v->n; i++)
        if (v->raw_s[i] > last)
            last = v->raw_s[i];
    view_unref(v);
    return last;
}

/* Makes a driver for a race that has become ours. It goes on after the last second that was read.
 * What cannot be done is logged once and tried again at each round. */
static void adopt(struct engine *en, struct tracked_race *w)
{
    struct store *s = en->store;
    const struct race_spec spec = w->race.spec; /* w may move */
    struct err why = {0};
    struct course *c = s->ops->course_revision(s, spec.course, spec.revision, &why);
    int32_t last = last_raw(en, w);
    struct driver *d = c ? driver_new(&w->race, c, last + 1, &why) : NULL;

    course_unref(c);
    if (!d) {
        if (!w->failed)
            log_warn("race %s cannot be driven here: %s", spec.run_id, why.text);
        w->failed = true;
        return;
    }
    d->streamed = true;
    d->confirmed_raw_s = last + 1;
    schedule_add(&en->schedule, d);
    if (driver_confirm(d, en->feed, &why)) /* its last tick may be out already */
        log_warn("race %s: %s", spec.run_id, why.text);
    schedule_moved(&en->schedule, d);
    log_info("race %s is driven here, after raw time %d", spec.run_id, last);
}

/* A race whose last tick is out, and whose end could not be published. */
static void finish_late(struct engine *en, struct driver *d, int64_t now_ms)
{
    struct err why;

    if (d->race.state != RACE_RUNNING || d->due_ms != INT64_MAX || en->shared.waiting ||
        d->confirmed_raw_s != d->next_raw_s || now_ms - en->shared.finish_ms < FINISH_RETRY_MS)
        return;
    en->shared.finish_ms = now_ms;
    if (driver_confirm(d, en->feed, &why))
        log_debug("race %s: %s", d->race.spec.run_id, why.text);
}

/* A race that runs is due within seconds: one that is not was put on its way by a server whose
 * clock is ahead of this one's. */
static void mend_clock(struct engine *en, struct driver *d, int64_t now_ms)
{
    int64_t ahead_ms = d->due_ms - now_ms;
    struct err why;

    if (d->race.state != RACE_RUNNING || d->due_ms == INT64_MAX || ahead_ms < CLOCK_MS ||
        driver_restart_clock(d, en->feed, now_ms, &why))
        return;
    schedule_moved(&en->schedule, d);
    log_warn("race %s was due only in %" PRId64
             " s: the clock of the server that asked for it is ahead of this one's; it goes on "
             "now. Keep the clocks in step (NTP)",
        d->race.spec.run_id, ahead_ms / 1000);
}

/* The clock is looked at in both directions: a wall clock that was set back must not stop this for
 * hours. */
void shared_drive_reconcile(struct engine *en)
{
    struct shared_feed *s = &en->shared;
    int64_t now_ms = clock_wall_ms();

    if (now_ms >= s->reconcile_ms && now_ms < s->reconcile_ms + RECONCILE_MS)
        return;
    s->reconcile_ms = now_ms;
    shared_roster_give(en);
    external_publish(en, now_ms);
    for (size_t i = 0; i < s->tracked_n; i++) {
        struct tracked_race *w = &s->tracked[i];
        struct driver *d = schedule_find(&en->schedule, w->race.spec.run_id);
        bool ours = en->feed->ops->drives(en->feed, w->race.spec.run_id);

        if (ours && d) {
            finish_late(en, d, now_ms);
            mend_clock(en, d, now_ms);
        } else if (ours) {
            adopt(en, w);
        } else if (d) {
            log_info("race %s is driven by another server from here on", w->race.spec.run_id);
            drop(en, d);
        }
    }
}
