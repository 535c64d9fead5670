/* hub.c: races on their way from the engine to viewers. hub_post runs on any thread, keeps the
 * newest view of each watched race, and wakes the server. hub_run and the rest run on the server's
 * thread and do the work. The lock is held for moments: it guards the table, the waiting views and
 * the lags. Not base/strmap: races leave this table again. */
#include "push/hub.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "board/board.h"
#include "push/hub_race.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024u /* lists; there are at most some thousand races in the table */
#define FORGET_MS (INT64_C(2) * LAG_WINDOW_MS) /* then the race's lags are no longer shown */
/* A running race that sends nothing is what somebody may want to see in /metrics. */
#define FORGET_RUNNING_MS (INT64_C(10) * LAG_WINDOW_MS)

struct hub {
    pthread_mutex_t lock;
    struct hub_race *bucket[BUCKETS];
    void (*wake)(void *arg);
    void *wake_arg;
    bool woken; /* the server was woken and has not run the hub since */
    uint64_t posted, replaced;
    int64_t swept_ms;
    int64_t tick_ms;          /* when the newest tick of any race came; 0: none yet */
    struct hub_race *watched; /* the server's thread's list; a watched race is not forgotten */
    struct hub_stats
        stats; /* but for posted and replaced the server's thread writes, under the lock */
};

struct hub *hub_new(void)
{
    struct hub *h = mem_zalloc(1, sizeof *h);

    (void)pthread_mutex_init(&h->lock, NULL);
    return h;
}

/* The race has no viewers. */
static void free_race(struct hub_race *r)
{
    hub_race_forget(r);
    view_unref(r->posted);
    lag_release(&r->lag);
    free(r);
}

void hub_free(struct hub *h)
{
    if (!h)
        return;
    for (unsigned b = 0; b < BUCKETS; b++) {
        while (h->bucket[b]) {
            struct hub_race *r = h->bucket[b];

            h->bucket[b] = r->next;
            free_race(r);
        }
    }
    (void)pthread_mutex_destroy(&h->lock);
    free(h);
}

void hub_connect(struct hub *h, void (*wake)(void *arg), void *arg)
{
    (void)pthread_mutex_lock(&h->lock);
    h->wake = wake;
    h->wake_arg = arg;
    h->woken = false;
    (void)pthread_mutex_unlock(&h->lock);
}

/* Lock held. */
static struct hub_race *find_race(struct hub *h, const char *run_id)
{
    static const struct hash_key key = {0x747261636b736964, 0x65};
    struct hub_race **at = &h->bucket[hash64(key, run_id, strlen(run_id)) % BUCKETS];
    struct hub_race *r = *at;

    while (r && strcmp(r->run_id, run_id) != 0)
        r = r->next;
    if (r)
        return r;
    r = mem_zalloc(1, sizeof *r);
    (void)snprintf(r->run_id, sizeof r->run_id, "%s", run_id);
    r->posted_raw_s = r->pushed_raw_s = r->lag_sent_raw_s = -1;
    frame_encoder_init(&r->encoder);
    r->next = *at;
    *at = r;
    return r;
}

/* Frees races that have no viewer and have sent nothing for a while. Lock held. */
static void sweep(struct hub *h, int64_t now_ms)
{
    if (now_ms - h->swept_ms < FORGET_MS)
        return;
    h->swept_ms = now_ms;
    for (unsigned b = 0; b < BUCKETS; b++) {
        struct hub_race **at = &h->bucket[b];

        while (*at) {
            struct hub_race *r = *at;

            if (r->watched || now_ms - r->posted_ms < (r->runs ? FORGET_RUNNING_MS : FORGET_MS)) {
                at = &r->next;
                continue;
            }
            *at = r->next;
            free_race(r);
        }
    }
}

/* Notes the lag of each tick once. After a gap (nobody watched) only the newest tick counts. */
static void note_lag(struct hub *h, struct hub_race *r, const struct view *v, int64_t now_ms)
{
    int32_t from_s = r->gap || r->posted_raw_s < 0 ? v->as_of_raw_s : r->posted_raw_s + 1;

    r->runs = v->race.state == RACE_RUNNING && !v->external;
    r->anchor = v->race.anchor;
    r->catching_up = v->catching_up;
    if (v->as_of_raw_s <= r->posted_raw_s)
        return;
    r->posted_raw_s = v->as_of_raw_s;
    r->gap = false;
    h->tick_ms = r->tick_ms = now_ms;
    lag_tick(&r->lag, v, from_s, now_ms);
}

/* Keeps the newest view for the server's thread. Returns the view that it replaces, or NULL. Lock
 * held. */
static struct view *keep_newest(struct hub *h, struct hub_race *r, struct view *v)
{
    struct view *old = r->posted;

    r->posted = view_ref(v);
    h->replaced += old != NULL;
    return old;
}

void hub_post(void *hub, struct view *v)
{
    struct hub *h = hub;
    int64_t now_ms = clock_wall_ms();
    struct view *old = NULL;
    struct hub_race *r;
    bool wake = false;

    (void)pthread_mutex_lock(&h->lock);
    sweep(h, now_ms);
    h->posted++;
    r = find_race(h, v->race.spec.run_id);
    r->posted_ms = now_ms;
    note_lag(h, r, v, now_ms);
    if (r->watched) {
        old = keep_newest(h, r, v);
        wake = !h->woken && h->wake;
        h->woken = h->woken || wake;
    }
    if (wake)
        h->wake(h->wake_arg);
    (void)pthread_mutex_unlock(&h->lock);
    view_unref(old);
}

/* Any thread. The answer may be old when it is read; for a store that decides how often to ask that
 * is enough. */
bool hub_is_watched(struct hub *h, const char *run_id)
{
    bool watched;

    (void)pthread_mutex_lock(&h->lock);
    watched = find_race(h, run_id)->watched;
    (void)pthread_mutex_unlock(&h->lock);
    return watched;
}

/* The view that waits, if its frame is due; else NULL. Lock held. */
static struct view *take_posted(struct hub_race *r, int64_t now_ms)
{
    struct view *v = r->posted;

    if (!v || now_ms < r->next_frame_ms)
        return NULL;
    r->posted = NULL;
    if (v->as_of_raw_s > r->pushed_raw_s)
        lag_add(
            &r->lag, LAG_PUSHED, now_ms, fmax((double)(now_ms - lag_due_ms(v)), r->lag.reached_ms));
    r->pushed_raw_s = v->as_of_raw_s;
    r->clock_ms = lag_clock(&r->lag, now_ms);
    return v;
}

/* The sooner of a wait (-1: none) and a time. */
static int sooner(int wait_ms, int64_t due_ms, int64_t now_ms)
{
    int64_t left = due_ms > now_ms ? due_ms - now_ms : 0;

    return wait_ms < 0 || left < wait_ms ? (int)left : wait_ms;
}

/* Shows what is due of one watched race. Returns after how many ms to look at it again; -1: not
 * before the next post. */
static int run_race(struct hub *h, struct hub_race *r, int64_t now_ms, struct hub_race_sent *sent)
{
    struct view *v;
    int wait_ms = -1;
    bool waits;

    (void)pthread_mutex_lock(&h->lock);
    v = take_posted(r, now_ms);
    waits = r->posted != NULL;
    (void)pthread_mutex_unlock(&h->lock);
    if (v && r->shown && v->version < r->shown->version)
        view_unref(v);
    else if (v)
        hub_race_show(r, v, now_ms, sent);
    if (r->board_waits && r->shown && now_ms >= r->next_board_ms)
        hub_race_board(r, now_ms);
    if (waits)
        wait_ms = sooner(wait_ms, r->next_frame_ms, now_ms);
    if (r->board_waits)
        wait_ms = sooner(wait_ms, r->next_board_ms, now_ms);
    return wait_ms;
}

/* Returns after how many ms to run again; -1: not before the next post. */
int hub_run(struct hub *h, int64_t now_ms)
{
    struct hub_race_sent sent = {0};
    int wait_ms = -1;

    (void)pthread_mutex_lock(&h->lock);
    h->woken = false;
    (void)pthread_mutex_unlock(&h->lock);
    for (struct hub_race *r = h->watched; r; r = r->next_watched) {
        int race_ms = run_race(h, r, now_ms, &sent);

        if (race_ms >= 0 && (wait_ms < 0 || race_ms < wait_ms))
            wait_ms = race_ms;
    }
    (void)pthread_mutex_lock(&h->lock);
    h->stats.frames += sent.frames;
    h->stats.skipped += sent.skipped;
    h->stats.bytes += sent.bytes;
    (void)pthread_mutex_unlock(&h->lock);
    return wait_ms;
}

/* False: nothing is shown yet, and the caller gets a view from the store for hub_admit. */
bool hub_join(struct hub *h, const char *run_id, struct viewer *v)
{
    struct hub_race *r;

    (void)pthread_mutex_lock(&h->lock);
    r = find_race(h, run_id);
    if (!r->watched) {
        r->gap = true; /* a store may not have reported ticks while nobody watched */
        r->next_watched = h->watched;
        h->watched = r;
        h->stats.races_watched++;
    }
    h->stats.viewers++;
    r->watched = true;
    (void)pthread_mutex_unlock(&h->lock);
    v->hub = h;
    v->race = r;
    v->limit = BOARD_DEFAULT_LIMIT;
    v->next = r->viewers;
    if (v->next)
        v->next->prev = v;
    r->viewers = v;
    r->viewers_n++;
    if (!r->shown)
        return false;
    hub_race_greet(r, v, clock_wall_ms());
    return true;
}

/* A view that was posted meanwhile may be newer: then that one stays. */
void hub_admit(struct viewer *v, struct view *view)
{
    struct hub_race *r = v->race;
    struct hub_race_sent sent = {0};
    int64_t now_ms = clock_wall_ms();

    if (!r->shown || r->shown->version < view->version)
        hub_race_show(r, view_ref(view), now_ms, &sent);
    hub_race_greet(r, v, now_ms);
}

/* The last viewer has left. Returns the view that waited, or NULL. Lock held. */
static struct view *unwatch(struct hub *h, struct hub_race *r)
{
    struct hub_race **at = &h->watched;
    struct view *old = r->posted;

    while (*at != r)
        at = &(*at)->next_watched;
    *at = r->next_watched;
    r->watched = false;
    r->posted_ms = clock_wall_ms();
    r->posted = NULL;
    h->stats.races_watched--;
    hub_race_forget(r);
    return old;
}

/* A second call does nothing. */
void hub_leave(struct viewer *v)
{
    struct hub *h = v->hub;
    struct hub_race *r = v->race;
    struct view *old = NULL;

    if (!r)
        return;
    if (v->prev)
        v->prev->next = v->next;
    else
        r->viewers = v->next;
    if (v->next)
        v->next->prev = v->prev;
    v->race = NULL;
    r->viewers_n--;
    (void)pthread_mutex_lock(&h->lock);
    h->stats.viewers--;
    if (r->viewers_n == 0)
        old = unwatch(h, r);
    (void)pthread_mutex_unlock(&h->lock);
    view_unref(old);
}

/* What browsers report is not trusted for anything but statistics. */
void hub_painted(struct viewer *v, double received_ms, double painted_ms)
{
    struct hub *h = v->hub;
    int64_t now_ms = clock_wall_ms();

    (void)pthread_mutex_lock(&h->lock);
    if (received_ms >= 0)
        lag_add(&v->race->lag, LAG_RECEIVED, now_ms, received_ms);
    lag_add(&v->race->lag, LAG_PAINTED, now_ms, painted_ms);
    (void)pthread_mutex_unlock(&h->lock);
}

void hub_stats(struct hub *h, struct hub_stats *out)
{
    (void)pthread_mutex_lock(&h->lock);
    *out = h->stats;
    out->posted = h->posted;
    out->replaced = h->replaced;
    out->tick_ms = h->tick_ms;
    (void)pthread_mutex_unlock(&h->lock);
}

/* How long the next tick is overdue. It grows while no tick comes; a lag is known only when one
 * has come. */
static int64_t overdue_ms(const struct hub_race *r, int64_t now_ms)
{
    int64_t late_ms = r->runs ? now_ms - race_due_ms(&r->anchor, r->posted_raw_s + 1) : 0;

    return late_ms > 0 ? late_ms : 0;
}

/* One race's lags at this moment. Lock held. */
static void take_lag(const struct hub_race *r, int64_t now_ms, struct hub_lag *out)
{
    *out = (struct hub_lag){.tick_age_ms = r->tick_ms ? now_ms - r->tick_ms : -1,
        .runs = r->runs,
        .catching_up = r->catching_up,
        .overdue_ms = overdue_ms(r, now_ms),
        .clock_ms = lag_clock(&r->lag, now_ms)};
    (void)snprintf(out->run_id, sizeof out->run_id, "%s", r->run_id);
    for (int hop = 0; hop < LAG_HOPS; hop++)
        (void)lag_quantiles(&r->lag, (enum lag_hop)hop, now_ms, &out->hop[hop]);
}

void hub_lag(struct hub *h, const char *run_id, struct hub_lag *out)
{
    (void)pthread_mutex_lock(&h->lock);
    take_lag(find_race(h, run_id), clock_wall_ms(), out);
    (void)pthread_mutex_unlock(&h->lock);
}

/* At most `max`, in no order. */
size_t hub_lags(struct hub *h, bool watched, struct hub_lag *out, size_t max)
{
    int64_t now_ms = clock_wall_ms();
    size_t n = 0;

    (void)pthread_mutex_lock(&h->lock);
    for (unsigned b = 0; b < BUCKETS; b++)
        for (const struct hub_race *r = h->bucket[b]; r && n < max; r = r->next)
            if (r->tick_ms && (r->watched || !watched))
                take_lag(r, now_ms, &out[n++]);
    (void)pthread_mutex_unlock(&h->lock);
    return n;
}
