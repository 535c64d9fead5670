/*
 * playback.h: the columns of a race as of any raw second, from its history: nearest snapshot, then
 * tick by tick through columns.c. It is how a race is read after a restart, how the past is looked
 * at, and how it is replayed.
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

/* As of `to_s` (INT32_MAX: everything, in the order of its arrival). What `r` points to is borrowed
 * throughout. */
int playback_open(struct playback *p, struct db *db, const struct history_race *r, int32_t to_s,
    struct err *e) MUST_CHECK;

/* On to a later raw second. */
int playback_to(struct playback *p, struct db *db, int32_t to_s, struct err *e) MUST_CHECK;

struct columns *playback_detach(struct playback *p); /* then only playback_release is left to do */
void playback_release(struct playback *p);

#endif
