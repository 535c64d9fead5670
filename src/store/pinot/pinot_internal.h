/*
 * pinot_internal.h: what the files of the Pinot store share. The way of a position: Pinot reads it
 * from Kafka. The poller (poller.c) asks for the latest ones and advances the race's state
 * (state.c), which gives a new view. The listener is told about the view, and readers get it
 * (read.c). The past is asked for when somebody wants it (past.c).
 *
 * Locks: the catalogue's `lock`, held for moments only, guards the members under "readers" and
 * "under lock". Each race's `work` is held while Pinot is asked about it, and is taken before
 * `lock`.
 */
#ifndef STORE_PINOT_PINOT_INTERNAL_H
#define STORE_PINOT_PINOT_INTERNAL_H

#include "base/buf.h"
#include "board/hop_times.h"
#include "board/id_map.h"
#include "board/view.h"
#include "store/catalog.h"
#include "store/pinot/pinot.h"
#include "store/pinot/poll_timer.h"
#include "store/pinot/state.h"

#include <pthread.h>

#define PINOT_LATE_MAX 1024u /* late events of a race that wait; more: the race is read anew */

/* After a failure nothing is asked before `until_ms`, whoever wants it. The wait grows with each
 * failure in a row, so that a Pinot that is away or starting is left alone. */
struct pinot_backoff {
    unsigned failures; /* in a row */
    int64_t until_ms;
};

/* A race of this store. The first member is the catalogue's, so a pointer to one is a pointer to
 * the other. */
struct pinot_race {
    struct catalog_race race; /* first; its epoch grows where the same events make other columns */

    /* readers */
    struct view *view;    /* a reference to the last one made; NULL: none yet */
    uint64_t shown_epoch; /* of the view */
    bool announce;        /* the listener does not know this view yet */
    bool asking;          /* since tried_ms, by the holder of `work` */
    int64_t watched_ms;   /* wall ms at which somebody last watched */
    bool unasked; /* nobody had watched, so it is not known when its ticks became readable */
    /* Wall ms: last question, answer, answer with news. */
    int64_t tried_ms, answered_ms, changed_ms;
    int64_t next_ms;    /* when to ask again; 0: at once */
    unsigned unchanged; /* refreshes in a row that brought nothing */
    struct pinot_poll_timer timer;
    struct pinot_backoff backoff;
    struct buf roster;
    struct pinot_late *late; /* older events that were seen on the feed, for the next poll */
    size_t late_n, late_cap;
    struct hop_times hop_times;

    /* writer */
    uint64_t next_epoch;   /* its epoch after the next commit */
    struct id_map numbers; /* external: the latest second of each competitor on the feed */
    int32_t *last_s;
    size_t last_n, last_cap;

    pthread_mutex_t work;
    struct pinot_state state; /* under `work`, as the next two */
    uint64_t state_epoch;
    bool state_changed; /* since the view was made */
};

static inline struct pinot_race *pinot_race_of(struct catalog_race *r)
{
    return (struct pinot_race *)(void *)r;
}

/* A race that nobody has asked for in so long is not polled: Pinot has work for each poll. 256
 * timings are enough for a 99th percentile. */
#define PINOT_WATCHED_MS 30000
#define PINOT_TIMINGS 256u

/* The last durations in ms, a ring. */
struct pinot_timings {
    float ms[PINOT_TIMINGS];
    uint64_t n; /* ever */
};

/* How Pinot's consumers have moved. */
struct pinot_consumers {
    int64_t handed[FEED_PARTITIONS_MAX]; /* after the last record that the feed handed over here */
    int64_t target[FEED_PARTITIONS_MAX]; /* that, when they were last asked */
    int64_t since_ms[FEED_PARTITIONS_MAX]; /* they last moved, or had nothing to read */
    unsigned partitions;                   /* of the topic */
    bool late; /* somewhere the target of the time before has not been reached */
};

struct pinot_store {
    struct catalog catalog; /* first */
    struct pinot_pair pinot;
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;

    pthread_cond_t wake; /* for the poller */
    pthread_cond_t load; /* for the loader of courses */
    bool stopping;
    pthread_t poller, loader;
    bool poller_on, loader_on;

    /* under lock */
    uint64_t version;
    char (*loaded)[COURSE_NAME_MAX + 1]; /* the courses that Pinot can look up */
    size_t loaded_n;
    int64_t courses_ms; /* they changed then and are not loaded yet; 0: they are loaded */
    char (*deleted)[COURSE_NAME_MAX + 1]; /* deleted since this server began */
    size_t deleted_n, deleted_cap;
    pthread_cond_t settled; /* a load has ended, well or not */
    struct store_stats stats;
    struct pinot_consumers consumers;
    bool feed_away;
    struct pinot_backoff
        backoff; /* of all races together: one asks for all whether Pinot is back */
    struct pinot_timings query, refresh;
    struct view **deleted_views; /* of deleted races, for the listener */
    size_t deleted_views_n, deleted_views_cap;

    /* writer */
    uint64_t feed_events; /* seen on the feed since the last commit */
};

static inline struct pinot_store *pinot_store_of(struct store *s)
{
    return (struct pinot_store *)(void *)s;
}

/* Race `k` of the catalogue, in order of arrival. */
static inline struct pinot_race *pinot_race_at(const struct pinot_store *ps, size_t k)
{
    return pinot_race_of(catalog_at(&ps->catalog, k));
}

/* put.c: operations of the writing side (store.h) */
int pinot_put_tick(struct store *s, const struct tick *t, struct err *e) MUST_CHECK;
int pinot_put_events(struct store *s, const struct event *ev, size_t n, struct err *e) MUST_CHECK;
int pinot_delete_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
int pinot_commit(struct store *s, struct err *e) MUST_CHECK;
void pinot_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms);

/* put.c: hooks of the catalogue (catalog.h) */
void pinot_race_put(struct catalog *c, struct catalog_race *r, enum catalog_change change);
void pinot_race_deleted(
    struct catalog *c, struct catalog_race *r, const struct race_record *record);
void pinot_course_put(struct catalog *c, const struct course *course);

/* course_loader.c: starts the thread that loads the dimension table and asks for the consumers. */
int pinot_course_loader_start(struct pinot_store *ps, struct err *e) MUST_CHECK;
int pinot_await_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;

/* Can the course be looked up in Pinot, or is there no point in waiting for that? With the lock
 * held. */
bool pinot_course_shows(const struct pinot_store *ps, const char *short_name);

/* poller.c: starts the thread that asks about the races that are watched. */
int pinot_poller_start(struct pinot_store *ps, struct err *e) MUST_CHECK;

/* Asks about one race now and makes its next view. With its `work` held and without the lock. */
int pinot_poller_race(struct pinot_store *ps, struct pinot_race *r, struct err *e) MUST_CHECK;

/* A view of what is loaded; `approximate` where its rows were read in parts and are not all of one
 * second. */
struct view *pinot_poller_view(const struct columns *c, const struct race_record *r);

/* read.c: operations of the reading side (store.h) */
struct view *pinot_view(struct store *s, const char *run_id, struct err *e) MUST_CHECK;
int pinot_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e) MUST_CHECK;
int pinot_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;

/* past.c: the same about the past, asked of Pinot when wanted */
struct view *pinot_view_at(
    struct store *s, const char *run_id, int32_t raw_s, struct err *e) MUST_CHECK;
int pinot_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int32_t step_s,
    int (*fn)(void *arg, struct view *v), void *arg, struct err *e) MUST_CHECK;
int pinot_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e) MUST_CHECK;
int pinot_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e) MUST_CHECK;

#endif
