/* websocket_reader.c: frames from a client as messages (RFC 6455), byte by byte as they come.
 * Nothing is allocated for what a header promises: a message grows with its bytes, up to
 * WS_MESSAGE_MAX. */
#include "http/websocket_reader.h"

#include <string.h>

enum { FIN = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f };
enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };
enum { MASK_BYTES = 4 };

/* Control frames have bit 3 of the opcode set. They may come between the parts of a message. */
static bool is_control(const struct websocket_reader *r)
{
    return (r->head[0] & 8) != 0;
}

/* Bytes of the header, once its first two are there. */
static unsigned head_bytes(const struct websocket_reader *r)
{
    unsigned length = r->head[1] & LENGTH;

    return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + MASK_BYTES;
}

/* 7 bits, or 16 or 64 that follow, big endian. */
static uint64_t payload_bytes(const struct websocket_reader *r)
{
    unsigned length = r->head[1] & LENGTH, n = length == 126 ? 2 : length == 127 ? 8 : 0;
    uint64_t value = 0;

    if (n == 0)
        return length;
    for (unsigned i = 0; i < n; i++)
        value = value << 8 | r->head[2 + i];
    return value;
}

/* The first two bytes say whether a client may send such a frame now. */
static bool is_allowed(const struct websocket_reader *r)
{
    unsigned opcode = r->head[0] & OPCODE;

    if ((r->head[0] & RESERVED) || !(r->head[1] & MASKED))
        return false;
    switch (opcode) {
    case CONTINUATION:
        return r->in_message;
    case TEXT:
    case BINARY:
        return !r->in_message;
    case CLOSE:
    case PING:
    case PONG:
        return (r->head[0] & FIN) && (r->head[1] & LENGTH) <= WS_CONTROL_MAX;
    default:
        return false;
    }
}

/* WS_MORE: the header is read as far as the bytes go; `in_frame` says whether it is whole. */
static enum websocket_event read_head(
    struct websocket_reader *r, const unsigned char **at, const unsigned char *end)
{
    while (*at < end && (r->head_len < 2 || r->head_len < head_bytes(r))) {
        r->head[r->head_len++] = *(*at)++;
        if (r->head_len == 2 && !is_allowed(r))
            return WS_VIOLATION;
    }
    if (r->head_len < 2 || r->head_len < head_bytes(r))
        return WS_MORE;
    r->in_frame = true;
    r->left = payload_bytes(r);
    r->done = 0;
    if (is_control(r)) {
        r->control_len = 0;
        return WS_MORE;
    }
    if (r->message_whole)
        buf_clear(&r->message);
    r->message_whole = false;
    if ((r->head[0] & OPCODE) == BINARY || r->left > WS_MESSAGE_MAX - r->message.len)
        return WS_UNWANTED;
    return WS_MORE;
}

/* Every frame of a client is masked. */
static void read_payload(
    struct websocket_reader *r, const unsigned char **at, const unsigned char *end)
{
    const unsigned char *mask = r->head + r->head_len - MASK_BYTES;

    for (; *at < end && r->left > 0; (*at)++, r->left--, r->done++) {
        unsigned char c = **at ^ mask[r->done % MASK_BYTES];

        if (is_control(r))
            r->control[r->control_len++] = c;
        else
            buf_addc(&r->message, (char)c);
    }
}

/* A close frame has no payload or at least a code of two bytes. */
static enum websocket_event end_frame(struct websocket_reader *r)
{
    unsigned opcode = r->head[0] & OPCODE;
    bool last = (r->head[0] & FIN) != 0;

    r->in_frame = false;
    r->head_len = 0;
    if (opcode == PING)
        return WS_PING;
    if (opcode == PONG)
        return WS_PONG;
    if (opcode == CLOSE)
        return r->control_len == 1 ? WS_VIOLATION : WS_CLOSE;
    r->in_message = !last;
    r->message_whole = last;
    return last ? WS_TEXT : WS_MORE;
}

/* *at is behind what was taken. WS_MORE: all was taken and nothing is whole yet. */
enum websocket_event websocket_reader_next(
    struct websocket_reader *r, const unsigned char **at, const unsigned char *end)
{
    enum websocket_event event;

    do {
        if (!r->in_frame && (event = read_head(r, at, end)) != WS_MORE)
            return event;
        if (!r->in_frame)
            return WS_MORE;
        read_payload(r, at, end);
        if (r->left > 0)
            return WS_MORE;
        event = end_frame(r);
    } while (event == WS_MORE && *at < end);
    return event;
}

void websocket_reader_release(struct websocket_reader *r)
{
    buf_release(&r->message);
    memset(r, 0, sizeof *r);
}
