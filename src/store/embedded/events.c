/* events.c: the events of a race as a stream, for SQL, downloads and replays to other systems. It
 * is read second by second with memory for one tick and one window of single events, however long
 * the race is. */
#include "store/embedded/embedded.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Events of whole ticks and single events, merged second by second. Where a competitor has
 * both at one second, the single event is sent: it came later. */
struct event_merge {
    struct embedded *em;
    const struct history_race *race;
    struct event_writer writer;
    struct event_window window;
    uint32_t *dist_mm;     /* n */
    int32_t *finish_raw_s; /* n; NULL: there are no ticks */
    bool has_tick;         /* dist_mm is of the second that is being sent */
    int32_t sent_s;        /* the last second that was sent, -1 */
    store_event_fn *fn;
    void *arg;
};

/* Sends the single events of `raw_s` up to competitor `id`; *same: there was one of that
 * competitor. Non-zero: the receiver wants no more. */
static int send_singles(struct event_merge *st, int32_t raw_s, int64_t id, bool *same)
{
    struct event_window *w = &st->window;
    int stop = 0;

    *same = false;
    while (!stop && w->next < w->n) {
        const struct event *ev = &w->item[w->next].ev;

        if (ev->raw_s != raw_s || ev->competitor_id > id)
            break;
        *same = ev->competitor_id == id;
        w->next++;
        stop = st->fn(st->arg, ev);
    }
    return stop;
}

/* Sends everything of one second in the order of competitorId. Returns non-zero where the receiver
 * wants no more. A competitor has an event in each tick up to their finish and none after it, so
 * ticks beyond the finish are skipped. */
static int send_second(struct event_merge *st, int32_t raw_s)
{
    struct event ev;
    bool same;
    uint32_t i;

    for (i = 0; st->has_tick && i < st->race->n; i++) {
        if (raw_s > st->finish_raw_s[i])
            continue;
        if (send_singles(st, raw_s, (int64_t)i + 1, &same))
            return 1;
        if (same)
            continue; /* it came again as a single event */
        event_make(&st->writer, (int64_t)i + 1, raw_s, st->dist_mm[i], &ev);
        if (st->fn(st->arg, &ev))
            return 1;
    }
    return send_singles(st, raw_s, INT64_MAX, &same);
}

/* The next second at or after `from_s` that has anything; to_s + 1: none. */
static int next_second(struct event_merge *st, struct db *db, int32_t from_s, int32_t to_s,
    int64_t *at_s, struct err *e)
{
    struct event_window *w = &st->window;
    int32_t tick_s = -1;

    if (st->finish_raw_s && history_first_tick(db, st->race, from_s, to_s, &tick_s, e))
        return -1;
    while (w->next >= w->n && w->to_s < to_s)
        if (event_window_load(w, db, st->race, w->to_s + 1, to_s, e))
            return -1;
    *at_s = (int64_t)to_s + 1;
    if (tick_s >= 0)
        *at_s = tick_s;
    if (w->next < w->n && w->item[w->next].ev.raw_s < *at_s)
        *at_s = w->item[w->next].ev.raw_s;
    st->has_tick = tick_s >= 0 && *at_s == tick_s;
    if (!st->has_tick)
        return 0;
    return history_read_tick(db, st->race, tick_s, st->dist_mm, e) < 0 ? -1 : 0;
}

/* Calls next_second with a connection that is lent for this call only. */
static int find_second(
    struct event_merge *st, int32_t from_s, int32_t to_s, int64_t *at_s, struct err *e)
{
    struct db *db = db_pool_take(&st->em->pool, e);
    int rc;

    if (!db)
        return -1;
    rc = next_second(st, db, from_s, to_s, at_s, e);
    db_pool_give(&st->em->pool, db);
    return rc;
}

/* No connection is held while the receiver runs: it may be slow. `last_s` is the last second of the
 * race when the stream began. If the stream ends before it, rows are missing. */
static int send_all(
    struct event_merge *st, int32_t from_s, int32_t to_s, int32_t last_s, struct err *e)
{
    int64_t at_s = from_s;

    while (at_s <= to_s) {
        if (find_second(st, (int32_t)at_s, to_s, &at_s, e))
            return -1;
        if (at_s > to_s)
            break;
        if (send_second(st, (int32_t)at_s))
            return 0;
        st->sent_s = (int32_t)at_s++;
    }
    last_s = last_s < to_s ? last_s : to_s;
    if (last_s >= from_s && st->sent_s < last_s)
        return history_damaged(st->race, last_s, "the positions of this second are missing", e);
    return 0;
}

/* Gets what ticks need: finish seconds and the course, which turns distances into places. A history
 * of single events has its places in it and needs no course. */
static int open_stream(struct event_merge *st, struct err *e)
{
    const struct history_race *r = st->race;
    struct db *db;
    int rc;

    if (r->external)
        return 0;
    db = db_pool_take(&st->em->pool, e);
    if (!db)
        return -1;
    rc = history_read_finish(db, r, &st->finish_raw_s, e);
    db_pool_give(&st->em->pool, db);
    if (rc)
        return -1;
    st->dist_mm = mem_alloc((size_t)r->n * sizeof *st->dist_mm);
    if (st->finish_raw_s && !r->course)
        return err_set(e, ERR_UNAVAILABLE,
            "The course '%s' of race %s is unknown, so its positions cannot be told yet.",
            r->course_name, r->run_id);
    return 0;
}

int embedded_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct event_merge st = {.em = em, .fn = fn, .arg = arg, .sent_s = -1};
    struct history_race race;
    struct catalog_reading r;
    int32_t last_s;
    int rc;

    if (embedded_last_raw(s, run_id, &last_s, e) || catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    race = history_race_of(&r.record, r.race_no, r.course);
    st.race = &race;
    memcpy(st.writer.run_id, r.record.spec.run_id, sizeof st.writer.run_id);
    memcpy(st.writer.course, r.record.spec.course, sizeof st.writer.course);
    st.writer.start_s = race.start_s;
    st.writer.line = race.course ? race.course->line : NULL;
    from_s = from_s < 0 ? 0 : from_s;
    /* An empty window that ends just before the first second: the first call loads from there. */
    st.window.to_s = from_s - 1;
    rc = open_stream(&st, e);
    if (!rc)
        rc = send_all(&st, from_s, to_s, last_s, e);
    event_window_release(&st.window);
    free(st.dist_mm);
    free(st.finish_raw_s);
    catalog_reading_release(&r);
    return rc ? embedded_explain(s, run_id, e) : 0;
}
