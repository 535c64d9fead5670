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
 *  28 u32 roster version: grows when the dense order changes (it is n: competitors come, and never
 * go)
 *
 * kind 1: u16 distance[n] in units (round(dist / unit)), u8 status[n]: enum runner_status, with
 * FRAME_SILENT where a runner on the course has not been heard of for FRAME_SILENT_S raw seconds
 * kind 2: u8 moved[n] in units since the frame before; 254: an escape follows in the tail; 255:
 * status changed too. It is never longer than a key frame: where it would be, a key frame goes out.
 *         tail: for each escape, in order, u16 distance; for each 255 u16 distance then u8 status.
 * kind 3: u32 count, then count times u32 number, f64 lon, f64 lat: who is not on the course's
 * line. kind 4: u32 count, then count times u32 number, i32 entered (-1), i32 dwell of closed
 * visits, i32 finish (-1).
 *
 * An encoder remembers what the last frame said, so that the sum of what is sent is exact (units do
 * not drift).
 */
#ifndef PUSH_FRAME_H
#define PUSH_FRAME_H

#include "base/buf.h"
#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAME_HEADER_LEN 32
#define FRAME_KEY_EVERY 60
#define FRAME_SILENT 0x80
#define FRAME_SILENT_S 10

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

/* A frame for everybody who has seen the last one: kind 2, or kind 1 where one is due. Returns the
 * kind. */
int frame_encode(struct frame_encoder *f, const struct view *v, bool replay, struct buf *out);

/* A key frame of the encoder's present state, for one who joins: same seq as the last frame. */
void frame_encode_key(
    const struct frame_encoder *f, const struct view *v, bool replay, struct buf *out);

/* kind 4 for all competitors with a visit, dwell or finish; kind 3 for a foreign race: who is
 * further from the line than FRAME_OFF_COURSE_M (all who were seen, where the course is unknown).
 * Each returns how many it holds. */
#define FRAME_OFF_COURSE_M 10.0
uint32_t frame_encode_times(const struct view *v, bool replay, struct buf *out);
uint32_t frame_encode_places(const struct view *v, bool replay, struct buf *out);

/* kind 4 for those whose number is set in `wanted` (of n), whatever their times are. */
void frame_encode_times_of(const struct view *v, const uint8_t *wanted, struct buf *out);

#endif
