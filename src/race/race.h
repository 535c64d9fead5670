/*
 * race.h: what a race is: its spec (what was asked for, with every default filled in), its state
 * and its clock's anchor. This is the record of the `races` topic and the answer of the API.
 */
#ifndef RACE_RACE_H
#define RACE_RACE_H

#include "base/err.h"
#include "course/course.h"
#include "race/event.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define RACE_MAX_COMPETITORS 1000000u /* a tick's chunk number has 8 bits (store/embedded) */
#define RACE_MIN_PACE 30u             /* s/km */
#define RACE_MAX_PACE 36000u          /* s/km */
#define RACE_MAX_PAUSE 86400u         /* s */
#define RACE_MIN_SPEED 0.1            /* times real time */
#define RACE_MAX_SPEED 1000.0

/* How the paces lie between fastest and slowest (sim/spread.h). */
enum race_spread {
    RACE_SPREAD_UNIFORM, /* every pace is as likely as any other: the default */
    RACE_SPREAD_FIELD,   /* skewed as a real field is */
};

/* What was asked for. All of it and the seed decide every position of the race: the same spec makes
 * the same events everywhere. */
struct race_spec {
    char run_id[RUN_ID_MAX + 1];
    char course[COURSE_NAME_MAX + 1];
    char revision[COURSE_REVISION_LEN + 1]; /* of the course that it started with */
    uint32_t competitors;
    uint32_t fastest; /* s/km */
    uint32_t slowest; /* s/km */
    enum race_spread spread;
    bool hills;         /* the pace follows the slope (sim/hills.h) */
    double stop_ratio;  /* 0 ... 1 */
    uint32_t min_pause; /* s */
    uint32_t max_pause; /* s */
    uint64_t seed;      /* 0 ... 2^53 - 1 */
    double speed;       /* 0 (simulate only): as fast as it can */
    int64_t start_s;    /* startTime, seconds since 1970 UTC */
};

/* A race begins as scheduled or running. Paused may go on. Stopped, finished and failed are final.
 * Deleted is on the wire only: it removes the race everywhere. */
enum race_state {
    RACE_SCHEDULED,
    RACE_RUNNING,
    RACE_PAUSED,
    RACE_STOPPED,
    RACE_FINISHED,
    RACE_FAILED,
    RACE_DELETED,
};

/* due(raw) = wall_ms + (raw - raw_s) * 1000 / speed, while running or scheduled. A pause or a
 * change of speed makes a new anchor from the current second on, so the clock never jumps. */
struct race_anchor {
    int64_t wall_ms;
    int32_t raw_s;
    double speed;
};

/* The whole of what servers tell each other about a race. The last record of a runId counts. */
struct race_record {
    struct race_spec spec;
    enum race_state state;
    char reason[128]; /* why paused or failed, "" otherwise: "by hand", "disk full" */
    struct race_anchor anchor;
    int64_t created_ms;
    /* Its positions come as events of any competitorId, and of the spec only runId, course and
     * startTime are known: another producer's, or a live race. */
    bool external;
    bool live;       /* external, and made here: positions come from people's devices */
    char driver[64]; /* who makes its events; "" = this process (kafka set-ups use it) */
};

const char *race_spread_name(enum race_spread s); /* "uniform", "field" */
int race_spread_parse(const char *name, enum race_spread *out, struct err *e) MUST_CHECK;

const char *race_state_name(enum race_state s); /* "running" */
int race_state_parse(const char *name, enum race_state *out, struct err *e) MUST_CHECK;

/* Wall ms at which `raw_s` is due, and the last raw second that is due at `wall_ms` (< 0: none
 * yet). */
int64_t race_due_ms(const struct race_anchor *a, int32_t raw_s);
int32_t race_due_raw(const struct race_anchor *a, int64_t wall_ms);

/*
 * Read a create request {course, competitors, fastest, slowest, spread, hills, stopRatio, minPause,
 * maxPause, seed, speed, startTime, runId, kind} and fill in the defaults of definitions. Every
 * wrong field gets a sentence and err.field; an unknown field is refused by name. `now_s` is the
 * default start. The course is not looked at here: race_spec_check does that.
 */
int race_spec_parse(
    const json_t *body, int64_t now_s, struct race_spec *out, struct err *e) MUST_CHECK;

/* Ranges (fastest <= slowest, ...), and against the course: hills needs elevations, stop_ratio > 0
 * a geofence that the route enters; stopRatio not said (NaN after race_spec_parse) becomes 0.1 or
 * 0. Copies the course's revision in. */
int race_spec_check(struct race_spec *s, const struct course *c, struct err *e) MUST_CHECK;

/* {runId, course, revision, competitors, fastest, slowest, spread, stopRatio, minPause, maxPause,
 * seed, speed, startTime}, and hills if it is true. New reference. */
json_t *race_spec_json(const struct race_spec *s);

/*
 * Read a create request of a live race: {kind: "live", course, startTime, runId}. Without startTime
 * *waits is true: it starts when somebody says so. The record is scheduled, without a clock.
 */
int race_live_parse(
    const json_t *body, struct race_record *out, bool *waits, struct err *e) MUST_CHECK;

/* Whether a create request asks for a live race. ERR_INVALID: "kind" is no kind that can be
 * made. */
int race_kind_parse(const json_t *body, bool *live, struct err *e) MUST_CHECK;

/* The spec's fields, and state, reason, anchor {wallMs, rawTime, speed}, createdAt, foreign,
 * driver, kind. New reference; and back. */
json_t *race_record_json(const struct race_record *r);
int race_record_parse(const json_t *j, struct race_record *out, struct err *e) MUST_CHECK;

#endif
