/*
 * hub_race.h: one race as the hub knows it, and what is sent to its viewers. Inside the hub only.
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
    struct view *posted; /* the newest that was not shown yet */
    struct lag lag;
    int64_t posted_ms; /* when a view last came */
    int64_t tick_ms;   /* when a newer tick last came; 0: none yet */
    int32_t posted_raw_s, pushed_raw_s;
    struct race_anchor anchor;
    bool watched, runs, catching_up;
    bool gap; /* ticks may be missing before the next */

    /* The server's thread. */
    struct hub_race *next_watched;
    struct view *shown; /* what the encoder knows; NULL: nothing yet */
    struct frame_encoder encoder;
    struct times_delta untold; /* finish and fence times that the frames did not tell */
    struct message *key;       /* of what is shown; made when needed */
    struct message *board;     /* the last of the default limit, for who comes; NULL: none yet */
    struct viewer *viewers;
    int64_t next_frame_ms, next_board_ms;
    int64_t clock_ms; /* lag_clock */
    uint32_t viewers_n;
    int32_t told_raw_s; /* the last whose lag was sent, -1 */
    bool had_places, board_waits;
};

struct hub_race_sent {
    uint64_t frames, skipped, bytes;
};

/* A new view: frame, lag, race, board to all who joined. Takes the view's reference. */
void hub_race_show(struct hub_race *r, struct view *v, int64_t now_ms, struct hub_race_sent *sent);

/* The board that had to wait for its second. */
void hub_race_board(struct hub_race *r, int64_t now_ms);

/* hello, key frame, times, places and a board for one who comes. There is a view. */
void hub_race_greet(struct hub_race *r, struct viewer *v, int64_t now_ms);

/* A key frame now, or with the next frame where the viewer is busy. */
void hub_race_key(struct hub_race *r, struct viewer *v);

/* Forget what was shown: nobody watches. */
void hub_race_forget(struct hub_race *r);

#endif
