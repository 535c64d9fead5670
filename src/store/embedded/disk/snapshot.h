/*
 * snapshot.h: the columns of one race as bytes, so that any moment can be reached from at most a
 * minute before it. A race fed by whole ticks keeps only visits, dwell times and finishes, 16 B for
 * each competitor who has any: its distances are those of the tick itself, which the reader takes
 * from the history. A race fed by events keeps everything. The times at the checkpoints are kept
 * too, if the course has any.
 */
#ifndef STORE_EMBEDDED_SNAPSHOT_H
#define STORE_EMBEDDED_SNAPSHOT_H

#include "base/buf.h"
#include "base/err.h"
#include "board/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_EVERY_S 60 /* raw seconds: a look at the past replays 60 ticks at most */

/* Appends the columns. `events_seq` is the last batch of events in them, 0 for none. Positions are
 * included where there was a batch or the race is external. */
void snapshot_encode(const struct columns *c, int64_t events_seq, struct buf *out);

/*
 * Reads a snapshot into new columns (columns_new). Where *positions comes back false, the caller
 * fills in dist_mm and raw_s from tick c->tick_raw. columns_settle then makes the rest. -1: these
 * bytes are no snapshot of such a race.
 */
int snapshot_decode(struct columns *c, const void *data, size_t len, int64_t *events_seq,
    bool *positions) MUST_CHECK;

#endif
