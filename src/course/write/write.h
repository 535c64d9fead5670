/*
 * write.h: the writers of course files, one per format; course_export chooses. What a format has
 * no place for goes into its extension element, so that an import gives the same revision. They
 * append to `out` and cannot fail.
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

/* Parts that the whole and the simplified GeoJSON share: the beginning up to the route's
 * coordinates, the start or finish as a feature, the beginning of the member "trackside", and the
 * spans. */
void write_geojson_begin(const struct course *c, struct buf *out);
void write_geojson_point(const struct course_point *p, const char *role, struct buf *out);
void write_geojson_extension(const struct course *c, struct buf *out);
void write_geojson_spans(const struct fence_span *span, size_t n, struct buf *out);

/* The member "checkpoints"; nothing if there are none. */
void write_geojson_checkpoints(const struct checkpoints *list, struct buf *out);

/* scaled / 10^decimals, without zeros at the end: 4966400 with 3 decimals is "4966.4". */
void write_decimal(struct buf *out, int64_t scaled, int decimals);

/* "lon<between>lat" for each place, with `after` between two places. */
void write_places(
    struct buf *out, const struct lonlat *at, size_t n, const char *between, const char *after);

/* The same for the vertices of a lap, with "<between>elevation" if the course has elevations. */
void write_vertices(
    const struct course *c, struct buf *out, const char *between, const char *after);

/* The elevation of a vertex of a lap, in m. The course must have elevations. */
void write_elevation(const struct course *c, size_t vertex, struct buf *out);

#endif
