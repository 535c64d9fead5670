/*
 * viewer.h: one viewer of one race, and what is still to be sent to it. There is one slot for each
 * kind of message, and a newer message replaces an older one: nothing queues. Frames build on each
 * other. So a viewer whose last frame is still unsent gets no further ones, and a key frame when it
 * has caught up.
 *
 * The server's thread owns all of it.
 */
#ifndef PUSH_VIEWER_H
#define PUSH_VIEWER_H

#include "base/err.h"
#include "push/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEWER_TEXT_MAX 1024u /* bytes of a message from a viewer */
#define VIEWER_RATE_MAX 50u   /* messages from a viewer in a second */
#define VIEWER_KEY_EVERY_MS 1000

/* In the order in which they go out. */
enum viewer_slot {
    SLOT_HELLO,
    SLOT_FRAME,
    SLOT_OFF_COURSE,
    SLOT_TIMES,
    SLOT_LAG,
    SLOT_RACE,
    SLOT_BOARD,
    SLOT_PONG,
    SLOT_ERROR,
    SLOTS,
};

struct hub;
struct hub_race;

struct viewer {
    struct hub *hub;       /* NULL: never joined */
    struct hub_race *race; /* NULL: not joined, or left */
    struct viewer *next, *prev;
    void *connection; /* what want_write gets */
    void (*want_write)(void *connection);
    struct message *slot[SLOTS];
    struct message *now; /* being sent, in pieces where it is long */
    size_t now_sent;
    bool now_frame; /* `now` is a frame */
    bool joined;    /* has got its hello */
    bool behind;    /* has lost a frame */
    bool closing;   /* after the error */
    uint32_t limit; /* rows of its boards */
    int64_t key_ms; /* when it last asked for a key frame */
    int64_t second; /* for the rate */
    uint32_t in_second;
};

/* `want_write` is called when there is something to send. */
struct viewer *viewer_new(void *connection, void (*want_write)(void *connection));
void viewer_free(struct viewer *v); /* has left its race; NULL is fine */

/* Puts the message into its slot, and takes a reference of its own. After an error nothing but the
 * error is sent. */
void viewer_post(struct viewer *v, enum viewer_slot slot, struct message *m);

/* Posts the frame, or `key` where the viewer has lost one; `key` NULL: the frame is a key frame
 * itself. False: the viewer is still busy with the last frame, and loses this one. */
bool viewer_post_frame(struct viewer *v, struct message *frame, struct message *key);

/* Whether it still has a frame, or the times that go with one, to send. */
bool viewer_busy(const struct viewer *v);

/* The message to send now, or to go on with; NULL: none. After a piece of it was sent, call
 * viewer_sent. */
struct message *viewer_current(struct viewer *v);
void viewer_sent(struct viewer *v, size_t bytes);

/* Tells it why, with the error's stable code (err_id). Nothing is sent after that: whoever has the
 * connection closes it when `closing` is set and viewer_current is NULL. */
void viewer_error(struct viewer *v, const char *id, const char *sentence);

/* viewer_protocol.c: a text message of a viewer: ping, key, limit, painted (docs/push.md). One that
 * is wrong ends the viewer with an error. Nothing happens where it has not joined a race. */
void viewer_receive(struct viewer *v, const char *text, size_t len);

#endif
