/*
 * watermark.h: the highest complete tick of a race that is fed single events. Tick r is complete
 * when every unfinished competitor has rawTime >= r, or 300 ms after the first event of r.
 *
 * After a stall the partitions of a stream come back one after the other. Some competitors are then
 * minutes ahead of the rest, and a board of both would rank two moments together. The race is then
 * held: it is catching up, only complete ticks count, and the last complete board stays. That ends
 * when the slowest are about as far as the newest. It also ends when the slowest have not moved for
 * a minute and nothing says that the reader is behind: then they have dropped out and are not late.
 */
#ifndef BOARD_WATERMARK_H
#define BOARD_WATERMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATERMARK_PATIENCE_MS 300
#define WATERMARK_WAITING 64u /* unfinished ticks; when another begins, the oldest is dropped */
/* In wall ms at the speed of the race, between the newest and the slowest. Not less: while an
 * upsert replaces a row Pinot may hide it, and with bad luck in several answers running. */
#define WATERMARK_BEHIND_MS 5000
#define WATERMARK_BEHIND_S 5    /* and at least so many raw seconds */
#define WATERMARK_GONE_MS 60000 /* for so long the slowest may not move */

struct watermark {
    int32_t raw_s; /* the answer, -1: none */
    bool held;     /* the race is catching up */
    int32_t slowest_s;
    int64_t slowest_ms; /* since when it is that */
    size_t n;
    struct {
        int32_t raw_s;
        int64_t first_ms;
    } waiting[WATERMARK_WAITING]; /* by raw second */
};

/* What is known at the moment of an update. */
struct watermark_input {
    int32_t complete_s; /* everybody unfinished is there */
    int32_t newest_s;   /* somebody is */
    double speed;       /* raw seconds in a second; 0: a race without a clock, never held */
    bool behind;        /* the reader is known to lack what has been published */
    int64_t now_ms;
};

/* Begins with the highest complete tick `raw_s`, -1: none. */
void watermark_init(struct watermark *a, int32_t raw_s);

/* An event of raw second `raw_s` has come. */
void watermark_note(struct watermark *a, int32_t raw_s, int64_t now_ms);

/* Works out raw_s and held again. True where one of them has changed. */
bool watermark_update(struct watermark *a, const struct watermark_input *l);

#endif
