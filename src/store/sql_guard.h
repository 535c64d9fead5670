/*
 * sql_guard.h: what a stranger's statement may not do: write, attach, set a pragma, call a function
 * that is not on the list, run past its deadline, take more memory than its share.
 */
#ifndef STORE_SQL_GUARD_H
#define STORE_SQL_GUARD_H

#include "store/sql_context.h"
#include "store/sql_token.h"

#include <sqlite3.h>

#define SQL_VALUE_MAX (8 << 20)             /* bytes of one text or blob */
#define SQL_MEMORY_MAX (INT64_C(512) << 20) /* that SQLite may take for one statement */

struct sql_guard {
    struct sql_context *context;
    int64_t memory_before;
    unsigned ticks;
    char refused[160]; /* why the statement was refused, "" where it was not */
};

/* After the tables and functions are registered. `g` outlives the connection. */
void sql_guard_init(struct sql_guard *g, sqlite3 *db, struct sql_context *c);

#endif
