/*
 * position_cursor.h: over the positions that a statement asks for, one after the other: of some races the
 * latest of each competitor, or every event. Where it stands is in the struct; the columns of the
 * table are read from there (sql_positions.c).
 */
#ifndef SQL_POSITION_CURSOR_H
#define SQL_POSITION_CURSOR_H

#include "base/buf.h"
#include "sql/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sql_position {
    int64_t id;
    int64_t timestamp_s;
    double lon_deg, lat_deg, distance_m;
    int32_t raw_s;
    size_t event_id; /* place in event_ids */
};

struct sql_walk {
    /* What is asked for; the caller's to set before sql_walk_begin. */
    struct sql_context *context;
    bool every; /* every event, else the latest of each competitor */
    bool want_event_id;
    bool by_id;
    int64_t id;
    int32_t from_s, to_s;
    size_t race, race_end; /* in context->race; the first grows, the end is reached where it is */

    struct view *view; /* latest: number i of it */
    uint32_t i, i_end;

    struct sql_position *event; /* every: number `at` of what has been read */
    size_t n, cap, at;
    struct buf event_ids;
    int32_t next_s; /* where the next chunk begins */
    bool more;
    bool stopped;
};

/* Both leave it at the next position, or at the end. -1 with an error, also where the statement's
 * time is up (context->timed_out). */
int sql_walk_begin(struct sql_walk *w, struct err *e) MUST_CHECK;
int sql_walk_next(struct sql_walk *w, struct err *e) MUST_CHECK;

bool sql_walk_over(const struct sql_walk *w);
void sql_walk_release(struct sql_walk *w);

/* Where it stands. The event's id goes to `out`. */
struct sql_position sql_walk_position(const struct sql_walk *w);
void sql_walk_event_id(const struct sql_walk *w, struct buf *out);

#endif
