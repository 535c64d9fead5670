/*
 * engine_impl.h: the engine's inside, for the files of this room that make it up: engine.c (thread
 * and mailbox), wakeup.c (what one wake-up does), engine_race.c and engine_course.c (what callers
 * ask for), recover.c (taking races up at the start). Nobody else includes it.
 */
#ifndef LIVE_ENGINE_IMPL_H
#define LIVE_ENGINE_IMPL_H

#include "live/engine.h"
#include "live/schedule.h"
#include "live/shared_feed.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENGINE_MAX_COMPETITORS 2000000u /* in all unfinished races together */
#define ENGINE_MAX_RACES 2000u          /* unfinished ones */

/* A wake-up publishes for so long, or so many events, and then commits and shows. */
#define WAKEUP_WORK_MS 150
#define WAKEUP_EVENTS 2000000u
#define WAKEUP_GAP_MS DRIVER_SLACK_MS /* between two wake-ups that nobody asked for */
#define WAKEUP_SLEEP_MS 500           /* look at the wall clock so often: somebody may set it */
#define WAKEUP_SLEEP_FEED_MS 50       /* and so often where a feed has to be asked for news */
#define WAKEUP_RETRY_MS 1000          /* while nothing can be written */
#define WAKEUP_IDLE_COMMIT_MS 10000   /* commit so often even where nothing happens */
#define WAKEUP_LOOK_MS 1000           /* ask the store so often whether it is ready */
#define WAKEUP_LATE_MS 100            /* a tick is late that is published so long after its time */

/* One request to the engine's thread. It lives on the caller's stack, who waits until `done`. */
struct call {
    int (*run)(struct engine *en, struct call *c); /* fills err where it fails */
    const char *run_id;
    struct driver *driver; /* of a race to create; taken over where run succeeds */
    struct course *course;
    const char *course_name;
    const char *csv;
    size_t csv_len;
    double speed;
    bool flag;
    struct race_record record; /* what became of the race */
    struct err why;            /* a race that cannot go on: why */
    bool adopts;               /* takes up a race: carried out also while nothing can be written */
    bool creates; /* undone where it cannot be recorded; everything else takes effect when it can */
    int rc;
    struct err err;
    bool done;
    struct call *next;
};

/*
 * Races that were under way when the server ended are taken up by a thread of their own, one after
 * the other, so that the server answers at once: a course may have 200,000 points, and a million
 * competitors take a second to be drawn. `left` is under the engine's lock.
 */
struct recovery {
    struct race_record *race; /* those to take up */
    size_t n, left;
    pthread_t thread;
    bool started;
};

struct engine {
    struct store *store;
    struct feed *feed;
    bool own_feed;
    struct limits limits;
    struct feed_sink sink;
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;
    struct shared_feed stream; /* on: with a feed that is read back */
    struct recovery recovery;
    pthread_t thread;

    /* The thread's own. */
    struct schedule schedule;
    struct view **gone; /* of races deleted since the last commit, to be shown after it */
    size_t gone_n, gone_cap;
    bool dirty;             /* something was put since the last commit */
    bool blocked;           /* the last commit failed: races stand still until one succeeds */
    struct err blocked_why; /* the sentence about it */
    int64_t retry_at_ns;
    int64_t committed_ns; /* the last commit */
    int64_t looked_ns;    /* the last look at whether the store is ready */
    bool unready;         /* it was not */
    int64_t started_ns;   /* the last wake-up */
    bool more;            /* it left ticks that are due */
    struct engine_stats figures;

    /* Shared, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t wake;     /* for the thread: a call, or the end */
    pthread_cond_t answered; /* for callers */
    struct call *first_call, *last_call;
    bool stopping;
    struct engine_stats shown;
    int64_t beat_ns;      /* the last wake-up */
    int64_t next_due_ms;  /* of the races driven here; INT64_MAX: nothing is due */
    struct err shown_why; /* blocked_why */
};

/* Carry `c` out on the engine's thread and wait for it: c->rc and c->err say how it went. */
int engine_call(struct engine *en, struct call *c, struct err *e) MUST_CHECK;

/* wakeup.c: one wake-up. It runs the calls, publishes what is due, commits, shows, and leaves the
 * answers in the calls. */
void engine_loop_run(struct engine *en, struct call *calls);
int64_t engine_loop_next_ns(
    const struct engine *en); /* monotonic time of the next one, if nobody calls */

/* recover.c: which races are to be taken up; then, with the engine's thread running, a thread that
 * does it. */
int recover_list(struct engine *en, struct err *e) MUST_CHECK;
int recover_start(struct engine *en, struct err *e) MUST_CHECK;
/* Until every race is in the schedule (or it is the end). For callers that need all of it; not on
 * the engine's thread. */
void recover_wait(struct engine *en);
void recover_end(struct engine *en); /* `stopping` is set */

#endif
