/*
 * fix.h: one place that a device reported, as matching sees it. What else a phone sends (device,
 * battery, heading, when it was received) stands beside it and never enters matching.
 *
 * The order of fixes is total, so a set of them has one order, however it arrived.
 */
#ifndef TRACKING_FIX_H
#define TRACKING_FIX_H

#include "geo/lonlat.h"

#include <stdint.h>

struct fix {
    int64_t time_ms; /* when it was measured, by the device's clock; Unix time */
    struct lonlat at;
    uint32_t accuracy_mm; /* the radius that holds the true place with 68 %; 0: not reported */
};

/* Less than 0, 0 or more, as a is before, at or after b: by time, latitude, longitude, accuracy. It
 * suits qsort. */
int fix_compare(const void *a, const void *b);

#endif
