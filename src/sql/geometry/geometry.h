/*
 * geometry.h: geometries made into the bytes that Pinot stores and shows as hex (shape.h says what
 * these are), and from them into geometries of GEOS. `geos` is the caller's, for one thread.
 */
#ifndef SQL_GEOMETRY_GEOMETRY_H
#define SQL_GEOMETRY_GEOMETRY_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/lonlat.h"
#include "sql/geometry/shape.h"

#include <geos_c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_GEOMETRY_POINT_LEN 17u
#define SQL_GEOMETRY_MAX (4u << 20) /* bytes of one geometry's text */

void sql_geometry_point(uint8_t out[SQL_GEOMETRY_POINT_LEN], double x, double y, bool geography);

/* These append a geography. A polygon's first ring is its shell; rings are turned the right way. */
void sql_geometry_add_point(struct buf *out, double lon_deg, double lat_deg);
void sql_geometry_add_line(struct buf *out, const struct lonlat *vertex, size_t n);
void sql_geometry_add_polygon(
    struct buf *out, const struct lonlat *vertex, const size_t *ring_len, size_t rings);

/* Appends the bytes of well-known text: a POINT, LINESTRING or POLYGON whose values
 * sql_shape_check_values() takes. On failure `out` is as it was: ERR_INVALID with the reason. */
int sql_geometry_from_text(GEOSContextHandle_t geos, const char *wkt, bool geography,
    struct buf *out, struct err *e) MUST_CHECK;

/* For GEOS, of a shape that sql_shape_check() took. The caller destroys it. */
GEOSGeometry *sql_geometry_make(
    GEOSContextHandle_t geos, const struct sql_shape *s, struct err *e) MUST_CHECK;

#endif
