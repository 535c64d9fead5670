/*
 * engine.h: the thread that owns the races: it wakes when a tick is due, asks the simulator,
 * publishes to the feed, commits to the store, and tells the listener about every race that
 * changed. Everything that is due is made, oldest first, also after a stall; what was not committed
 * is not shown.
 *
 * The calls below may come from any thread; each is carried out on the engine's thread between two
 * wake-ups and returns when it is done (committed).
 */
#ifndef LIVE_ENGINE_H
#define LIVE_ENGINE_H

#include "base/err.h"
#include "feed/feed.h"
#include "live/limits.h"
#include "race/race.h"
#include "store/store.h"
#include "tracking/fixlog/fixlog.h"

#include <jansson.h>
#include <stdbool.h>

struct engine;

struct engine_options {
    struct store *store;   /* borrowed */
    struct fixlog *fixlog; /* borrowed; NULL: there are no live races */
    /* Opens the feed that several servers share; the engine then owns it. Called once, by
     * engine_new. NULL: a local feed. */
    struct feed *(*open_feed)(void *arg, const struct feed_sink *sink, struct err *e);
    void *feed_arg;
    /* After each commit, on the engine's thread, for each race that changed: `v` is borrowed (take
     * a reference to keep it). For a deleted race v->race.state is RACE_DELETED. */
    void (*listener)(void *arg, struct view *v);
    void *listener_arg;
    struct limits limits; /* of what is kept; zero: the defaults */
    bool store_tells; /* the store tells the listener itself, when what was published can be read */
};

/* Loads the races of the store and goes on with those that were running; starts the thread. */
struct engine *engine_new(const struct engine_options *o, struct err *e) MUST_CHECK;
void engine_free(struct engine *en); /* finishes the wake-up under way, commits, ends the thread */

/* Fills in runId, seed and revision where they are missing, checks against the course; `out` is
 * what was made. */
int engine_race_create(struct engine *en, const struct race_spec *spec, struct race_record *out,
    struct err *e) MUST_CHECK;
/* A live race, of race_live_parse. `waits`: it starts with engine_race_start. */
int engine_race_create_live(struct engine *en, const struct race_record *asked, bool waits,
    struct race_record *out, struct err *e) MUST_CHECK;
/* A live race starts, or has started, at that wall time; again: corrects it. */
int engine_race_start(struct engine *en, const char *run_id, int64_t at_ms, struct race_record *out,
    struct err *e) MUST_CHECK;
int engine_race_pause(
    struct engine *en, const char *run_id, struct race_record *out, struct err *e) MUST_CHECK;
int engine_race_resume(
    struct engine *en, const char *run_id, struct race_record *out, struct err *e) MUST_CHECK;
int engine_race_stop(
    struct engine *en, const char *run_id, struct race_record *out, struct err *e) MUST_CHECK;
int engine_race_speed(struct engine *en, const char *run_id, double speed, struct race_record *out,
    struct err *e) MUST_CHECK;
int engine_race_delete(struct engine *en, const char *run_id, struct err *e) MUST_CHECK;

/* "competitorId,name\n…", which is not looked into; every server of a shared feed has it. */
int engine_race_roster(
    struct engine *en, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;

/* A record of the store as it stands right now: while nothing can be written (disk full) running
 * races stand still, which cannot be recorded either; here such a record becomes paused, with the
 * reason. */
void engine_race_shown(struct engine *en, struct race_record *r);

/* The same for a view: takes the caller's reference (NULL is fine) and gives one back. */
struct view *engine_view_shown(struct engine *en, struct view *v);

/* Whether a course of that name may be put, as many as there are (live/limits.h). For who is asked
 * by a client: the built-in courses are put whatever the limit is. */
int engine_course_room(const struct engine *en, const char *short_name, struct err *e) MUST_CHECK;

/* Takes the caller's reference. replace = false and a name that is taken: ERR_CONFLICT. */
int engine_course_put(struct engine *en, struct course *c, int replace, struct err *e) MUST_CHECK;
int engine_course_delete(struct engine *en, const char *short_name,
    struct err *e) MUST_CHECK; /* in use by an unfinished race: ERR_CONFLICT */

/* For /metrics, /healthz and the page. */
struct engine_stats {
    uint64_t ticks, events, wakeups, late_ticks;
    double last_wakeup_ms, last_late_ms, max_late_ms;
    uint32_t races_running;
    int disk_full;          /* nothing can be written, for whatever reason */
    char blocked_why[512];  /* the sentence about it; "" otherwise */
    int64_t beat_age_ms;    /* since the thread last woke */
    int64_t behind_ms;      /* so long the oldest tick of the races driven here is overdue */
    const char *feed_name;  /* "local" */
    struct feed_stats feed; /* zero but for shared feeds */
};
void engine_stats(struct engine *en, struct engine_stats *out);

#endif
