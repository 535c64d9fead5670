/*
 * frame.h: the binary frames of the push socket and of /frames. Little endian. 32-byte header:
 *
 *   0 u8  kind         1 key, 2 moved, 3 off course, 4 times
 *   1 u8  flags        bit 0: replay
 *   2 u16 seq          kinds 1 and 2: grows by one a frame and wraps; kinds 3 and 4: 0
 *   4 u32 n            competitors
 *   8 f64 server ms    when it was encoded, wall clock
 *  16 f64 race ms      rawTime * 1000 of the tick it shows; -1000 before the first
 *  24 f32 metres per unit: a power of two, 1/16 m and up; may change with any key frame
 *  28 u32 roster version: grows when the dense order changes. It is n: competitors come, but never
 *         go
 *
 * kind 1, key: u16 distance[n] in units (round(dist / unit)), u8 status[n]: enum
 *   competitor_status, with FRAME_STALE after FRAME_STALE_S seconds on the course without an event
 * kind 2, moved: u8 moved[n] in units since the frame before; 254: its distance is in the tail;
 *   255: distance and status are in it. Tail, in order: u16 distance, and for a 255 u8 status.
 *   It is never longer than a key frame: where it would be, a key frame is sent instead.
 * kind 3, off course: u32 count, then count times u32 number, f64 lon, f64 lat
 * kind 4, times: u32 count, then count times u32 number, i32 entered (-1), i32 dwell of closed
 *   visits, i32 finish (-1)
 *
 * An encoder remembers what the last frame said. A moved frame says the difference to that, so
 * rounding errors do not add up.
 */
#ifndef PUSH_FRAME_H
#define PUSH_FRAME_H

#include "base/buf.h"
#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAME_HEADER_LEN 32
#define FRAME_KEY_EVERY 60
#define FRAME_STALE 0x80
#define FRAME_STALE_S 10

struct frame_encoder {
    uint16_t seq;
    bool started; /* there was a frame */
    uint32_t since_key;
    uint32_t n;
    uint32_t step_s; /* raw seconds from frame to frame, to choose the unit by; 0: what the race's
                        speed makes */
    float unit_m;    /* metres per unit since the last key frame */
    uint16_t *unit;  /* distance of the last frame, n */
    uint8_t *status; /* n */
};

void frame_encoder_init(struct frame_encoder *f);
void frame_encoder_release(struct frame_encoder *f);

/* Appends the next frame, for viewers that have the last one: kind 2, or kind 1 where one is due.
 * Returns the kind. `replay` sets the flag in the header. */
int frame_encode(struct frame_encoder *f, const struct view *v, bool replay, struct buf *out);

/* Appends a key frame of the encoder's present state, for a viewer that joins: it has the seq of
 * the last frame, so that the next one follows it. */
void frame_encode_key(
    const struct frame_encoder *f, const struct view *v, bool replay, struct buf *out);

/* Append kind 4 for all competitors with a visit, dwell or finish; and kind 3 for those of another
 * producer's race that are further from the line than FRAME_OFF_COURSE_M metres (all that were
 * seen, where the course is unknown). Each returns how many competitors it holds. */
#define FRAME_OFF_COURSE_M 10.0
uint32_t frame_encode_times(const struct view *v, bool replay, struct buf *out);
uint32_t frame_encode_off_course(const struct view *v, bool replay, struct buf *out);

/* Appends kind 4 for those whose number is set in `wanted` (of n), whatever their times are. */
void frame_encode_times_of(const struct view *v, const uint8_t *wanted, struct buf *out);

#endif
