/*
 * typed.h: checkpoints as people and programs write them.
 *
 * CSV: name, and a distance or a place, and perhaps a kind and a cut-off. The first line names the
 * columns in any order and case: name, kind, distance, lat, lon, cutoff. Without such a line two or
 * three cells are name,distance[,cutoff], and four are name,lat,lon,cutoff. Cells may be parted by
 * ';' or tabs. JSON: an array of objects with the same members, or {"checkpoints": [...]}.
 *
 * A distance is in metres, or has "km" or "mi" behind it. It is one passing of the course. A place
 * is a passing wherever the line is near (passings.h); the cut-off is that of the last one. If a
 * row has both, the distance counts and the place is where the sign stands. A cut-off is "h:mm:ss"
 * or whole seconds since the start.
 */
#ifndef COURSE_CHECKPOINT_TYPED_H
#define COURSE_CHECKPOINT_TYPED_H

#include "base/buf.h"
#include "base/err.h"
#include "course/checkpoint/checkpoint.h"
#include "geo/line.h"

#include <stdbool.h>
#include <stddef.h>

#define CHECKPOINT_TEXT_MAX (256u << 10) /* bytes */

/* Reads the text for the line `l`. `by_place`: the distances are those of another line, so only the
 * places count. The caller releases the list, also after an error. -1 with an error whose sentences
 * name the lines that are wrong. */
int checkpoints_parse(const char *text, size_t len, const struct line *l, bool by_place,
    struct checkpoints *out, struct err *e) MUST_CHECK;

#endif
