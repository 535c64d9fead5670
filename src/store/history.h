/*
 * history.h: what has happened in a race, as rows of the database.
 *
 * Own races: one row per tick and HISTORY_CHUNK competitors, u32 distances in mm, little endian,
 * dense order; and once per race the raw second of each competitor's finish, which says who has
 * events when. Other producers' events: rows of records (event_blob.h), numbered in order of
 * arrival. Every 60 s a snapshot. Row ids hold (race, raw second, chunk), so a race is one range of
 * each table.
 *
 * The put functions belong into a transaction of the writer. The rest reads what the connection
 * sees.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/course.h"
#include "store/db.h"

#include <stdbool.h>
#include <stdint.h>

#define HISTORY_CHUNK 4000u /* competitors a row: just less than a page of the database */
#define HISTORY_MAX_RAW ((1 << 29) - 1) /* 17 years */
#define HISTORY_MAX_RACES (1 << 26)

/* What has to be known of a race to read its history. Everything is borrowed. */
struct history_race {
    int64_t race_no;
    const char *run_id;
    const char *course_name;
    int64_t start_s;
    bool foreign;
    uint32_t n; /* competitors of an own race */
    struct course *course;
};

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

int history_put_tick(struct db *db, int64_t race_no, int32_t raw_s, const uint32_t *dist_mm,
    uint32_t n, struct err *e) MUST_CHECK;
int history_put_finish(struct db *db, int64_t race_no, const int32_t *finish_raw_s, uint32_t n,
    struct err *e) MUST_CHECK;
int history_put_snapshot(struct db *db, int64_t race_no, int32_t raw_s, const struct buf *snapshot,
    struct err *e) MUST_CHECK;
int history_drop_snapshots(struct db *db, int64_t race_no, struct err *e) MUST_CHECK;

/* One row of events. */
struct history_events {
    int64_t seq; /* 1, 2, ... within the race */
    int32_t min_raw, max_raw;
    uint32_t n;
    const void *data;
    size_t len;
};

int history_put_events(
    struct db *db, int64_t race_no, const struct history_events *ev, struct err *e) MUST_CHECK;

/* *raw_s: the first tick in from_s … to_s, or the last; -1: none. */
int history_first_tick(struct db *db, int64_t race_no, int32_t from_s, int32_t to_s, int32_t *raw_s,
    struct err *e) MUST_CHECK;
int history_last_tick(
    struct db *db, int64_t race_no, int32_t to_s, int32_t *raw_s, struct err *e) MUST_CHECK;
int history_last_events(struct db *db, int64_t race_no, int64_t *seq, struct err *e) MUST_CHECK;

/* The distances of one tick: 1, or 0 where there is none. */
int history_read_tick(struct db *db, const struct history_race *r, int32_t raw_s, uint32_t *dist_mm,
    struct err *e) MUST_CHECK;

/* All n finish seconds, freed by the caller; NULL without an error where there has been no tick
 * yet. */
int history_read_finish(
    struct db *db, const struct history_race *r, int32_t **finish_raw_s, struct err *e) MUST_CHECK;

int history_damaged(const struct history_race *r, struct err *e); /* the sentence; returns -1 */

#endif
