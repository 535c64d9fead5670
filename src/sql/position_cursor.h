/*
 * position_cursor.h: a walk over the positions that a statement asks for, one after the other: of
 * some races the latest position of each competitor, or every event.
 *
 * The latest are read from the view of each race. Events are read from the store in chunks of whole
 * seconds: the store hands events out by a callback, while SQLite asks for one row after the other.
 * Memory is bounded by a chunk.
 */
#ifndef SQL_POSITION_CURSOR_H
#define SQL_POSITION_CURSOR_H

#include "base/buf.h"
#include "sql/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row of a table of positions. */
struct sql_position {
    int64_t id;
    int64_t timestamp_s;
    double lon_deg, lat_deg, distance_m;
    int32_t raw_s;
    size_t event_id; /* place in event_ids */
};

/* A zeroed struct with the first members set is ready to begin. */
struct sql_walk {
    /* What is asked for; the caller's to set before sql_walk_begin. */
    struct sql_context *context;
    bool every;         /* every event, else the latest of each competitor */
    bool want_event_id; /* keep ids of events: they cost more than the rest of the row */
    bool by_id;         /* only competitor `id` */
    int64_t id;
    int32_t from_s, to_s;
    size_t race, race_end; /* in context->race; the first grows, the end is reached where it is */

    struct view *view; /* latest: number i of it */
    uint32_t i, i_end;

    struct sql_position *event; /* every: number `at` of what has been read */
    size_t n, cap, at;
    struct buf event_ids;
    int32_t next_s; /* where the next chunk begins */
    bool more;      /* the race may have events behind this chunk */
    bool stopped;   /* the chunk was full, and the store was stopped */
};

/* Both go to the next position, or to the end. -1 with an error, also where the statement's time is
 * up (context->timed_out). */
int sql_walk_begin(struct sql_walk *w, struct err *e) MUST_CHECK;
int sql_walk_next(struct sql_walk *w, struct err *e) MUST_CHECK;

/* Is the walk at its end? */
bool sql_walk_over(const struct sql_walk *w);
void sql_walk_release(struct sql_walk *w);

/* The position that the walk is at. The second appends the id of its event to `out`; for events
 * want_event_id must have been set. */
struct sql_position sql_walk_position(const struct sql_walk *w);
void sql_walk_event_id(const struct sql_walk *w, struct buf *out);

#endif
