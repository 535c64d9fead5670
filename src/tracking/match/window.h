/*
 * window.h: the fixes that have not settled, and the smoother over them. For the track's thread.
 */
#ifndef TRACKING_MATCH_WINDOW_H
#define TRACKING_MATCH_WINDOW_H

#include "tracking/match/match_internal.h"

/* A fix with its smoothed place. */
struct window_point {
    int64_t time_ms;
    struct kalman_smooth k;
    bool known; /* the best hypothesis has a step at it */
};

/* Smooths the first n fixes of the window along the best hypothesis: out[i] is of fix i. NULL, or a
 * place at which they are known to be at the last fix. */
void window_smooth(
    const struct match_track *t, const double *end_m, struct window_point *out, size_t n);

/* Settles all fixes up to `until_ms`: gives them their smoothed places, tells the sink, and removes
 * them. */
void window_settle(struct match_track *t, int64_t until_ms, match_sink *sink, void *context);

/* The fixes from since_ms on were off the course. */
void window_mark_off(struct match_track *t, int64_t since_ms);

#endif
