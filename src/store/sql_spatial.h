/* sql_spatial.h: Pinot's ST_ functions, over GEOS and the bytes of sql_geometry.h. */
#ifndef STORE_SQL_SPATIAL_H
#define STORE_SQL_SPATIAL_H

#include <sqlite3.h>

/* What they need lives as long as the connection. Returns SQLite's code. */
int sql_spatial_register(sqlite3 *db);

#endif
