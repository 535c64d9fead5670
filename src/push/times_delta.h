/*
 * times_delta.h: finish and fence times that a viewer cannot derive from its frames.
 *
 * A viewer derives a time from the frame in which the status changed: it takes the second of that
 * frame. This is wrong where a frame covers several ticks, and for events that come late or out of
 * order. The times that differ are collected here, and sent once a second in a times frame (kind
 * 4).
 *
 * The server's thread owns it. A zeroed struct is empty; times_delta_release when it is over.
 */
#ifndef PUSH_TIMES_DELTA_H
#define PUSH_TIMES_DELTA_H

#include "base/buf.h"
#include "board/view.h"

#include <stdint.h>

struct times_delta {
    uint8_t *wanted; /* by dense number: 1 where the times have to be sent */
    uint32_t n;
    uint32_t count;
};

/* Compares what a viewer derives from the frame of `now`, after that of `before`, with the times
 * that `now` has, and marks the competitors for whom they differ. Both have the same race. */
void times_delta_note(struct times_delta *u, const struct view *before, const struct view *now);

/* Appends a times frame (kind 4) for every marked competitor, and clears the marks. Returns how
 * many it holds; 0 appends nothing. */
uint32_t times_delta_encode(struct times_delta *u, const struct view *now, struct buf *out);

void times_delta_release(struct times_delta *u);

#endif
