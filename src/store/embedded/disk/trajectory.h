/*
 * trajectory.h: every position of a few competitors of one race, oldest first. Of a whole tick only
 * the four bytes of each competitor are read; of a batch of events all records are read, and those
 * of the competitors kept. Of two events at the same raw second the later arrival counts.
 */
#ifndef STORE_EMBEDDED_TRAJECTORY_H
#define STORE_EMBEDDED_TRAJECTORY_H

#include "board/columns.h"
#include "store/embedded/disk/history.h"

struct trajectory_point {
    uint32_t which; /* place in the asked ids */
    uint64_t order; /* of arrival; 0: from a whole tick */
    struct columns_place place;
};

struct trajectory {
    struct trajectory_point *point; /* by which, then raw second */
    size_t n, cap;
};

#define TRAJECTORY_MAX_IDS 1024u /* one pass over the batches for so many */

struct trajectory_query {
    const int64_t *id; /* rising, at most TRAJECTORY_MAX_IDS */
    uint32_t n;
    int32_t to_s; /* raw second of the last position wanted */
};

/* Reads them into `t`, for trajectory_release. `latest` (may be NULL) becomes the whole event of
 * the first id's last position, where it has one. */
int trajectory_read(struct trajectory *t, struct db *db, const struct history_race *r,
    const struct trajectory_query *q, struct event *latest, struct err *e) MUST_CHECK;
void trajectory_release(struct trajectory *t);

/* Computes visits and finishes of all competitors in c->dirty again, from the history up to raw
 * second `to_s`, and empties that list. Needed where an event came late: visits depend on all
 * positions in their order. */
int trajectory_redo(struct columns *c, struct db *db, const struct history_race *r, int32_t to_s,
    struct err *e) MUST_CHECK;

#endif
