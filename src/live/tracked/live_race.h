/*
 * live_race.h: what a driver has instead of a simulator when people's devices make the race: the
 * log of their fixes, and the field that matches them to the course. What it publishes counts once
 * the store has committed it; after a restart everything is made again from the log.
 *
 * The engine's thread owns it; only live_race_new may run elsewhere.
 */
#ifndef LIVE_TRACKED_LIVE_RACE_H
#define LIVE_TRACKED_LIVE_RACE_H

#include "base/err.h"
#include "course/course.h"
#include "feed/feed.h"
#include "race/race.h"
#include "store/store.h"
#include "tracking/fixlog/fixlog.h"

#include <stdbool.h>
#include <stdint.h>

#define LIVE_RACE_LOOK_MS 200 /* the log is looked at so often */

struct live_race;

/* Drops what the log has of races that the store does not know: they were deleted, or their
 * creation was not recorded. On the engine's thread after a commit, or before it runs: else a race
 * that is being made would be lost. What fails is logged, and left for the next time. */
void live_race_sweep(struct fixlog *log, struct store *s);

/* Takes what was published from the store, which is borrowed as the log is. */
struct live_race *live_race_new(const struct race_record *r, struct course *c, struct fixlog *log,
    struct store *s, struct err *e) MUST_CHECK;
void live_race_free(struct live_race *l); /* NULL is fine */

/* Another start, Unix time. ERR_CONFLICT: positions have been published, which count from the old
 * one. */
int live_race_move(struct live_race *l, int64_t start_s, struct err *e) MUST_CHECK;

/* Matches what the log has got, and publishes what is due. `ends`: the race does, so everything is
 * published as exactly as it is known, and it is an error if the log cannot be read. `events` grows
 * by how many. */
int live_race_step(struct live_race *l, struct feed *f, int64_t now_ms, bool ends, uint64_t *events,
    struct err *e) MUST_CHECK;

#endif
