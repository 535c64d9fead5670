/*
 * match.h: where on the course a person is, from the fixes of their phone. DESIGN.md has the model.
 *
 * A pure function of course, options, gun and fixes: no clock, no files, no threads. The time at
 * which a fix was received never enters. Only + - * / and the square root are used on doubles, so
 * the same fixes give the same bytes on every machine.
 *
 * A struct match is a course that is prepared once and never changes; any thread may read it. A
 * struct match_track is one person, for one thread at a time. Fixes are added in the order of
 * fix_compare. One that belongs before the last (an upload that comes late) is handled in this way:
 *
 *     int64_t from = match_track_rewind(t, late->time_ms);
 *     ... match_track_add(t, f, ...) again for every fix with f->time_ms > from, in order ...
 *
 * The results are then those that any other order of arrival gives, byte for byte.
 *
 * Every fix has a result at once, from the fixes up to it. 60 to 90 s of later fixes settle it:
 * there is a second result of the same fix, with `settled`, which is more exact and final. Results
 * of fixes that came before a rewind's `from` do not change.
 */
#ifndef TRACKING_MATCH_MATCH_H
#define TRACKING_MATCH_MATCH_H

#include "base/err.h"
#include "course/course.h"
#include "tracking/fix.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero means the default. */
struct match_options {
    double vmax_mps; /* nobody is faster; 8, on foot */
};

enum match_status {
    MATCH_BEFORE_START, /* no fix after the gun is near the start yet */
    MATCH_ON_COURSE,
    MATCH_OFF_COURSE,
    MATCH_FINISHED,
};

/* What is known about the second of one fix. Distances are mm from the start, laps counted. */
struct match_result {
    int64_t time_ms;    /* of the fix */
    struct lonlat at;   /* on the course; off it, the fix's own place */
    uint32_t dist_mm;   /* off the course: where they left it */
    uint32_t p68_mm[2]; /* the truth is inside with 68 % */
    uint32_t p95_mm[2];
    uint32_t second_mm;  /* the second best place; 0 if second_ppm is 0 */
    uint32_t second_ppm; /* its probability in millionths; 0: there is no other */
    uint32_t off_mm;     /* off the course: how far from it; else 0 */
    uint32_t speed_mms;  /* along the course, mm/s */
    uint8_t status;      /* enum match_status */
    bool settled;        /* final; false: from the fixes up to this one */
    bool used;           /* false: the fix was not believed (a jump, or a double) */
    bool short_cut; /* this person has come back to the course further on than they can have run */
};

/* When a person crossed the finish. */
struct match_finish {
    int64_t time_ms;
    uint32_t p68_ms; /* the truth is within ± this with 68 % */
    uint32_t p95_ms;
    bool settled;
};

/* Where a person may be at a time after their last fix, or when they may finish. */
struct match_forecast {
    uint32_t dist_mm; /* the likely place */
    uint32_t p68_mm[2];
    uint32_t p95_mm[2];
    int64_t finish_ms[3]; /* earliest, likely, latest (95 %); INT64_MAX: not at this pace */
};

struct match;
struct match_track;

/* Takes each result; `r` is borrowed for the call. */
typedef void match_sink(void *context, const struct match_result *r);

/* Prepares a course. `o` may be NULL. Keeps a reference to the course. About 150 bytes a vertex.
 * -> NULL with an error if an option is not possible. */
struct match *match_new(struct course *c, const struct match_options *o, struct err *e) MUST_CHECK;

/* NULL is allowed. No track of it may be left. */
void match_free(struct match *m);

/* A person at the start. `gun_ms` is the Unix time of their start: fixes before it have results
 * with MATCH_BEFORE_START and count for nothing else. The match has to live longer. */
struct match_track *match_track_new(const struct match *m, int64_t gun_ms);
void match_track_free(struct match_track *t);

/* Adds a fix: its result goes to the sink, then those that it settles, oldest first. A fix that is
 * not after the last one by time, not on the earth, or more than a year after the gun counts for
 * nothing; its result repeats the last one's place. At most 2 µs on average at one fix a second. */
void match_track_add(struct match_track *t, const struct fix *f, match_sink *sink, void *context);

/* Goes back to a state that no fix at or after `time_ms` has entered. Returns the time of the last
 * fix in it (INT64_MIN: none): every fix after that time has to be added again. States are kept a
 * minute apart for five minutes, then further apart; the first is the start. */
int64_t match_track_rewind(struct match_track *t, int64_t time_ms);

/* The finish; false while there is none. */
bool match_track_finish(const struct match_track *t, struct match_finish *out);

/* Predicts from pace, from the state after the last fix. false before the start, off the course
 * and after the finish. */
bool match_track_forecast(const struct match_track *t, int64_t time_ms, struct match_forecast *out);

#endif
