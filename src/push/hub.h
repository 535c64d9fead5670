/*
 * hub.h: from commits to viewers. The engine posts the view of each race that changed. The server's
 * thread encodes each once a frame (at most 10 a wall second) and gives the same bytes to every
 * viewer of that race. Only the newest view of a race waits here, so no queue grows.
 *
 * What says "any thread" may be called from any thread. The rest is for one thread, the server's.
 */
#ifndef PUSH_HUB_H
#define PUSH_HUB_H

#include "board/view.h"
#include "push/lag.h"
#include "push/viewer.h"

#include <stdbool.h>
#include <stdint.h>

struct hub;

struct hub *hub_new(void);
void hub_free(struct hub *h); /* every viewer has left; NULL is fine */

/* An engine's listener: `hub` is a struct hub. Takes a reference of its own, and wakes the server
 * where the race has viewers. Any thread. */
void hub_post(void *hub, struct view *v);

/* Whether the race has viewers. Any thread. */
bool hub_is_watched(struct hub *h, const char *run_id);

/* `wake` is called from any thread, under the hub's lock, when hub_run has something to do. NULL:
 * no longer. Any thread. */
void hub_connect(struct hub *h, void (*wake)(void *arg), void *arg);

/* Shows what is due. Returns the ms until there is more to do, -1: nothing until the next wake. */
int hub_run(struct hub *h, int64_t now_ms);

/* From now on views of this race are kept for the viewer. True: it has been greeted. False: the
 * hub has no view of the race yet; the caller fetches one and hands it to hub_admit. */
bool hub_join(struct hub *h, const char *run_id, struct viewer *v);
void hub_admit(struct viewer *v, struct view *view); /* takes a reference of its own */
void hub_leave(struct viewer *v);                    /* nothing where it has not joined */

/* From due to received (-1: the viewer did not say) and to painted, as the viewer measured it. */
void hub_painted(struct viewer *v, double received_ms, double painted_ms);

struct hub_stats {
    uint32_t viewers, races_watched;
    uint64_t frames, skipped, bytes, posted, replaced;
    int64_t tick_ms; /* wall ms at which any race's newest tick came; 0: none yet */
};
void hub_stats(struct hub *h, struct hub_stats *out); /* any thread */

/* How late a race's data are, over the last minute. Any thread. */
struct hub_lag {
    char run_id[RUN_ID_MAX + 1];
    struct lag_quantiles hop[LAG_HOPS]; /* from due; samples 0: not known */
    int64_t clock_ms;                   /* lag_clock */
    bool catching_up;    /* its last board stands until all of a later one is there */
    bool runs;           /* as far as the hub knows, and its clock is known */
    int64_t tick_age_ms; /* since its newest tick came, -1: none yet */
    int64_t overdue_ms;  /* it runs, and the next tick is due since; 0: it is not, or not known */
};
void hub_lag(struct hub *h, const char *run_id, struct hub_lag *out);

/* Of every race of which ticks have come, or of those that are watched. Returns how many. */
size_t hub_lags(struct hub *h, bool watched, struct hub_lag *out, size_t max);

#endif
