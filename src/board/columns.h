/*
 * columns.h: the live state of one race, a struct of arrays by dense competitor number: latest
 * position, geofence visit, dwell, finish, checkpoints. Live ticks, a restart, a replay and a look
 * at the past all run through the same functions, so that they cannot differ.
 *
 * Simulated races (ids 1 to N, number = id - 1) are fed whole ticks, or events that come back from
 * a shared feed. External races take any ids, get numbers in order of arrival, and carry lon and
 * lat of their own. One thread at a time.
 *
 * An event that is not newer than the competitor's latest may change visits, checkpoints and finish
 * in the past, which the columns do not hold. Such competitors are listed in `dirty`. The owner
 * traces them again from the history: columns_forget, then columns_trace for each event in order.
 */
#ifndef BOARD_COLUMNS_H
#define BOARD_COLUMNS_H

#include "board/id_map.h"
#include "board/passings.h"
#include "board/view.h"
#include "course/course.h"
#include "race/event.h"
#include "race/race.h"

#include <stdbool.h>
#include <stdint.h>

struct columns {
    bool external;
    bool live; /* external; set by the owner after columns_new: who is at the end has finished */
    uint32_t n;
    uint32_t cap;
    struct course *course; /* a reference; NULL: unknown, so no geofence and no finish */
    int32_t tick_raw;      /* the last whole tick, -1 */
    int32_t max_raw;       /* the greatest rawTime of all, -1 */
    struct view_counts counts;
    uint32_t seen;
    struct id_map numbers; /* external */
    /* external, else NULL */
    int64_t *id;
    double *lat_deg, *lon_deg, *distance_m;
    /* as in struct view */
    uint32_t *dist_mm;
    int32_t *raw_s;
    uint8_t *status;
    int32_t *entered_s, *dwell_s, *finish_s;
    uint32_t
        *next_mm; /* own: where the status changes next; below it a tick has nothing to decide */
    struct passings *passings; /* a reference; NULL: the course has no checkpoints */
    uint32_t *dirty;
    size_t dirty_n, dirty_cap;
};

/* `n` is the spec's for own races and 0 for external ones. Takes its own reference to the course
 * (NULL: unknown). */
struct columns *columns_new(bool external, uint32_t n, struct course *c);
void columns_free(struct columns *c);
size_t columns_bytes(const struct columns *c);

/* One whole tick of an own race, n distances. Events exist for those with raw_s <= finish_raw_s[i];
 * returns how many. */
uint32_t columns_tick(
    struct columns *c, int32_t raw_s, const uint32_t *dist_mm, const int32_t *finish_raw_s);

/* One event. False where it has no place here: an id outside 1…N of an own race, a competitor too
 * many. */
bool columns_event(struct columns *c, const struct event *ev);

/* UINT32_MAX where there is none. */
uint32_t columns_find(const struct columns *c, int64_t competitor_id);

/* What one position says about the geofence and the finish. */
struct columns_place {
    int32_t raw_s;
    uint32_t dist_mm;
    double lon_deg, lat_deg, distance_m; /* looked at in external races only */
};

bool columns_is_inside(const struct columns *c, const struct columns_place *p);
bool columns_is_finish(const struct columns *c, const struct columns_place *p);

/* Trace number i anew: forget its visits, checkpoints and finish, then take its positions oldest
 * first. */
void columns_forget(struct columns *c, uint32_t i);
void columns_trace(struct columns *c, uint32_t i, int32_t before_s, const struct columns_place *p);

/* The least rawTime of all who have not finished; max_raw where everybody has. */
int32_t columns_complete_raw(const struct columns *c);

/* The part of the competitors who have come to that second or have finished, 0 … 1; 1 of none. */
double columns_share_at(const struct columns *c, int32_t raw_s);

/* Room for number `i` of an external race (a snapshot is being read). */
void columns_add(struct columns *c, int64_t competitor_id);

/* Counts, `seen` and next_mm from the other columns (a snapshot has been read). */
void columns_settle(struct columns *c);

/* An immutable copy with the caller's reference; times, version and as-of are the caller's to fill
 * in. */
struct view *columns_view(const struct columns *c, const struct race_record *r);

/* Metres as whole mm, clamped to what 32 bits hold. */
uint32_t columns_mm(double distance_m);

#endif
