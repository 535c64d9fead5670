/* put.c: the writing side but for commit. Everything goes into the columns, which show it at the
 * next commit, and into the write batch, which makes it durable in the same commit. All on the
 * writer's thread, without a lock. */
#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/embedded/disk/event_blob.h"
#include "store/embedded/disk/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one row of events. A longer row would make readers of one second read more than they need;
 * shorter ones would cost a row and a checksum for each few events. */
#define BATCH_BYTES (256u << 10)

/* Events become a row when the row is full, before a snapshot that includes them, and at each
 * commit. */
void embedded_flush_events(struct embedded *em, struct entry *en)
{
    struct history_events ev = {
        .min_raw = en->events_min, .max_raw = en->events_max, .n = en->events_n};

    if (!en->events_n)
        return;
    ev.seq = ++en->events_seq;
    write_batch_events(&em->batch, en->next_no, ev, &en->events);
    en->events_n = 0;
}

void embedded_take_snapshot(struct embedded *em, struct entry *en)
{
    struct columns *c = en->columns;
    struct buf data = BUF_INIT;

    /* Columns that will be read anew, or whose visits are incomplete, would make a wrong
     * snapshot. */
    if (!c || en->rebuild || c->dirty_n || c->max_raw <= en->snapshot_raw)
        return;
    embedded_flush_events(em, en);
    /* with the batch just flushed, which is in the columns */
    snapshot_encode(c, en->events_seq, &data);
    write_batch_snapshot(&em->batch, en->next_no, c->max_raw, &data);
    if (c->external) /* its record has the time of its last event, which --keep counts from */
        write_batch_race(&em->batch, en->next_no, &en->race.next, en->changed_ms);
    en->snapshot_raw = c->max_raw;
}

/* The race gets a number of its own, so that nothing of an older one of that name is read. */
void embedded_race_begins(struct catalog *c, struct catalog_race *r)
{
    struct embedded *em = embedded_of(&c->head);
    struct entry *en = entry_of(r);

    columns_free(en->columns);
    en->columns = NULL;
    en->next_no = em->next_race_no++;
    en->fresh = true;
    en->rebuild = en->has_finish = false;
    en->snapshot_raw = -1;
    en->events_seq = 0;
    watermark_init(&en->watermark, -1);
    en->hop_times = (struct hop_times){0};
}

/* The same history now makes other columns: the snapshots are wrong from here on. */
static void rebuild(struct embedded *em, struct entry *en)
{
    embedded_flush_events(em, en);
    write_batch_drop_snapshots(&em->batch, en->next_no);
    en->snapshot_raw = -1;
    en->rebuild = true;
}

/* States in which no further tick is expected soon. A snapshot then makes the next look at the race
 * cheap. */
static bool at_rest(enum race_state s)
{
    return s == RACE_PAUSED || s == RACE_STOPPED || s == RACE_FINISHED || s == RACE_FAILED;
}

/* The record is always written: its state and clock have changed at least. */
void embedded_race_put(struct catalog *c, struct catalog_race *r, enum catalog_change change)
{
    struct embedded *em = embedded_of(&c->head);
    struct entry *en = entry_of(r);

    en->changed_ms = clock_wall_ms();
    if (change == CATALOG_REREAD)
        rebuild(em, en);
    else if (at_rest(r->next.state))
        embedded_take_snapshot(em, en);
    write_batch_race(&em->batch, en->next_no, &r->next, en->changed_ms);
}

void embedded_race_deleted(
    struct catalog *c, struct catalog_race *r, const struct race_record *record)
{
    struct embedded *em = embedded_of(&c->head);
    struct entry *en = entry_of(r);

    if (!r->put) /* nothing was stored of it: after a restart it has to be known as deleted too */
        write_batch_race(&em->batch, en->next_no, record, clock_wall_ms());
    buf_release(&en->events);
    en->events_n = 0;
    columns_free(en->columns);
    en->columns = NULL;
    watermark_init(&en->watermark, -1);
    write_batch_drop_race(&em->batch, en->next_no);
}

/* Whole ticks are kept as bare distances in the order of the competitors. That works only where
 * every tick has all of them, from 1 on. */
static int check_tick(const struct entry *en, const struct tick *t, struct err *e)
{
    if (en->race.next.external || t->n != en->race.next.spec.competitors || t->first_id != 1 ||
        t->id_step != 1)
        return err_set(e, ERR_INVALID,
            "A tick of race %s has to hold all of its %u competitors, from 1 on.", en->race.run_id,
            en->race.next.spec.competitors);
    if (t->raw_s < 0 || t->raw_s > HISTORY_MAX_RAW)
        return err_set(e, ERR_INVALID, "Raw second %d of race %s is outside 0 to %d.", t->raw_s,
            en->race.run_id, HISTORY_MAX_RAW);
    return 0;
}

/* A tick that is not newer than the last one. If it is there already, nothing changes: after a
 * restart a driver may send its last ticks again. Otherwise it would fill a gap, which is
 * refused. */
static int check_old_tick(struct embedded *em, struct entry *en, int32_t raw_s, struct err *e)
{
    struct db *db;
    bool found = false;

    if (write_batch_has_tick(&em->batch, en->next_no, raw_s))
        return 0;
    db = db_pool_take(&em->pool, e);
    if (!db)
        return -1;
    if (history_has_tick(db, en->next_no, raw_s, &found, e)) {
        db_pool_give(&em->pool, db);
        return -1;
    }
    db_pool_give(&em->pool, db);
    if (found)
        return 0;
    return err_set(e, ERR_INVALID, "Raw second %d of race %s comes after raw second %d.", raw_s,
        en->race.run_id, en->columns->tick_raw);
}

/* A tick that is made here counts as published and acknowledged now. One that came back from a
 * shared feed was published before, and its driver reports when the broker acknowledged it. */
static void note_hops(struct entry *en, const struct tick *t)
{
    int64_t now_ms = clock_wall_ms();

    hop_times_published(&en->hop_times, t->raw_s, t->published_ms ? t->published_ms : now_ms);
    if (t->published_ms)
        return;
    hop_times_acknowledged(&en->hop_times, t->raw_s, t->raw_s, now_ms);
    en->due_ms = race_due_ms(&t->race->anchor, t->raw_s);
    en->due_raw_s = t->raw_s;
}

int embedded_put_tick(struct store *s, const struct tick *t, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct entry *en = embedded_find(em, t->race->spec.run_id);

    if (!en || !en->race.put)
        return catalog_no_race(t->race->spec.run_id, e);
    if (check_tick(en, t, e) || embedded_load_columns(em, en, e))
        return -1;
    if (t->raw_s <= en->columns->tick_raw)
        return check_old_tick(em, en, t->raw_s, e);
    /* with the first tick, in the same transaction (history_read_finish relies on it) */
    if (!en->has_finish)
        write_batch_finish(&em->batch, en->next_no, t->finish_raw_s, t->n);
    en->has_finish = true;
    write_batch_tick(&em->batch, en->next_no,
        &(struct history_tick){t->raw_s, t->raw_s - en->columns->tick_raw, t->dist_mm, t->n});
    /* A failed commit keeps the batch, so the columns may be ahead of the disk, but never behind
     * it. */
    em->batch_events += columns_tick(en->columns, t->raw_s, t->dist_mm, t->finish_raw_s);
    if (en->columns->max_raw - en->snapshot_raw >= SNAPSHOT_EVERY_S)
        embedded_take_snapshot(em, en);
    note_hops(en, t);
    catalog_mark(&em->catalog, &en->race);
    return 0;
}

/* An event that the columns have already, from another delivery, is not kept again. */
static void put_event(struct embedded *em, struct entry *en, const struct event *ev, int64_t now_ms)
{
    if (!columns_event(en->columns, ev))
        return;
    if (!en->events_n || ev->raw_s < en->events_min)
        en->events_min = ev->raw_s;
    if (!en->events_n || ev->raw_s > en->events_max)
        en->events_max = ev->raw_s;
    event_blob_add(&en->events, ev, en->race.next.spec.course);
    en->events_n++;
    em->batch_events++;
    watermark_note(&en->watermark, ev->raw_s, now_ms);
    if (en->events.len >= BATCH_BYTES)
        embedded_flush_events(em, en);
}

int embedded_put_events(struct store *s, const struct event *ev, size_t n, struct err *e)
{
    struct embedded *em = embedded_of(s);
    int64_t now_ms = clock_wall_ms();
    struct entry *en = NULL;
    size_t k;

    for (k = 0; k < n; k++) {
        /* looked up once for a run of the same race */
        if (!en || strcmp(en->race.run_id, ev[k].run_id) != 0) {
            struct catalog_race *r = catalog_race_of(&em->catalog, &ev[k], e);

            if (!r || (r->put && embedded_load_columns(em, entry_of(r), e)))
                return -1;
            en = entry_of(r);
            en->changed_ms = now_ms;
        }
        if (!en->race.put)
            continue; /* deleted: its last events are still on their way */
        hop_times_published(
            &en->hop_times, ev[k].raw_s, ev[k].published_ms ? ev[k].published_ms : now_ms);
        put_event(em, en, &ev[k], now_ms);
        catalog_mark(&em->catalog, &en->race);
    }
    return 0;
}

/* The watermark needs to know whether silence means "nothing happened" or "we cannot hear". */
void embedded_feed(struct store *s, const struct feed_stats *f)
{
    embedded_of(s)->feed_away = !f->connected;
}

/* `raw_s` is the newest second of which parts have been read that do not make a whole tick yet. The
 * race is marked, so that the next commit updates its watermark though no row is written. */
void embedded_unfinished(struct store *s, const char *run_id, int32_t raw_s)
{
    struct embedded *em = embedded_of(s);
    struct entry *en = embedded_find(em, run_id);

    if (!en || !en->race.put)
        return;
    en->unfinished_s = raw_s;
    catalog_mark(&em->catalog, &en->race);
}

void embedded_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms)
{
    struct entry *en = embedded_find(embedded_of(s), run_id);

    if (en)
        hop_times_acknowledged(&en->hop_times, from_s, to_s, ms);
}

/* The cursor is in the transaction of the events that it stands behind. A crash can neither lose
 * events nor read them twice. */
int embedded_put_cursor(struct store *s, const char *text, struct err *e)
{
    (void)e;
    write_batch_cursor(&embedded_of(s)->batch, text);
    return 0;
}

void embedded_course_put(struct catalog *c, const struct course *course)
{
    write_batch_course(&embedded_of(&c->head)->batch, course);
}

void embedded_course_retired(struct catalog *c, const char *short_name, const char *dropped)
{
    struct write_batch *p = &embedded_of(&c->head)->batch;

    write_batch_retire_course(p, short_name);
    if (dropped)
        write_batch_drop_course(p, short_name, dropped);
}
