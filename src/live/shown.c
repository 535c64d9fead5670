#include "live/shown.h"

#include "base/mem.h"
#include "live/driver.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct view *shown_copy(struct view *v, const struct race_record *r)
{
    struct view *copy = mem_zalloc(1, sizeof *copy);
    size_t head = offsetof(struct view, race); /* the count of references is the copy's own */

    memcpy((char *)copy + head, (const char *)v + head, sizeof *v - head);
    atomic_init(&copy->refs, 1);
    copy->race = *r;
    copy->version = v->version + 1;
    if (copy->course)
        course_ref(copy->course);
    copy->memory = NULL;
    copy->lender = view_ref(v);
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
