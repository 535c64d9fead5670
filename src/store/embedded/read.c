/* read.c: the reading side, for any thread. A reader copies what it needs of a race under the
 * catalogue's lock (catalog_read) and reads the database without it, in the pool's connections. The
 * writer may change the race meanwhile; the epoch tells. */
#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "board/board.h"
#include "board/splits.h"
#include "store/embedded/disk/trajectory.h"

#include <stdlib.h>
#include <string.h>

/* With the lock held. */
static struct entry *visible(struct embedded *em, const char *run_id)
{
    struct catalog_race *r = catalog_visible(&em->catalog, run_id);

    return r ? entry_of(r) : NULL;
}

/* Borrows from `r`: release it last. */
static struct history_race race_of(const struct catalog_reading *r)
{
    return history_race_of(&r->record, r->race_no, r->course);
}

/* A view of the past, or of a race that was not resident. It has no publishing time, because the
 * history does not keep any. */
static struct view *view_of(const struct playback *p, const struct race_record *record)
{
    struct view *v = columns_view(p->columns, record);

    v->as_of_raw_s = p->columns->max_raw;
    if (v->as_of_raw_s >= 0)
        v->due_ms = race_due_ms(&record->anchor, v->as_of_raw_s);
    return v;
}

/* A view as of `to_s` from the history. INT32_MAX: everything, in the order of arrival. */
static struct view *read_view(
    struct embedded *em, const struct catalog_reading *r, int32_t to_s, struct err *e)
{
    struct history_race race = race_of(r);
    struct playback p;
    struct view *v;

    if (embedded_playback(em, &race, to_s, &p, e))
        return NULL;
    v = view_of(&p, &r->record);
    playback_release(&p);
    return v;
}

/* The view in the registry; where there is none *r becomes what is needed to read it. */
static struct view *resident_view(
    struct embedded *em, const char *run_id, struct catalog_reading *r, struct err *e)
{
    struct view *v = NULL;
    struct entry *en;

    if (catalog_read(&em->catalog, run_id, r, e))
        return NULL;
    (void)pthread_mutex_lock(&em->catalog.lock);
    en = visible(em, run_id);
    if (en && en->view) {
        v = view_ref(en->view);
        en->used_ms = clock_wall_ms();
    }
    (void)pthread_mutex_unlock(&em->catalog.lock);
    return v;
}

/* Keeps `v` for the next reader. Where a commit came first, its view is the answer instead; NULL
 * where that has none: then the caller reads again. */
static struct view *keep_view(
    struct embedded *em, const char *run_id, const struct catalog_reading *r, struct view *v)
{
    struct entry *en;

    (void)pthread_mutex_lock(&em->catalog.lock);
    en = visible(em, run_id);
    if (en && en->race.epoch == r->epoch && !en->view) {
        v->version = en->race.epoch;
        en->view = view_ref(v);
    } else if (!en || en->race.epoch != r->epoch || en->view) {
        view_unref(v);
        v = en && en->view ? view_ref(en->view) : NULL;
    }
    (void)pthread_mutex_unlock(&em->catalog.lock);
    return v;
}

/* The latest view. Tries again where a commit changed the race while it was read, since the older
 * state must not be kept and shown instead of the newer. */
struct view *embedded_view(struct store *s, const char *run_id, struct err *e)
{
    struct embedded *em = embedded_of(s);

    for (;;) {
        struct catalog_reading r = {0};
        struct view *v = resident_view(em, run_id, &r, e);
        /* No number: catalog_read has failed, and *e says why. */
        bool missing = !v && !r.race_no;

        if (!v && !missing) {
            v = read_view(em, &r, INT32_MAX, e);
            missing = !v;
            if (v)
                v = keep_view(em, run_id, &r, v);
        }
        catalog_reading_release(&r);
        if (v || missing)
            return v;
    }
}

struct view *embedded_view_at(struct store *s, const char *run_id, int32_t raw_s, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct catalog_reading r = {0};
    struct view *v;

    if (catalog_read(&em->catalog, run_id, &r, e))
        return NULL;
    /* INT32_MAX stands for "everything" (playback.h), with a check that the end is complete. A
     * moment that a caller names never means that. */
    v = read_view(em, &r, raw_s < INT32_MAX ? raw_s : INT32_MAX - 1, e);
    catalog_reading_release(&r);
    return v;
}

int embedded_explain(struct store *s, const char *run_id, struct err *e)
{
    struct race_record r;
    struct err why;

    if (e->code == ERR_INTERNAL && catalog_race(s, run_id, &r, &why))
        *e = why;
    return -1;
}

/* From the view, which is in memory most often. The history would have to be asked for ticks and
 * for events. */
int embedded_last_raw(struct store *s, const char *run_id, int32_t *last_s, struct err *e)
{
    struct view *v = embedded_view(s, run_id, e);
    uint32_t i;

    if (!v)
        return -1;
    *last_s = -1;
    for (i = 0; i < v->n; i++)
        if (v->raw_s[i] > *last_s)
            *last_s = v->raw_s[i];
    view_unref(v);
    return 0;
}

/* Moves the playback on. A connection is taken for one step only: the receiver may be slow, and a
 * thousand slow receivers would hold a thousand connections. */
static int replay_step(struct embedded *em, struct playback *p, int32_t at_s, struct err *e)
{
    struct db *db = db_pool_take(&em->pool, e);
    int rc;

    if (!db)
        return -1;
    rc = playback_to(p, db, at_s, e);
    db_pool_give(&em->pool, db);
    return rc;
}

int embedded_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    int32_t step_s, int (*fn)(void *arg, struct view *v), void *arg, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct history_race race;
    struct catalog_reading r = {0};
    struct playback p;
    int32_t last_s;
    int64_t at_s;
    int rc = 0;

    if (step_s < 1)
        return err_set(e, ERR_INVALID, "The step of a replay is at least one second.");
    if (embedded_last_raw(s, run_id, &last_s, e) || catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    last_s = to_s < last_s ? to_s : last_s;
    from_s = from_s < 0 ? 0 : from_s;
    race = race_of(&r);
    if (from_s <= last_s && !(rc = embedded_playback(em, &race, from_s, &p, e))) {
        for (at_s = from_s; at_s <= last_s; at_s += step_s) {
            struct view *v;

            rc = replay_step(em, &p, (int32_t)at_s, e);
            /* The view said that the race goes on to last_s. If the history ends before it, rows
             * are lost. */
            if (!rc && at_s == last_s && p.columns->max_raw < last_s)
                rc = history_damaged(&race, last_s, "the positions of this second are missing", e);
            if (rc)
                break;
            v = view_of(&p, &r.record);
            rc = fn(arg, v);
            view_unref(v);
            if (rc) {
                rc = 0; /* the caller has had enough */
                break;
            }
        }
        playback_release(&p);
    }
    catalog_reading_release(&r);
    return rc ? embedded_explain(s, run_id, e) : 0;
}

/* Appends the text in column 0, after comparing it with its checksum in column 1. */
static int add_text(
    sqlite3_stmt *st, int64_t race_no, const char *what, struct buf *out, struct err *e)
{
    const void *text = sqlite3_column_blob(st, 0);
    size_t len = (size_t)sqlite3_column_bytes(st, 0);

    if (!history_sum_ok(st, 1, history_sum(race_no, 0, text, len)))
        return err_set(e, ERR_INTERNAL,
            "The %s in the data directory is damaged: its bytes are not those that were written. "
            "Restore the directory from a copy.",
            what);
    buf_add(out, text, len);
    return 0;
}

int embedded_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct catalog_reading r = {0};
    struct db *db;
    sqlite3_stmt *st;
    int rc = -1;

    if (catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    db = db_pool_take(&em->pool, e);
    st = db ? db_use(db, DB_ROSTER_GET, e) : NULL;
    if (st) {
        (void)sqlite3_bind_int64(st, 1, r.race_no);
        rc = db_step(db, st, e);
        if (rc > 0)
            rc = add_text(st, r.race_no, "roster", csv, e);
    }
    db_pool_give(&em->pool, db);
    catalog_reading_release(&r);
    return rc < 0 ? -1 : 0;
}

int embedded_cursor(struct store *s, struct buf *out, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct db *db = db_pool_take(&em->pool, e);
    sqlite3_stmt *st = db ? db_use(db, DB_CURSOR_GET, e) : NULL;
    int rc = st ? db_step(db, st, e) : -1;

    if (rc > 0)
        rc = add_text(st, 0, "place in the shared feed", out, e);
    if (st)
        (void)sqlite3_reset(st);
    db_pool_give(&em->pool, db);
    return rc < 0 ? -1 : 0;
}

/* Not through the write batch: a roster is put by a request, on its own thread, and its answer says
 * that it is on disk. */
int embedded_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct catalog_reading r = {0};
    sqlite3_stmt *st;
    int rc = -1;

    if (catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    (void)pthread_mutex_lock(&em->write_lock);
    st = datadir_check(&em->dir, e) ? NULL : db_use(&em->db, DB_ROSTER_PUT, e);
    if (st) {
        (void)sqlite3_bind_int64(st, 1, r.race_no);
        (void)sqlite3_bind_text(st, 2, csv, (int)len, SQLITE_STATIC);
        (void)sqlite3_bind_int64(st, 3, history_sum(r.race_no, 0, csv, len));
        rc = db_run(&em->db, st, e);
        (void)sqlite3_clear_bindings(st);
    }
    (void)pthread_mutex_unlock(&em->write_lock);
    /* Also on an error: the only harm is that readers look once more. */
    s->rosters_changed++;
    catalog_reading_release(&r);
    return rc;
}

/* Each competitor has a position at every second from the start to the last tick or to their
 * finish, whichever comes first. */
static uint64_t positions_until(const int32_t *finish_raw_s, uint32_t n, int32_t last_s)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)(finish_raw_s[i] < last_s ? finish_raw_s[i] : last_s) + 1;
    return sum;
}

/* 1 and *count, or 0 where there are single events besides the ticks: a position may be in both. */
static int count_ticks(
    struct db *db, const struct history_race *r, bool every, uint64_t *count, struct err *e)
{
    int32_t *finish_raw_s = NULL, last_s = -1;
    int64_t events = 0;
    int rc = 1;

    if (history_last_events(db, r->race_no, &events, e))
        return -1;
    if (events > 0)
        return 0;
    if (history_last_tick(db, r->race_no, INT32_MAX, &last_s, e) ||
        history_read_finish(db, r, &finish_raw_s, e))
        rc = -1;
    else if (last_s < 0 || !finish_raw_s)
        *count = 0;
    else
        *count = every ? positions_until(finish_raw_s, r->n, last_s) : r->n;
    free(finish_raw_s);
    return rc;
}

/* 1 and the number; or 0 where it cannot be known without reading every event (an external race,
 * single events besides ticks): then the caller counts rows. */
int embedded_count(struct store *s, const char *run_id, bool every, uint64_t *count, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct catalog_reading r = {0};
    struct history_race race;
    struct db *db;
    int rc = 0;

    if (catalog_read(&em->catalog, run_id, &r, e))
        return -1;
    race = race_of(&r);
    if (!race.external) {
        db = db_pool_take(&em->pool, e);
        rc = db ? count_ticks(db, &race, every, count, e) : -1;
        db_pool_give(&em->pool, db);
    }
    catalog_reading_release(&r);
    return rc;
}

/* Goes through every position of one competitor again, because the columns keep only the latest
 * visit and splits need all. */
static int trace_competitor(struct embedded *em, const struct history_race *r, const struct view *v,
    int64_t id, int32_t to_s, struct splits_competitor *out, struct err *e)
{
    struct trajectory_query q = {&id, 1, to_s};
    struct splits life;
    struct db *db = db_pool_take(&em->pool, e);
    struct trajectory t;
    uint32_t i = view_find(v, id);
    int rc;

    if (!db)
        return -1;
    rc = trajectory_read(&t, db, r, &q, &out->latest, e);
    db_pool_give(&em->pool, db);
    if (rc)
        return -1;
    if (!t.n) {
        trajectory_release(&t);
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)id, r->run_id);
    }
    splits_init(&life, r->external, r->live, r->course, out);
    for (size_t k = 0; k < t.n; k++)
        splits_place(&life, &t.point[k].place);
    splits_release(&life);
    trajectory_release(&t);
    splits_rank(out, v, i);
    return 0;
}

int embedded_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct history_race race;
    struct catalog_reading r;
    struct view *v;
    int rc = -1;

    v = at_s < 0 ? embedded_view(s, run_id, e) : embedded_view_at(s, run_id, at_s, e);
    if (!v)
        return -1;
    *out = (struct splits_competitor){.finish_s = -1};
    if (catalog_read(&em->catalog, run_id, &r, e)) {
        view_unref(v);
        return -1;
    }
    race = race_of(&r);
    if (view_find(v, competitor_id) == UINT32_MAX)
        (void)err_set_id(e, ERR_NOT_FOUND, "competitor-unknown",
            "There is no competitor %lld in race %s.", (long long)competitor_id, race.run_id);
    else
        rc = trace_competitor(em, &race, v, competitor_id,
            at_s < 0 ? v->raw_s[view_find(v, competitor_id)] : at_s, out, e);
    catalog_reading_release(&r);
    view_unref(v);
    if (rc)
        splits_competitor_release(out);
    return rc;
}
