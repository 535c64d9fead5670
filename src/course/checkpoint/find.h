/*
 * find.h: the checkpoints that a course file has: its points whose name or type says so, and that
 * the line passes.
 */
#ifndef COURSE_CHECKPOINT_FIND_H
#define COURSE_CHECKPOINT_FIND_H

#include "course/checkpoint/checkpoint.h"
#include "course/diagnostics.h"
#include "course/draft.h"
#include "geo/line.h"

/* Fills `out` from the draft's extension (a course that Trackside exported), else from its points.
 * `same_line`: the line is the one of the export, so its distances hold. A diagnostic says what was
 * found, and which ones are too far from the line. */
void checkpoints_find(const struct draft *d, const struct line *l, bool same_line,
    struct checkpoints *out, struct diagnostics *notes);

#endif
