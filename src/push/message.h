/*
 * message.h: the bytes of one socket message, shared by all viewers that it goes to. The reference
 * count has no lock: the server's thread only. In front of the payload there is room for a frame's
 * header, so that whoever sends it need not copy the payload.
 */
#ifndef PUSH_MESSAGE_H
#define PUSH_MESSAGE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define MESSAGE_ROOM 32u

struct message {
    unsigned refs;
    bool text;
    struct buf bytes; /* MESSAGE_ROOM bytes, then the payload */
};

/* An empty message with one reference. The payload is appended to message->bytes. */
struct message *message_new(bool text);
struct message *message_ref(struct message *m);
void message_unref(struct message *m); /* NULL is fine */

static inline char *message_payload(const struct message *m)
{
    return m->bytes.data + MESSAGE_ROOM;
}

static inline size_t message_len(const struct message *m)
{
    return m->bytes.len - MESSAGE_ROOM;
}

#endif
