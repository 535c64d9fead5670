/*
 * shared_feed.h: the engine on a feed that several servers share and read back (Kafka). What this
 * server's simulators publish reaches the store only when it has come back from the stream, like
 * everybody else's. A race is driven here exactly while the feed says so (feed_ops.drives); what
 * another server asks of it arrives as a record, and is obeyed.
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

#define STREAM_SIMULATE \
    "simulate" /* how the drivers of `trackside simulate` sign: nobody takes their races over */

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
    bool on;
    char server_id[64];
    struct feed *inner; /* the shared feed; engine.feed is a tee on top of it */
    struct tracked_race *watch;
    size_t watch_n, watch_cap;
    char (*touched)[RUN_ID_MAX + 1]; /* races of which something was put since the last show */
    size_t touched_n, touched_cap;
    char (*late)[RUN_ID_MAX + 1]; /* other producers' races, to be looked at again at late_ms */
    size_t late_n, late_cap;
    int64_t late_ms;
    bool published; /* ticks are out since the last flush */
    bool waiting;   /* the last flush failed: publish nothing until one succeeds */
    int64_t reconcile_ms;
    int64_t finish_ms;  /* the end of a race was last tried to be published */
    uint64_t malformed; /* records that were skipped, as last told */
    int64_t malformed_ms;
    bool store_tells; /* nothing to show from here */
    struct early_roster *early;
    size_t early_n, early_cap;
    char (*plain)[RUN_ID_MAX + 1]; /* races that others have announced, without our record yet */
    size_t plain_n, plain_cap;
    int64_t plain_ms; /* not to be published before */
};

/* Puts a tee on `inner` into engine.feed and the handlers into engine.sink. */
void shared_feed_init(struct engine *en, struct feed *inner);
void shared_feed_release(struct engine *en);

/* Flush what was published and settle what became of it: confirmed, or taken back to be published
 * again. A broker that is away is no error of the engine's. Then read for up to timeout_ms. -1: the
 * store's error. */
int shared_feed_exchange(struct engine *en, int timeout_ms, struct err *e) MUST_CHECK;

/* Let the store keep the cursor with what was read. Before each commit. */
int shared_feed_keep_cursor(struct engine *en, struct err *e) MUST_CHECK;

/* After each commit: drivers for the races that have become ours, none for those that have not. */
void shared_feed_reconcile(struct engine *en);

/* A view for every race that was touched since the last call. */
void shared_feed_show(struct engine *en);

/* An unfinished race is on that course. */
bool shared_feed_uses(const struct engine *en, const char *course);

/* stream_roster.c: the names of a race, for every server. They are given to the store when it has
 * the race. */
int shared_feed_on_roster(
    void *engine, const char *run_id, const char *csv, size_t len, struct err *e) MUST_CHECK;
void shared_feed_give_rosters(struct engine *en); /* after each commit */
bool shared_feed_waits_for_rosters(const struct engine *en);
void shared_feed_release_rosters(struct engine *en);

/* stream_foreign.c: races that other producers announce get one record of ours, from the server
 * that drives their partition. */
bool stream_is_plain(const struct race_record *r);
bool stream_knows_more(struct engine *en, const struct race_record *plain);
void stream_note_plain(struct engine *en, const char *run_id);
void stream_publish_plain(struct engine *en, int64_t now_ms); /* after a commit */

/* A race that the store has from before. */
void shared_feed_watch(struct engine *en, const struct race_record *r);

/* Ask the race's driver, wherever it is, for what the record says: `r` is what the store has,
 * changed by the caller. */
int shared_feed_ask(struct engine *en, struct race_record *r, struct err *e) MUST_CHECK;

#endif
