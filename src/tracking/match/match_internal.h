/*
 * match_internal.h: what a track consists of. Its parts: hypotheses (where the person may be now),
 * the window (what has not settled), the doubt (fixes that were not believed), the finish, and the
 * checkpoints.
 */
#ifndef TRACKING_MATCH_MATCH_INTERNAL_H
#define TRACKING_MATCH_MATCH_INTERNAL_H

#include "tracking/match/kalman.h"
#include "tracking/match/match.h"
#include "tracking/match/path.h"

#define MATCH_HYPOTHESES 8u
#define MATCH_EDGE_MS 30000   /* fixes settle when this grid of time is crossed */
#define MATCH_SETTLE_MS 60000 /* and if they are this much older than the crossing */
#define MATCH_NO_STEP UINT32_MAX
#define MATCH_68 0.994457883 /* half of the width of an interval, in standard deviations */
#define MATCH_95 1.959963985

struct match {
    struct course *course;
    struct path path;
    double vmax_mps;
};

/* One place where the person may be. */
struct hypothesis {
    struct kalman k;
    double weight;  /* logarithm; the greatest of all is 0 */
    uint32_t step;  /* its last step in the window, MATCH_NO_STEP: none */
    bool stands;    /* they stand still */
    bool short_cut; /* it came back to the course much further on than the way to it was long */
};

/* Fixes in a row that were not believed. */
struct doubt {
    int64_t since_ms;  /* the first of them */
    int64_t beyond_ms; /* the first of the last ones in a row that were beyond the limit */
    uint32_t n;        /* 0: no doubt */
    uint32_t beyond;   /* fixes beyond the limit in a row */
    uint32_t returned; /* off the course: fixes within half of the limit, in a row */
};

/* All that a later fix depends on. A resume point is a copy of it. */
struct match_state {
    uint32_t n; /* hypotheses */
    enum match_status status;
    bool short_cut; /* of the best hypothesis */
    struct doubt doubt;
    int64_t last_ms;   /* of the last fix; INT64_MIN: none */
    int64_t state_ms;  /* the time that the hypotheses are for */
    int64_t edge;      /* the last edge of the grid that was crossed */
    double furthest_m; /* the greatest place of a fix that was believed, and what goes with it */
    int64_t furthest_ms;
    struct lonlat furthest_at;
    double left_m; /* the place at the last fix that was believed */
    int64_t left_ms;
    struct lonlat left_at;  /* that fix */
    double error_m2;        /* the variance of fixes without an accuracy */
    int64_t at_end_ms;      /* since when they have been at the end; INT64_MIN: they are not */
    int64_t finish_seen_ms; /* the fix at which the finish was found; INT64_MIN: none */
    struct match_finish finish;
    struct match_result last;              /* the last result */
    struct hypothesis h[MATCH_HYPOTHESES]; /* h[0] is the best; a resume point has only n of them */
};

/* A hypothesis at a fix. The chain of `before` leads back through the window. */
struct window_step {
    struct kalman_step k;
    uint32_t before; /* MATCH_NO_STEP: none in the window */
    uint32_t fix;    /* number of the fix in the window */
    bool fresh;      /* its place owes nothing to the steps before */
    bool stands;
};

/* A fix whose result has not settled. */
struct window_fix {
    struct match_result r;
    struct lonlat own;
    uint32_t off_mm;
};

struct window {
    struct window_fix *fix; /* in order */
    size_t fixes, fix_cap;
    struct window_step *step; /* in the order of their fixes */
    size_t steps, step_cap;
};

struct resume_point {
    int64_t time_ms;           /* of its last fix */
    int64_t settled_ms;        /* the fix that settled all in it; INT64_MAX: none yet */
    struct match_state *state; /* as much of it as is used */
};

struct match_track {
    const struct match *match;
    int64_t gun_ms;
    struct match_state s;
    struct window w;
    struct resume_point *point;
    size_t points, point_cap;
};

#endif
