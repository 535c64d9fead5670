/*
 * message.h: the bytes of one socket message, shared by all viewers it goes to. Reference count
 * without locks: the server's thread only. In front of the payload there is room for the WebSocket
 * header.
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

/* An empty message to append to (message->bytes). */
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
