/*
 * score.h: what a matcher said of a race, held against the truth. A matcher is a function, so that
 * the plain ones, ours, and anybody's have the same table.
 */
#ifndef BENCH_MATCHING_SCORE_H
#define BENCH_MATCHING_SCORE_H

#include "matching/phone.h"

#include <stddef.h>

/* What a matcher says of one fix. */
struct score_guess {
    bool known;
    bool off; /* off the course */
    double m; /* along the course */
    double p68[2], p95[2];
};

/* What it says of one runner: arrays of one element per fix. */
struct score_guesses {
    struct score_guess *now;     /* at the fix */
    struct score_guess *settled; /* 60 s later, or the last word */
    double finish_s;             /* after the gun; negative: none */
};

/* A list of errors. */
struct score_errors {
    double *v;
    size_t n, cap;
    size_t in68, in95; /* how many were inside the interval */
};

/* Sums over runners. */
struct score {
    struct score_errors now, settled, finish;
    size_t runners;
    size_t wrong_leg;      /* at the finish: none, or when the other was 100 m away */
    size_t lost;           /* runners with a settled place that is wrong by more than 100 m */
    size_t off_fixes;      /* fixes said to be off the course that were not */
    double seconds;        /* of running */
    size_t detours, found; /* real ones, and those that were found within 45 s */
    size_t fixes;
};

void score_add(struct score *s, const struct truth *t, const struct phone_fixes *f,
    const struct score_guesses *g);
void score_release(struct score *s);

#endif
