/*
 * functions.h: Pinot's functions, by their names in lower case without underscores (dialect.h makes
 * them so), with Pinot's answers: aggregates are doubles, and arithmetic is IEEE's. SQLite turns a
 * NaN into NULL, so here a NULL argument is read as NaN.
 */
#ifndef SQL_FUNCTIONS_H
#define SQL_FUNCTIONS_H

#include "sql/context.h"

#include <sqlite3.h>

/* One function for sql_functions_add. */
struct sql_function {
    const char *name;
    int args; /* -1: any number */
    void (*run)(sqlite3_context *out, int argc, sqlite3_value **argv);
};

/* Registers everything of this file. `c` outlives the connection. Returns SQLite's code. */
int sql_functions_register(sqlite3 *db, struct sql_context *c);

/* Registers a list of deterministic functions with the same `app`, which outlives the connection.
 * Each call first checks the deadline of `c` and interrupts the statement behind it. Returns
 * SQLite's code. */
int sql_functions_add(
    sqlite3 *db, const struct sql_function *f, size_t n, struct sql_context *c, void *app);

/* The `app` of the function that is running. */
void *sql_functions_app(sqlite3_context *out);

/* Ends the statement with this sentence. */
void sql_functions_fail(sqlite3_context *out, const struct err *e);

#endif
