/*
 * statements.h: the statements about positions that the Pinot store sends, and their rows as
 * events. No statement asks for more than PINOT_FETCH_MAX rows; a larger answer is asked for in
 * parts.
 *
 * Another program may write into the topic, so a row that cannot be an event is skipped, as the
 * Kafka feed skips it.
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

/* The race that a statement is about. Pointers are borrowed. */
struct pinot_subject {
    const char *run_id;
    bool external;
    uint32_t n;            /* own: competitors, ids 1…n */
    struct course *course; /* NULL: unknown */
};

/* A latest position. The place is given in external races only; 0 in simulated ones. */
struct pinot_position {
    int64_t id;
    int32_t raw_s;
    double distance_m, lat_deg, lon_deg;
};

struct pinot_positions {
    struct pinot_position *at;
    size_t n, cap;
};

/* Frees what the list holds. */
void pinot_positions_release(struct pinot_positions *l);

/* Are the positions of so many competitors asked for in several statements? Then they are not all
 * of one moment. */
bool pinot_statements_in_parts(size_t competitors);

/* Asks for the latest position of every competitor, in one statement up to PINOT_FETCH_MAX of them
 * and in parts above that. Replaces what the list held. */
int pinot_statements_latest(struct pinot *p, const struct pinot_subject *s,
    struct pinot_positions *out, struct pinot_query_stats *query_stats, struct err *e) MUST_CHECK;

/* Asks for the greatest rawTime (-1: none) and the number of competitors. */
int pinot_statements_bounds(struct pinot *p, const char *run_id, int32_t *max_raw_s,
    size_t *competitors, struct err *e) MUST_CHECK;

/* Which events are wanted. */
struct pinot_range {
    int32_t from_s, to_s;
    const int64_t *id; /* of these alone, at most PINOT_FETCH_IDS; NULL: of everybody */
    size_t ids;
    size_t competitors; /* about so many: how much a second holds */
    bool whole;         /* eventId, timestamp and course too, and in own races lat and lon */
};

/* So many ids still make a short statement. */
#define PINOT_FETCH_IDS 500u

/* Asks for every event of the range, page by page, in (rawTime, competitorId) order. Of two events
 * of a competitor at the same raw second the one that arrived later counts. `fn` returns non-zero
 * to stop. */
int pinot_statements_events(struct pinot *p, const struct pinot_subject *s,
    const struct pinot_range *r, int (*fn)(void *arg, const struct event *ev), void *arg,
    struct err *e) MUST_CHECK;

/* " from parkrun where runId = '…' and rawTime >= 0": appends the part that all statements
 * share. */
void pinot_statements_from(struct buf *sql, const char *run_id);

/* The prefix of a statement that reads all versions of every position, not only the latest. */
extern const char pinot_statements_history[];

#endif
