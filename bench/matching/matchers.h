/* matchers.h: Trackside's own matching, and two plain ones to compare it with. */
#ifndef BENCH_MATCHING_MATCHERS_H
#define BENCH_MATCHING_MATCHERS_H

#include "matching/score.h"
#include "tracking/match/match.h"

/* The course for all of them. */
struct matchers_course {
    struct course *course;
    struct match *match;
};

/* Fills *out, whose arrays have f->n zeroed elements. */
typedef void matchers_run(
    const struct matchers_course *c, const struct phone_fixes *f, struct score_guesses *out);

/* Trackside's. */
matchers_run matchers_trackside;

/* The nearest place on the line; with several laps, in the lap around the last place. For both
 * plain ones the finish is the first fix within 20 m of the end. */
matchers_run matchers_nearest;

/* The nearest place that is not behind the last one, and can be reached at 8 m/s. */
matchers_run matchers_monotone;

#endif
