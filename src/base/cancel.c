/* cancel.c: the limit is per thread, so that functions deep inside of a store or of a geometry see
 * it without a parameter through every layer. */
#include "base/cancel.h"

#include "base/clock.h"

static _Thread_local struct cancel now;

struct cancel cancel_set(struct cancel c)
{
    struct cancel before = now;

    now = c;
    return before;
}

struct cancel cancel_get(void)
{
    return now;
}

bool cancel_due(void)
{
    if (now.unwanted && now.unwanted(now.arg))
        return true;
    return now.deadline_ns && clock_mono_ns() > now.deadline_ns;
}

int cancel_fail(struct err *e)
{
    return err_set(e, ERR_TIMEOUT, "The work was ended before it was done: its time was up.");
}
