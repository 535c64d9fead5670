/*
 * statements.h: the statements about positions that the Pinot store sends, and their rows as
 * events. No statement asks for more than PINOT_FETCH_MAX rows; what is more is asked for in parts.
 *
 * Rows that could not be events (another program may write into the topic) are left out, as the
 * Kafka feed leaves them out.
 */
#ifndef STORE_PINOT_STATEMENTS_H
#define STORE_PINOT_STATEMENTS_H

#include "base/buf.h"
#include "base/err.h"
#include "course/course.h"
#include "race/event.h"
#include "store/pinot/client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINOT_FETCH_MAX 100000u /* rows, or groups, of one statement */

/* Whose positions: what `run_id` and `course` point to is borrowed. */
struct pinot_subject {
    const char *run_id;
    bool external;
    uint32_t n;            /* own: competitors, ids 1…n */
    struct course *course; /* NULL: unknown */
};

/* Of the latest positions: place only in external races (0 in own ones). */
struct pinot_position {
    int64_t id;
    int32_t raw_s;
    double distance_m, lat_deg, lon_deg;
};

struct pinot_positions {
    struct pinot_position *at;
    size_t n, cap;
};

void pinot_positions_release(struct pinot_positions *l);

/* Are the positions of so many competitors asked for in several statements? Those are not one
 * moment's. */
bool pinot_statements_in_parts(size_t competitors);

/* The latest position of every competitor: one statement up to PINOT_FETCH_MAX of them, above that
 * one for each part of them. Replaces what the list held. */
int pinot_statements_latest(struct pinot *p, const struct pinot_subject *s,
    struct pinot_positions *out, struct pinot_query_stats *told, struct err *e) MUST_CHECK;

/* The greatest rawTime (-1: none) and the number of competitors. */
int pinot_statements_bounds(struct pinot *p, const char *run_id, int32_t *max_raw_s,
    size_t *competitors, struct err *e) MUST_CHECK;

struct pinot_range {
    int32_t from_s, to_s;
    const int64_t *id; /* of these alone, at most PINOT_FETCH_IDS; NULL: of everybody */
    size_t ids;
    size_t competitors; /* about so many: how much a second holds */
    bool whole;         /* eventId, timestamp and course too, and in own races lat and lon */
};

#define PINOT_FETCH_IDS 500u

/* Every event of the range in (rawTime, competitorId) order, page by page; of two at the same raw
 * second the later arrival. `fn` returns non-zero to stop. */
int pinot_statements_events(struct pinot *p, const struct pinot_subject *s,
    const struct pinot_range *r, int (*fn)(void *arg, const struct event *ev), void *arg,
    struct err *e) MUST_CHECK;

/* " from parkrun where runId = '…' and rawTime >= 0": how every statement goes on. */
void pinot_statements_from(struct buf *sql, const char *run_id);

/* All versions of every position. */
extern const char pinot_statements_history[];

#endif
