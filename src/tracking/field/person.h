/*
 * person.h: one competitor of a live race: their fixes, what matching says about each, and the
 * events that were published. For field.c.
 */
#ifndef TRACKING_FIELD_PERSON_H
#define TRACKING_FIELD_PERSON_H

#include "race/event.h"
#include "tracking/fix.h"
#include "tracking/match/match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct person_event {
    int32_t raw_s;
    uint32_t dist_mm;
    struct lonlat at;
};

/* Events by raw second. */
struct person_events {
    struct person_event *item;
    size_t n, cap;
};

struct person {
    int64_t competitor_id;
    const struct match *match; /* borrowed, these two */
    const struct course *course;
    int64_t start_s;
    struct match_track *track;
    struct fix *fix;             /* in the order of fix_compare */
    struct match_result *result; /* of each fix that the track has taken */
    size_t n, cap, result_cap;
    struct fix *added; /* since the last comparison, as they came */
    size_t added_n, added_cap;
    size_t matched;     /* so many fixes are in the track */
    int64_t changed_ms; /* results at or after it may differ from what was published */
    int64_t late_ms;    /* the earliest fix that came after later ones were matched */
    int32_t finish_s;   /* -1: none */
    int32_t told_s;     /* the finish that was published */
    /* `wanted`: what the fixes say, from the last comparison; `next`: what it published and
     * kept. */
    struct person_events published, wanted, next;
    size_t same;    /* so many published events were before all that could have changed */
    int32_t more_s; /* an event of this second waits for its time; -1: none */
    bool waiting;   /* in the list of field.c */
};

struct person *person_new(
    int64_t competitor_id, const struct match *m, const struct course *c, int64_t start_s);
void person_free(struct person *p);

void person_published(struct person *p, const struct event *ev);
void person_forget(struct person *p);

/* Of more than FIELD_FIXES_MAX fixes the first that came count. */
void person_add(struct person *p, const struct fix *fix);

/* Matches what is new up to raw second `last_s`, and calls `fn` for each event that is new or
 * differs from what was published. Those become published with person_keep; without it the next
 * comparison finds them again. */
typedef void person_event_fn(void *arg, const struct person *p, const struct person_event *ev);
void person_compare(struct person *p, int32_t last_s, bool exactly, person_event_fn *fn, void *arg);

/* True: it has events that wait for their time. */
bool person_keep(struct person *p);

#endif
