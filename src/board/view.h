/*
 * view.h: one race at one moment: immutable columns shared by reference count, made by a store
 * after each commit. Board, frames, SQL and every answer of the API about a moment are computed
 * from a view alone, by the same code for every store, live or in replay. Any thread may read it.
 */
#ifndef BOARD_VIEW_H
#define BOARD_VIEW_H

#include "board/passings.h"
#include "course/course.h"
#include "race/race.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum competitor_status {
    COMPETITOR_NOT_SEEN = 0, /* no event yet */
    COMPETITOR_ON_COURSE = 1,
    COMPETITOR_IN_GEOFENCE = 2, /* part of on course */
    COMPETITOR_FINISHED = 3,
};

struct view_counts {
    uint32_t competitors; /* = on_course + finished (+ not yet seen, which count as on course) */
    uint32_t on_course;
    uint32_t in_geofence;
    uint32_t finished;
};

struct view {
    atomic_uint refs;
    unsigned holders; /* answers that stream from it: base/budget.h counts, under its lock */
    struct race_record race;
    struct course *course;   /* NULL: course unknown */
    uint64_t version;        /* grows with every commit that changed the race */
    int32_t as_of_raw_s;     /* highest complete tick, -1 before the first */
    int64_t due_ms;          /* when that tick was due */
    int64_t published_ms;    /* when it was published; this and the next: 0 not known */
    int64_t acknowledged_ms; /* when the broker had it for good; without one: as published */
    int64_t queryable_ms;    /* when readers could see it first */
    uint32_t n;
    struct view_counts counts;
    bool catching_up; /* more has come in part: this is the last complete board, which stands */
    bool approximate; /* its rows were read one part after the other, and not all at one second */
    bool external; /* ids, lat and lon below are given; otherwise id = i + 1 and the place follows
                     from dist_mm */
    /* Columns of n, dense order. Never written after the view is made. */
    const int64_t *id;                            /* NULL unless external */
    const double *lat_deg, *lon_deg, *distance_m; /* NULL unless external */
    const uint32_t *dist_mm;                      /* external: rounded */
    const int32_t *raw_s;                         /* latest rawTime, -1 not seen */
    const uint8_t *status;                        /* enum competitor_status */
    const int32_t *entered_s;  /* in geofence: first raw second of this visit; else -1 */
    const int32_t *dwell_s;    /* closed visits, seconds */
    const int32_t *finish_s;   /* raw second of the finish, -1 */
    struct passings *passings; /* a reference; NULL: the course has no checkpoints */
    void *memory;              /* the one block behind the columns */
    struct view *lender;       /* whose columns these are (a reference); NULL: its own */
};

struct view *view_ref(struct view *v); /* one more reference; returns v */

/* The same columns with another record: a new view that the caller owns. The columns are not
 * copied: the new view holds a reference to the old one's. Its version is one higher, so that
 * readers take it for the newer one. What is known of the tick (due, published, ...) stays: a pause
 * does not change when a tick was due. */
struct view *view_with_record(struct view *v, const struct race_record *r);
void view_unref(struct view *v); /* gives a reference back; NULL is fine */

static inline int64_t view_id(const struct view *v, uint32_t i)
{
    return v->id ? v->id[i] : (int64_t)i + 1;
}

/* The dense number of a competitor, UINT32_MAX where there is none. O(1) in simulated races, a
 * search in external ones. */
uint32_t view_find(const struct view *v, int64_t competitor_id);

/* Bytes of the columns. */
size_t view_bytes(const struct view *v);

/* Degrees and metres of number i, as its event says. */
void view_place(
    const struct view *v, uint32_t i, double *lon_deg, double *lat_deg, double *distance_m);

/* Seconds in the geofence in this visit (0 outside), and over all visits. */
int32_t view_dwell(const struct view *v, uint32_t i);
int32_t view_dwell_total(const struct view *v, uint32_t i);

/* How many checkpoints number i has passed, 0 if there are none. Their times are those of
 * passings_at_s(v->passings, i, 0 ...). O(log n). */
uint32_t view_passed(const struct view *v, uint32_t i);

/* The raw second at which number i passed checkpoint k; -1: not yet. */
int32_t view_pass_s(const struct view *v, uint32_t i, uint32_t k);

#endif
