/* mailbox.c: how other threads reach the engine's. A call waits in a list, in order of arrival, on
 * the stack of its caller, who sleeps until it is answered. So nothing is allocated, and no call
 * can be lost. */
#include "live/engine_impl.h"

int mailbox_call(struct engine *en, struct call *c, struct err *e)
{
    (void)pthread_mutex_lock(&en->lock);
    if (en->stopping) {
        (void)pthread_mutex_unlock(&en->lock);
        return err_set(e, ERR_UNAVAILABLE, "The server is stopping. Try again when it is back.");
    }
    if (en->last_call)
        en->last_call->next = c;
    else
        en->first_call = c;
    en->last_call = c;
    (void)pthread_cond_signal(&en->wake);
    while (!c->done)
        (void)pthread_cond_wait(&en->answered, &en->lock);
    (void)pthread_mutex_unlock(&en->lock);
    if (c->rc)
        *e = c->err;
    return c->rc;
}

struct call *mailbox_take(struct engine *en)
{
    struct call *calls = en->first_call;

    en->first_call = en->last_call = NULL;
    return calls;
}

void mailbox_answer(struct engine *en, struct call *calls)
{
    /* A call lies on its caller's stack, which may be gone once `done` is set. */
    for (struct call *c = calls, *next; c; c = next) {
        next = c->next;
        c->done = true;
    }
    if (calls)
        (void)pthread_cond_broadcast(&en->answered);
}
