/* read.c: the reading side. A reader gets the last view at once where it is recent. Otherwise it
 * asks Pinot itself, under the race's `work`, so that a hundred readers who come at once make one
 * statement. */
#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define ROSTER_MAX (64u << 20) /* bytes */
#define RUNNING_OLD_MS 1000    /* an older view of a running race is asked for anew by its reader */
/* The same of a race that rests: it changes by its record alone. */
#define RESTING_OLD_MS 6000
/* A board that nobody has watched for some time is asked for before it is shown. So long its reader
 * waits for the answer. */
#define FIRST_MS 10000
#define STAND_MS \
    1000 /* so long a reader waits for another reader's poll, where there is a board to show */

/* With the lock held. */
static struct pinot_race *visible_race(struct pinot_store *ps, const char *run_id)
{
    struct catalog_race *r = catalog_visible(&ps->catalog, run_id);

    return r ? pinot_race_of(r) : NULL;
}

void store_pinot_watch(struct store *s, const char *run_id)
{
    struct pinot_store *ps = pinot_store_of(s);
    int64_t now_ms = clock_wall_ms();
    struct catalog_race *race;
    struct pinot_race *r;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    race = catalog_find(&ps->catalog, run_id);
    r = race ? pinot_race_of(race) : NULL;
    if (r && now_ms - r->watched_ms > PINOT_WATCHED_MS) {
        r->next_ms = 0;
        (void)pthread_cond_signal(&ps->wake);
    }
    if (r)
        r->watched_ms = now_ms;
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

/* Has Pinot failed lately? Then it is not asked before the backoff ends. Lock held. */
static bool is_away(const struct pinot_store *ps, const struct pinot_race *r, int64_t now_ms)
{
    return now_ms < ps->backoff.until_ms || now_ms < r->backoff.until_ms;
}

/* Is the last answer from the time in which somebody watched? Then its board may stand for a
 * moment. */
static bool is_kept(const struct pinot_race *r, int64_t now_ms)
{
    return now_ms - r->answered_ms < PINOT_WATCHED_MS;
}

/* The last view, a reference, if it is recent or all there will be for now; else NULL. Lock
 * held. */
static struct view *recent_view(
    const struct pinot_store *ps, const struct pinot_race *r, int64_t now_ms)
{
    int64_t old_ms = r->race.record.state == RACE_RUNNING ? RUNNING_OLD_MS : RESTING_OLD_MS;
    int64_t stand_ms = is_kept(r, now_ms) ? STAND_MS : FIRST_MS;
    bool stands = is_away(ps, r, now_ms) || (r->asking && now_ms - r->tried_ms > stand_ms);

    if (!r->view || r->shown_epoch != r->race.epoch)
        return NULL;
    return stands || now_ms - r->answered_ms < old_ms ? view_ref(r->view) : NULL;
}

/* Takes the right to ask about a race. False: another thread has had it for too long. A reader who
 * has a board to show does not wait for long, because that thread may be asking a Pinot that is
 * shutting down. */
static bool take_work(struct pinot_race *r, bool has_view, bool kept)
{
    struct timespec until;

    if (!has_view)
        return pthread_mutex_lock(&r->work) == 0;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (kept ? STAND_MS : FIRST_MS) / 1000;
    return pthread_mutex_timedlock(&r->work, &until) == 0;
}

/* The last view, however old; NULL: none for the present epoch. Lock held. */
static struct view *standing_view(const struct pinot_race *r)
{
    return r->view && r->shown_epoch == r->race.epoch ? view_ref(r->view) : NULL;
}

/* The reader asks and waits: for the first view, or one that nobody has watched for some time. */
static struct view *ask(struct pinot_store *ps, struct pinot_race *r, struct err *e)
{
    struct view *v;
    bool away, taken, kept;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    v = standing_view(r);
    kept = is_kept(r, clock_wall_ms());
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    taken = take_work(r, v != NULL, kept);
    view_unref(v);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    v = taken ? recent_view(ps, r, clock_wall_ms()) /* somebody was quicker */
              : standing_view(r);
    away = !v && (!taken || is_away(ps, r, clock_wall_ms()));
    if (away)
        (void)err_set(e, ERR_UNAVAILABLE, "%s",
            ps->stats.last_error[0] ? ps->stats.last_error
                                    : "Pinot has not answered yet; try again in a second.");
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (taken && !v && !away) {
        int failed = pinot_poller_race(ps, r, e);

        (void)pthread_mutex_lock(&ps->catalog.lock);
        if (r->view && (!failed || r->shown_epoch == r->race.epoch))
            v = view_ref(r->view); /* where Pinot does not answer, the last one stands */
        (void)pthread_mutex_unlock(&ps->catalog.lock);
    }
    if (taken)
        (void)pthread_mutex_unlock(&r->work);
    return v;
}

struct view *pinot_view(struct store *s, const char *run_id, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct err why = {0};
    struct view *v = NULL;
    struct pinot_race *r;

    store_pinot_watch(s, run_id);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    r = visible_race(ps, run_id);
    if (r)
        v = recent_view(ps, r, clock_wall_ms());
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (!r) {
        (void)catalog_no_race(run_id, e);
        return NULL;
    }
    if (!v)
        v = ask(ps, r, &why);
    if (!v && why.code == ERR_NONE)
        (void)catalog_no_race(run_id, &why); /* deleted meanwhile */
    if (!v)
        *e = why;
    return v;
}

/* For callers who must not see anything older than their call, like the contract tests. */
int store_pinot_refresh(struct store *s, const char *run_id, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r;
    int failed;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    r = visible_race(ps, run_id);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (!r)
        return catalog_no_race(run_id, e);
    (void)pthread_mutex_lock(&r->work);
    failed = pinot_poller_race(ps, r, e);
    (void)pthread_mutex_unlock(&r->work);
    return failed;
}

/* Rosters are kept in memory: the shared feed brings them again after a restart. */
int pinot_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    r = visible_race(ps, run_id);
    if (r)
        buf_add(csv, r->roster.data ? r->roster.data : "", r->roster.len);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    return r ? 0 : catalog_no_race(run_id, e);
}

int pinot_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r;

    if (len > ROSTER_MAX)
        return err_set(e, ERR_TOO_LARGE, "A roster has at most %u MiB.", ROSTER_MAX >> 20);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    r = visible_race(ps, run_id);
    if (r) {
        buf_clear(&r->roster);
        buf_add(&r->roster, csv, len);
        s->rosters_changed++;
    }
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    return r ? 0 : catalog_no_race(run_id, e);
}
