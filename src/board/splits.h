/*
 * splits.h: one competitor's way, place by place in the order of its raw times: visits to the
 * geofence, kilometres, finish and the positions themselves, for whichever store has them.
 */
#ifndef BOARD_SPLITS_H
#define BOARD_SPLITS_H

#include "board/columns.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

struct life {
    struct store_competitor *out; /* the caller's: `latest`, `rank`, `dwell_total_s` are not set */
    struct columns *c;            /* empty: for its reading of places only */
    size_t visits_cap, splits_cap, track_cap;
    int32_t outside_s; /* the last second outside, -1 */
};

/* `course` is borrowed until release; NULL: unknown. */
void life_init(struct life *f, bool foreign, struct course *course, struct store_competitor *out);
void life_release(struct life *f);
void life_place(struct life *f, const struct columns_place *at);

#endif
