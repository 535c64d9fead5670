/*
 * spatial.h: Pinot's ST_ functions, over GEOS and the bytes of sql/geometry. Nothing reaches
 * GEOS that sql_shape_check() has not taken.
 */
#ifndef SQL_SPATIAL_H
#define SQL_SPATIAL_H

#include "base/buf.h"
#include "base/err.h"
#include "sql/context.h"

#include <sqlite3.h>

struct sql_spatial;

/* Appends well-known text as JTS writes it: "LINESTRING (0 0, 1.5 2)". ERR_INVALID where the bytes
 * are no geometry; then nothing is appended. */
int sql_spatial_text(const void *bytes, size_t len, struct buf *out, struct err *e) MUST_CHECK;

/* What the functions of one connection need: a GEOS of their own, and the geometry that was last
 * asked what it contains. Freed after the connection is closed. */
struct sql_spatial *sql_spatial_new(void);
void sql_spatial_free(struct sql_spatial *s); /* NULL is fine */

/* Registers the functions. `s` and `c` outlive the connection. Returns SQLite's code. */
int sql_spatial_register(struct sql_spatial *s, sqlite3 *db, struct sql_context *c);

#endif
