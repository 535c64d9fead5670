/*
 * distance.h: the least distance between two geometries in the plane. GEOS's index answers it
 * for pieces of one geometry after the other, each so small that the clock is looked at in time: a
 * single call may take the product of both sizes and cannot be ended.
 */
#ifndef SQL_DISTANCE_H
#define SQL_DISTANCE_H

#include "base/err.h"
#include "sql/shape.h"

#include <geos_c.h>

/* Both are checked (sql_shape_check.h) and not empty. 0 where one is inside the other or they
 * touch. ERR_TIMEOUT when cancel_due() (base/cancel.h) becomes true. */
int sql_distance(GEOSContextHandle_t geos, const struct sql_shape *a, const struct sql_shape *b,
    double *out, struct err *e) MUST_CHECK;

#endif
