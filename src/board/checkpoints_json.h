/* checkpoints_json.h: the checkpoints of a race as JSON; docs/api.md says what the members are. */
#ifndef BOARD_CHECKPOINTS_JSON_H
#define BOARD_CHECKPOINTS_JSON_H

#include "base/buf.h"
#include "board/view.h"

#include <stdint.h>

/* Append a JSON array. The view has passings, or its course has no checkpoints. */
void board_checkpoints_json(const struct view *v, struct buf *out);
void board_cutoffs_json(const struct view *v, uint32_t limit, struct buf *out);

/* Appends an object: the first `limit` who have passed checkpoint k, from 0. */
void board_checkpoint_json(const struct view *v, uint32_t k, uint32_t limit, struct buf *out);

#endif
