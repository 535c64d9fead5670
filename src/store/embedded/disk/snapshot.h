/*
 * snapshot.h: the columns of one race as bytes, so that any moment can be reached from at most a
 * minute before it. Of a race fed by whole ticks only visits, dwell and finishes of those who have
 * any are kept (16 B each); the distances are those of the tick itself, which the reader takes from
 * the history. Of a race fed by events everything is.
 */
#ifndef STORE_EMBEDDED_SNAPSHOT_H
#define STORE_EMBEDDED_SNAPSHOT_H

#include "base/buf.h"
#include "base/err.h"
#include "board/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_EVERY_S 60

/* `events_seq`: the last batch of events in it; > 0 or external: with positions. */
void snapshot_encode(const struct columns *c, int64_t events_seq, struct buf *out);

/*
 * Into new columns (columns_new). Where *positions comes back false, dist_mm and raw_s are still to
 * be filled in from tick c->tick_raw; columns_settle then makes the rest. -1: these bytes are no
 * snapshot of such a race.
 */
int snapshot_decode(struct columns *c, const void *data, size_t len, int64_t *events_seq,
    bool *positions) MUST_CHECK;

#endif
