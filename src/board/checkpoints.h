/*
 * checkpoints.h: everybody at the checkpoints of a race, computed from one view: how many have
 * passed each, in which order, and who is behind a cut-off. Nobody is ever taken out of the race.
 *
 * A checkpoint is named by its place in the course's list, from 0. Nothing here is called for a
 * view without passings.
 */
#ifndef BOARD_CHECKPOINTS_H
#define BOARD_CHECKPOINTS_H

#include "base/err.h"
#include "board/view.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the view has times at checkpoint `number`, counted from 1 as people do; 0 asks for any at
 * all. A race on a course without checkpoints has all that it can have. -1 with an error. */
int board_checkpoints_check(const struct view *v, uint32_t number, struct err *e) MUST_CHECK;

/* One checkpoint, over all competitors. */
struct board_checkpoint {
    uint32_t passed;
    int32_t first_s; /* raw second of the first passing, -1 */
    uint32_t first;  /* who that was: the number in the view */
    int32_t last_s;  /* of the latest */
    bool closed;     /* the view's time has come to the cut-off */
    uint32_t behind; /* closed: seen, and not there at the cut-off */
    /* Not closed: still to come, and at their average pace later than the cut-off. */
    uint32_t danger;
};

/* Fills `out`, one item for each checkpoint of the course. */
void board_checkpoints(const struct view *v, struct board_checkpoint *out);

/* Fills in `rank` for somebody who passed the checkpoints at these raw seconds (-1: not yet): of
 * each 1 + how many passed it earlier, 0 where it has not been passed. One item for each checkpoint
 * of the course, both. */
void board_checkpoint_ranks(const struct view *v, const int32_t *at_s, uint32_t *rank);

/* Somebody at a checkpoint. */
struct board_passing {
    uint32_t i; /* number in the view */
    uint32_t rank;
    int32_t raw_s; /* when they passed; -1: not yet */
};

/* Those who have passed checkpoint k, the earliest first, at most `limit`. Returns how many. */
uint32_t board_checkpoint_order(
    const struct view *v, uint32_t k, struct board_passing *out, uint32_t limit);

/* Who is behind the cut-off of checkpoint k, or in danger of it (`danger`), at most `limit`: those
 * who are farthest from it first; of those who have come too late, the latest first. Returns how
 * many. */
uint32_t board_checkpoint_late(
    const struct view *v, uint32_t k, bool danger, struct board_passing *out, uint32_t limit);

/* The raw second at which number i will be at checkpoint k at the average pace so far; INT32_MAX if
 * they have not moved. */
int32_t board_checkpoint_expected_s(const struct view *v, uint32_t i, uint32_t k);

#endif
