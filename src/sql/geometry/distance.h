/*
 * distance.h: the least distance between two geometries, in the plane or on a sphere.
 */
#ifndef SQL_GEOMETRY_DISTANCE_H
#define SQL_GEOMETRY_DISTANCE_H

#include "base/err.h"
#include "sql/geometry/shape.h"

#include <geos_c.h>

/*
 * In the plane, in the units of the coordinates. Both have passed sql_shape_check() and are not
 * empty. 0 where one is inside the other or they touch. A single call of GEOS may take the product
 * of both sizes and cannot be ended, so its index is asked about one short piece after the other.
 * ERR_TIMEOUT when cancel_due() (base/cancel.h) becomes true.
 */
int sql_distance_plane(GEOSContextHandle_t geos, const struct sql_shape *a,
    const struct sql_shape *b, double *out, struct err *e) MUST_CHECK;

/* Metres along a great circle between two points, on a sphere of 6,371,010 m (Vincenty's formula):
 * Pinot's ST_Distance of geographies. ERR_INVALID where one is no point on the earth. */
int sql_distance_sphere_m(
    const struct sql_shape *a, const struct sql_shape *b, double *out, struct err *e) MUST_CHECK;

#endif
