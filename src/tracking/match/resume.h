/*
 * resume.h: copies of a track's state from which it can go on after a late fix. For the track's
 * thread.
 *
 * A resume point has no window. So it is good for a late fix only if all its own fixes had settled
 * before that one: then nothing that the window held can change.
 */
#ifndef TRACKING_MATCH_RESUME_H
#define TRACKING_MATCH_RESUME_H

#include "tracking/match/match_internal.h"

/* Keeps the state if the last one is a minute old, and drops old ones so that they are further
 * apart the older they are. */
void resume_keep(struct match_track *t);

/* Keeps the state in any case: its fixes have all settled at the last one. */
void resume_keep_settled(struct match_track *t);

/* The fixes up to until_ms have settled by the fix at time_ms. */
void resume_settled(struct match_track *t, int64_t until_ms, int64_t time_ms);

void resume_release(struct match_track *t);

#endif
