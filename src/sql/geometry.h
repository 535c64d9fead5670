/*
 * geometry.h: geometries in the bytes that Pinot stores and shows as hex, and the functions
 * over them.
 *
 * The form is that of Pinot's GeometrySerializer, big endian: u8 type (0 point, 1 multipoint, 2
 * line, 3 multiline, 4 polygon, 5 multipolygon, 6 collection; bit 7: geography), then a point's x
 * and y as f64; a multipoint's i32 count and its points; else i32 parts, i32 points, i32 first
 * point of each part, the points. Shells run clockwise, holes the other way. A collection is its
 * members one after the other.
 */
#ifndef SQL_GEOMETRY_H
#define SQL_GEOMETRY_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/lonlat.h"

#include <geos_c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_GEOMETRY_POINT_LEN 17u
#define SQL_GEOMETRY_MAX (4u << 20) /* bytes of one geometry */

void sql_geometry_point(uint8_t out[SQL_GEOMETRY_POINT_LEN], double x, double y, bool geography);

/* Appended, as geographies. */
void sql_geometry_add_point(struct buf *out, double x, double y, bool geography);
void sql_geometry_add_line(struct buf *out, const struct lonlat *vertex, size_t n);
void sql_geometry_add_polygon(
    struct buf *out, const struct lonlat *vertex, const size_t *ring_len, size_t rings);

/* From well-known text; checked as sql_shape_check_all() does. On failure `out` is as it was. */
int sql_geometry_from_text(GEOSContextHandle_t geos, const char *wkt, bool geography,
    struct buf *out, struct err *e) MUST_CHECK;

/* For GEOS, of a shape that sql_shape_check() took. The caller destroys it. */
struct sql_shape;
GEOSGeometry *sql_geometry_make(
    GEOSContextHandle_t geos, const struct sql_shape *s, struct err *e) MUST_CHECK;

/* Both at once: checked and made. */
GEOSGeometry *sql_geometry_read(
    GEOSContextHandle_t geos, const void *bytes, size_t len, struct err *e) MUST_CHECK;

#endif
