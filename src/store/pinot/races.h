/*
 * races.h: the races that a Pinot store knows, by runId. Entries are never moved or freed
 * before the table is.
 *
 * Who may touch what: the members under "readers" with the store's lock held; the writer's own
 * members are the writer's alone; `live` belongs to whoever holds `work`, which is taken without
 * the store's lock held and kept while Pinot is asked.
 */
#ifndef STORE_PINOT_RACES_H
#define STORE_PINOT_RACES_H

#include "base/buf.h"
#include "base/hash.h"
#include "board/hop_times.h"
#include "board/id_map.h"
#include "board/view.h"
#include "race/race.h"
#include "store/pinot/poll_timer.h"
#include "store/pinot/state.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINOT_LATE_MAX 1024u

/* After a failure nothing is asked before `until_ms`, whatever else asks for a look: longer with
 * each failure in a row, so that a Pinot that is away, or shutting down, is left alone. */
struct pinot_backoff {
    unsigned failures; /* in a row */
    int64_t until_ms;
};

struct pinot_race {
    char run_id[RUN_ID_MAX + 1];

    /* readers */
    bool known; /* committed and not deleted */
    struct race_record record;
    struct course *course; /* a reference; NULL: unknown */
    struct view *view;     /* a reference to the last one made; NULL: none yet */
    uint64_t epoch;        /* grows where the same events make other columns */
    uint64_t shown_epoch;  /* of the view */
    bool announce;         /* the listener is to be told */
    bool asking;           /* since tried_ms, by whoever has `work` */
    int64_t watched_ms;    /* somebody looked */
    bool unasked; /* nobody had looked for some time: when its ticks could be read is not known */
    int64_t tried_ms, answered_ms, changed_ms;
    int64_t next_ms;    /* when to look again; 0: at once */
    unsigned unchanged; /* refreshes in a row that brought nothing */
    struct pinot_poll_timer pace;
    struct pinot_backoff backoff;
    struct buf roster;
    struct pinot_late *late;
    size_t late_n, late_cap;
    struct hop_times stamps;

    /* writer */
    bool put, deleted, changed;
    struct race_record next;
    struct course *next_course; /* a reference */
    uint64_t next_epoch;
    struct id_map numbers; /* foreign: what has come by of each competitor */
    int32_t *last_s;
    size_t last_n, last_cap;

    pthread_mutex_t work;
    struct pinot_state live;
    uint64_t live_epoch;
    bool live_changed; /* since the view was made */
};

struct pinot_races {
    struct hash_key key;
    struct pinot_race **at; /* in order of arrival */
    size_t n, cap;
    uint32_t *slot; /* place in `at` + 1, 0: free; a power of two, at most half full */
    size_t slots;
};

void pinot_races_init(struct pinot_races *r);
void pinot_races_release(struct pinot_races *r);
struct pinot_race *pinot_races_find(
    const struct pinot_races *r, const char *run_id);                          /* NULL: none */
struct pinot_race *pinot_races_add(struct pinot_races *r, const char *run_id); /* it is not there */

#endif
