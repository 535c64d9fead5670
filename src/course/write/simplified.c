/* simplified.c: a course's GeoJSON for a first picture on a map: fewer vertices and decimals. */
#include "base/mem.h"
#include "course/write/write.h"
#include "geo/simplify.h"

#include <stdlib.h>

#define ROUND_ND 1000 /* 6 decimals: 0.11 m */

/* Rounds to 6 decimals. The number of vertices is what matters for the size, then the number of
 * digits. */
static int64_t rounded(int64_t nd)
{
    return (nd + (nd < 0 ? -ROUND_ND / 2 : ROUND_ND / 2)) / ROUND_ND * ROUND_ND;
}

static void add_places(const struct lonlat *at, const uint32_t *kept, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        struct lonlat p = {rounded(at[kept[i]].lon_nd), rounded(at[kept[i]].lat_nd)};

        buf_adds(out, i > 0 ? "],[" : "[");
        write_places(out, &p, 1, ",", "");
    }
    buf_addc(out, ']');
}

/* Adds ring after ring while there is room. The outline comes first. A closed ring has at least 4
 * vertices. */
static void add_fence(const struct fence *f, size_t room, struct buf *out)
{
    const struct lonlat *at;
    const size_t *ring_len;
    size_t rings = fence_rings(f, &at, &ring_len);
    uint32_t *kept = mem_zalloc(room, sizeof *kept);

    buf_adds(out, ",\n{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":"
                  "{\"type\":\"Polygon\",\"coordinates\":[");
    for (size_t r = 0; r < rings && room >= 4; r++) {
        size_t n = simplify_line(at, ring_len[r], room, kept);

        buf_adds(out, r > 0 ? ",[" : "[");
        add_places(at, kept, n, out);
        buf_addc(out, ']');
        at += ring_len[r];
        room -= n;
    }
    buf_adds(out, "]}}");
    free(kept);
}

/* For qsort: the longer span first. */
static int longer(const void *a, const void *b)
{
    const struct fence_span *x = a, *y = b;
    uint32_t x_mm = x->to_mm - x->from_mm, y_mm = y->to_mm - y->from_mm;

    return (x_mm < y_mm) - (x_mm > y_mm);
}

/* For qsort: the span that begins earlier first. */
static int nearer(const void *a, const void *b)
{
    const struct fence_span *x = a, *y = b;

    return (x->from_mm > y->from_mm) - (x->from_mm < y->from_mm);
}

/* Adds the longest `max` spans, in the order of the line. */
static void add_spans(const struct fence_spans *s, size_t max, struct buf *out)
{
    size_t n = s->n < max ? s->n : max;
    struct fence_span *span = mem_zalloc(s->n + 1, sizeof *span);

    for (size_t i = 0; i < s->n; i++)
        span[i] = s->span[i];
    qsort(span, s->n, sizeof *span, longer);
    qsort(span, n, sizeof *span, nearer);
    write_geojson_spans(span, n, out);
    free(span);
}

/* Adds the elevations in metres, rounded to 0.1 m. */
static void add_elevations(const struct course *c, const uint32_t *kept, size_t n, struct buf *out)
{
    buf_adds(out, ",\n\"elevations\":[");
    for (size_t i = 0; i < n; i++) {
        int32_t cm = c->elevation_cm[kept[i]];

        if (i > 0)
            buf_addc(out, ',');
        write_decimal(out, (cm + (cm < 0 ? -5 : 5)) / 10, 1);
    }
    buf_addc(out, ']');
}

static void add_extension(const struct course *c, const uint64_t *at_um, const uint32_t *kept,
    size_t n, size_t of, struct buf *out)
{
    write_geojson_extension(c, out);
    buf_addf(out, ",\"simplified\":{\"points\":%zu,\"of\":%zu},\n\"distances\":[", n, of);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        write_decimal(out, (int64_t)((at_um[kept[i]] + 50000) / 100000), 1);
    }
    buf_addc(out, ']');
    if (c->elevation_cm)
        add_elevations(c, kept, n, out);
}

void course_export_simplified(const struct course *c, uint32_t points, struct buf *out)
{
    const struct lonlat *at;
    const uint64_t *at_um;
    size_t of = line_vertices(c->line, &at, &at_um);
    uint32_t *kept = mem_zalloc(points, sizeof *kept);
    size_t n = simplify_line(at, of, points, kept);

    write_geojson_begin(c, out);
    add_places(at, kept, n, out);
    buf_adds(out, "]}}");
    if (c->fence)
        add_fence(c->fence, points / 4 > 16 ? points / 4 : 16, out);
    write_geojson_point(&c->start, "start", out);
    write_geojson_point(&c->finish, "finish", out);
    buf_adds(out, "],\n");
    add_extension(c, at_um, kept, n, of, out);
    add_spans(&c->spans, points / 8 > 8 ? points / 8 : 8, out);
    write_geojson_checkpoints(&c->checkpoints, out);
    buf_adds(out, "}}\n");
    free(kept);
}
