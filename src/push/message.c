/* message.c: bytes that many viewers share. A board for a thousand viewers is made once, and each
 * viewer holds a reference. References are counted without a lock: messages belong to the server's
 * thread. */
#include "push/message.h"

#include "base/mem.h"

#include <stdlib.h>

struct message *message_new(bool text)
{
    /* Free bytes in front: the connection writes the header of the WebSocket there, without
     * copying. */
    static const char room[MESSAGE_ROOM];
    struct message *m = mem_zalloc(1, sizeof *m);

    m->refs = 1;
    m->text = text;
    buf_add(&m->bytes, room, sizeof room);
    return m;
}

struct message *message_ref(struct message *m)
{
    m->refs++;
    return m;
}

void message_unref(struct message *m)
{
    if (!m || --m->refs > 0)
        return;
    buf_release(&m->bytes);
    free(m);
}
