/*
 * write_batch.h: what was put into the embedded store and is not committed yet, in order. It is
 * written in one transaction. When that fails (the disk is full), everything is still here for the
 * next try. Belongs to one thread, the writer's.
 */
#ifndef STORE_EMBEDDED_WRITE_BATCH_H
#define STORE_EMBEDDED_WRITE_BATCH_H

#include "base/buf.h"
#include "course/course.h"
#include "race/race.h"
#include "store/embedded/disk/db.h"
#include "store/embedded/disk/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct write_batch_item;

struct write_batch {
    struct write_batch_item *item;
    size_t n, cap;
    size_t bytes; /* held */
};

void write_batch_release(struct write_batch *p);
void write_batch_clear(struct write_batch *p); /* it has been committed */

/* Each of these adds one thing to be written. These two copy what they are given. */
void write_batch_tick(struct write_batch *p, int64_t race_no, const struct history_tick *t);
void write_batch_finish(
    struct write_batch *p, int64_t race_no, const int32_t *finish_raw_s, uint32_t n);

/* These take the bytes over. */
void write_batch_events(
    struct write_batch *p, int64_t race_no, struct history_events ev, struct buf *data);
void write_batch_snapshot(struct write_batch *p, int64_t race_no, int32_t raw_s, struct buf *data);

/* All snapshots of the race go: they were made from a course that no longer holds. */
void write_batch_drop_snapshots(struct write_batch *p, int64_t race_no);
void write_batch_race(
    struct write_batch *p, int64_t race_no, const struct race_record *r, int64_t now_ms);
void write_batch_drop_race(struct write_batch *p, int64_t race_no);
void write_batch_course(struct write_batch *p, const struct course *c);
void write_batch_retire_course(struct write_batch *p, const char *short_name);
void write_batch_drop_course(struct write_batch *p, const char *short_name, const char *revision);

/* How far the shared feed was read. Written with what was read, so that nothing is lost or counted
 * twice. */
void write_batch_cursor(struct write_batch *p, const char *place);

/* Is this tick waiting to be written? */
bool write_batch_has_tick(const struct write_batch *p, int64_t race_no, int32_t raw_s);

/* One transaction; rolled back on an error. */
int write_batch_write(const struct write_batch *p, struct db *db, struct err *e) MUST_CHECK;

#endif
