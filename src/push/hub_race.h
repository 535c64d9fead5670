/*
 * hub_race.h: one race as the hub knows it, and what is sent to its viewers. For hub.c and
 * viewer_protocol.c only; the server's thread, but for the part that the hub's lock guards.
 */
#ifndef PUSH_HUB_RACE_H
#define PUSH_HUB_RACE_H

#include "board/view.h"
#include "push/frame.h"
#include "push/lag.h"
#include "push/times_delta.h"
#include "push/viewer.h"

#include <stdbool.h>
#include <stdint.h>

#define HUB_FRAME_MS 100  /* at most 10 frames a second */
#define HUB_BOARD_MS 1000 /* at most one board a second and limit */

struct hub_race {
    char run_id[RUN_ID_MAX + 1];
    struct hub_race *next;

    /* Under the hub's lock. */
    struct view *posted; /* the newest view that was not shown yet; NULL: none */
    struct lag lag;
    int64_t posted_ms; /* when a view last came */
    int64_t tick_ms;   /* when a newer tick last came; 0: none yet */
    int32_t posted_raw_s, pushed_raw_s;
    struct race_anchor anchor;
    bool watched, runs, catching_up;
    bool gap; /* ticks may be missing before the next one */

    /* The server's thread. */
    struct hub_race *next_watched;
    struct view *shown; /* what the encoder knows; NULL: nothing yet */
    struct frame_encoder encoder;
    struct times_delta times_delta; /* finish and fence times that the frames do not hold */
    struct message *key;            /* of what is shown; made when needed */
    struct message *board; /* the last of the default limit, for a new viewer; NULL: none yet */
    struct viewer *viewers;
    int64_t next_frame_ms, next_board_ms;
    int64_t clock_ms; /* lag_clock */
    uint32_t viewers_n;
    int32_t lag_sent_raw_s; /* the last whose lag was sent, -1 */
    bool had_off_course, board_waits;
};

struct hub_race_sent {
    uint64_t frames, skipped, bytes;
};

/* Shows a new view: sends frame, lag, race and board to every viewer that has joined. Takes the
 * view's reference. Adds to `sent`. */
void hub_race_show(struct hub_race *r, struct view *v, int64_t now_ms, struct hub_race_sent *sent);

/* Makes and sends a board: at most one a second, so it may have had to wait. */
void hub_race_board(struct hub_race *r, int64_t now_ms);

/* Sends a new viewer hello, a key frame, times, off-course places and a board. The race has a view
 * (r->shown). */
void hub_race_greet(struct hub_race *r, struct viewer *v, int64_t now_ms);

/* Sends a key frame now, or in place of the next frame where the viewer is busy. */
void hub_race_key(struct hub_race *r, struct viewer *v);

/* Frees what was shown: the race has no viewer left. */
void hub_race_forget(struct hub_race *r);

#endif
