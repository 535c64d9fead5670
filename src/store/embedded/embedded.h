/*
 * embedded.h: what the files of the embedded store share. The way of an event: put.c puts it into
 * the columns and the write batch, commit.c writes the batch into the database and then makes a new
 * view, read.c answers from that view or, about the past, from the history (playback.c). Races and
 * courses are the catalogue's (store/catalog.h). A janitor thread (janitor.c) removes what was
 * deleted, gives the space back and keeps the write-ahead log short.
 *
 * Locks: the catalogue's `lock`, held for moments only; it also guards the members of a race under
 * "readers". `write_lock` is for the writer's connection (commit, roster, janitor). Where both are
 * needed, write_lock is taken first.
 */
#ifndef STORE_EMBEDDED_EMBEDDED_H
#define STORE_EMBEDDED_EMBEDDED_H

#include "board/columns.h"
#include "board/hop_times.h"
#include "board/view.h"
#include "board/watermark.h"
#include "store/catalog.h"
#include "store/embedded/disk/datadir.h"
#include "store/embedded/disk/db.h"
#include "store/embedded/disk/playback.h"
#include "store/embedded/disk/write_batch.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

struct janitor;

/* A race of the embedded store. The first member is the catalogue's, so a pointer to one is a
 * pointer to the other. Members under "readers" need the catalogue's lock; the rest belongs to the
 * writer's thread. */
struct entry {
    struct catalog_race race; /* first */

    /* readers */
    struct view *view; /* a reference to the latest; NULL: to be read from the history */
    /* wall clock of the last reader or commit: who is idle longest is evicted first */
    int64_t used_ms;

    /* writer */
    int64_t next_no; /* race_no after the next commit: a race that begins anew gets another one */
    bool fresh;      /* there is nothing of it in the history */
    bool rebuild;    /* read the columns anew after the next commit */
    bool has_finish; /* finish seconds are in the history or the batch already: they never change */
    struct columns *columns;    /* NULL: not resident */
    struct watermark watermark; /* of single events: which second is complete */
    int32_t unfinished_s;       /* events up to here wait for their ticks to be whole */
    int32_t snapshot_raw;       /* of the last snapshot, -1 */
    int64_t events_seq;         /* of the last batch of events, 0: none */
    int64_t due_ms;             /* of tick due_raw_s, by the anchor of that moment; 0: not known */
    int32_t due_raw_s;
    struct hop_times hop_times;
    int64_t changed_ms;             /* last record or event */
    struct buf events;              /* events that will be one row, as event_blob.h keeps them */
    int32_t events_min, events_max; /* raw seconds of these, for readers who skip rows */
    uint32_t events_n;              /* how many; 0: events_min and events_max mean nothing */
};

/* Every race of this store's catalogue is an entry (HOOKS.race_bytes). */
static inline struct entry *entry_of(struct catalog_race *r)
{
    return (struct entry *)(void *)r;
}

struct embedded {
    struct catalog catalog; /* first */
    struct datadir dir;
    struct db db;        /* the writer's, under write_lock */
    struct db_pool pool; /* everybody else's */
    pthread_mutex_t write_lock;
    struct janitor *janitor;
    int keep_days;        /* --keep; 0: for ever */
    atomic_int wal_pages; /* length of the write-ahead log after the last commit */
    struct db_health health;
    /* statistics */
    atomic_ullong commits, committed_events;
    atomic_llong last_commit_ns;
    /* writer */
    struct write_batch batch;
    int64_t next_race_no; /* numbers are never used again, not even after a deletion */
    /* Counts commits, from the wall clock on. A view carries it as its version, and a race as its
     * epoch: another number means that it has changed. */
    uint64_t version;
    uint64_t batch_events; /* in the batch, for the statistics */
    bool feed_away;    /* the shared feed does not answer: published events may be missing here */
    int64_t tidied_ms; /* wall clock of the last housekeeping */
};

/* Every store whose table of operations is this one's. */
static inline struct embedded *embedded_of(struct store *s)
{
    return (struct embedded *)(void *)s;
}

/* NULL: a race that was never heard of. The writer's. */
static inline struct entry *embedded_find(const struct embedded *em, const char *run_id)
{
    struct catalog_race *r = catalog_find(&em->catalog, run_id);

    return r ? entry_of(r) : NULL;
}

/* put.c: the writing side but for commit */
int embedded_put_tick(struct store *s, const struct tick *t, struct err *e) MUST_CHECK;
int embedded_put_events(
    struct store *s, const struct event *ev, size_t n, struct err *e) MUST_CHECK;
int embedded_put_cursor(struct store *s, const char *text, struct err *e) MUST_CHECK;
void embedded_unfinished(struct store *s, const char *run_id, int32_t raw_s);
void embedded_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms);
void embedded_feed(struct store *s, const struct feed_stats *f);
/* Makes the waiting events a row of the write batch. */
void embedded_flush_events(struct embedded *em, struct entry *en);
/* Puts a snapshot of the columns into the write batch, unless they are no good for one now. */
void embedded_take_snapshot(struct embedded *em, struct entry *en);

/* put.c: the catalogue's hooks, which write what it changes into the write batch */
void embedded_race_begins(struct catalog *c, struct catalog_race *r);
void embedded_race_put(struct catalog *c, struct catalog_race *r, enum catalog_change change);
void embedded_race_deleted(
    struct catalog *c, struct catalog_race *r, const struct race_record *record);
void embedded_course_put(struct catalog *c, const struct course *course);
void embedded_course_retired(struct catalog *c, const char *short_name, const char *dropped);

/* commit.c */
int embedded_commit(struct store *s, struct err *e) MUST_CHECK;

/* load.c: courses and races at the start; the history of one race */
int embedded_load(struct embedded *em, struct err *e) MUST_CHECK;

/* A course from the database: the catalogue's hook. */
struct course *embedded_load_course(
    struct catalog *c, const char *short_name, const char *revision, struct err *e) MUST_CHECK;

/* Playback through a connection of the pool, in one read transaction. */
int embedded_playback(struct embedded *em, const struct history_race *r, int32_t to_s,
    struct playback *p, struct err *e) MUST_CHECK;

/* Makes en->columns resident: reads them from the history where they are not. The writer's. */
int embedded_load_columns(struct embedded *em, struct entry *en, struct err *e) MUST_CHECK;

/* What is needed to read the race's history, by the writer's record. Borrows from `en`. */
struct history_race embedded_history_race(struct embedded *em, struct entry *en);

/* read.c: the reading side */

struct view *embedded_view(struct store *s, const char *run_id, struct err *e) MUST_CHECK;
struct view *embedded_view_at(
    struct store *s, const char *run_id, int32_t raw_s, struct err *e) MUST_CHECK;
int embedded_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    int32_t step_s, int (*fn)(void *arg, struct view *v), void *arg, struct err *e) MUST_CHECK;
/* If the race was deleted while it was read, its rows are missing and *e says "damaged": then *e
 * becomes "There is no race". Returns -1. */
int embedded_explain(struct store *s, const char *run_id, struct err *e);

/* The last raw second that anybody has an event of, -1: none. */
int embedded_last_raw(
    struct store *s, const char *run_id, int32_t *last_s, struct err *e) MUST_CHECK;
int embedded_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e) MUST_CHECK;
int embedded_cursor(struct store *s, struct buf *out, struct err *e) MUST_CHECK;
int embedded_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;

int embedded_count(
    struct store *s, const char *run_id, bool every, uint64_t *count, struct err *e) MUST_CHECK;
int embedded_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e) MUST_CHECK;

/* events.c */
int embedded_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e) MUST_CHECK;

/* janitor.c */
struct janitor *janitor_new(struct embedded *em);
void janitor_free(struct janitor *j); /* ends its thread; NULL is fine */
void janitor_wake(struct janitor *j); /* there is something to remove, or the log has grown */

#endif
