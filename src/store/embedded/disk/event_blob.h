/*
 * event_blob.h: position events of external producers as they are kept: records one after another,
 * little endian, with all nine fields. What the race itself says (runId, most often the course) is
 * not repeated.
 *
 *   u8 flags, i64 competitorId, i32 rawTime, i64 timestamp, f64 lat, f64 lon, f64 distance,
 *   eventId (16 bytes where flag 1 is set, else u8 length and text), with flag 2: course (u8 length
 * and text)
 */
#ifndef STORE_EMBEDDED_EVENT_BLOB_H
#define STORE_EMBEDDED_EVENT_BLOB_H

#include "base/buf.h"
#include "race/event.h"

#include <stddef.h>
#include <stdint.h>

/* Appends one record. `course` is the race's: the event's own is written only where it differs. */
void event_blob_add(struct buf *b, const struct event *ev, const char *course);

/* A reader of records. Borrows the bytes and both texts. */
struct event_blob {
    const uint8_t *at;
    const uint8_t *end;
    const char *run_id; /* borrowed, both */
    const char *course;
};

#define EVENT_BLOB_DAMAGED "a batch of events cannot be read"

static inline struct event_blob event_blob_of(
    const void *data, size_t len, const char *run_id, const char *course)
{
    const uint8_t *at = (const uint8_t *)data;

    return (struct event_blob){at, len ? at + len : at, run_id, course};
}

/* 1: *out is the next event, 0: the end, -1: this is no such blob. */
int event_blob_next(struct event_blob *r, struct event *out);

#endif
