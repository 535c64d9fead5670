/*
 * course_table.h: what Pinot's dimension table `courses` holds. Any server may replace it, but only
 * as a whole. So a server loads it only where a row is missing or wrong, and takes the rows of
 * others along. Otherwise two servers would load it in turns for ever.
 */
#ifndef STORE_PINOT_COURSE_TABLE_H
#define STORE_PINOT_COURSE_TABLE_H

#include "base/err.h"
#include "course/course.h"
#include "store/pinot/client.h"

#include <stdbool.h>
#include <stddef.h>

/* What a server knows of courses; all of it borrowed. */
struct pinot_course_list {
    struct course *const *course; /* each has to be there as it is now */
    size_t n;
    char (*deleted)[COURSE_NAME_MAX + 1]; /* deleted: not to be there */
    size_t deleted_n;
};

/* *holds: the table is as the list wants it. False too where it was never loaded. */
int pinot_course_table_holds(
    struct pinot *p, const struct pinot_course_list *l, bool *holds, struct err *e) MUST_CHECK;

/* Loads the table where it is not as the list wants it, and waits up to wait_ms until queries see
 * the new rows. Pinot cannot load an empty table: then the old rows stay. *loaded: a load was
 * necessary. */
int pinot_course_table_load(struct pinot *p, const struct pinot_course_list *l, int wait_ms,
    bool *loaded, struct err *e) MUST_CHECK;

#endif
