/*
 * hub_internal.h: the hub as the server sees it. All of it is for the server's thread, but for what
 * says otherwise.
 */
#ifndef PUSH_HUB_INTERNAL_H
#define PUSH_HUB_INTERNAL_H

#include "base/buf.h"
#include "board/view.h"
#include "push/hub.h"
#include "push/lag.h"
#include "push/viewer.h"

#include <stdbool.h>
#include <stdint.h>

/* `wake` is called from any thread when there is something to do: hub_run shall be called soon.
 * NULL: no longer. */
void hub_connect(struct hub *h, void (*wake)(void *arg), void *arg);

/* Show what is due. Returns the ms until there is more to do, -1: nothing until the next wake. */
int hub_run(struct hub *h, int64_t now_ms);

/* From now on views of this race are kept for the viewer. True: it has been greeted. False: the
 * server shall fetch the race's view and hand it to hub_admit. */
bool hub_join(struct hub *h, const char *run_id, struct viewer *v);
void hub_admit(struct hub *h, struct viewer *v, struct view *view); /* takes its own reference */
void hub_leave(struct hub *h, struct viewer *v);

/* A text message of a viewer: ping, key, limit, painted (docs/push.md). One that is wrong ends the
 * socket with an error. */
void hub_receive(struct hub *h, struct viewer *v, const char *text, size_t len); /* hub_receive.c */

/* Due to received (-1: not told) and due to painted, as a viewer saw it. */
void hub_painted(struct hub *h, struct viewer *v, double received_ms, double painted_ms);

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
