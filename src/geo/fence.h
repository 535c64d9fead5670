/*
 * fence.h: a geofence: one polygon, with or without holes, in longitude and latitude with straight
 * edges. Inside means what GEOS calls contains: the boundary is outside.
 *
 * A fence never changes. fence_contains takes a lock, because GEOS objects are for one thread at a
 * time. The hot path asks the spans instead, which need no lock.
 */
#ifndef GEO_FENCE_H
#define GEO_FENCE_H

#include "base/buf.h"
#include "base/err.h"
#include "geo/line.h"
#include "geo/lonlat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FENCE_MAX_VERTICES 10000u

struct fence;

/* A fence from rings: ring r has ring_len[r] vertices, of which the last is the first. The first
 * ring is the outline, the others are holes. All is copied. NULL with a sentence if the polygon is
 * not valid: it crosses itself, a ring is open or has fewer than 4 points, or it crosses the
 * antimeridian. */
struct fence *fence_new(
    const struct lonlat *vertices, const size_t *ring_len, size_t rings, struct err *e) MUST_CHECK;

/* NULL is allowed. */
void fence_free(struct fence *f);

/* Whether the place is inside. Any thread; about 0.4 µs. */
bool fence_contains(const struct fence *f, struct lonlat p);

/* Appends "POLYGON ((lon lat, ...))" with up to 9 decimals. */
void fence_wkt(const struct fence *f, struct buf *out);

/* Appends {"type":"Polygon","coordinates":[...]}. */
void fence_geojson(const struct fence *f, struct buf *out);

/* The vertices of all rings, one ring after the other, and the length of each ring. Returns how
 * many rings. Both arrays are borrowed from the fence. */
size_t fence_rings(const struct fence *f, const struct lonlat **vertices, const size_t **ring_len);

/* A stretch of a line inside a fence. */
struct fence_span {
    uint32_t from_mm; /* the first mm inside */
    uint32_t to_mm;   /* the first mm outside again; the length + 1 if the line ends inside */
};

/* Where a line is inside a fence: sorted intervals that do not touch. They are exact: for every
 * whole mm d of the line, laps included,
 * fence_spans_inside(s, d) == fence_contains(f, line_at(l, d)). */
struct fence_spans {
    struct fence_span *span;
    size_t n;
    uint64_t total_mm; /* the sum of their lengths */
};

#define FENCE_SPANS_MAX 1000000u

/* Fills *s; the caller releases it. Without a fence (f is NULL) there are no spans. False, without
 * spans, if the line runs along the fence's edge for more than 50 km, or enters and leaves more
 * than FENCE_SPANS_MAX times. */
bool fence_spans_init(struct fence_spans *s, const struct fence *f, const struct line *l);
void fence_spans_release(struct fence_spans *s);

/* The first stretch that ends beyond dist_mm; s->n: there is none. A bisection; any thread. */
size_t fence_spans_next(const struct fence_spans *s, uint32_t dist_mm);

/* Whether the place at dist_mm is inside. A bisection; any thread. */
bool fence_spans_inside(const struct fence_spans *s, uint32_t dist_mm);

#endif
