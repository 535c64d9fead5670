/*
 * embedded.h: what the files of the embedded store share. The path of an event: put
 * (embedded_put.c) into the columns and the pending list, commit (embedded_commit.c) into the
 * database and then as a new view into the registry, read (embedded_read.c) from that view or, of
 * the past, from the history (playback.c). A janitor thread (janitor.c) removes what was deleted,
 * gives the space back and keeps the write-ahead log short.
 *
 * Locks: `lock` for registry and shelf, held for moments only. `write_lock` for the writer's
 * connection (commit, roster, janitor). Where both are needed, write_lock is taken first.
 */
#ifndef STORE_EMBEDDED_EMBEDDED_H
#define STORE_EMBEDDED_EMBEDDED_H

#include "store/course_set.h"
#include "store/embedded/datadir.h"
#include "store/embedded/db.h"
#include "store/embedded/playback.h"
#include "store/embedded/write_batch.h"
#include "store/registry.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

struct janitor;

struct embedded {
    struct store head; /* first */
    struct datadir dir;
    struct db db;        /* the writer's, under write_lock */
    struct db_pool pool; /* everybody else's */
    pthread_mutex_t lock;
    pthread_mutex_t write_lock;
    struct registry races;
    struct course_set courses; /* committed */
    pthread_mutex_t load_lock; /* one course is loaded at a time; taken before `lock` */
    struct janitor *janitor;
    int keep_days;
    atomic_int wal_pages;
    struct db_health health;
    atomic_bool gone;    /* the data directory is not the one that was opened */
    struct err gone_why; /* under lock */
    /* figures */
    atomic_ullong commits, committed_events;
    atomic_llong last_commit_ns;
    /* writer */
    struct write_batch pending;
    struct course_set next_courses; /* as they will be after the next commit */
    bool courses_changed;
    struct entry **changed;
    size_t changed_n, changed_cap;
    int64_t next_race_no;
    uint64_t version;
    uint64_t write_batch_events;
    bool feed_away; /* what was published may lack here */
    int64_t tidied_ms;
};

static inline struct embedded *embedded_of(struct store *s)
{
    return (struct embedded *)(void *)s;
}

/* embedded_put.c: the writing side but for commit */
int embedded_put_tick(struct store *s, const struct tick *t, struct err *e) MUST_CHECK;
int embedded_put_events(
    struct store *s, const struct event *ev, size_t n, struct err *e) MUST_CHECK;
int embedded_put_race(struct store *s, const struct race_record *r, struct err *e) MUST_CHECK;
int embedded_put_course(struct store *s, struct course *c, struct err *e) MUST_CHECK;
int embedded_delete_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
bool embedded_deleted(struct store *s, const char *run_id);
int embedded_put_cursor(struct store *s, const char *text, struct err *e) MUST_CHECK;
void embedded_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms);
void embedded_feed(struct store *s, const struct feed_stats *f);
void embedded_flush_events(struct embedded *em, struct entry *en);
void embedded_take_snapshot(struct embedded *em, struct entry *en);
void embedded_delete_race(struct embedded *em, struct entry *en);

/* embedded_ready.c: whether what is on disk is still what was opened. With write_lock held. */
int embedded_look(struct embedded *em, struct err *e) MUST_CHECK;
/* The answer of the last look, for readers. */
int embedded_gone(struct embedded *em, struct err *e) MUST_CHECK;
int embedded_ready(struct store *s, struct err *e) MUST_CHECK;

/* embedded_commit.c */
int embedded_commit(struct store *s, struct err *e) MUST_CHECK;

/* embedded_load.c: courses and races at the start; the history of one race */
int embedded_load(struct embedded *em, struct err *e) MUST_CHECK;

/* A course from memory or from the database; a new reference, or NULL with an error. lock not held.
 */
struct course *embedded_course_revision(
    struct embedded *em, const char *short_name, const char *revision, struct err *e) MUST_CHECK;

/* The current course of that name, loaded; NULL with an error. lock not held. */
struct course *embedded_current_course(
    struct embedded *em, const char *short_name, struct err *e) MUST_CHECK;

/* The course that the writer's record means; a new reference, or NULL: unknown. */
struct course *embedded_course_of(struct embedded *em, const struct race_record *r);

/* The same of an entry, borrowed: loaded where that was left for later. */
struct course *embedded_next_course(struct embedded *em, struct entry *en);

/* Playback through a connection of the pool, in one read transaction. */
int embedded_playback(struct embedded *em, const struct history_race *r, int32_t to_s,
    struct playback *p, struct err *e) MUST_CHECK;

/* The columns of an entry, for the writer: read from the history where they are not resident. */
int embedded_load_columns(struct embedded *em, struct entry *en, struct err *e) MUST_CHECK;

/* By the writer's record. */
struct history_race embedded_history_race(struct embedded *em, struct entry *en);

/* embedded_read.c: the reading side */

struct course *embedded_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
struct course *embedded_revision(
    struct store *s, const char *short_name, const char *revision, struct err *e) MUST_CHECK;
int embedded_courses(struct store *s, struct course ***out, size_t *n, struct err *e) MUST_CHECK;
int embedded_course_list(
    struct store *s, struct course_summary **out, size_t *n, struct err *e) MUST_CHECK;
int embedded_races(struct store *s, struct race_record **out, size_t *n, struct err *e) MUST_CHECK;
int embedded_race(
    struct store *s, const char *run_id, struct race_record *out, struct err *e) MUST_CHECK;
struct view *embedded_view(struct store *s, const char *run_id, struct err *e) MUST_CHECK;
struct view *embedded_view_at(
    struct store *s, const char *run_id, int32_t raw_s, struct err *e) MUST_CHECK;
int embedded_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    int32_t step_s, int (*fn)(void *arg, struct view *v), void *arg, struct err *e) MUST_CHECK;
/* Of a race that was deleted while it was read, rows are missing: then *e becomes that sentence.
 * Returns -1. */
int embedded_explain(struct store *s, const char *run_id, struct err *e);

/* The last raw second that anybody has an event of, -1: none. */
int embedded_last_raw(
    struct store *s, const char *run_id, int32_t *last_s, struct err *e) MUST_CHECK;
int embedded_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e) MUST_CHECK;
int embedded_cursor(struct store *s, struct buf *out, struct err *e) MUST_CHECK;
int embedded_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;

/* embedded_count.c */
int embedded_count(
    struct store *s, const char *run_id, bool every, uint64_t *count, struct err *e) MUST_CHECK;

/* A committed race as a reader sees it, copied out of the registry. */
struct reading {
    struct race_record record;
    int64_t race_no;
    struct course *course; /* a reference */
    uint64_t epoch;
};

int embedded_reading(
    struct embedded *em, const char *run_id, struct reading *r, struct err *e) MUST_CHECK;
struct history_race embedded_reading_race(const struct reading *r); /* borrows from r */
void embedded_reading_release(struct reading *r);

/* embedded_competitor.c, embedded_events.c */
int embedded_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e) MUST_CHECK;
int embedded_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e) MUST_CHECK;

/* janitor.c */
struct janitor *janitor_new(struct embedded *em);
void janitor_free(struct janitor *j); /* ends its thread; NULL is fine */
void janitor_wake(struct janitor *j); /* there is something to remove, or the log has grown */

#endif
