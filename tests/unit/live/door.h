/*
 * door.h: a store behind a door that can be shut: a commit then says that the disk is full, and
 * what was put waits, as it would. For one store at a time.
 */
#ifndef UNIT_LIVE_DOOR_H
#define UNIT_LIVE_DOOR_H

#include "store/store.h"

#include <stdatomic.h>

static struct {
    struct store_ops ops;
    const struct store_ops *real;
    atomic_bool shut;
} door;

static inline int door_commit(struct store *s, struct err *e)
{
    if (atomic_load(&door.shut))
        return err_set(e, ERR_DISK_FULL, "the disk is full");
    return door.real->commit(s, e);
}

/* Puts the store behind the door, which is open. While no engine has it. */
static inline void door_put(struct store *s)
{
    atomic_store(&door.shut, false);
    door.real = s->ops;
    door.ops = *s->ops;
    door.ops.commit = door_commit;
    s->ops = &door.ops;
}

static inline void door_take_away(struct store *s)
{
    s->ops = door.real;
}

#endif
