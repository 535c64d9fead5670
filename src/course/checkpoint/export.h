/* export.h: checkpoints as text, which checkpoints_parse reads back as they are. */
#ifndef COURSE_CHECKPOINT_EXPORT_H
#define COURSE_CHECKPOINT_EXPORT_H

#include "base/buf.h"
#include "course/checkpoint/checkpoint.h"

/* Append the list. CSV: with a line of names. JSON: an array, whose objects have `pass` and
 * `passes` too. */
void checkpoints_csv(const struct checkpoints *list, struct buf *out);
void checkpoints_json(const struct checkpoints *list, struct buf *out);

/* Appends the members of one item, without braces. */
void checkpoint_json(const struct checkpoint *c, struct buf *out);

#endif
