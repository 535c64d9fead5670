/*
 * hypotheses.h: the places where a person may be, each with a weight: how they move with time and
 * fixes, split where a fix fits several places, and merge. All functions are for the track's
 * thread.
 */
#ifndef TRACKING_MATCH_HYPOTHESES_H
#define TRACKING_MATCH_HYPOTHESES_H

#include "tracking/match/match_internal.h"

#include <stdbool.h>

/* A fix as the filter takes it. */
struct sighting {
    struct lonlat at;  /* unwrapped */
    struct lonlat own; /* as it came */
    int64_t time_ms;
    double error_m;  /* standard deviation per axis */
    double radius_m; /* candidates are within it */
};

/* The person at the gun: on the start line, with any pace that people run. */
void hypotheses_start(struct match_track *t, double error_m);

/* Moves them to the time of the fix, and takes it. Adds their steps to the window, for its fix
 * number `fix`. False, and nothing is changed, if none of them can explain the fix. */
bool hypotheses_update(struct match_track *t, const struct sighting *f, uint32_t fix);

/* Moves them to the time of the fix, and does not take it. */
void hypotheses_skip(struct match_track *t, const struct sighting *f, uint32_t fix);

/* Makes them anew from the places that can be reached from left_m since left_ms. A place is marked
 * as a short cut if much of the course was missed and the straight way to it is much shorter.
 * False, and nothing is changed, if no place is near enough to the fix. */
bool hypotheses_restart(struct match_track *t, const struct sighting *f, uint32_t fix);

#endif
