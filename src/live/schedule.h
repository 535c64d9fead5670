/*
 * schedule.h: the unfinished races, the one whose next tick is due first in front (a binary heap),
 * so that races that are behind take turns by due time. It owns the drivers in it. The engine's
 * thread alone touches it.
 */
#ifndef LIVE_SCHEDULE_H
#define LIVE_SCHEDULE_H

#include "live/driver.h"

#include <stddef.h>

struct schedule {
    struct driver **at; /* at[0] is due first; at[i]->place == i */
    size_t n;
    size_t cap;
};

void schedule_init(struct schedule *s);
void schedule_release(struct schedule *s); /* frees the drivers too */

void schedule_add(struct schedule *s, struct driver *d);
void schedule_moved(struct schedule *s, struct driver *d);  /* its due_ms has changed */
void schedule_remove(struct schedule *s, struct driver *d); /* gives it back to the caller */

void schedule_rebuild(struct schedule *s); /* any number of due_ms have changed */
void schedule_sweep(struct schedule *s);   /* frees the drivers whose race is over */

struct driver *schedule_first(const struct schedule *s); /* NULL: none */
struct driver *schedule_find(const struct schedule *s, const char *run_id);

#endif
