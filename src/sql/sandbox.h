/*
 * sandbox.h: what a statement from outside may not do: write, attach, set a pragma, call a function
 * that is not on the list, run past its deadline, take more memory than its share.
 *
 * Four of SQLite's own means do this. The authorizer is asked for every table and function while
 * the statement is prepared. The limits bound its size and that of a value. The progress handler
 * ends it while it runs. And since the handler cannot look into one step of SQLite's program,
 * the length of a value is bounded by the number of steps that move values.
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

/* One statement's sandbox. */
struct sql_sandbox {
    struct sql_context *context;
    int64_t memory_before; /* SQLite's use of memory in the process when the statement began */
    char refused[160];     /* why the statement was refused, "" where it was not */
    char too_big[120];     /* the sentence for a value that is longer than it may be */
};

/* Puts the connection into the sandbox, after its tables and functions were registered. `g` and `c`
 * outlive the connection. */
void sql_sandbox_init(struct sql_sandbox *g, sqlite3 *db, struct sql_context *c);

/*
 * Bounds the length of a value by what one row of this statement does with values. SQLite runs the
 * progress handler at jumps of its program only, so one row of many functions over long texts would
 * pass any time limit. The more such steps a statement has, the shorter its values may be.
 * ERR_TOO_LARGE where it has more than SQL_STEPS_MAX steps.
 */
int sql_sandbox_bound(
    struct sql_sandbox *g, sqlite3 *db, const char *statement, struct err *e) MUST_CHECK;

#endif
