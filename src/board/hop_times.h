/*
 * hop_times.h: when the latest raw seconds of one race passed each hop: published, acknowledged,
 * queryable. In wall ms, 0: not known. All zeros is the empty value. The owner of the race locks.
 */
#ifndef BOARD_HOP_TIMES_H
#define BOARD_HOP_TIMES_H

#include <stdint.h>

#define HOP_TIMES_MAX 32

struct hop_time {
    int32_t raw_s;
    int64_t published_ms;    /* the latest of its events */
    int64_t acknowledged_ms; /* the broker's word; known only where the race is driven */
    int64_t queryable_ms;    /* first seen complete by readers */
};

struct hop_times {
    struct hop_time at[HOP_TIMES_MAX]; /* at raw_s % HOP_TIMES_MAX */
};

/* The place of a raw second, cleared where an older one had it. NULL: a newer one has it. */
static inline struct hop_time *hop_times_place(struct hop_times *s, int32_t raw_s)
{
    struct hop_time *at = raw_s < 0 ? 0 : &s->at[raw_s % HOP_TIMES_MAX];

    if (!at || at->raw_s > raw_s)
        return 0;
    if (at->raw_s < raw_s)
        *at = (struct hop_time){.raw_s = raw_s};
    return at;
}

/* An event of that second was published; the latest of them counts. */
static inline void hop_times_published(struct hop_times *s, int32_t raw_s, int64_t ms)
{
    struct hop_time *at = hop_times_place(s, raw_s);

    if (at && ms > at->published_ms)
        at->published_ms = ms;
}

/* The broker has the ticks from_s ... to_s for good since `ms`. Only the newest are kept. */
static inline void hop_times_acknowledged(
    struct hop_times *s, int32_t from_s, int32_t to_s, int64_t ms)
{
    for (int32_t r = to_s; r >= from_s && r > to_s - HOP_TIMES_MAX; r--) {
        struct hop_time *at = hop_times_place(s, r);

        if (at)
            at->acknowledged_ms = ms;
    }
}

/* What is known of a tick that readers can see at `now_ms`. The first call for a tick sets its
 * queryable_ms. */
static inline struct hop_time hop_times_read(struct hop_times *s, int32_t raw_s, int64_t now_ms)
{
    struct hop_time *at = hop_times_place(s, raw_s);

    if (!at)
        return (struct hop_time){.raw_s = raw_s, .queryable_ms = now_ms};
    if (!at->queryable_ms)
        at->queryable_ms = now_ms;
    return *at;
}

#endif
