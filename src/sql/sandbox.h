/*
 * sandbox.h: what a stranger's statement may not do: write, attach, set a pragma, call a function
 * that is not on the list, run past its deadline, take more memory than its share.
 */
#ifndef SQL_SANDBOX_H
#define SQL_SANDBOX_H

#include "sql/context.h"
#include "sql/token.h"

#include <sqlite3.h>

#define SQL_VALUE_MAX (8 << 20)             /* bytes of one text or blob in a short statement */
#define SQL_ROW_EFFORT (INT64_C(256) << 20) /* bytes that one row may move: about 0.1 s */
#define SQL_STEPS_MAX 50000                 /* of SQLite's program for a statement */
#define SQL_MEMORY_MAX (INT64_C(512) << 20) /* that SQLite may take for one statement */

struct sql_guard {
    struct sql_context *context;
    int64_t memory_before;
    char refused[160]; /* why the statement was refused, "" where it was not */
    char too_big[120]; /* the sentence for a value that is longer than it may be */
};

/* After the tables and functions are registered. `g` outlives the connection. */
void sql_guard_init(struct sql_guard *g, sqlite3 *db, struct sql_context *c);

/*
 * Bounds the length of a value by what one row of this statement does with values. SQLite looks at
 * no clock between two jumps of its program, so a row of many functions over long texts would pass
 * any time limit: the more such steps, the shorter a value may be. ERR_TOO_LARGE where the
 * statement has more steps than SQL_STEPS_MAX.
 */
int sql_guard_bound(
    struct sql_guard *g, sqlite3 *db, const char *statement, struct err *e) MUST_CHECK;

#endif
