/* poller.c: one thread polls all races that somebody watches, the one that is due first. A poll
 * asks Pinot (state.c), makes the next view, and reports it to the listener. A reader who cannot
 * wait for the poller polls by itself (read.c), through the same function. The lock is never held
 * while Pinot is asked or the listener runs. */
#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST_MS 2000 /* the longest sleep */
/* So long a late event may take to be in Pinot; then it is given up. */
#define LATE_PATIENCE_MS 60000
#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 1000 /* so soon it is noticed that Pinot is back */

struct view *pinot_poller_view(const struct columns *c, const struct race_record *r)
{
    struct view *v = columns_view(c, r);

    v->approximate = pinot_statements_in_parts(c->n) && columns_complete_raw(c) < c->max_raw;
    return v;
}

static void note_timing(struct pinot_timings *t, double ms)
{
    t->ms[t->n++ % PINOT_TIMINGS] = (float)ms;
}

/* What one refresh works on, copied out of the table. */
struct round {
    struct race_record record;
    struct course *course;
    uint64_t epoch;
    struct view *view; /* the board that stands, a reference; NULL: none yet */
    bool behind;
    struct pinot_late *late;
    size_t late_n;
};

/* Copies what the refresh needs, and takes the late events over. */
static void take_round(struct pinot_store *ps, struct pinot_race *r, struct round *w)
{
    (void)pthread_mutex_lock(&ps->catalog.lock);
    *w = (struct round){.record = r->race.record,
        .course = r->race.course ? course_ref(r->race.course) : NULL,
        .epoch = r->race.epoch,
        .view = r->view && r->shown_epoch == r->race.epoch ? view_ref(r->view) : NULL,
        .behind = ps->feed_away || ps->consumers.late,
        .late = r->late,
        .late_n = r->late_n};
    r->late = NULL;
    r->late_n = r->late_cap = 0;
    if (clock_wall_ms() - r->tried_ms > PINOT_WATCHED_MS)
        r->unasked = true;
    r->tried_ms = clock_wall_ms();
    r->asking = true;
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

/* Older events that the stream has shown: those that are not in Pinot yet are kept for the next
 * round. */
static int trace_late(struct pinot_store *ps, struct pinot_race *r, struct round *w,
    const struct pinot_subject *s, bool *changed, struct err *e)
{
    int64_t now_ms = clock_wall_ms();
    size_t left = 0;

    for (size_t k = 0; k < w->late_n; k++) {
        int rc = pinot_state_late(&r->state, &ps->pinot, s, &w->late[k], e);

        if (rc < 0)
            return -1;
        if (rc > 0 && now_ms - w->late[k].since_ms < LATE_PATIENCE_MS)
            w->late[left++] = w->late[k];
        *changed |= rc == 0;
    }
    w->late_n = left;
    return 0;
}

/* Behind those that came meanwhile. Above the limit they are dropped: note_late reads the race anew
 * then. */
static void give_late_back(struct pinot_race *r, const struct round *w)
{
    for (size_t k = 0; k < w->late_n && r->late_n < PINOT_LATE_MAX; k++) {
        r->late = mem_grow(r->late, r->late_n, &r->late_cap, sizeof *r->late);
        r->late[r->late_n++] = w->late[k];
    }
}

/* The view of what is loaded. Lock held; the race may have changed meanwhile: then there is another
 * round. */
static void show(struct pinot_store *ps, struct pinot_race *r, struct view *v, uint64_t epoch)
{
    struct view *old = r->view;
    struct hop_time at;

    if (!r->race.known || r->race.epoch != epoch) {
        view_unref(v);
        return;
    }
    v->race = r->race.record;
    if (!v->catching_up && r->state.watermark.raw_s > v->as_of_raw_s)
        v->as_of_raw_s = r->state.watermark.raw_s;
    v->due_ms = v->as_of_raw_s < 0 ? 0 : race_due_ms(&r->race.record.anchor, v->as_of_raw_s);
    at = hop_times_read(&r->hop_times, v->as_of_raw_s, clock_wall_ms());
    v->published_ms = at.published_ms;
    v->acknowledged_ms = at.acknowledged_ms;
    v->queryable_ms = r->unasked ? 0 : at.queryable_ms;
    v->version = ++ps->version;
    r->view = v;
    r->shown_epoch = epoch;
    r->announce = true;
    (void)pthread_cond_signal(&ps->wake);
    view_unref(old);
}

/* 100, 200, 400, 800 ms, then a second each. */
static void back_off(struct pinot_backoff *b)
{
    int64_t wait_ms = b->failures < 8 ? (int64_t)BACKOFF_FIRST_MS << b->failures : BACKOFF_LAST_MS;

    b->failures++;
    b->until_ms = clock_wall_ms() + (wait_ms < BACKOFF_LAST_MS ? wait_ms : BACKOFF_LAST_MS);
}

/* Lock held, as in note_failure. */
static void note_answer(struct pinot_store *ps, struct pinot_race *r,
    const struct pinot_query_stats *query_stats, bool changed)
{
    int64_t now_ms = clock_wall_ms();

    r->answered_ms = now_ms;
    r->backoff = ps->backoff = (struct pinot_backoff){0};
    r->unchanged = changed ? 0 : r->unchanged + 1;
    if (changed)
        r->changed_ms = now_ms;
    ps->stats.answered_ms = now_ms;
    ps->stats.fresh_ms = query_stats->fresh_ms;
    ps->stats.last_error[0] = '\0';
}

static void note_failure(struct pinot_store *ps, struct pinot_race *r, const struct err *e)
{
    r->unchanged++;
    back_off(&r->backoff);
    back_off(&ps->backoff);
    ps->stats.failed++;
    (void)snprintf(ps->stats.last_error, sizeof ps->stats.last_error, "%.250s", e->text);
}

/* Drops the state where the race now reads differently (another course or field), then refreshes
 * it. */
static int refresh(struct pinot_store *ps, struct pinot_race *r, struct round *w,
    struct pinot_query_stats *query_stats, bool *changed, struct err *e)
{
    struct pinot_subject s = {
        .run_id = r->race.run_id,
        .external = w->record.external,
        .n = w->record.spec.competitors,
        .course = w->course,
    };

    if (r->state_epoch != w->epoch) {
        pinot_state_drop(&r->state);
        r->state_epoch = w->epoch;
    }
    r->state.speed = !w->record.external && w->record.driver[0] ? w->record.anchor.speed : 0;
    r->state.behind = w->behind;
    if (pinot_state_refresh(&r->state, &ps->pinot, &s, changed, query_stats, e))
        return -1;
    return trace_late(ps, r, w, &s, changed, e);
}

/* Is a second incomplete? It is waited for, as long as watermark.h has patience, so that a board
 * shows one second, and there is one frame for it. */
static bool is_halfway(const struct pinot_race *r)
{
    return r->state.watermark.n > 0;
}

/* The board that this round makes; NULL where the present one stays. A race that begins to catch up
 * shows its last board again, marked. The first board of all shows whatever there is. */
static struct view *next_view(struct pinot_race *r, const struct round *w)
{
    struct view *v = NULL;
    bool held = r->state.watermark.held;

    if (w->view && held && !w->view->catching_up)
        v = view_with_record(w->view, &w->record);
    else if (!w->view || (r->state_changed && !held && !is_halfway(r)) ||
             (!held && w->view->catching_up))
        v = pinot_poller_view(r->state.c, &w->record);
    if (v)
        v->catching_up = held;
    if (v && !held)
        r->state_changed = false;
    return v;
}

/* An error keeps the view that is shown: an old board is better than none. */
int pinot_poller_race(struct pinot_store *ps, struct pinot_race *r, struct err *e)
{
    int64_t from_ns = clock_mono_ns();
    struct pinot_query_stats query_stats = {0};
    struct view *v = NULL;
    bool changed = false;
    struct round w;
    int failed;

    take_round(ps, r, &w);
    failed = refresh(ps, r, &w, &query_stats, &changed, e);
    r->state_changed = r->state_changed || changed;
    if (!failed)
        v = next_view(r, &w);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    give_late_back(r, &w);
    r->asking = false;
    ps->stats.queries++;
    if (failed) {
        note_failure(ps, r, e);
    } else {
        note_timing(&ps->query, query_stats.ms);
        note_timing(&ps->refresh, (double)(clock_mono_ns() - from_ns) / 1e6);
        note_answer(ps, r, &query_stats, changed);
    }
    if (v)
        show(ps, r, v, w.epoch);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    view_unref(w.view);
    free(w.late);
    course_unref(w.course);
    return failed;
}

/* One poll by the poller's thread. Lock held; it is released while Pinot is asked. */
static void poll_race(struct pinot_store *ps, struct pinot_race *r)
{
    struct pinot_poll l = {.race = &r->race.record, .began_ms = clock_wall_ms(), .share = 1};
    struct err ignored; /* it is in the stats */
    int failed;

    (void)pthread_mutex_unlock(&ps->catalog.lock);
    (void)pthread_mutex_lock(&r->work);
    failed = pinot_poller_race(ps, r, &ignored);
    if (!failed) {
        l.newest_s = r->state.c->max_raw;
        /* What is behind by more than a second is not waited for by asking all the time. */
        l.share = is_halfway(r) && !r->state.watermark.held
                      ? columns_share_at(r->state.c, l.newest_s)
                      : 1;
    }
    (void)pthread_mutex_lock(&ps->catalog.lock);
    l.ended_ms = clock_wall_ms();
    l.unchanged = r->unchanged;
    l.shown_s = r->view ? r->view->as_of_raw_s : -1;
    r->next_ms = failed ? 0 : pinot_poll_timer_next(&r->timer, &l);
    (void)pthread_mutex_unlock(&r->work);
}

/* Hands one view to the listener, without the lock. Takes the reference. */
static void report(struct pinot_store *ps, struct view *v)
{
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (ps->listener)
        ps->listener(ps->listener_arg, v);
    view_unref(v);
    (void)pthread_mutex_lock(&ps->catalog.lock);
}

/* Reports everything that has changed to the listener. The lock is released in between, so the list
 * is looked at by index and the flags are cleared first. */
static void report_all(struct pinot_store *ps)
{
    while (ps->deleted_views_n > 0)
        report(ps, ps->deleted_views[--ps->deleted_views_n]);
    for (size_t k = 0; k < ps->catalog.races.n; k++) {
        struct pinot_race *r = pinot_race_at(ps, k);

        if (!r->announce || !r->view || !catalog_shows(&ps->catalog, &r->race))
            continue;
        r->announce = false;
        /* Not before the listener has this view: it counts the ticks since the one before. */
        r->unasked = false;
        report(ps, view_ref(r->view));
    }
}

static int64_t later(int64_t a_ms, int64_t b_ms)
{
    return a_ms > b_ms ? a_ms : b_ms;
}

/* When the race may be polled next: not sooner than its timer, its backoff and that of all races
 * allow. Lock held. */
static int64_t turn_of(const struct pinot_store *ps, const struct pinot_race *r)
{
    return later(later(r->next_ms, r->tried_ms + PINOT_POLL_SOONEST_MS),
        later(r->backoff.until_ms, ps->backoff.until_ms));
}

/* The race to poll now; NULL: none is due. Of several the one that has waited longest, because a
 * failure may be one race's alone. *at_ms becomes the time of the next one. Lock held. */
static struct pinot_race *pick(struct pinot_store *ps, int64_t now_ms, int64_t *at_ms)
{
    struct pinot_race *first = NULL;

    *at_ms = INT64_MAX;
    ps->stats.races_refreshed = 0;
    for (size_t k = 0; k < ps->catalog.races.n; k++) {
        struct pinot_race *r = pinot_race_at(ps, k);
        int64_t next_ms = turn_of(ps, r);

        if (now_ms - r->watched_ms > PINOT_WATCHED_MS || !catalog_shows(&ps->catalog, &r->race))
            continue;
        ps->stats.races_refreshed++;
        if (next_ms > *at_ms || (first && next_ms == *at_ms && r->tried_ms >= first->tried_ms))
            continue;
        *at_ms = next_ms;
        first = r;
    }
    return *at_ms <= now_ms ? first : NULL;
}

/* A signal of the writer or a reader ends the sleep. */
static void sleep_until(struct pinot_store *ps, int64_t at_ms, int64_t now_ms)
{
    int64_t at_ns = clock_mono_ns();
    struct timespec t;

    at_ns += (at_ms - now_ms > LONGEST_MS ? LONGEST_MS : at_ms - now_ms) * 1000000;
    t = (struct timespec){(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};
    (void)pthread_cond_timedwait(&ps->wake, &ps->catalog.lock, &t);
}

/* The poller's thread. */
static void *run(void *arg)
{
    struct pinot_store *ps = arg;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    while (!ps->stopping) {
        int64_t now_ms = clock_wall_ms(), at_ms;
        struct pinot_race *r;

        report_all(ps);
        r = pick(ps, now_ms, &at_ms);
        if (r)
            poll_race(ps, r);
        else if (!ps->stopping)
            sleep_until(ps, at_ms, now_ms);
    }
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    return NULL;
}

int pinot_poller_start(struct pinot_store *ps, struct err *e)
{
    if (pthread_create(&ps->poller, NULL, run, ps))
        return err_set(e, ERR_UNAVAILABLE, "the thread that asks Pinot could not be started");
    (void)pthread_setname_np(ps->poller, "pinot-refresh");
    ps->poller_on = true;
    return 0;
}
