/* viewer.c: one viewer's waiting messages: one slot for each kind. A newer message of a kind
 * replaces the one that waits, so a slow viewer costs a few messages of memory and never a
 * queue. */
#include "push/viewer.h"

#include "base/mem.h"

#include <stdlib.h>

struct viewer *viewer_new(void *connection, void (*want_write)(void *connection))
{
    struct viewer *v = mem_zalloc(1, sizeof *v);

    v->connection = connection;
    v->want_write = want_write;
    return v;
}

/* The hub has been left before (hub_leave). */
void viewer_free(struct viewer *v)
{
    if (!v)
        return;
    for (int s = 0; s < SLOTS; s++)
        message_unref(v->slot[s]);
    message_unref(v->now);
    free(v);
}

/* Behind an error nothing more is sent: the connection is about to close. */
void viewer_post(struct viewer *v, enum viewer_slot slot, struct message *m)
{
    if (v->closing && slot != SLOT_ERROR)
        return;
    message_unref(v->slot[slot]);
    v->slot[slot] = message_ref(m);
    v->want_write(v->connection);
}

/* Does it have a frame or times that are not sent yet? Then another frame would only wait. */
bool viewer_busy(const struct viewer *v)
{
    return v->slot[SLOT_FRAME] || v->slot[SLOT_TIMES] || (v->now && v->now_frame);
}

/* A moved frame means something only after the frame before it. A viewer that has missed one gets a
 * key frame next. */
bool viewer_post_frame(struct viewer *v, struct message *frame, struct message *key)
{
    if (viewer_busy(v)) {
        v->behind = true;
        return false;
    }
    viewer_post(v, SLOT_FRAME, v->behind && key ? key : frame);
    v->behind = false;
    return true;
}

/* Slots in the order of their enum: what must come first stands first. */
struct message *viewer_current(struct viewer *v)
{
    for (int s = 0; !v->now && s < SLOTS; s++) {
        v->now = v->slot[s];
        v->slot[s] = NULL;
        v->now_sent = 0;
        v->now_frame = s == SLOT_FRAME;
    }
    return v->now;
}

/* The rest of a message that was sent in part comes next: messages are never mixed. */
void viewer_sent(struct viewer *v, size_t bytes)
{
    v->now_sent += bytes;
    if (v->now_sent < message_len(v->now))
        return;
    message_unref(v->now);
    v->now = NULL;
}

void viewer_error(struct viewer *v, const char *id, const char *sentence)
{
    struct message *m = message_new(true);

    buf_adds(&m->bytes, "{\"type\": \"error\", \"error\": ");
    buf_add_json(&m->bytes, sentence);
    buf_addf(&m->bytes, ", \"code\": \"%s\"}", id);
    v->closing = true;
    viewer_post(v, SLOT_ERROR, m);
    message_unref(m);
}
