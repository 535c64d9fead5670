/*
 * times_delta.h: whose finish and fence times a viewer cannot tell from the frames that it has got. A
 * viewer takes the second of the frame in which a status changed for the moment of the change; that
 * is wrong where a frame holds several ticks, and for events that come late or out of order. These
 * are told once a board's second in a kind 4 of their own.
 *
 * The server's thread owns it. Zeroed is empty.
 */
#ifndef PUSH_TIMES_DELTA_H
#define PUSH_TIMES_DELTA_H

#include "base/buf.h"
#include "board/view.h"

#include <stdint.h>

struct times_delta {
    uint8_t *wanted; /* by dense number: 1 where it is to be told */
    uint32_t n;
    uint32_t count;
};

/* The frame of `now` goes out after that of `before`. */
void times_delta_note(struct times_delta *u, const struct view *before, const struct view *now);

/* A kind 4 of whom `now` has to tell, who are then told; 0 and nothing written where there is
 * nobody. */
uint32_t times_delta_encode(struct times_delta *u, const struct view *now, struct buf *out);

void times_delta_release(struct times_delta *u);

#endif
