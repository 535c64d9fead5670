#include "live/shown.h"

#include "live/driver.h"

#include <stdio.h>

struct view *shown_copy(struct view *v, const struct race_record *r)
{
    struct view *copy = view_with_record(v, r);

    copy->version = v->version + 1;
    return copy;
}

static const char *reason_of(const struct err *why)
{
    switch (why->code) {
    case ERR_DISK_FULL:
        return DRIVER_DISK_FULL;
    case ERR_QUOTA:
        return DRIVER_QUOTA;
    case ERR_READ_ONLY:
        return DRIVER_READ_ONLY;
    case ERR_IO:
        return DRIVER_IO;
    case ERR_UNAVAILABLE:
        return DRIVER_GONE;
    default:
        return "the store cannot be written";
    }
}

void shown_blocked(struct race_record *r, const struct err *why)
{
    r->state = RACE_PAUSED;
    (void)snprintf(r->reason, sizeof r->reason, "%s", reason_of(why));
}
