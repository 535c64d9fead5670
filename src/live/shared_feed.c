#include "live/shared_feed.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/tee.h"
#include "live/engine_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECONCILE_MS 100
#define CLOCK_MS 60000
#define FINISH_RETRY_MS 1000
#define MALFORMED_MS 60000
#define SINCE_SLACK_MS 60000 /* clocks differ */

#define LATE_MS 400 /* a second that is not complete is taken as complete within this time */

/* Nobody says that a second of another producer's race is complete: it is so after a while, which
 * has to be shown though nothing more comes. */
static void touch_late(struct shared_feed *st, const char *run_id)
{
    st->late_ms = clock_mono_ns() / 1000000 + LATE_MS;
    for (size_t i = st->late_n; i-- > 0;)
        if (strcmp(st->late[i], run_id) == 0)
            return;
    st->late = mem_grow(st->late, st->late_n, &st->late_cap, sizeof *st->late);
    (void)snprintf(st->late[st->late_n++], sizeof *st->late, "%s", run_id);
}

static void touch(struct shared_feed *st, const char *run_id)
{
    for (size_t i = st->touched_n; i-- > 0;)
        if (strcmp(st->touched[i], run_id) == 0)
            return;
    st->touched = mem_grow(st->touched, st->touched_n, &st->touched_cap, sizeof *st->touched);
    (void)snprintf(st->touched[st->touched_n++], sizeof *st->touched, "%s", run_id);
}

static struct tracked_race *watch_find(struct shared_feed *st, const char *run_id)
{
    for (size_t i = 0; i < st->watch_n; i++)
        if (strcmp(st->watch[i].race.spec.run_id, run_id) == 0)
            return &st->watch[i];
    return NULL;
}

static bool is_simulates(const struct race_record *r)
{
    return strncmp(r->driver, STREAM_SIMULATE, sizeof STREAM_SIMULATE - 1) == 0;
}

/* Keep the list of races that want a driver in step with a record. */
static void watch_put(struct shared_feed *st, const struct race_record *r)
{
    struct tracked_race *w = watch_find(st, r->spec.run_id);

    if (r->foreign || is_simulates(r) || !driver_wanted(r->state)) {
        if (w)
            *w = st->watch[--st->watch_n];
        return;
    }
    if (!w) {
        st->watch = mem_grow(st->watch, st->watch_n, &st->watch_cap, sizeof *st->watch);
        w = &st->watch[st->watch_n++];
        *w = (struct tracked_race){.last_raw_s = -1};
    }
    w->race = *r;
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
            touch(&en->stream, run_id);
            w = watch_find(&en->stream, run_id);
            if (!w)
                touch_late(&en->stream, run_id);
        }
        if (w && events[i].raw_s > w->last_raw_s)
            w->last_raw_s = events[i].raw_s;
    }
    en->dirty = true;
    return 0;
}

/* What another server wants of a race that we drive: do it, which publishes the record that counts.
 */
static int obey(struct engine *en, struct driver *d, const struct race_record *r, struct err *e)
{
    int64_t now_ms = clock_wall_ms();
    int rc = 0;

    if (r->state == RACE_STOPPED)
        rc = driver_stop(d, en->feed, now_ms, e);
    else if (r->state == RACE_PAUSED && d->race.state == RACE_RUNNING)
        rc = driver_pause(d, en->feed, now_ms, e);
    else if (r->state == RACE_RUNNING && d->race.state == RACE_PAUSED)
        rc = driver_resume(d, en->feed, now_ms, e);
    if (!rc && !driver_is_over(d) && r->anchor.speed != d->race.anchor.speed)
        rc = driver_speed(d, en->feed, now_ms, r->anchor.speed, e);
    schedule_moved(&en->schedule, d);
    if (rc)
        log_warn("race %s: what server %s asks cannot be done: %s", d->race.spec.run_id, r->driver,
            e->text);
    e->code = ERR_NONE;
    return 0;
}

static void drop(struct engine *en, struct driver *d)
{
    schedule_remove(&en->schedule, d);
    driver_free(d);
}

static int put_record(void *arg, const struct race_record *r, struct err *e)
{
    struct engine *en = arg;

    if (en->store->ops->put_race(en->store, r, e))
        return -1;
    watch_put(&en->stream, r);
    touch(&en->stream, r->spec.run_id);
    en->dirty = true;
    return 0;
}

/* A record from the stream: the echo of ours, or another server's. */
static int on_race(void *arg, const struct race_record *r, struct err *e)
{
    struct engine *en = arg;
    struct driver *d = schedule_find(&en->schedule, r->spec.run_id);

    if (strcmp(r->driver, en->stream.server_id) == 0)
        return 0; /* an echo: the tee has put it */
    if (stream_is_plain(r)) {
        if (stream_knows_more(en, r))
            return 0;
        stream_note_plain(en, r->spec.run_id);
    }
    if (d && driver_wanted(r->state) && en->feed->ops->drives(en->feed, r->spec.run_id))
        return obey(en, d, r, e);
    if (d && r->state == RACE_STOPPED && en->feed->ops->drives(en->feed, r->spec.run_id))
        return obey(en, d, r, e);
    if (d)
        drop(en, d);
    return put_record(en, r, e);
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
    for (size_t i = 0; i < en->stream.watch_n; i++)
        if (en->stream.watch[i].race.created_ms < since)
            since = en->stream.watch[i].race.created_ms;
    return since - SINCE_SLACK_MS;
}

/* Other producers' races on a course of that name are counted anew. */
static int touch_races_on(struct engine *en, const char *course, struct err *e)
{
    struct race_record *race = NULL;
    size_t n = 0;
    int rc = en->store->ops->races(en->store, &race, &n, e);

    for (size_t i = 0; !rc && i < n; i++)
        if (race[i].foreign && strcmp(race[i].spec.course, course) == 0)
            touch(&en->stream, race[i].spec.run_id);
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

void shared_feed_init(struct engine *en, struct feed *inner)
{
    struct shared_feed *st = &en->stream;
    char uuid[UUID_LEN + 1];

    st->on = true;
    st->inner = inner;
    uuid_v4(uuid);
    (void)snprintf(st->server_id, sizeof st->server_id, "server-%s", uuid);
    en->sink = (struct feed_sink){.arg = en,
        .events = on_events,
        .race = on_race,
        .course = on_course,
        .course_gone = on_course_gone,
        .roster = shared_feed_on_roster,
        .since_ms = since_ms};
    en->feed = feed_tee_new(inner,
        &(struct feed_sink){.arg = en,
            .race = put_record,
            .course = on_course,
            .course_gone = on_course_gone,
            .roster = shared_feed_on_roster},
        st->server_id);
    en->own_feed = true; /* the tee; the inner one is the caller's */
}

void shared_feed_release(struct engine *en)
{
    free(en->stream.watch);
    free(en->stream.touched);
    free(en->stream.late);
    free(en->stream.plain);
    shared_feed_release_rosters(en);
}

/* What was published is out since `now_ms`. */
static int confirm(struct engine *en, struct driver *d, int64_t now_ms, struct err *why)
{
    if (en->store->ops->acknowledged && d->confirmed_raw_s < d->next_raw_s)
        en->store->ops->acknowledged(
            en->store, d->race.spec.run_id, d->confirmed_raw_s, d->next_raw_s - 1, now_ms);
    return driver_confirm(d, en->feed, why);
}

static void confirm_all(struct engine *en)
{
    int64_t now_ms = clock_wall_ms();
    struct err why;

    for (size_t i = 0; i < en->schedule.n; i++)
        if (confirm(en, en->schedule.at[i], now_ms, &why))
            log_warn("race %s: %s", en->schedule.at[i]->race.spec.run_id, why.text);
}

/* A flush that failed: what is lost will be published again, what is not known yet is waited for.
 */
static void recall_all(struct engine *en, const struct err *why)
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
    if (!en->stream.waiting)
        log_warn("races wait for Kafka and catch up: %s", why->text);
}

static void flush(struct engine *en)
{
    struct shared_feed *st = &en->stream;
    struct err why;

    if (!st->published && !st->waiting)
        return;
    if (en->feed->ops->flush(en->feed, &why)) {
        recall_all(en, &why);
        st->waiting = true;
        return;
    }
    if (st->waiting)
        log_info("Kafka takes events again");
    st->waiting = false;
    st->published = false;
    confirm_all(en);
}

/* Once a minute at most, with the last one as an example. */
static void tell_malformed(struct engine *en)
{
    struct shared_feed *st = &en->stream;
    int64_t now_ms = clock_mono_ns() / 1000000;
    struct feed_stats f = {0};

    if (st->malformed_ms && now_ms - st->malformed_ms < MALFORMED_MS)
        return;
    en->feed->ops->figures(en->feed, &f);
    if (f.malformed == st->malformed)
        return;
    log_warn("%" PRIu64 " records were skipped that could not be read; the last one: %s",
        f.malformed - st->malformed, f.malformed_example);
    st->malformed = f.malformed;
    st->malformed_ms = now_ms;
}

static void look_again(struct engine *en)
{
    struct shared_feed *st = &en->stream;

    if (!st->late_n || clock_mono_ns() / 1000000 < st->late_ms)
        return;
    for (size_t i = 0; i < st->late_n; i++)
        touch(st, st->late[i]);
    st->late_n = 0;
    en->dirty = true;
}

int shared_feed_exchange(struct engine *en, int timeout_ms, struct err *e)
{
    int rc;

    flush(en);
    rc = en->feed->ops->poll(en->feed, &en->sink, timeout_ms, e);
    tell_malformed(en);
    look_again(en);
    return rc;
}

int shared_feed_keep_cursor(struct engine *en, struct err *e)
{
    struct buf text = BUF_INIT;
    int rc = 0;

    if (en->store->ops->put_cursor && !shared_feed_waits_for_rosters(en) &&
        en->feed->ops->cursor(en->feed, &text) == 0 && text.len)
        rc = en->store->ops->put_cursor(en->store, text.data, e);
    buf_release(&text);
    return rc;
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

    if (d->race.state != RACE_RUNNING || d->due_ms != INT64_MAX || en->stream.waiting ||
        d->confirmed_raw_s != d->next_raw_s || now_ms - en->stream.finish_ms < FINISH_RETRY_MS)
        return;
    en->stream.finish_ms = now_ms;
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

void shared_feed_reconcile(struct engine *en)
{
    struct shared_feed *st = &en->stream;
    int64_t now_ms = clock_wall_ms();

    if (now_ms >= st->reconcile_ms && now_ms < st->reconcile_ms + RECONCILE_MS)
        return;
    st->reconcile_ms = now_ms;
    shared_feed_give_rosters(en);
    stream_publish_plain(en, now_ms);
    for (size_t i = 0; i < st->watch_n; i++) {
        struct tracked_race *w = &st->watch[i];
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

void shared_feed_show(struct engine *en)
{
    struct shared_feed *st = &en->stream;

    for (size_t i = 0; i < st->touched_n && !st->store_tells; i++) {
        struct err ignored;
        struct view *v = en->store->ops->view(en->store, st->touched[i], &ignored);

        if (v && en->listener)
            en->listener(en->listener_arg, v);
        view_unref(v);
    }
    st->touched_n = 0;
}

bool shared_feed_uses(const struct engine *en, const char *course)
{
    for (size_t i = 0; i < en->stream.watch_n; i++)
        if (strcmp(en->stream.watch[i].race.spec.course, course) == 0)
            return true;
    return false;
}

void shared_feed_watch(struct engine *en, const struct race_record *r)
{
    watch_put(&en->stream, r);
}

int shared_feed_ask(struct engine *en, struct race_record *r, struct err *e)
{
    if (is_simulates(r))
        return err_set_id(e, ERR_CONFLICT, "race-elsewhere",
            "the race %s is made by 'trackside simulate': stop that program instead",
            r->spec.run_id);
    return en->feed->ops->publish_race(en->feed, r, e);
}
