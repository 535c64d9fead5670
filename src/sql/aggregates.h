/*
 * aggregates.h: sum, min, max and avg as Pinot answers them: doubles, also of whole numbers and
 * of no rows.
 */
#ifndef SQL_AGGREGATES_H
#define SQL_AGGREGATES_H

#include <sqlite3.h>

/* Returns SQLite's code. */
int sql_aggregates_register(sqlite3 *db);

#endif
