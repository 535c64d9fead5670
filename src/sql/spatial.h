/*
 * spatial.h: Pinot's ST_ functions, over GEOS and the bytes of sql_geometry.h. Nothing reaches
 * GEOS that sql_shape_check.h has not let pass.
 */
#ifndef SQL_SPATIAL_H
#define SQL_SPATIAL_H

#include "sql/context.h"

#include <sqlite3.h>

struct sql_spatial;

/* What the functions need; freed after the connection is closed. */
struct sql_spatial *sql_spatial_new(void);
void sql_spatial_free(struct sql_spatial *s); /* NULL is fine */

/* Returns SQLite's code. */
int sql_spatial_register(struct sql_spatial *s, sqlite3 *db, struct sql_context *c);

#endif
