/*
 * round_trip.h: export(import(x)) = x, for every format and from every format to every other.
 *
 * Aborts, with a sentence on stderr, where a course that was written comes back with another
 * revision, name, line, geofence or flag, where the second export differs from the first by a byte,
 * or where the GeoJSON, which alone keeps them, loses a diagnostic.
 */
#ifndef TESTS_FUZZ_ROUND_TRIP_H
#define TESTS_FUZZ_ROUND_TRIP_H

#include "course/course.h"

void round_trip(const struct course *c);

#endif
