/*
 * stats.h: what a store says about itself, for /metrics and GET /api/lag. What a store does not
 * have is 0 or "". Times are wall ms since 1970 UTC, 0: not yet.
 */
#ifndef STORE_STATS_H
#define STORE_STATS_H

#include "feed/feed.h"

#include <stdbool.h>
#include <stdint.h>

struct store_stats {
    /* A store that keeps the events itself. */
    uint64_t disk_bytes; /* of the data directory */
    uint64_t commits, committed_events;
    double last_commit_ms; /* how long it took */

    /* A store that asks another system. It asks only about races that somebody watches: of the
     * others it does not know how far they are. */
    bool on_demand;
    uint64_t queries, failed;          /* statements for the latest positions */
    uint64_t feed_events;              /* that were seen on the feed, on their way to that system */
    double query_ms_p50, query_ms_p99; /* of the last 256 of them: from asking to having read */
    double refresh_ms_p50;             /* the same with what follows: missing seconds, the view */
    int64_t answered_ms;               /* the last good answer */
    int64_t fresh_ms;         /* up to which that system has consumed, by its own account */
    char last_error[256];     /* why the last statement failed, "" where it did not */
    uint32_t races_refreshed; /* races that are asked about at the moment */
    uint64_t course_loads;
    char course_error[256]; /* why courses cannot be looked up there */

    /* How far that system has consumed the feed's positions; asked every few seconds while races
     * are refreshed. */
    unsigned partitions;                   /* 0: not known */
    int64_t consumed[FEED_PARTITIONS_MAX]; /* the next offset of each, -1: not known */
    int64_t
        stalled_ms[FEED_PARTITIONS_MAX]; /* for how long it has not moved while records waited */
    int64_t consumers_ms;                /* when it was asked last */
    char consumer_error[256];            /* a partition is stuck; "" where none is */
};

#endif
