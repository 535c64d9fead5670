/*
 * event.h: the position event and its JSON, the seeds' nine fields in their order:
 *
 * {"runId": "…", "eventId": "…", "competitorId": 1, "rawTime": 0, "timestamp": "2026-01-01
 * 09:00:00", "lat": 51.419386000, "lon": -0.064245000, "distance": 0.000, "course": "crystal"}
 *
 * lat and lon with 9 decimals, distance (m) with 3, UTC. Written by a template (about 64 ns), read
 * by a scanner that is quick for our own order and takes any order, white space and number form.
 */
#ifndef RACE_EVENT_H
#define RACE_EVENT_H

#include "base/err.h"
#include "base/uuid.h"
#include "course/course.h"

#include <stddef.h>
#include <stdint.h>

#define RUN_ID_MAX 64 /* printable ASCII without quotes, backslash or spaces; our own are UUIDs */

/* The fields are in the order of the JSON. */
struct event { /* NOLINT(clang-analyzer-optin.performance.Padding) */
    char run_id[RUN_ID_MAX + 1];
    char event_id[RUN_ID_MAX + 1];
    int64_t competitor_id;
    int32_t raw_s;
    int64_t timestamp_s; /* seconds since 1970 UTC */
    double lat_deg;
    double lon_deg;
    double distance_m;
    char course[COURSE_NAME_MAX + 1];
    int64_t
        published_ms; /* wall ms, by the record that brought it; 0: not known. Not in the JSON */
};

/* One race's events, ready to be written: what does not change within a race. */
struct event_writer {
    char run_id[RUN_ID_MAX + 1];
    char course[COURSE_NAME_MAX + 1];
    int64_t start_s;
    const struct line *line; /* borrowed */
};

#define EVENT_JSON_MAX 512

/* The JSON of one position, without newline; `at` has room for EVENT_JSON_MAX. Returns the end. The
 * event id is derived: SipHash-128 of (runId, competitorId, rawTime) as UUIDv8. */
char *event_write(
    const struct event_writer *w, int64_t competitor_id, int32_t raw_s, uint32_t dist_mm, char *at);

/* The derived event id, UUID_LEN chars and NUL. */
void event_id(const char *run_id, int64_t competitor_id, int32_t raw_s, char out[UUID_LEN + 1]);

/* The struct of one of our own positions: the same values that event_write prints. */
void event_make(const struct event_writer *w, int64_t competitor_id, int32_t raw_s,
    uint32_t dist_mm, struct event *out);

/* A place of a live race. */
struct event_place {
    int64_t competitor_id;
    int32_t raw_s;
    uint32_t dist_mm;
    struct lonlat at;
};

/* The event of a live race. Its id also depends on the place: a second event of the same competitor
 * and second corrects the first, and readers who drop doubles by their id keep both. */
void event_make_at(const struct event_place *p, const char *run_id, const char *course,
    int64_t start_s, struct event *out);

/* Any struct event as JSON (external ones too: doubles in shortest round-trip form where they have
 * more decimals). */
char *event_format(const struct event *ev, char *at);

/* Read one JSON event. ERR_INVALID with a sentence on anything that is not the nine fields with
 * their types and ranges (lat, lon finite and in range, rawTime 0 ... 2^31-1, distance finite and
 * >= 0). Unknown fields are skipped. */
int event_parse(const char *json, size_t len, struct event *out, struct err *e) MUST_CHECK;

/* What a runId may be that comes from a store or from another producer. */
bool race_run_id_valid(const char *run_id);

/* What a runId has to be where a race is made here: 1 to RUN_ID_MAX of A-Z a-z 0-9 - . _ ~ (the
 * characters that a URL never encodes), and not "." or "..". Every address of it works as it is. */
bool race_run_id_plain(const char *run_id);

/* ERR_INVALID, field runId, where it is not plain. */
int race_run_id_check_new(const char *run_id, struct err *e) MUST_CHECK;

#endif
