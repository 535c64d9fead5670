/*
 * tables.h: the virtual tables races and courses (tables.c), parkrun and parkrun_history
 * (positions.c). Nothing is copied into SQLite: a cursor walks over the views, the events, the
 * races and the courses of one struct sql_context.
 *
 * Columns stand in ASCII order of their names, as Pinot gives them for SELECT *.
 */
#ifndef SQL_TABLES_H
#define SQL_TABLES_H

#include "sql/columns.h"
#include "sql/context.h"

#include <sqlite3.h>

struct sql_table_column {
    const char *name;
    enum sql_type type;
};

/* For xConnect: declares the table with these columns and allocates `size` bytes, which begin with
 * a struct sqlite3_vtab. The table's xDisconnect frees them. Returns SQLite's code. */
int sql_tables_declare(
    sqlite3 *db, const struct sql_table_column *column, size_t n, size_t size, sqlite3_vtab **out);

/* races and courses. `c` outlives the connection. Returns SQLite's code. */
int sql_tables_register(sqlite3 *db, struct sql_context *c);

/* parkrun and parkrun_history, in the same way. */
int sql_positions_register(sqlite3 *db, struct sql_context *c);

/* Makes a store's error that of the table, whose sentence SQLite then reports. Returns
 * SQLITE_ERROR. */
int sql_tables_fail(sqlite3_vtab *t, const struct err *e);

#endif
