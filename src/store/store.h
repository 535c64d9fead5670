/*
 * store.h: takes events in, keeps the latest position per (race, competitor) and the history, and
 * answers. `embedded` is columns in memory and SQLite on disk; `pinot` asks Apache Pinot.
 *
 * Two sides. The writing side (put_*, commit) belongs to one thread, the engine's. The reading side
 * (the rest) may be called from any thread and sees committed data only. What a reading call
 * returns is a reference for the caller to give back.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "board/splits.h"
#include "board/view.h"
#include "feed/feed.h"
#include "store/course_set.h"
#include "store/stats.h"

#include <stdint.h>

struct store;

/* Takes the events of one race in (rawTime, competitorId) order. Return non-zero to stop. */
typedef int store_event_fn(void *arg, const struct event *ev);

struct store_ops {
    const char *name; /* "embedded" */

    /* Writing side. Nothing is seen by readers before commit. put_tick of a raw second that is
     * already there changes nothing. */
    int (*put_tick)(struct store *s, const struct tick *t, struct err *e);
    int (*put_events)(struct store *s, const struct event *events, size_t n, struct err *e);
    int (*put_race)(struct store *s, const struct race_record *r,
        struct err *e); /* new or changed; RACE_DELETED removes it and its history */
    int (*put_course)(struct store *s, struct course *c, struct err *e); /* new current revision */
    int (*delete_course)(struct store *s, const char *short_name, struct err *e);
    /* One transaction for all that was put. ERR_DISK_FULL keeps what was put for the next try. */
    int (*commit)(struct store *s, struct err *e);

    /* Reading side. */
    struct course *(*course)(struct store *s, const char *short_name, struct err *e);
    struct course *(*course_revision)(
        struct store *s, const char *short_name, const char *revision, struct err *e);
    int (*courses)(struct store *s, struct course ***out, size_t *n,
        struct err *e); /* by shortName; free each and the array */
    /* The same without their lines, which may have to be loaded: for lists. Free the array. */
    int (*course_list)(struct store *s, struct course_summary **out, size_t *n, struct err *e);
    int (*races)(struct store *s, struct race_record **out, size_t *n,
        struct err *e); /* newest first; free the array */
    int (*race)(struct store *s, const char *run_id, struct race_record *out, struct err *e);
    struct view *(*view)(struct store *s, const char *run_id, struct err *e); /* the latest */
    struct view *(*view_at)(
        struct store *s, const char *run_id, int32_t raw_s, struct err *e); /* as of a raw second */
    /* Views for raw seconds from..to, each step'th, oldest first: replay. */
    int (*replay)(struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int32_t step_s,
        int (*fn)(void *arg, struct view *v), void *arg, struct err *e);
    int (*competitor)(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
        struct splits_competitor *out, struct err *e); /* at_s < 0: latest */
    int (*events)(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
        store_event_fn *fn, void *arg, struct err *e);
    int (*roster)(struct store *s, const char *run_id, struct buf *csv,
        struct err *e); /* "competitorId,name\n..." */
    int (*put_roster)(struct store *s, const char *run_id, const char *csv, size_t len,
        struct err *e); /* from any thread */
    /* Passes a SQL statement on: Pinot's request in, Pinot's answer out (JSON); errors of the
     * statement are in the answer's `exceptions`. NULL where the store answers no SQL itself: then
     * sql/query does, over the operations above. */
    int (*sql)(
        struct store *s, const char *request_json, size_t len, struct buf *answer, struct err *e);
    void (*free)(struct store *s);
    /* How far a shared feed has been read, kept in the next commit with what was read; cursor()
     * appends what is committed ("" at first). NULL where a store keeps no history of its own. */
    int (*put_cursor)(struct store *s, const char *text, struct err *e);
    int (*cursor)(struct store *s, struct buf *out, struct err *e);
    /* The writer's: a shared feed has those ticks for good since `ms`. Known to the driver alone.
     */
    void (*acknowledged)(
        struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms);
    /* The writer's, often: how far the shared feed has been read, and whether it answers. NULL: it
     * is not wanted. */
    void (*feed)(struct store *s, const struct feed_stats *f);
    /* The writer's: events of the race up to raw_s have been read, and wait until the ticks before
     * are whole. The race is shown as catching up while that is far ahead. NULL: not wanted. */
    void (*unfinished)(struct store *s, const char *run_id, int32_t raw_s);
    /* The writer's: was there a race of this runId that has been deleted? */
    bool (*deleted)(struct store *s, const char *run_id);
    /* Reading side: wait, for half a minute at most, until a race on this course will be shown as
     * soon as it is committed. NULL: it always is. */
    int (*await_course)(struct store *s, const char *short_name, struct err *e);
    /* Any thread: -1 and a sentence where what is kept can not be relied on right now (the disk
     * fails, the data directory was replaced). NULL: nothing to say. */
    int (*ready)(struct store *s, struct err *e);
    /* How many positions a race has: of its competitors the latest of each, or `every` one. 1, or 0
     * where that is not known without reading them. NULL: never known. */
    int (*count)(struct store *s, const char *run_id, bool every, uint64_t *count, struct err *e);
    /* Any thread: fills all of *out. NULL: there is nothing to say. */
    void (*stats)(struct store *s, struct store_stats *out);
};

struct store {
    const struct store_ops *ops;
    _Atomic uint64_t rosters_changed; /* counts: any race may have another roster than before */
};

/* What the store says about itself; all 0 where it says nothing. Any thread. */
static inline void store_stats(struct store *s, struct store_stats *out)
{
    *out = (struct store_stats){0};
    if (s->ops->stats)
        s->ops->stats(s, out);
}

struct store_embedded_options {
    const char *dir; /* data directory, made if missing; NULL: in memory (tests, benches) */
    int keep_days;   /* 0: until deleted */
};

/* Locks the directory (a second process gets ERR_CONFLICT with a sentence), checks the database's
 * version (newer: refused). */
struct store *store_embedded_new(const struct store_embedded_options *o, struct err *e) MUST_CHECK;

#endif
