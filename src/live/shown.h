/*
 * shown.h: views that say something else about the race than what is committed: that it was
 * deleted, or that it stands still because nothing can be written.
 */
#ifndef LIVE_SHOWN_H
#define LIVE_SHOWN_H

#include "base/err.h"
#include "board/view.h"
#include "race/race.h"

/* The same columns with another record. The caller gives both back. */
struct view *shown_copy(struct view *v, const struct race_record *r);

/* Make a running race's record one that is paused, for the reason that `why` is about. */
void shown_blocked(struct race_record *r, const struct err *why);

#endif
