/*
 * course_set.h: the courses that there are: the current one of each name, and the older revisions
 * that races still run on. A summary of each is always in memory, the course itself may be left to
 * who needs it first. Not locked: the store's lock is held around every call.
 */
#ifndef STORE_COURSE_SET_H
#define STORE_COURSE_SET_H

#include "course/course.h"
#include "store/course_summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct course_set {
    struct course_set_item {
        struct course_summary about;
        struct course *course; /* a reference; NULL: not loaded */
        bool current;
        int64_t used_ms; /* wall clock of the last use, for who evicts */
    } * item;
    size_t n, cap;
};

/* Gives all courses back and empties the set. */
void course_set_release(struct course_set *s);

/* The item of that revision, or the current one (revision NULL); NULL: none. Valid until the next
 * change. */
struct course_set_item *course_set_find(
    const struct course_set *s, const char *short_name, const char *revision);

/* The current one of that name, borrowed; NULL where there is none or it is not loaded. */
struct course *course_set_current(const struct course_set *s, const char *short_name);

/* The current ones by name: a new array. */
struct course_summary *course_set_summaries(const struct course_set *s, size_t *n);

/* The current ones that are loaded by name: the caller's references in the caller's array. */
struct course **course_set_list(const struct course_set *s, size_t *n);

/* Takes its own reference. `current`: the one of that name from now on. */
void course_set_put(struct course_set *s, struct course *c, bool current);
void course_set_put_summary(struct course_set *s, const struct course_summary *about, bool current);
void course_set_copy(struct course_set *to, const struct course_set *from); /* `to` is empty */
/* The courses that `from` has loaded and `to` has not, with references of their own. */
void course_set_take_loaded(struct course_set *to, const struct course_set *from);
void course_set_retire(
    struct course_set *s, const char *short_name); /* keeps it as an older revision */
void course_set_drop(struct course_set *s, const char *short_name, const char *revision);

#endif
