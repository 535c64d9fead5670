/*
 * websocket_reader.h: the frames that a client sends (RFC 6455, 5), from bytes as they come.
 *
 * The library has such a reader, but accepts unmasked frames, which the standard forbids: a page
 * could make its browser send bytes that a proxy in between takes for a request. Messages are small
 * texts: nothing longer than WS_MESSAGE_MAX is kept. The caller owns the struct; a zeroed one is a
 * new reader. Call websocket_reader_release when it is over.
 */
#ifndef HTTP_WEBSOCKET_READER_H
#define HTTP_WEBSOCKET_READER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define WS_MESSAGE_MAX 1024u
#define WS_CONTROL_MAX 125u

enum websocket_event {
    WS_MORE, /* all bytes are read, nothing is whole */
    WS_TEXT, /* a whole message is in `message` */
    WS_PING, /* its payload is in `control` */
    WS_PONG,
    WS_CLOSE,     /* the peer's reason is in `control`: 2 bytes of a code and a text, or nothing */
    WS_UNWANTED,  /* a binary message, or one that is too long */
    WS_VIOLATION, /* not a frame that a client may send; nothing can be read after it */
};

struct websocket_reader {
    unsigned char head[14];
    unsigned head_len; /* bytes of the frame's header that have come */
    uint64_t left;     /* bytes of the frame's payload that are still to come */
    uint64_t done;     /* and that have come, for the mask */
    bool in_frame, in_message;
    bool message_whole; /* `message` was told: the next begins empty */
    struct buf message;
    unsigned char control[WS_CONTROL_MAX];
    unsigned control_len;
};

/* Reads from *at on, moves it, and stops after one event. Call it again until it gives WS_MORE. */
enum websocket_event websocket_reader_next(
    struct websocket_reader *r, const unsigned char **at, const unsigned char *end);
void websocket_reader_release(struct websocket_reader *r);

#endif
