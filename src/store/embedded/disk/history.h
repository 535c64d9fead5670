/*
 * history.h: what has happened in a race, as rows of the database.
 *
 * A simulated race has one row per tick and HISTORY_CHUNK competitors: u32 distances in mm, little
 * endian, in the order of the competitors. Once per race the raw second of each competitor's finish
 * is kept. A competitor has an event at every tick up to that second, so nothing else is needed to
 * say who has events when. Events of external producers are rows of records (event_blob.h),
 * numbered in the order of their arrival. Every 60 s there is a snapshot. Row ids hold (race, raw
 * second, chunk), so a race is one range of each table.
 *
 * What a disk changed or lost is never answered as if it were whole:
 * - Every row has a checksum of its data and of its id (column `sum`). A batch of events also has
 *   one of its raw seconds (`head_sum`), because these decide whether the batch is read at all.
 * - Every tick says how many seconds before it the last tick was (`before`), and batches of events
 *   are numbered without a gap. So a missing row is found.
 *
 * Rows of version 1 of the database have no checksum (NULL) and are taken as they are. write_batch.c
 * writes all rows. Everything here reads what the connection sees.
 */
#ifndef STORE_EMBEDDED_HISTORY_H
#define STORE_EMBEDDED_HISTORY_H

#include "base/buf.h"
#include "base/err.h"
#include "course/course.h"
#include "race/race.h"
#include "store/embedded/disk/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Competitors a row: 16,000 bytes, just less than a page of the database, so that a row is one
 * page */
#define HISTORY_CHUNK 4000u
#define HISTORY_MAX_RAW ((1 << 29) - 1) /* 17 years: what 29 bits hold */
#define HISTORY_MAX_RACES (1 << 26)     /* 26 bits: with 37 below them an id stays positive */

/* What must be known of a race to read its history. Everything is borrowed. */
struct history_race {
    int64_t race_no;
    const char *run_id;
    const char *course_name;
    int64_t start_s;
    bool external;
    bool live;     /* external, and its positions come from devices (columns.h) */
    uint32_t n;    /* competitors of a simulated race */
    bool finished; /* by its record: its history reaches to the last finish */
    struct course *course;
};

/* Of a race as its record says it is. Borrows from `record`. */
struct history_race history_race_of(
    const struct race_record *record, int64_t race_no, struct course *course);

/* Row ids: 26 bits of the race's number, then 29 of the raw second and 8 of the chunk (ticks), or
 * 37 of the batch's number (events), or the raw second (snapshots). */
static inline int64_t history_tick_id(int64_t race_no, int64_t raw_s, int64_t chunk)
{
    return race_no << 37 | raw_s << 8 | chunk;
}

static inline int32_t history_tick_raw(int64_t id)
{
    return (int32_t)(id >> 8 & HISTORY_MAX_RAW);
}

static inline int64_t history_events_id(int64_t race_no, int64_t seq)
{
    return race_no << 37 | seq;
}

static inline int64_t history_events_seq(int64_t id)
{
    return id & ((INT64_C(1) << 37) - 1);
}

static inline int64_t history_snapshot_id(int64_t race_no, int64_t raw_s)
{
    return race_no << 37 | raw_s;
}

/* The first id that belongs to the next race. */
static inline int64_t history_end(int64_t race_no)
{
    return (race_no + 1) << 37;
}

/* A tick to be written. Borrowed. */
struct history_tick {
    int32_t raw_s;
    int32_t before_s; /* seconds since the tick before; of the first tick raw_s + 1 */
    const uint32_t *dist_mm;
    uint32_t n;
};

/* One row of events. When it is read, the data is borrowed until the next step. */
struct history_events {
    int64_t seq; /* 1, 2, ... within the race */
    int32_t min_raw, max_raw;
    uint32_t n;
    const void *data;
    size_t len;
};

/* *raw_s becomes the first tick in from_s … to_s, or -1 where there is none. An error where
 * `before` says that there was an earlier one in that range. */
int history_first_tick(struct db *db, const struct history_race *r, int32_t from_s, int32_t to_s,
    int32_t *raw_s, struct err *e) MUST_CHECK;

/* Whether there is a tick at that raw second: *found. */
int history_has_tick(
    struct db *db, int64_t race_no, int32_t raw_s, bool *found, struct err *e) MUST_CHECK;

/* *raw_s becomes the last tick up to to_s, or -1 where there is none. */
int history_last_tick(
    struct db *db, int64_t race_no, int32_t to_s, int32_t *raw_s, struct err *e) MUST_CHECK;

/* *seq becomes the number of the last batch of events, 0 where there is none. */
int history_last_events(struct db *db, int64_t race_no, int64_t *seq, struct err *e) MUST_CHECK;

/* Reads the distances of one tick into dist_mm[r->n]: 1, or 0 where there is no such tick. */
int history_read_tick(struct db *db, const struct history_race *r, int32_t raw_s, uint32_t *dist_mm,
    struct err *e) MUST_CHECK;

/* *finish_raw_s becomes all n finish seconds, which the caller frees; NULL without an error where
 * there was no tick yet. */
int history_read_finish(
    struct db *db, const struct history_race *r, int32_t **finish_raw_s, struct err *e) MUST_CHECK;

/* One competitor's distance at one tick: 1, or 0 where there is no such tick. `check`: compare the
 * checksum of the row, which one competitor of each chunk does for all. */
struct history_place {
    int32_t raw_s;
    uint32_t i; /* competitor, from 0 */
    bool check;
};

int history_read_distance(struct db *db, const struct history_race *r,
    const struct history_place *at, uint32_t *dist_mm, struct err *e) MUST_CHECK;

/* Batches of events in the order of arrival. */
struct history_scan {
    const struct history_race *race;
    sqlite3_stmt *st;
    int64_t seq;          /* of the row before */
    int32_t from_s, to_s; /* batches without anything in these raw seconds are passed over */
    bool heads;           /* without data */
};

/* From the batch after `s->seq` on. The caller has set race, seq, from_s, to_s and heads. */
int history_scan_begin(struct history_scan *s, struct db *db, struct err *e) MUST_CHECK;
/* The next batch: 1, or 0 at the end. An error where one is damaged or missing. */
int history_scan_next(
    struct history_scan *s, struct db *db, struct history_events *out, struct err *e) MUST_CHECK;
void history_scan_end(struct history_scan *s);

/* The newest snapshot at or before to_s: 1, and its bytes in column 1 of *st until that is reset;
 * 0: none. */
int history_read_snapshot(struct db *db, const struct history_race *r, int32_t to_s,
    sqlite3_stmt **st, int32_t *raw_s, struct err *e) MUST_CHECK;

/*
 * The checksum of a row: XXH64 of what places it and of its data, the same on every machine. It
 * finds bytes that a disk changed. It does not protect against somebody who changes them on
 * purpose. `more` is a tick's before_s, the number of events of a batch, else 0; `id` is the row's,
 * of a text (record, roster, cursor) the number of its race, or 0. Signed, since SQLite keeps
 * signed numbers.
 */
int64_t history_sum(int64_t id, int64_t more, const void *data, size_t len);
int64_t history_head_sum(int64_t id, const struct history_events *ev);
/* Whether column `at` holds this checksum, or none. */
bool history_sum_ok(sqlite3_stmt *st, int at, int64_t sum);

/* The sentence that says what is wrong, at a raw second (-1: nowhere in particular). Returns -1. */
int history_damaged(const struct history_race *r, int32_t raw_s, const char *what, struct err *e);

#endif
