/*
 * functions.h: Pinot's functions by their names in lower case without underscores
 * (sql_dialect.h makes them so), with Pinot's answers: aggregates are doubles, arithmetic is
 * IEEE's, and NULL stands for NaN, which SQLite does not keep.
 */
#ifndef SQL_FUNCTIONS_H
#define SQL_FUNCTIONS_H

#include "sql/context.h"

#include <sqlite3.h>

/* One function for sqlite3_create_function. */
struct sql_function {
    const char *name;
    int args; /* -1: any number */
    void (*run)(sqlite3_context *out, int argc, sqlite3_value **argv);
};

/* `c` outlives the connection. Return SQLite's code. */
int sql_functions_register(sqlite3 *db, struct sql_context *c);

/* All of a list, deterministic, with the same `app`. Each looks at the clock of `c` before it runs.
 */
int sql_functions_add(
    sqlite3 *db, const struct sql_function *f, size_t n, struct sql_context *c, void *app);

/* The `app` of the function that runs. */
void *sql_functions_app(sqlite3_context *out);

/* Ends the statement with the error's sentence. */
void sql_functions_fail(sqlite3_context *out, const struct err *e);

#endif
