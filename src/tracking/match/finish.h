/* finish.h: when a person crossed the finish. For the track's thread. */
#ifndef TRACKING_MATCH_FINISH_H
#define TRACKING_MATCH_FINISH_H

#include "tracking/match/match_internal.h"

/* Looks whether the finish was crossed or reached by the fix at time_ms, which the hypotheses have
 * taken. The first time, it sets finish_seen_ms and a finish that is not settled. */
void finish_look(struct match_track *t, int64_t time_ms);

/* Somebody who leaves the course at its end has finished, between two fixes perhaps. False: they
 * were not at the end. */
bool finish_by_leaving(struct match_track *t, int64_t time_ms);

/* Computes the finish anew from all fixes of the window, and settles it. */
void finish_settle(struct match_track *t);

#endif
