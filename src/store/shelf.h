/*
 * shelf.h: the courses in memory: the current one of each name, and the older revisions that races
 * still run on. Not locked: the store's lock is held around every call.
 */
#ifndef STORE_SHELF_H
#define STORE_SHELF_H

#include "geo/course.h"

#include <stdbool.h>
#include <stddef.h>

struct shelf {
    struct shelf_item {
        struct course *course; /* a reference */
        bool current;
    } * item;
    size_t n, cap;
};

void shelf_release(struct shelf *s);

/* Both: borrowed, NULL where there is none. */
struct course *shelf_current(const struct shelf *s, const char *short_name);
struct course *shelf_revision(const struct shelf *s, const char *short_name, const char *revision);

/* The current ones by name: the caller's references in the caller's array. */
struct course **shelf_list(const struct shelf *s, size_t *n);

/* Takes its own reference. `current`: the one of that name from now on. */
void shelf_put(struct shelf *s, struct course *c, bool current);
void shelf_retire(struct shelf *s, const char *short_name); /* keeps it as an older revision */
void shelf_drop(struct shelf *s, const char *short_name, const char *revision);

#endif
