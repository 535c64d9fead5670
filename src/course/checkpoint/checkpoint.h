/*
 * checkpoint.h: the checkpoints of a course: aid stations, controls, timing mats, exchange zones.
 *
 * The list holds one item for each time that the course passes a checkpoint, laps included, in the
 * order of the line. A place that is passed twice gives two items of one name, with their number
 * (`pass` of `passes`). So every item has one distance, and at most one cut-off.
 */
#ifndef COURSE_CHECKPOINT_CHECKPOINT_H
#define COURSE_CHECKPOINT_CHECKPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKPOINT_MAX 200u             /* items of a course */
#define CHECKPOINT_NAME_MAX 100         /* bytes of UTF-8 */
#define CHECKPOINT_CUTOFF_MAX_S 2678400 /* 31 days */

enum checkpoint_kind {
    CHECKPOINT_NONE, /* no checkpoint */
    CHECKPOINT_CONTROL,
    CHECKPOINT_AID,
    CHECKPOINT_TIMING,
    CHECKPOINT_EXCHANGE,
};

struct checkpoint {
    char name[CHECKPOINT_NAME_MAX + 1];
    enum checkpoint_kind kind;
    uint32_t dist_mm; /* along the line; more than 0, less than the course's length */
    int32_t cutoff_s; /* seconds since the start; -1: none */
    struct lonlat at; /* where its sign stands */
    unsigned pass;    /* 1 ... passes: which one of those with its name */
    unsigned passes;
};

struct checkpoints {
    struct checkpoint *item;
    size_t n;
    size_t cap;
};

void checkpoints_release(struct checkpoints *list);

/* Appends an item. Its `pass` and `passes` are set by checkpoints_settle. */
void checkpoints_add(struct checkpoints *list, const struct checkpoint *c);

/* Puts the items in the order of the line, and numbers those of one name. */
void checkpoints_settle(struct checkpoints *list);

/* Copies a list. */
struct checkpoints checkpoints_copy(const struct checkpoints *list);

/* Whether an item before item `i` has its name and place: the same sign. */
bool checkpoints_repeat(const struct checkpoints *list, size_t i);

/* "checkpoint", "aid", "timing" or "exchange"; "" of CHECKPOINT_NONE. */
const char *checkpoint_kind_name(enum checkpoint_kind kind);

/* The kind of that name; CHECKPOINT_NONE if there is none. */
enum checkpoint_kind checkpoint_kind_parse(const char *name);

/* Appends what a person calls the item: its name, with the number of the pass if there are several:
 * "CP1 (2)". */
void checkpoint_label(const struct checkpoint *c, struct buf *out);

#endif
