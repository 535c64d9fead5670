/*
 * feed.h: where position events, races and courses are published and read. `local` hands them on in
 * the process, `ndjson` writes them to a file descriptor, `kafka` is librdkafka.
 *
 * One thread (the engine's) owns a feed and calls everything here. A wake-up is: publish any number
 * of ticks and records, feed_flush() (what was published is now out, in order, or the error says
 * why not; then nothing of it may be taken as published), feed_poll() (what others and we published
 * comes back through the sink).
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "course/course.h"
#include "race/event.h"
#include "race/race.h"

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
};

/* Where what is read goes. A NULL member is not wanted. Called from feed_poll only. */
struct feed_sink {
    void *arg;
    int (*tick)(void *arg, const struct tick *t, struct err *e);
    int (*events)(void *arg, const struct event *events, size_t n, struct err *e);
    int (*race)(void *arg, const struct race_record *r, struct err *e);
    int (*course)(
        void *arg, struct course *c, struct err *e); /* borrowed: take a reference to keep it */
    int (*course_gone)(void *arg, const char *short_name, struct err *e);
    int (*roster)(void *arg, const char *run_id, const char *csv, size_t len,
        struct err *e); /* borrowed; len 0: none any more */
    /* Asked once, when the races are known and before the events are begun where no cursor says so:
     * from which wall ms on events are wanted. 0: from the beginning. */
    int64_t (*since_ms)(void *arg);
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
    int connected;      /* the broker answered last time */
    int ready;          /* the backlog of races and courses has been read */
    int caught_up;      /* and so have the positions that were there at the start */
    int64_t to_read;    /* so many records of them are left, about; -1: not known yet */
    char trouble[256];  /* why not, "" otherwise */
    uint64_t malformed; /* records that were skipped */
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

struct feed_ops {
    const char *name; /* "local" */
    int (*publish_tick)(struct feed *f, const struct tick *t, struct err *e);
    int (*publish_race)(struct feed *f, const struct race_record *r, struct err *e);
    int (*publish_course)(struct feed *f, struct course *c, struct err *e);
    int (*delete_course)(
        struct feed *f, const char *short_name, struct err *e); /* NULL: nobody to tell */
    /* "competitorId,name\n…"; len 0: none any more. NULL: nobody to tell */
    int (*publish_roster)(
        struct feed *f, const char *run_id, const char *csv, size_t len, struct err *e);
    int (*flush)(struct feed *f, struct err *e);
    int (*poll)(struct feed *f, const struct feed_sink *sink, int timeout_ms, struct err *e);
    void (*free)(struct feed *f);
    /* NULL where a feed has no such thing. */
    enum feed_outcome (*outcome)(
        struct feed *f, const char *run_id); /* after a flush that failed */
    /* So much was published since the last flush that it should go out before more follows. */
    int (*full)(struct feed *f, const char *run_id);
    int (*drives)(struct feed *f,
        const char *run_id); /* is it ours to make this race's events? NULL: always */
    int (*cursor)(struct feed *f,
        struct buf *out); /* up to where poll has delivered, to be kept with what it delivered */
    void (*figures)(struct feed *f, struct feed_stats *out);
};

struct feed {
    const struct feed_ops *ops;
};

/* local: poll delivers to the sink what was published since the last poll (ticks are handed on
 * without a copy at publish time: give the sink to feed_local_new, poll then has nothing left to
 * do). */
struct feed *feed_local_new(const struct feed_sink *sink);

/* ndjson: one event a line to `fd` in big writes; SIGPIPE/EPIPE and a full disk are errors. Does
 * not close fd. */
struct feed *feed_ndjson_new(int fd);

#endif
