/*
 * playback.h: the columns of a race as of any raw second, from its history: the nearest snapshot
 * before it, then tick by tick through the same code that a live race runs through (board/columns).
 * So a race that is read after a restart, looked at in the past, or replayed shows what it showed
 * live.
 */
#ifndef STORE_EMBEDDED_PLAYBACK_H
#define STORE_EMBEDDED_PLAYBACK_H

#include "board/columns.h"
#include "store/embedded/disk/event_window.h"
#include "store/embedded/disk/history.h"

struct playback {
    struct history_race race;
    struct columns *columns; /* detach with playback_detach */
    int32_t at_s;            /* the raw second that the columns show */
    int32_t snapshot_raw;    /* of the snapshot that it started from, -1: from nothing */
    int64_t events_seq;      /* the last batch of events seen; of all, where to_s was INT32_MAX */
    uint32_t *dist_mm;       /* n */
    int32_t *finish_raw_s;   /* n; NULL: no tick yet */
    struct event_window window;
};

/* Opens a playback as of `to_s`. INT32_MAX: everything, in the order of its arrival. What `r`
 * points to is borrowed until the release. On an error nothing has to be released. */
int playback_open(struct playback *p, struct db *db, const struct history_race *r, int32_t to_s,
    struct err *e) MUST_CHECK;

/* Goes on to a later raw second. An earlier one changes nothing. */
int playback_to(struct playback *p, struct db *db, int32_t to_s, struct err *e) MUST_CHECK;

/* The columns, now the caller's. Then only playback_release may be called. */
struct columns *playback_detach(struct playback *p);
void playback_release(struct playback *p);

#endif
