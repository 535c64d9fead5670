/* put.c: the writing side. No position is kept: Pinot has them. What the feed shows is used to know
 * that there is something to poll, when it was published, and what came late. */
#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

/* Another epoch makes the poller load the race anew. */
void pinot_race_put(struct catalog *c, struct catalog_race *r, enum catalog_change change)
{
    (void)c;
    if (change != CATALOG_SAME)
        pinot_race_of(r)->next_epoch++;
}

void pinot_race_deleted(struct catalog *c, struct catalog_race *r, const struct race_record *record)
{
    (void)c;
    (void)record;
    pinot_race_of(r)->next_epoch++;
}

/* Counts events, and wakes the poller at the commit. */
int pinot_put_tick(struct store *s, const struct tick *t, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct catalog_race *r = catalog_find(&ps->catalog, t->race->spec.run_id);

    if (!r || !r->put)
        return catalog_no_race(t->race->spec.run_id, e);
    for (uint32_t i = 0; i < t->n; i++)
        ps->feed_events += t->raw_s <= t->finish_raw_s[i];
    catalog_mark(&ps->catalog, r);
    return 0;
}

/* An event that is older than its competitor's latest. The latest positions do not show it, so the
 * poller traces that competitor again. */
static void note_late(struct pinot_store *ps, struct pinot_race *r, const struct event *ev)
{
    (void)pthread_mutex_lock(&ps->catalog.lock);
    if (r->late_n < PINOT_LATE_MAX) {
        r->late = mem_grow(r->late, r->late_n, &r->late_cap, sizeof *r->late);
        r->late[r->late_n++] = (struct pinot_late){ev->competitor_id, ev->raw_s, clock_wall_ms()};
    } else {
        r->next_epoch++; /* too many to look at one by one: read the race anew */
        r->late_n = 0;
        catalog_mark(&ps->catalog, &r->race);
    }
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

/* Remembers the newest second of each competitor of an external race. An older event may come after
 * a newer one, which the latest positions in Pinot do not show. */
static void follow(struct pinot_store *ps, struct pinot_race *r, const struct event *ev)
{
    uint32_t i = id_map_find(&r->numbers, ev->competitor_id);

    if (i == UINT32_MAX) {
        if (r->last_n >= RACE_MAX_COMPETITORS)
            return;
        i = (uint32_t)r->last_n;
        r->last_s = mem_grow(r->last_s, r->last_n, &r->last_cap, sizeof *r->last_s);
        r->last_s[r->last_n++] = ev->raw_s;
        id_map_add(&r->numbers, ev->competitor_id, i);
    } else if (ev->raw_s < r->last_s[i]) {
        note_late(ps, r, ev);
    } else {
        r->last_s[i] = ev->raw_s;
    }
}

/* When the events of one raw second were published. They come many in a row, so they are collected
 * and noted once: noting takes the lock. */
struct published {
    struct pinot_race *race; /* NULL: nothing yet */
    int32_t raw_s;
    int64_t ms;
};

static void note_published(struct pinot_store *ps, const struct published *h)
{
    if (!h->race)
        return;
    (void)pthread_mutex_lock(&ps->catalog.lock);
    hop_times_published(&h->race->hop_times, h->raw_s, h->ms);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

/* The latest of a second's events counts: only then the second is complete. */
static void follow_published(
    struct pinot_store *ps, struct published *h, struct pinot_race *r, const struct event *ev)
{
    if (h->race != r || h->raw_s != ev->raw_s) {
        note_published(ps, h);
        *h = (struct published){.race = r, .raw_s = ev->raw_s};
    }
    if (ev->published_ms > h->ms)
        h->ms = ev->published_ms;
}

void pinot_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct catalog_race *r;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    r = catalog_find(&ps->catalog, run_id);
    if (r)
        hop_times_acknowledged(&pinot_race_of(r)->hop_times, from_s, to_s, ms);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

int pinot_put_events(struct store *s, const struct event *ev, size_t n, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_race *r = NULL;
    struct published h = {0};
    int rc = 0;

    ps->feed_events += n;
    for (size_t k = 0; k < n; k++) {
        if (!r || strcmp(r->race.run_id, ev[k].run_id) != 0) {
            struct catalog_race *race = catalog_race_of(&ps->catalog, &ev[k], e);

            if (!race) {
                rc = -1;
                break;
            }
            r = pinot_race_of(race);
            catalog_mark(&ps->catalog, race);
        }
        if (!r->race.put)
            continue; /* deleted: its last events are still on their way */
        follow_published(ps, &h, r, &ev[k]);
        if (r->race.next.external)
            follow(ps, r, &ev[k]);
    }
    note_published(ps, &h);
    return rc;
}

/* Keeps the names of deleted courses. A load of the table would otherwise take a deleted course
 * along as somebody else's. */
static void note_deleted(struct pinot_store *ps, const char *short_name, bool gone)
{
    size_t k = 0;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    while (k < ps->deleted_n && strcmp(ps->deleted[k], short_name) != 0)
        k++;
    if (!gone && k < ps->deleted_n) {
        memcpy(ps->deleted[k], ps->deleted[--ps->deleted_n], sizeof *ps->deleted);
    } else if (gone && k == ps->deleted_n) {
        ps->deleted = mem_grow(ps->deleted, ps->deleted_n, &ps->deleted_cap, sizeof *ps->deleted);
        (void)snprintf(ps->deleted[ps->deleted_n++], sizeof *ps->deleted, "%s", short_name);
    }
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

void pinot_course_put(struct catalog *c, const struct course *course)
{
    note_deleted(pinot_store_of(&c->head), course->short_name, false);
}

int pinot_delete_course(struct store *s, const char *short_name, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);

    /* Also of a course that is unknown here: Pinot may have it from another server. */
    note_deleted(ps, short_name, true);
    ps->catalog.courses_changed = true;
    return catalog_delete_course(s, short_name, e);
}

/* Empties a deleted race, and keeps its last view, marked as deleted, for the listener. */
static void drop_race(struct pinot_store *ps, struct pinot_race *r)
{
    struct race_record record = r->race.record;

    if (r->view) {
        record.state = RACE_DELETED;
        ps->deleted_views = mem_grow(
            ps->deleted_views, ps->deleted_views_n, &ps->deleted_views_cap, sizeof(struct view *));
        ps->deleted_views[ps->deleted_views_n++] = view_with_record(r->view, &record);
    }
    view_unref(r->view);
    r->view = NULL;
    r->late_n = 0;
    r->hop_times = (struct hop_times){0};
    buf_clear(&r->roster);
}

/* With the lock held. */
static void publish(struct pinot_store *ps, struct pinot_race *r)
{
    bool same = r->race.known && r->race.epoch == r->next_epoch;

    r->race.changed = r->race.listed = false;
    if (r->race.known && !r->race.put)
        drop_race(ps, r);
    if (!r->race.put) {
        catalog_publish_race(&r->race);
        return;
    }
    /* Padding may differ: then the race is shown once more, which does no harm.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    if (same && memcmp(&r->race.record, &r->race.next, sizeof r->race.next) == 0) {
        r->next_ms = pinot_poll_timer_seen(&r->timer, &r->race.record, r->next_ms, clock_wall_ms());
        return;
    }
    r->next_ms = 0;
    catalog_publish_race(&r->race);
    r->race.epoch = r->next_epoch;
    r->unchanged = 0;
    if (same && r->view) {
        struct view *old = r->view;

        r->view = view_with_record(old, &r->race.record);
        r->view->version = ++ps->version;
        r->announce = true;
        view_unref(old);
    }
}

/* Nothing is written, so nothing can fail: what was put becomes visible, and the threads are
 * woken. */
int pinot_commit(struct store *s, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);

    bool courses = catalog_publish_courses(&ps->catalog);

    (void)e;
    (void)pthread_mutex_lock(&ps->catalog.lock);
    if (courses) {
        ps->courses_ms = clock_wall_ms();
        (void)pthread_cond_signal(&ps->load);
    }
    for (size_t k = 0; k < ps->catalog.changed_n; k++)
        publish(ps, pinot_race_of(ps->catalog.changed[k]));
    ps->stats.feed_events += ps->feed_events;
    if (ps->catalog.changed_n)
        (void)pthread_cond_signal(&ps->wake);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    ps->catalog.changed_n = 0;
    ps->feed_events = 0;
    return 0;
}
