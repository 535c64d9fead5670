/* fence.c: a polygon, and whether a place is inside it, with GEOS. */
#include "geo/fence.h"

#include "base/mem.h"

#include <geos_c.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A GEOS context is for one thread at a time. This one is used under its lock. */
struct fence_geos {
    pthread_mutex_t lock;
    GEOSContextHandle_t context;
    GEOSGeometry *polygon;
    const GEOSPreparedGeometry *prepared;
};

struct fence {
    struct lonlat *vertices;
    size_t *ring_len;
    size_t rings;
    struct fence_geos *geos;
};

static struct fence_geos *geos_new(void)
{
    struct fence_geos *g = mem_zalloc(1, sizeof *g);

    (void)pthread_mutex_init(&g->lock, NULL);
    g->context = GEOS_init_r();
    return g;
}

static void geos_free(struct fence_geos *g)
{
    if (!g)
        return;
    if (g->prepared)
        GEOSPreparedGeom_destroy_r(g->context, g->prepared);
    if (g->polygon)
        GEOSGeom_destroy_r(g->context, g->polygon);
    GEOS_finish_r(g->context);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
}

static GEOSGeometry *make_ring(struct fence_geos *g, const struct lonlat *v, size_t n)
{
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g->context, (unsigned)n, 2);

    if (!s)
        return NULL;
    for (size_t i = 0; i < n; i++)
        (void)GEOSCoordSeq_setXY_r(
            g->context, s, (unsigned)i, lonlat_deg(v[i].lon_nd), lonlat_deg(v[i].lat_nd));
    return GEOSGeom_createLinearRing_r(g->context, s); /* takes over s */
}

/* A GEOS polygon, or NULL if GEOS refuses the rings. */
static GEOSGeometry *make_polygon(
    struct fence_geos *g, const struct lonlat *v, const size_t *ring_len, size_t rings)
{
    GEOSGeometry **ring = mem_zalloc(rings, sizeof(void *));
    GEOSGeometry *polygon = NULL;
    size_t made = 0;

    for (; made < rings; made++) {
        ring[made] = make_ring(g, v, ring_len[made]);
        if (!ring[made])
            break;
        v += ring_len[made];
    }
    if (made == rings) {
        polygon = GEOSGeom_createPolygon_r(g->context, ring[0], ring + 1, (unsigned)rings - 1);
    } else {
        for (size_t i = 0; i < made; i++)
            GEOSGeom_destroy_r(g->context, ring[i]);
    }
    free(ring);
    return polygon;
}

/* Refuses an invalid polygon, with the reason of GEOS. It looks like "Self-intersection[-0.065
 * 51.41]": a text, then a place in brackets. */
static int check_valid(struct fence_geos *g, struct err *e)
{
    char *reason = GEOSisValidReason_r(g->context, g->polygon);
    char *place = reason ? strchr(reason, '[') : NULL;
    int ret = 0;

    if (!reason || strcmp(reason, "Valid Geometry") != 0) {
        size_t len = !reason ? 0 : place ? (size_t)(place - reason) : strlen(reason);

        ret = err_set_field(e, "geofence", "The geofence is not a valid polygon: %.*s%s%.*s.",
            (int)len, reason ? reason : "", place ? " at " : "",
            place ? (int)strcspn(place + 1, "]") : 0, place ? place + 1 : "");
    }
    GEOSFree_r(g->context, reason);
    return ret;
}

static int check_place(const struct lonlat *v, size_t i, struct err *e)
{
    int64_t step;

    if (!lonlat_is_valid(v[i]))
        return err_set_field(e, "geofence",
            "Point %zu of the geofence is not on the globe. A geofence cannot cross the "
            "antimeridian.",
            i + 1);
    step = i ? v[i].lon_nd - v[i - 1].lon_nd : 0;
    if (step > 180000000000 || step < -180000000000)
        return err_set_field(e, "geofence",
            "The geofence crosses the antimeridian (180 degrees) before point %zu, which it "
            "cannot.",
            i + 1);
    return 0;
}

static int check_ring(const struct lonlat *v, size_t n, size_t ring, struct err *e)
{
    char name[64] = "The outline of the geofence";

    if (ring > 0)
        (void)snprintf(name, sizeof name, "Hole %zu of the geofence", ring);
    if (n < 4)
        return err_set_field(e, "geofence",
            "%s has %zu point%s; it needs 4 or more, and the last must be the first.", name, n,
            n == 1 ? "" : "s");
    if (memcmp(&v[0], &v[n - 1], sizeof *v) != 0)
        return err_set_field(e, "geofence", "%s is open: its last point must be its first.", name);
    for (size_t i = 0; i < n; i++) {
        if (check_place(v, i, e))
            return -1;
    }
    return 0;
}

static int check_rings(
    const struct lonlat *v, const size_t *ring_len, size_t rings, size_t *n, struct err *e)
{
    *n = 0;
    if (rings == 0)
        return err_set_field(e, "geofence", "The geofence is empty.");
    for (size_t r = 0; r < rings; r++) {
        if (ring_len[r] > FENCE_MAX_VERTICES - *n) {
            (void)err_set_field(
                e, "geofence", "The geofence has more than %u points.", FENCE_MAX_VERTICES);
            e->code = ERR_TOO_LARGE;
            return -1;
        }
        if (check_ring(v + *n, ring_len[r], r, e))
            return -1;
        *n += ring_len[r];
    }
    return 0;
}

struct fence *fence_new(
    const struct lonlat *vertices, const size_t *ring_len, size_t rings, struct err *e)
{
    struct fence *f;
    size_t n;

    if (check_rings(vertices, ring_len, rings, &n, e))
        return NULL;
    f = mem_zalloc(1, sizeof *f);
    f->vertices = mem_dup(vertices, n * sizeof *vertices);
    f->ring_len = mem_dup(ring_len, rings * sizeof *ring_len);
    f->rings = rings;
    f->geos = geos_new();
    f->geos->polygon = make_polygon(f->geos, vertices, ring_len, rings);
    if (!f->geos->polygon) {
        (void)err_set_field(e, "geofence", "The geofence is not a polygon.");
        goto fail;
    }
    if (check_valid(f->geos, e))
        goto fail;
    f->geos->prepared = GEOSPrepare_r(f->geos->context, f->geos->polygon);
    if (!f->geos->prepared) {
        (void)err_set_field(e, "geofence", "The geofence is not a polygon.");
        goto fail;
    }
    return f;
fail:
    fence_free(f);
    return NULL;
}

void fence_free(struct fence *f)
{
    if (!f)
        return;
    geos_free(f->geos);
    free(f->vertices);
    free(f->ring_len);
    free(f);
}

bool fence_contains(const struct fence *f, struct lonlat p)
{
    struct fence_geos *g = f->geos;
    GEOSGeometry *point;
    bool inside;

    (void)pthread_mutex_lock(&g->lock);
    point = GEOSGeom_createPointFromXY_r(g->context, lonlat_deg(p.lon_nd), lonlat_deg(p.lat_nd));
    inside = GEOSPreparedContains_r(g->context, g->prepared, point) == 1;
    GEOSGeom_destroy_r(g->context, point);
    (void)pthread_mutex_unlock(&g->lock);
    return inside;
}

size_t fence_rings(const struct fence *f, const struct lonlat **vertices, const size_t **ring_len)
{
    *vertices = f->vertices;
    *ring_len = f->ring_len;
    return f->rings;
}

/* How rings are written: around all and around each, around a place, between its numbers. */
struct style {
    const char *open;
    const char *close;
    const char *place_open;
    const char *place_close;
    char between;
};

static void add_rings(struct buf *out, const struct fence *f, const struct style *s)
{
    const struct lonlat *v = f->vertices;

    buf_adds(out, s->open);
    for (size_t r = 0; r < f->rings; r++) {
        buf_adds(out, r ? ", " : "");
        buf_adds(out, s->open);
        for (size_t i = 0; i < f->ring_len[r]; i++, v++) {
            buf_adds(out, i ? ", " : "");
            buf_adds(out, s->place_open);
            lonlat_add_degrees(out, v->lon_nd);
            buf_addc(out, s->between);
            lonlat_add_degrees(out, v->lat_nd);
            buf_adds(out, s->place_close);
        }
        buf_adds(out, s->close);
    }
    buf_adds(out, s->close);
}

void fence_wkt(const struct fence *f, struct buf *out)
{
    static const struct style wkt = {"(", ")", "", "", ' '};

    buf_adds(out, "POLYGON ");
    add_rings(out, f, &wkt);
}

void fence_geojson(const struct fence *f, struct buf *out)
{
    static const struct style geojson = {"[", "]", "[", "]", ','};

    buf_adds(out, "{\"type\":\"Polygon\",\"coordinates\":");
    add_rings(out, f, &geojson);
    buf_addc(out, '}');
}
