/*
 * shared_feed.h: the engine on a feed that several servers share and read back (Kafka). What the
 * simulators of this server publish reaches the store only when it has come back from the feed,
 * like everybody else's. A race is driven here exactly while the feed says so (feed_ops.drives).
 * What another server asks of a race arrives as a record.
 *
 * The engine's thread owns it. Nothing here runs in the default set-up.
 */
#ifndef LIVE_SHARED_FEED_H
#define LIVE_SHARED_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "feed/feed.h"
#include "live/driver.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The drivers of `trackside simulate` sign with this. No server takes their races over. */
#define SHARED_FEED_SIMULATE "simulate"

struct engine;

/* An unfinished race that somebody drives, and the last raw second that has been read of it. */
struct tracked_race {
    struct race_record race;
    int32_t last_raw_s;
    bool failed; /* it cannot be driven here: said once */
};

/* Names that came before their race did. */
struct early_roster {
    char run_id[RUN_ID_MAX + 1];
    struct buf csv;
    int64_t since_ms;
};

struct shared_feed {
    struct tracked_race *tracked;
    size_t tracked_n, tracked_cap;
    char (*touched)[RUN_ID_MAX + 1]; /* races of which something was put since the last show */
    size_t touched_n, touched_cap;
    char (*late)[RUN_ID_MAX + 1]; /* other programs' races, to be shown once more at late_ms */
    size_t late_n, late_cap;
    int64_t late_ms;
    bool published; /* ticks were published since the last flush */
    bool waiting;   /* the last flush failed: nothing is published until one succeeds */
    int64_t reconcile_ms;
    int64_t finish_ms;  /* the end of a race was last tried to be published */
    uint64_t malformed; /* records that were skipped, as last reported */
    int64_t malformed_ms;
    bool store_tells; /* the store tells the listener */
    struct early_roster *early;
    size_t early_n, early_cap;
    char (*announced)[RUN_ID_MAX + 1]; /* external races without a record of ours yet */
    size_t announced_n, announced_cap;
    int64_t announced_ms; /* not to be published before */
};

void shared_feed_release(struct shared_feed *s);

/* shared_drive.c: which races are to be driven, and the drivers of those that are driven here. */

/* The unfinished races that some server has to drive. */
struct tracked_race *shared_drive_find(struct shared_feed *s, const char *run_id); /* NULL: none */
/* Adds, changes or removes a race so that the list agrees with the record. */
void shared_drive_track(struct shared_feed *s, const struct race_record *r);
const struct race_record *shared_drive_on_course(const struct shared_feed *s, const char *course);
bool shared_drive_is_simulates(const struct race_record *r); /* `trackside simulate` makes it */

/* A record of another program. True: it asks something of a race that is driven here, which has
 * been done. False: the record is to be put; the race has no driver here any more. */
bool shared_drive_record(struct engine *en, const struct race_record *r);
void shared_drive_confirm(struct engine *en); /* after a flush that succeeded */
/* After a flush that failed: what is lost is published again, what is not known yet is awaited. */
void shared_drive_recall(struct engine *en, const struct err *why);
/* After each commit: makes drivers for the races that have become ours, and drops the others'. */
void shared_drive_reconcile(struct engine *en);

/* shared_ticks.c: the sink's `simulated`. A race is wanted as ticks where the store keeps a history
 * and knows its record and course, and holds whole seconds of it alone. */
int shared_ticks_wanted(void *engine, const char *run_id, struct feed_simulated *out);

/* shared_roster.c: the names of a race, for every server. The sink's `roster`: a roster that comes
 * before its race is kept for a minute. */
int shared_roster_put(
    void *engine, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;
void shared_roster_give(struct engine *en); /* gives the store those whose race has come */
bool shared_roster_waits(const struct engine *en);
/* The topic is read again by every server that starts: the roster of a deleted race is removed. */
void shared_roster_drop(struct engine *en, const char *run_id);
void shared_roster_release(struct shared_feed *s);

/*
 * external.c: races that other programs have announced, with the three fields of the articles and
 * without a record of Trackside's. Those programs may use other partitions than we do, and Pinot
 * replaces a row only within its partition: a later record of the same race would become a second
 * row. So the server that drives the partition of the race publishes a record once, into the
 * partition that all servers use, and Pinot's table takes only records that have one.
 */
bool external_is_announced(const struct race_record *r);
/* The store knows more of the race than this announcement says. */
bool external_is_known(struct engine *en, const struct race_record *r);
void external_note(struct shared_feed *s, const char *run_id); /* to be published */
void external_publish(struct engine *en, int64_t now_ms);      /* after a commit */

#endif
