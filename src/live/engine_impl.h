/*
 * engine_impl.h: the inside of the engine, for the files of this folder that make it up: engine.c
 * (the thread), mailbox.c (calls from other threads), engine_loop.c (one wake-up), race_commands.c
 * and course_commands.c (what callers ask for), recover.c (races that were under way at the start),
 * local_feed.c and the shared_*.c files (the two kinds of feed). Nobody else includes it.
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
#define WAKEUP_RETRY_MS 1000          /* while nothing can be written */
#define WAKEUP_IDLE_COMMIT_MS 10000   /* commit so often even where nothing happens */
#define WAKEUP_POLL_STORE_MS 1000     /* ask the store so often whether it is ready */
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
    int64_t at_ms;
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

/* Whether a new race may have that id. */
enum run_id_use { RUN_ID_FREE, RUN_ID_TAKEN, RUN_ID_DELETED };

/*
 * What the engine does differently on a local feed and on one that several servers share.
 * Everything here runs on the engine's thread.
 */
struct engine_mode {
    struct feed_sink sink; /* without `arg`, which is the engine */
    /* Monotonic time of the next wake-up that nobody asks for; a tick is due at due_ns. */
    int64_t (*next_ns)(const struct engine *en, int64_t due_ns);
    /* Publishes the driver's next tick. 1: nothing can be published at the moment; -1: an error. */
    int (*step)(struct engine *en, struct driver *d, struct err *e);
    int (*exchange)(struct engine *en, struct err *e); /* flushes the feed, and reads it */
    int (*commit)(struct engine *en, struct err *e);
    void (*show)(struct engine *en); /* tells the listener what the last commit changed */
    /* A race that the store has at the start. True: it is taken up by recover.c. */
    bool (*list)(struct engine *en, const struct race_record *r);
    enum run_id_use (*use_of)(struct engine *en, const char *run_id);
    void (*created)(struct engine *en, struct call *c); /* the race of c->driver is published */
    /* Asks whichever server drives the race for what `r` says. */
    int (*ask)(struct engine *en, struct race_record *r, struct err *e);
    /* An unfinished race on that course; NULL: none. Borrowed. */
    const struct race_record *(*on_course)(const struct engine *en, const char *course);
    void (*drop_roster)(struct engine *en, const char *run_id); /* of a race that is deleted */
};

extern const struct engine_mode local_feed_mode, shared_feed_mode;

struct engine {
    struct store *store;
    struct fixlog *fixlog;          /* NULL: there are no live races */
    struct feed *feed;              /* owned */
    const struct engine_mode *mode; /* local_feed_mode or shared_feed_mode */
    struct limits limits;
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;
    struct shared_feed shared; /* of shared_feed_mode */
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
    int64_t polled_ns;    /* when the store was last asked whether it is ready */
    bool unready;         /* it was not */
    int64_t started_ns;   /* the last wake-up */
    bool more;            /* it left ticks that are due */
    struct engine_stats stats;

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

/* mailbox.c: callers and the engine's thread. mailbox_call has `c` carried out on the engine's
 * thread and waits for it: c->rc and c->err say how it went. The other two are the thread's: they
 * take every call that waits, and release the callers. The lock is held. */
int mailbox_call(struct engine *en, struct call *c, struct err *e) MUST_CHECK;
struct call *mailbox_take(struct engine *en);
void mailbox_answer(struct engine *en, struct call *calls);

/* engine_loop.c: one wake-up. It runs the calls, publishes what is due, commits, shows, and leaves
 * the answers in the calls. */
void engine_loop_run(struct engine *en, struct call *calls);
/* Monotonic time of the next wake-up if nobody calls. */
int64_t engine_loop_next_ns(const struct engine *en);
/* From now until the next tick is due, at most `limit_ms`. */
int64_t engine_loop_until_due_ms(const struct engine *en, int64_t limit_ms);
/* Gives the view to the listener and takes the reference. NULL is fine. */
void engine_loop_tell(struct engine *en, struct view *v);

/* recover.c: which races are to be taken up; then, with the engine's thread running, a thread that
 * does it. */
int recover_list(struct engine *en, struct err *e) MUST_CHECK;
int recover_start(struct engine *en, struct err *e) MUST_CHECK;
/* Until every race is in the schedule (or it is the end). For callers that need all of it; not on
 * the engine's thread. */
void recover_wait(struct engine *en);
void recover_end(struct engine *en); /* `stopping` is set */

#endif
