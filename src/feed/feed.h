/*
 * feed.h: where position events, races and courses are published and read. `local` delivers them
 * inside the process, `ndjson` writes them to a file descriptor, `kafka` is librdkafka.
 *
 * One thread (the engine's) owns a feed and calls everything here. In a wake-up it publishes any
 * number of ticks and records, then flushes: after a flush that succeeds everything published is
 * out, in order; after one that fails none of it counts. Then it polls, which reads.
 *
 * A feed is given its sink once, when it is made, and delivers everything to it. Races, courses and
 * rosters that are published through the feed reach the sink within the call, so that whoever asked
 * for them sees them at once. Ticks reach it within the call too where the feed is `local`, and
 * with a poll, when they have been read back, where the feed is shared.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "course/course.h"
#include "race/event.h"
#include "race/race.h"

#include <stdbool.h>
#include <stdint.h>

/* All positions of one race at one raw second, in dense order. Events exist for those with raw_s <=
 * their finish. */
struct tick {
    const struct race_record *race;
    const struct course *course;
    int32_t raw_s;
    uint32_t n;                  /* competitors in dense order */
    uint64_t first_id;           /* competitor id of dense number 0 */
    uint64_t id_step;            /* id of dense number i = first_id + i * id_step */
    const uint32_t *dist_mm;     /* n; who has finished stays at the length */
    const int32_t *finish_raw_s; /* n; no event after it */
    int64_t published_ms; /* wall ms, by the records that brought it; 0: it is made just now */
};

/* What has to be known of a simulated race to gather its events, which are read back, into ticks.
 */
struct feed_simulated {
    struct race_record race;
    struct course *course; /* a reference */
    int32_t *finish_raw_s; /* for each competitor; allocated with mem_alloc */
    int32_t next_raw_s;    /* everything before this second is stored, nothing from it on */
};

/* Where everything that is published or read goes. A NULL member is not wanted. Called from poll
 * and from the publish functions, on their thread. What a call is given is borrowed until it
 * returns. -1 ends the publish or the poll with that error. */
struct feed_sink {
    void *arg;
    int (*tick)(void *arg, const struct tick *t, struct err *e);
    int (*events)(void *arg, const struct event *events, size_t n, struct err *e);
    /* `own`: it was published through this feed just now. Otherwise another program published it.
     */
    int (*race)(void *arg, const struct race_record *r, bool own, struct err *e);
    int (*course)(void *arg, struct course *c, struct err *e);
    int (*course_gone)(void *arg, const char *short_name, struct err *e);
    /* "competitorId,name\n..."; len 0: the race has no roster any more. */
    int (*roster)(void *arg, const char *run_id, const char *csv, size_t len, struct err *e);
    /* Asked when the races have been read and before the events are, for partitions of which the
     * cursor knows nothing: the wall ms from which on events are wanted. 0: from the beginning. */
    int64_t (*since_ms)(void *arg);
    /* Asked at the first event of a race in a poll, while everything read before is committed. 1:
     * the race is simulated, so its events are wanted as ticks: the feed takes over what `out`
     * holds. 0: its events are wanted as they are. NULL: no race is wanted as ticks. */
    int (*simulated)(void *arg, const char *run_id, struct feed_simulated *out);
    /* Events up to raw_s have been read of a race that is wanted as ticks, and many seconds before
     * are not whole. Again once they are, with the last second that was begun. */
    void (*unfinished)(void *arg, const char *run_id, int32_t raw_s);
};

struct feed; /* the head of every implementation's struct */

/* What became of one race's ticks at the last flush. PENDING: not known yet; flush again before
 * publishing more of it. LOST: not out, publish them again. */
enum feed_outcome { FEED_OUT, FEED_LOST, FEED_PENDING };

#define FEED_PARTITIONS_MAX 64

/* Pinot 1.x reads nothing more from a partition where an aborted transaction holds more of it than
 * one fetch brings. So its tables fetch this much, and a transaction is committed before it has
 * more than the smaller number in any partition. One tick is never cut. */
#define FEED_FETCH_BYTES_TEXT "16777216"
#define FEED_TRANSACTION_BYTES (12u << 20)

/* For /metrics, the page and the log. */
struct feed_stats {
    int connected;        /* the broker answered last time */
    int ready;            /* the backlog of races and courses has been read */
    int caught_up;        /* and so have the positions that were there at the start */
    int64_t to_read;      /* so many records of them are left, about; -1: not known yet */
    char last_error[256]; /* why not, "" otherwise */
    uint64_t malformed;   /* records that were skipped */
    char malformed_example[256];
    int64_t acknowledged_ms; /* wall ms of the last flush that went out */
    double flush_ms;         /* how long it took */
    int64_t last_record_ms;  /* wall ms at which a record was last read; 0: none yet */
    unsigned partitions;     /* of the positions, and up to where each was read (next offset) */
    int64_t read[FEED_PARTITIONS_MAX];
    int64_t handed[FEED_PARTITIONS_MAX]; /* the offset after the last record that was handed over.
                                            Below `read` where the end of a transaction, or an
                                            aborted one, follows. 0: none yet */
};

/* Of `ndjson` publish_tick, flush and free alone are there: a race or a course has no line. */
struct feed_ops {
    const char *name; /* "local" */
    int (*publish_tick)(struct feed *f, const struct tick *t, struct err *e);
    /* Events of a live race. NULL: the feed takes none. */
    int (*publish_events)(struct feed *f, const struct event *events, size_t n, struct err *e);
    int (*publish_race)(struct feed *f, const struct race_record *r, struct err *e);
    int (*publish_course)(struct feed *f, struct course *c, struct err *e);
    int (*delete_course)(struct feed *f, const char *short_name, struct err *e);
    /* "competitorId,name\n..."; len 0: the race has no roster any more. */
    int (*publish_roster)(
        struct feed *f, const char *run_id, const char *csv, size_t len, struct err *e);
    int (*flush)(struct feed *f, struct err *e);
    void (*free)(struct feed *f);

    /* Of a feed that is shared with other programs; NULL elsewhere. */

    /* Reads for up to timeout_ms. A broker that is away is no error; -1 is the sink's. */
    int (*poll)(struct feed *f, int timeout_ms, struct err *e);
    enum feed_outcome (*outcome)(
        struct feed *f, const char *run_id); /* after a flush that failed */
    /* So much was published since the last flush that it should go out before more follows. */
    int (*full)(struct feed *f, const char *run_id);
    int (*drives)(struct feed *f,
        const char *run_id); /* is it ours to make this race's events? NULL: always */
    int (*cursor)(struct feed *f,
        struct buf *out); /* up to where poll has delivered, to be kept with what it delivered */
    void (*stats)(struct feed *f, struct feed_stats *out);
};

struct feed {
    const struct feed_ops *ops;
};

/* Delivers to the sink (copied) whatever is published, at once; ticks without a copy. The caller
 * frees it with ops->free. */
struct feed *feed_local_new(const struct feed_sink *sink);

/* Writes one event a line to `fd` in big writes. A full disk is ERR_DISK_FULL, a reader that has
 * gone (EPIPE) ERR_UNAVAILABLE. Does not close fd. */
struct feed *feed_ndjson_new(int fd);

#endif
