/* state.h: the state of a track before its first fix. For the track's thread. */
#ifndef TRACKING_MATCH_STATE_H
#define TRACKING_MATCH_STATE_H

#include "tracking/match/match_internal.h"

/* Sets the state before the first fix, and empties the window. Resume points stay. */
void state_reset(struct match_track *t);

#endif
