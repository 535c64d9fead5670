/*
 * splits.h: one competitor's way, place by place in the order of its raw times: visits to the
 * geofence, kilometres, checkpoints, finish and the positions themselves, for whichever store has
 * them.
 */
#ifndef BOARD_SPLITS_H
#define BOARD_SPLITS_H

#include "board/columns.h"
#include "race/event.h"

#include <stddef.h>
#include <stdint.h>

/* One visit to the geofence: first raw second inside, first outside again (-1: still in). */
struct splits_visit {
    int32_t entered_s;
    int32_t left_s;
};

/* One position of a competitor. */
struct splits_position {
    int32_t raw_s;
    uint32_t dist_mm;
};

/* Everything about one competitor up to a moment. */
struct splits_competitor {
    struct event latest;
    uint32_t rank;
    int32_t finish_s; /* -1 */
    int32_t *split_s; /* first raw second at or beyond km 1, 2, ... */
    uint32_t splits_n;
    struct splits_visit *visit;
    uint32_t visits_n;
    struct splits_position *track; /* every position, oldest first */
    size_t track_n;
    int32_t dwell_total_s;
    struct course *course; /* a reference; NULL: unknown */
    int32_t *pass_s;       /* raw second at each of the course's checkpoints, -1: not yet */
    uint32_t *pass_rank;   /* among those who have passed it; 0: not yet */
};

/* Frees the arrays and empties the struct. */
void splits_competitor_release(struct splits_competitor *c);

struct splits {
    struct splits_competitor *out; /* the caller's: `latest`, `rank`, `dwell_total_s` are not set */
    struct columns *c;             /* empty: for its reading of places only */
    size_t visits_cap, splits_cap, track_cap;
    int32_t outside_s; /* the last second outside, -1 */
};

/* `course` is borrowed until release; NULL: unknown. */
void splits_init(struct splits *f, bool external, bool live, struct course *course,
    struct splits_competitor *out);
void splits_release(struct splits *f);
void splits_place(struct splits *f, const struct columns_place *at);

/* Fills in what depends on everybody: the rank, the ranks at the checkpoints, the time in the
 * geofence. `i` is the competitor's number in `v`. */
void splits_rank(struct splits_competitor *out, const struct view *v, uint32_t i);

#endif
