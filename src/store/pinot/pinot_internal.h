/*
 * pinot_internal.h: what the files of the Pinot store share. The way of a position: Kafka to Pinot by
 * itself; pinot_refresh.c asks for the latest and advances the race's live state (pinot_live.c),
 * which makes a new view, which the listener is told about and readers get (pinot_read.c). The past
 * is asked for when it is wanted (pinot_past.c).
 *
 * Locks: `lock` for the tables of races and courses, held for moments only; each race's `work`
 * while Pinot is asked, taken before `lock`.
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

#define PINOT_LATE_MAX 1024u

/* After a failure nothing is asked before `until_ms`, whatever else asks for a look: longer with
 * each failure in a row, so that a Pinot that is away, or shutting down, is left alone. */
struct pinot_backoff {
    unsigned failures; /* in a row */
    int64_t until_ms;
};

struct pinot_race {
    struct catalog_race race; /* first; its epoch grows where the same events make other columns */

    /* readers */
    struct view *view;    /* a reference to the last one made; NULL: none yet */
    uint64_t shown_epoch; /* of the view */
    bool announce;        /* the listener is to be told */
    bool asking;          /* since tried_ms, by whoever has `work` */
    int64_t watched_ms;   /* somebody looked */
    bool unasked; /* nobody had looked for some time: when its ticks could be read is not known */
    int64_t tried_ms, answered_ms, changed_ms;
    int64_t next_ms;    /* when to look again; 0: at once */
    unsigned unchanged; /* refreshes in a row that brought nothing */
    struct pinot_poll_timer pace;
    struct pinot_backoff backoff;
    struct buf roster;
    struct pinot_late *late;
    size_t late_n, late_cap;
    struct hop_times hop_times;

    /* writer */
    uint64_t next_epoch;
    struct id_map numbers; /* external: what has come by of each competitor */
    int32_t *last_s;
    size_t last_n, last_cap;

    pthread_mutex_t work;
    struct pinot_state live;
    uint64_t live_epoch;
    bool live_changed; /* since the view was made */
};

static inline struct pinot_race *pinot_race_of(struct catalog_race *r)
{
    return (struct pinot_race *)(void *)r;
}

#define PINOT_WATCHED_MS 30000
#define PINOT_TIMINGS 256u

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

    pthread_cond_t wake; /* for the refresher */
    pthread_cond_t load; /* for the loader of courses */
    bool stopping;
    pthread_t refresher, loader;
    bool refresher_on, loader_on;

    /* under lock */
    uint64_t version;
    char (*loaded)[COURSE_NAME_MAX + 1]; /* the courses that Pinot can look up */
    size_t loaded_n;
    int64_t courses_ms; /* they changed then and are not loaded yet; 0: they are loaded */
    char (*gone_course)[COURSE_NAME_MAX + 1]; /* deleted since this server began */
    size_t gone_course_n, gone_course_cap;
    pthread_cond_t settled; /* a load has ended, well or not */
    struct store_stats stats;
    struct pinot_consumers consumers;
    bool feed_away;
    struct pinot_backoff
        backoff; /* of all races together: one asks for all whether Pinot is back */
    struct pinot_timings query, refresh;
    struct view **gone; /* of deleted races, to be told */
    size_t gone_n, gone_cap;

    /* writer */
    uint64_t heard; /* events since the last commit */
};

static inline struct pinot_store *pinot_store_of(struct store *s)
{
    return (struct pinot_store *)(void *)s;
}

static inline struct pinot_race *pinot_race_at(const struct pinot_store *ps, size_t k)
{
    return pinot_race_of(catalog_at(&ps->catalog, k));
}

/* pinot_put.c */
int pinot_put_tick(struct store *s, const struct tick *t, struct err *e) MUST_CHECK;
int pinot_put_events(struct store *s, const struct event *ev, size_t n, struct err *e) MUST_CHECK;
int pinot_delete_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
int pinot_commit(struct store *s, struct err *e) MUST_CHECK;
void pinot_acknowledged(
    struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int64_t ms);

/* put.c: hooks of the catalogue */
void pinot_race_put(struct catalog *c, struct catalog_race *r, enum catalog_change change);
void pinot_race_deleted(
    struct catalog *c, struct catalog_race *r, const struct race_record *record);
void pinot_course_put(struct catalog *c, const struct course *course);

/* pinot_consumers.c: how far Pinot has read the stream, while anybody looks. With the lock held,
 * which is let go meanwhile. */
#define PINOT_CONSUMERS_MS 3000
void pinot_consumers_ask(struct pinot_store *ps);
void pinot_feed(struct store *s, const struct feed_stats *f); /* the writer's */

/* pinot_courses.c: the thread that loads the dimension table, and now and then asks for that */
int pinot_courses_start(struct pinot_store *ps, struct err *e) MUST_CHECK;
int pinot_await_course(struct store *s, const char *short_name, struct err *e) MUST_CHECK;
bool pinot_course_shows(const struct pinot_store *ps, const char *short_name); /* lock held */

/* pinot_refresh.c: the thread that asks, and one refresh for whoever needs it */
int pinot_poller_start(struct pinot_store *ps, struct err *e) MUST_CHECK;

/* One race, with its `work` held and the store's lock not. */
int pinot_poller_race(struct pinot_store *ps, struct pinot_race *r, struct err *e) MUST_CHECK;

/* A view of what is loaded, with the doubt that there is about it. */
struct view *pinot_poller_view(const struct columns *c, const struct race_record *r);

/* read.c */
struct view *pinot_view(struct store *s, const char *run_id, struct err *e) MUST_CHECK;
int pinot_roster(struct store *s, const char *run_id, struct buf *csv, struct err *e) MUST_CHECK;
int pinot_put_roster(
    struct store *s, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;

/* pinot_past.c, pinot_competitor.c */
struct view *pinot_view_at(
    struct store *s, const char *run_id, int32_t raw_s, struct err *e) MUST_CHECK;
int pinot_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int32_t step_s,
    int (*fn)(void *arg, struct view *v), void *arg, struct err *e) MUST_CHECK;
int pinot_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e) MUST_CHECK;
int pinot_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e) MUST_CHECK;

#endif
