/*
 * fence.h: a geofence: one polygon (holes allowed) in lon/lat with straight edges. Inside is what
 * GEOS calls contains: the boundary is outside. Immutable; fence_contains is for one thread at a
 * time per fence (it locks), the hot path uses struct fence_spans instead.
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

/* From the text of a GeoJSON Polygon (or a Feature, or a FeatureCollection with one) or WKT
 * POLYGON. An invalid polygon (self-crossing, open ring, fewer than 4 points, across the
 * antimeridian, lat/lon out of range) is refused with a sentence. */
struct fence *fence_parse(const char *text, size_t len, struct err *e) MUST_CHECK;

/* From rings of nanodegrees: ring r has ring_len[r] vertices, closed (first = last). */
struct fence *fence_new(
    const struct lonlat *vertices, const size_t *ring_len, size_t rings, struct err *e) MUST_CHECK;
void fence_free(struct fence *f);

bool fence_contains(const struct fence *f, struct lonlat p);

void fence_wkt(
    const struct fence *f, struct buf *out); /* "POLYGON ((lon lat, ...))", up to 9 decimals */
void fence_geojson(
    const struct fence *f, struct buf *out); /* {"type":"Polygon","coordinates":[...]} */
size_t fence_rings(const struct fence *f, const struct lonlat **vertices, const size_t **ring_len);

/*
 * Where a line is inside a fence, exactly: for every whole mm d of the line, laps included,
 * fence_spans_inside(s, d) == fence_contains(f, line_at(l, d)). Sorted, disjoint half-open
 * intervals.
 */
struct fence_span {
    uint32_t from_mm; /* first mm inside */
    uint32_t to_mm;   /* first mm outside again; the length + 1 where the line ends inside */
};

struct fence_spans {
    struct fence_span *span;
    size_t n;
    uint64_t total_mm; /* sum of the lengths */
};

#define FENCE_SPANS_MAX 1000000u

/* `f` NULL: no spans. False, and no spans, where the line lies on the fence's edge for more than
 * 50 km or goes in and out more than FENCE_SPANS_MAX times. */
bool fence_spans_init(struct fence_spans *s, const struct fence *f, const struct line *l);
void fence_spans_release(struct fence_spans *s);
bool fence_spans_inside(const struct fence_spans *s, uint32_t dist_mm);

#endif
