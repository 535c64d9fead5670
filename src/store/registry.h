/*
 * registry.h: the races that an embedded store knows, by runId. Entries are never moved or freed
 * before the registry is: of a deleted race the entry stays (its late events must not bring it
 * back).
 *
 * Who may touch what: the members under "readers" are written by the writer with the store's lock
 * held, and read by others with it held. The writer's own members are the writer's alone.
 */
#ifndef STORE_REGISTRY_H
#define STORE_REGISTRY_H

#include "base/buf.h"
#include "base/hash.h"
#include "board/columns.h"
#include "board/hop_times.h"
#include "board/view.h"
#include "board/watermark.h"
#include "race/race.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry {
    char run_id[RUN_ID_MAX + 1];

    /* readers */
    bool known; /* committed and not deleted */
    int64_t race_no;
    struct race_record record;
    struct course *course; /* a reference; NULL: unknown, or `course_later` */
    bool course_later;     /* it is known, and loaded by who needs it first */
    struct view *view;     /* a reference to the latest; NULL: to be read from the history */
    uint64_t epoch;        /* the store's version when the race last changed */
    int64_t used_ms;

    /* writer */
    int64_t next_no; /* race_no after the next commit: a race that comes again has a new one */
    struct course *next_course; /* a reference */
    bool next_course_later;     /* as course_later, of `next` */
    bool put;                   /* `next` holds a record: it has been put and not been deleted */
    bool deleted;               /* by its last record */
    bool fresh;                 /* there is nothing of it in the history */
    bool changed;               /* since the last commit */
    bool listed;                /* in the store's list of what the next commit has to look at */
    bool rebuild;               /* read the columns anew after the next commit */
    bool has_finish;            /* finish seconds are kept already */
    struct race_record next;
    struct columns *columns; /* NULL: not resident */
    struct watermark as_of;  /* of single events */
    int32_t snapshot_raw;    /* of the last snapshot, -1 */
    int64_t events_seq;      /* of the last batch of events, 0: none */
    int64_t due_ms;          /* of tick due_raw_s, by the anchor of that moment; 0: not known */
    int32_t due_raw_s;
    struct hop_times stamps;
    int64_t changed_ms; /* last record or event */
    struct buf events;  /* records of the next batch */
    int32_t events_min, events_max;
    uint32_t events_n;
};

struct registry {
    struct hash_key key;
    struct entry **entry; /* in order of arrival */
    size_t n, cap;
    uint32_t *slot; /* place in `entry` + 1, 0: free; a power of two, at most half full */
    size_t slots;
};

void registry_init(struct registry *r);
void registry_release(struct registry *r);
struct entry *registry_find(const struct registry *r, const char *run_id); /* NULL: none */
struct entry *registry_add(struct registry *r, const char *run_id);        /* it is not there yet */

#endif
