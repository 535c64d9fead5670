/*
 * driver.h: one unfinished race: its record, its simulator, and the next raw second to publish. It
 * turns the race's clock (struct race_anchor) into ticks and its states into records.
 *
 * The engine's thread owns every driver; only driver_new may run elsewhere, before it is handed
 * over. What a driver publishes counts only once the store has committed it. A call that fails
 * leaves the driver as it was, so that it can be tried again.
 */
#ifndef LIVE_DRIVER_H
#define LIVE_DRIVER_H

#include "base/err.h"
#include "course/course.h"
#include "feed/feed.h"
#include "live/tracked/live_race.h"
#include "race/race.h"
#include "sim/sim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The reasons of a paused race, as readers see them. The page translates those that are common. */
#define DRIVER_BY_HAND "by hand"
#define DRIVER_DISK_FULL "disk full"
#define DRIVER_QUOTA "disk quota used up"
#define DRIVER_READ_ONLY "file system read-only"
#define DRIVER_IO "disk error"
#define DRIVER_GONE "data directory gone"
#define DRIVER_WAITS "waits for its start" /* a live race that somebody has to start */
#define DRIVER_SLACK_MS 20 /* a tick that late counts as on time: the engine wakes up that often */

/* One race. The engine's thread alone reads and writes it. */
struct driver {
    struct race_record race; /* as last published */
    struct course *course;
    struct sim *sim;        /* NULL: a live race */
    struct live_race *live; /* NULL: a simulated one */
    uint32_t *dist_mm;      /* of the tick being published; one per competitor */
    int32_t next_raw_s;     /* first raw second that is not published yet */
    int64_t due_ms;         /* when it is due; INT64_MAX: never as things stand */
    bool streamed; /* the feed is read back: what is published counts when it is confirmed */
    int32_t confirmed_raw_s; /* streamed: first raw second that is not known to be out */
    size_t place;            /* in the schedule */
    bool changed;            /* something was published since the last commit */
    bool fresh;              /* created since the last commit */
};

/* Takes a reference to the course. `next_raw_s` - 1 is the last raw second that is committed. */
struct driver *driver_new(
    const struct race_record *r, struct course *c, int32_t next_raw_s, struct err *e) MUST_CHECK;
/* Of a live race; log and store are borrowed. */
struct driver *driver_new_live(const struct race_record *r, struct course *c, struct fixlog *log,
    struct store *s, struct err *e) MUST_CHECK;
void driver_free(struct driver *d); /* NULL is fine */

/* A race that is created now: scheduled where its start is ahead, else running with raw 0 due at
 * `now_ms`. Publishes nothing. */
void driver_start_clock(struct driver *d, int64_t now_ms);

/* Publish the next tick; the first makes a scheduled race running, the last makes it finished.
 * `events` grows by the number of position events in it. */
int driver_step(struct driver *d, struct feed *f, uint64_t *events, struct err *e) MUST_CHECK;

/* Each publishes the new record. ERR_CONFLICT with a sentence where the state does not allow it. */
int driver_pause(struct driver *d, struct feed *f, int64_t now_ms, struct err *e) MUST_CHECK;
int driver_resume(struct driver *d, struct feed *f, int64_t now_ms, struct err *e) MUST_CHECK;
int driver_stop(struct driver *d, struct feed *f, int64_t now_ms, struct err *e) MUST_CHECK;
/* A live race starts, or has started, at that moment (the second it is in); also moves a start that
 * nothing has been published for. */
int driver_start(
    struct driver *d, struct feed *f, int64_t now_ms, int64_t at_ms, struct err *e) MUST_CHECK;
int driver_speed(
    struct driver *d, struct feed *f, int64_t now_ms, double speed, struct err *e) MUST_CHECK;

/* After a time in which nothing could be written: the clock goes on from the last published second,
 * as after a pause. A race that waits for its start keeps it, unless that has passed. */
int driver_restart_clock(
    struct driver *d, struct feed *f, int64_t now_ms, struct err *e) MUST_CHECK;

/* Streamed: what was published is out (the last tick makes the race finished), or is lost and will
 * be published again. */
int driver_confirm(struct driver *d, struct feed *f, struct err *e) MUST_CHECK;
void driver_recall(struct driver *d);

/* No tick will ever come: stopped, finished, failed or deleted. */
bool driver_is_over(const struct driver *d);

/* Makes the record of a running race that of a paused one, with the reason why nothing can be
 * written. Readers see it; it is not stored. */
void driver_show_blocked(struct race_record *r, const struct err *why);

/* Whether a race in this state still has a driver. */
bool driver_wanted(enum race_state s);

#endif
