/*
 * count.h: `select count(*) from parkrun`, of all races or of one, is answered from what the store
 * knows (store_ops.count) instead of row by row. A day's history has a thousand million rows. No
 * statement can read them within its time limit, and SQLite gives a virtual table no chance to
 * answer a count itself.
 */
#ifndef SQL_COUNT_H
#define SQL_COUNT_H

#include "base/buf.h"
#include "sql/context.h"
#include "sql/token.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Is this statement, without its options, nothing but
 *   SELECT count(*) [[AS] name] FROM parkrun|parkrun_history [[AS] alias]
 *   [WHERE [alias.]runId = 'text'] [LIMIT number] ?
 * Then the statement for SQLite is appended: a call of the function below, which brings its own
 * row. False appends nothing.
 */
bool sql_count_rewrite(const struct sql_token *t, size_t n, struct buf *out);

/* Registers the function positioncount(history[, runId]), which rewritten statements call. Returns
 * SQLite's code. */
int sql_count_register(sqlite3 *db, struct sql_context *c);

#endif
