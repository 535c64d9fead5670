/*
 * board.h: the ranked tables of one view. Order: min(distance, length) falling, rawTime rising,
 * competitorId rising; rank = 1 + number strictly ahead on the first two. One pass with bounded
 * heaps: O(n log limit).
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include "base/buf.h"
#include "board/view.h"

#include <stdint.h>

#define BOARD_DEFAULT_LIMIT 10u
#define BOARD_MAX_LIMIT 1000u

struct board_row {
    uint32_t i; /* dense number in the view */
    uint32_t rank;
};

struct board_list {
    struct board_row *row;
    uint32_t n;
};

struct board {
    struct view *view; /* a reference */
    struct board_list leaders, front, back, geofence, just_finished;
};

void board_init(struct board *b, struct view *v, uint32_t limit);
void board_release(struct board *b);

/* Ranks of all n, dense order (one sort); 0: not seen yet. */
void board_ranks(const struct view *v, uint32_t *rank);

/* The rank of one, 0 where it has not been seen. */
uint32_t board_rank(const struct view *v, uint32_t i);

/* The API's answer: {runId, asOf: {rawTime, timestamp}, state, counts: {...}, leaders: [...],
 * front, back, geofence, justFinished}, rows {rank, competitorId, distance, toGo, pacePerKm,
 * rawTime} and dwell, dwellTotal in geofence; on a course with checkpoints also checkpoint {number,
 * rawTime}, the last one passed. toGo is null where the course is unknown. */
void board_json(const struct board *b, struct buf *out);

/* The same without the closing brace, for an answer with more members. */
void board_json_open(const struct board *b, struct buf *out);

/* How the answers about the boards and the checkpoints of a moment begin: {runId, asOf, and no
 * brace behind them. */
void board_json_head(const struct view *v, struct buf *out);

#endif
