/*
 * write.h: a course as a file, one writer per format; course_export chooses. What a format lacks
 * goes into its extension element, so that an import gives the same revision.
 */
#ifndef COURSE_WRITE_WRITE_H
#define COURSE_WRITE_WRITE_H

#include "base/buf.h"
#include "course/course.h"

#include <stddef.h>

void write_geojson(const struct course *c, struct buf *out);
void write_kml(const struct course *c, struct buf *out);
void write_gpx(const struct course *c, struct buf *out);
void write_csv(const struct course *c, struct buf *out);

/* Parts that the whole GeoJSON and the simplified one (write_simplified.c) share. */
void write_geojson_flag(const struct course_point *p, const char *role, struct buf *out);

/* Degrees with up to 9 decimals, no zeros at the end. */
void write_degrees(struct buf *out, int64_t nd);

/* value / 10^decimals, no zeros at the end. */
void write_decimal(struct buf *out, int64_t scaled, int decimals);

/* "lon<between>lat" for each place, `after` between places. */
void write_places(
    struct buf *out, const struct lonlat *at, size_t n, const char *between, const char *after);

#endif
