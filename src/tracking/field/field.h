/*
 * field.h: everybody of a live race, matched to its course: fixes in, position events out.
 *
 * Fixes may come in any order and more than once. Later fixes change what was said about earlier
 * seconds: an event goes out again, with the same rawTime, when its place has moved by more than
 * FIELD_CORRECT_MM, or at all when the race ends. So the last event of a competitor and a second is
 * the one that counts, and after the end they depend on the set of fixes alone.
 *
 * Seconds in which a competitor had no fix have no event. Of several fixes in one second the last
 * counts. One thread at a time.
 */
#ifndef TRACKING_FIELD_FIELD_H
#define TRACKING_FIELD_FIELD_H

#include "base/err.h"
#include "course/course.h"
#include "race/event.h"
#include "tracking/fix.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_CORRECT_MM 3000u
#define FIELD_FIXES_MAX 200000u /* of one competitor: two days of one a second */

struct field;

/* Takes its own reference to the course. `start_s`: raw second 0, Unix time. */
struct field *field_new(
    const char *run_id, struct course *c, int64_t start_s, struct err *e) MUST_CHECK;
void field_free(struct field *f); /* NULL is fine */

/* An event that the store has already: it is published again only if it changes. Before the first
 * fix, in any order. */
void field_published(struct field *f, const struct event *ev);

/* Forgets all fixes, but not what was published: they are going to be added again. */
void field_forget(struct field *f);

void field_add(struct field *f, int64_t competitor_id, const struct fix *fix);

typedef int field_event_fn(void *arg, const struct event *events, size_t n, struct err *e);

/* Gives the events that are new or have changed to `fn`, competitor by competitor, none later than
 * raw second `last_s`. `exactly`: however little they have changed. *n becomes how many. -1:
 * `fn`'s; then nothing of it counts as published. */
int field_publish(struct field *f, int32_t last_s, bool exactly, field_event_fn *fn, void *arg,
    uint64_t *n, struct err *e) MUST_CHECK;

#endif
