/*
 * course_table.h: what Pinot's dimension table `courses` holds. It can only be replaced as a
 * whole, by any server: so nobody loads what is there already, and a load carries the rows along
 * that are somebody else's.
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
    struct course *const *course; /* to be looked up as they are now */
    size_t n;
    char (*gone)[COURSE_NAME_MAX + 1]; /* deleted: not to be there */
    size_t gone_n;
};

/* *holds: the table is as the list wants it; false too where it has not been loaded yet. */
int pinot_course_table_holds(
    struct pinot *p, const struct pinot_course_list *l, bool *holds, struct err *e) MUST_CHECK;

/* Loads the table where it is not as the list wants it, and waits up to wait_ms until it is. An
 * empty table cannot be loaded: then the old rows stay. *loaded: it was necessary. */
int pinot_course_table_load(struct pinot *p, const struct pinot_course_list *l, int wait_ms,
    bool *loaded, struct err *e) MUST_CHECK;

#endif
