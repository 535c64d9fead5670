/*
 * write_batch.h: what has been put into the embedded store and not been committed yet, in order. It is
 * written in one transaction; when that fails (the disk is full) it is all still here for the next
 * try. One thread, the writer's.
 */
#ifndef STORE_EMBEDDED_WRITE_BATCH_H
#define STORE_EMBEDDED_WRITE_BATCH_H

#include "base/buf.h"
#include "race/race.h"
#include "course/course.h"
#include "store/embedded/db.h"
#include "store/embedded/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pending_item;

struct pending {
    struct pending_item *item;
    size_t n, cap;
    size_t bytes; /* held */
};

void pending_release(struct pending *p);
void pending_clear(struct pending *p); /* it has been committed */

/* The columns are copied. */
void pending_tick(struct pending *p, int64_t race_no, const struct history_tick *t);
void pending_finish(struct pending *p, int64_t race_no, const int32_t *finish_raw_s, uint32_t n);

/* These take the bytes over. */
void pending_events(struct pending *p, int64_t race_no, struct history_events ev, struct buf *data);
void pending_snapshot(struct pending *p, int64_t race_no, int32_t raw_s, struct buf *data);

void pending_drop_snapshots(struct pending *p, int64_t race_no);
void pending_race(struct pending *p, int64_t race_no, const struct race_record *r, int64_t now_ms);
void pending_drop_race(struct pending *p, int64_t race_no);
void pending_course(struct pending *p, const struct course *c);
void pending_retire_course(struct pending *p, const char *short_name);
void pending_drop_course(struct pending *p, const char *short_name, const char *revision);

void pending_cursor(struct pending *p, const char *place);

bool pending_has_tick(const struct pending *p, int64_t race_no, int32_t raw_s);

/* One transaction; rolled back on an error. */
int pending_write(const struct pending *p, struct db *db, struct err *e) MUST_CHECK;

#endif
