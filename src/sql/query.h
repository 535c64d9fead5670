/*
 * query.h: read-only SQL over any store, in SQLite's dialect with Pinot's functions and Pinot's
 * answers. The tables are virtual and read through store_ops (races, view, events, courses), so
 * nothing is copied into SQLite: `parkrun` (latest per competitor; every event under skipUpsert),
 * `parkrun_history`, `races`, `courses`.
 *
 * The steps of one statement: the request is JSON (query.c); the text is cut into words (token.h)
 * and rewritten for SQLite (dialect.h); SQLite prepares it, watched by the sandbox (sandbox.h);
 * it reads the virtual tables (tables.h) and calls our functions (functions.h, spatial.h); the rows
 * become Pinot's JSON (answer.h).
 *
 * A statement that writes, attaches or sets a pragma is refused. One that runs longer than its
 * limit, or whose thread's work is cancelled (base/cancel.h), ends within 0.2 s. Each call makes
 * its own in-memory SQLite connection, so any thread may call.
 */
#ifndef SQL_QUERY_H
#define SQL_QUERY_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#define SQL_REQUEST_MAX 65536u /* bytes of the request */
#define SQL_ROWS_MAX 100000u   /* rows in an answer */
#define SQL_ANSWER_MAX (64u << 20)

/*
 * `request` is what Pinot's broker takes: {"sql": "…", "queryOptions": "…"}. `answer` becomes what
 * it answers: {"resultTable":
 * {"dataSchema": {"columnNames": […], "columnDataTypes": […]}, "rows": […]}, "exceptions": [],
 * "numServersQueried": 1, "numServersResponded": 1, "totalDocs": …, "timeUsedMs": …}. A statement
 * that fails gives an answer with `exceptions` [{errorCode, message}] and 0; -1 is for a request
 * that is not of this form. timeout_ms: 0 for ten seconds.
 */
int sql_query(struct store *s, const char *request, size_t len, int timeout_ms, struct buf *answer,
    struct err *e) MUST_CHECK;

#endif
