/* state.c: the state of a track before its first fix. */
#include "tracking/match/state.h"

#include <string.h>

#define ERROR_FIRST_M 10.0 /* of a fix without an accuracy, before anything is known */

void state_reset(struct match_track *t)
{
    memset(&t->s, 0, sizeof t->s);
    t->s.status = MATCH_BEFORE_START;
    t->s.last_ms = t->s.at_end_ms = t->s.finish_seen_ms = INT64_MIN;
    t->s.state_ms = t->s.left_ms = t->s.furthest_ms = t->gun_ms;
    t->s.error_m2 = ERROR_FIRST_M * ERROR_FIRST_M;
    t->w.fixes = t->w.steps = 0;
}
