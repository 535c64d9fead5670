/* line.c: prepares a line, and finds the place at a distance. */
#include "geo/line.h"

#include "base/mem.h"
#include "geo/line_internal.h"
#include "geo/wgs84.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PD_PER_ND 1000
#define PD_PER_DEG 1e12
#define METRES_PER_DEG 111700.0   /* an upper bound, for latitude and longitude */
#define PIECE_ERROR_MAX_M 0.00001 /* 0.01 mm; a piece with a greater error is cut in two */
#define PIECE_MIN_UM 20u    /* a shorter piece is not cut: at a pole it would not get better */
#define SHORT_UM 100000000u /* 100 m */
#define FAR_FROM_POLE_PD (80 * INT64_C(1000000000000))

/* a - b the short way around the globe, -180 to 180 degrees. */
static int64_t lon_between(int64_t a_pd, int64_t b_pd)
{
    int64_t d = a_pd - b_pd;

    if (d > LINE_PD_HALF)
        return d - 2 * LINE_PD_HALF;
    return d < -LINE_PD_HALF ? d + 2 * LINE_PD_HALF : d;
}

static inline double along(double t, double d, double b)
{
    return t * (d + (1.0 - t) * b);
}

/* Rounds to the nearest nanodegree. Adding `big` makes the dividend positive, because / rounds
 * negative numbers up. */
static inline int64_t pd_to_nd(int64_t pd)
{
    const uint64_t big = 1000000000000000;

    return (int64_t)(((uint64_t)pd + PD_PER_ND / 2 + big * PD_PER_ND) / PD_PER_ND - big);
}

/* The place on the geodesic `um` from the start of its segment. */
static void geodesic_at(const struct line_segment *s, uint64_t um, double *lon_deg, double *lat_deg)
{
    /* The length was rounded to whole µm. That is spread evenly, so that the end is exact. */
    double s_m = s->length_um ? s->length_m * ((double)um / (double)s->length_um) : 0;

    geod_position(&s->geodesic, s_m, lat_deg, lon_deg, NULL);
}

double line_piece_error_m(const struct line_segment *s, const struct line_piece *p,
    struct line_stop a, struct line_stop b)
{
    /* The error is a cubic, with its peaks at 3.4 and 12.6 sixteenths. */
    static const unsigned sixteenths[] = {1, 3, 6, 8, 10, 13, 15};
    double worst = 0;

    for (size_t i = 0; i < sizeof sixteenths / sizeof *sixteenths; i++) {
        uint64_t um = (b.um - a.um) * sixteenths[i] / 16;
        double t = (double)um * p->per_um, lon_deg, lat_deg, x, y;

        geodesic_at(s, a.um + um, &lon_deg, &lat_deg);
        x = fmod(fabs(lon_deg * PD_PER_DEG - (double)a.lon_pd - along(t, p->d_lon, p->b_lon)),
            360 * PD_PER_DEG);
        x = fmin(x, 360 * PD_PER_DEG - x) * cos(lat_deg * (M_PI / 180));
        y = lat_deg * PD_PER_DEG - (double)a.lat_pd - along(t, p->d_lat, p->b_lat);
        worst = fmax(worst, hypot(x, y) / PD_PER_DEG * METRES_PER_DEG);
    }
    return worst;
}

struct line_piece *line_add_piece(
    struct line *l, struct line_stop a, struct line_stop b, struct err *e)
{
    struct line_piece *p;

    if (l->pieces_n >= LINE_MAX_PIECES) {
        (void)err_set(e, ERR_INVALID,
            "The line passes too close to a pole too often; at most %u pieces can be prepared.",
            LINE_MAX_PIECES);
        return NULL;
    }
    l->pieces = mem_grow(l->pieces, l->pieces_n, &l->pieces_cap, sizeof *l->pieces);
    p = &l->pieces[l->pieces_n++];
    *p = (struct line_piece){
        .at_um = l->lap_um + a.um,
        .lon_pd = a.lon_pd,
        .lat_pd = a.lat_pd,
        .per_um = b.um > a.um ? 1.0 / (double)(b.um - a.um) : 0,
        .d_lon = (double)lon_between(b.lon_pd, a.lon_pd),
        .d_lat = (double)(b.lat_pd - a.lat_pd),
    };
    return p;
}

/* Whether one piece is exact enough without being measured. The error of a quadratic is
 * L^3 / (72 sqrt 3) times the third derivative of the place, which is below (1 + 3 tan^2 lat) / R^2:
 * 20 nm for 100 m at 80 degrees, and most segments of a track are shorter. */
static bool is_short(struct line_stop a, struct line_stop b)
{
    return b.um - a.um <= SHORT_UM && a.lat_pd <= FAR_FROM_POLE_PD &&
           a.lat_pd >= -FAR_FROM_POLE_PD && b.lat_pd <= FAR_FROM_POLE_PD &&
           b.lat_pd >= -FAR_FROM_POLE_PD;
}

/* Prepares the part of a segment from a to b: as one piece, or in two halves if the error of one
 * piece is too great. */
static int prepare(struct line *l, const struct line_segment *s, struct line_stop a,
    struct line_stop b, struct err *e)
{
    struct line_piece *p = line_add_piece(l, a, b, e);
    struct line_stop mid = {.um = a.um + (b.um - a.um) / 2};
    double lon_deg, lat_deg;

    if (!p)
        return -1;
    if (b.um == a.um)
        return 0;
    geodesic_at(s, mid.um, &lon_deg, &lat_deg);
    mid.lon_pd = llround(lon_deg * PD_PER_DEG);
    mid.lat_pd = llround(lat_deg * PD_PER_DEG);
    p->b_lon = 4 * (double)lon_between(mid.lon_pd, a.lon_pd) - 2 * p->d_lon;
    p->b_lat = 4 * (double)(mid.lat_pd - a.lat_pd) - 2 * p->d_lat;
    if (is_short(a, b) || b.um - a.um < PIECE_MIN_UM ||
        line_piece_error_m(s, p, a, b) <= PIECE_ERROR_MAX_M)
        return 0;
    l->pieces_n--;
    return prepare(l, s, a, mid, e) || prepare(l, s, mid, b, e) ? -1 : 0;
}

struct line_stop line_stop_at_vertex(const struct line *l, size_t vertex, uint64_t um)
{
    const struct lonlat *v = &l->vertices[vertex];

    return (struct line_stop){um, v->lon_nd * PD_PER_ND, v->lat_nd * PD_PER_ND};
}

int line_measure(const struct line *l, size_t i, struct line_segment *s, struct err *e)
{
    const struct lonlat *a = &l->vertices[i], *b = a + 1;
    double lat = lonlat_deg(a->lat_nd), lon = lonlat_deg(a->lon_nd), azi_deg;

    geod_inverse(wgs84(), lat, lon, lonlat_deg(b->lat_nd), lonlat_deg(b->lon_nd), &s->length_m,
        &azi_deg, NULL);
    geod_lineinit(&s->geodesic, wgs84(), lat, lon, azi_deg,
        GEOD_LATITUDE | GEOD_LONGITUDE | GEOD_DISTANCE_IN);
    s->length_um = (uint64_t)llround(s->length_m * 1e6);
    if ((l->lap_um + s->length_um) * l->laps > (uint64_t)LINE_MAX_LENGTH_MM * 1000)
        return err_set(
            e, ERR_INVALID, "The course is longer than %u km.", LINE_MAX_LENGTH_MM / 1000000u);
    return 0;
}

static int check_vertices(const struct lonlat *v, size_t n, uint32_t laps, struct err *e)
{
    if (n < 2)
        return err_set(e, ERR_INVALID, "The line has %zu point%s; a course needs two or more.", n,
            n == 1 ? "" : "s");
    if (n > LINE_MAX_VERTICES)
        return err_set(e, ERR_TOO_LARGE, "The line has %zu points; at most %u are read.", n,
            LINE_MAX_VERTICES);
    if (laps < 1 || laps > 1000)
        return err_set_field(e, "laps", "%u laps are not possible; a course has 1 to 1000.", laps);
    for (size_t i = 0; i < n; i++) {
        if (!lonlat_is_valid(v[i]))
            return err_set(e, ERR_INVALID, "Point %zu of the line is not on the globe.", i + 1);
    }
    if (laps > 1 && memcmp(&v[0], &v[n - 1], sizeof *v) != 0)
        return err_set_field(
            e, "laps", "%u laps need a loop, but the line's last point is not its first.", laps);
    return 0;
}

struct line *line_start(const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e)
{
    struct line *l;

    if (check_vertices(vertices, n, laps, e))
        return NULL;
    l = mem_zalloc(1, sizeof *l);
    l->laps = laps;
    l->vertices = mem_zalloc(n, sizeof *l->vertices);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || memcmp(&vertices[i], &l->vertices[l->n - 1], sizeof *vertices) != 0)
            l->vertices[l->n++] = vertices[i];
    }
    l->at_um = mem_zalloc(l->n, sizeof *l->at_um);
    l->first = mem_zalloc(l->n, sizeof *l->first);
    return l;
}

/* Makes buckets of 2^shift µm, two to four per piece. Each knows the piece at its start, so that
 * line_find bisects only the few pieces of one bucket. */
static void build_index(struct line *l)
{
    size_t buckets, at = 0;

    while ((l->lap_um >> l->shift) >= 4 * l->pieces_n)
        l->shift++;
    buckets = (size_t)(l->lap_um >> l->shift) + 2;
    l->bucket = mem_zalloc(buckets, sizeof *l->bucket);
    for (size_t b = 0; b < buckets; b++) {
        while (at + 1 < l->pieces_n && l->pieces[at + 1].at_um <= (uint64_t)b << l->shift)
            at++;
        l->bucket[b] = (uint32_t)at;
    }
}

int line_finish(struct line *l, struct err *e)
{
    uint64_t whole_um = l->lap_um * l->laps;

    if (whole_um < (uint64_t)LINE_MIN_LENGTH_MM * 1000)
        return err_set(e, ERR_INVALID, "The line is %.2f m long; a course has %u m or more.",
            (double)whole_um / 1e6, LINE_MIN_LENGTH_MM / 1000);
    l->length_mm = (uint32_t)((whole_um + 500) / 1000);
    l->first[l->n - 1] = (uint32_t)l->pieces_n;
    l->pieces = mem_realloc(l->pieces, l->pieces_n + 1, sizeof *l->pieces);
    l->pieces_cap = l->pieces_n + 1;
    l->pieces[l->pieces_n] = (struct line_piece){.at_um = l->lap_um};
    build_index(l);
    return 0;
}

/* Rounds the segment's length so that its end is whole µm from the first vertex. Lengths that are
 * rounded one by one add up to millimetres where thousands of segments are equally long. `lap_m` is
 * the length of those before it. */
static void round_to_lap(const struct line *l, struct line_segment *s, double lap_m)
{
    uint64_t end_um = (uint64_t)llround((lap_m + s->length_m) * 1e6);

    s->length_um = end_um > l->lap_um ? end_um - l->lap_um : 0;
}

struct line *line_new(const struct lonlat *vertices, size_t n, uint32_t laps, struct err *e)
{
    struct line *l = line_start(vertices, n, laps, e);
    struct line_segment s;
    double lap_m = 0;

    if (!l)
        return NULL;
    for (size_t i = 0; i + 1 < l->n; i++) {
        l->first[i] = (uint32_t)l->pieces_n;
        if (line_measure(l, i, &s, e))
            goto fail;
        round_to_lap(l, &s, lap_m);
        if (prepare(
                l, &s, line_stop_at_vertex(l, i, 0), line_stop_at_vertex(l, i + 1, s.length_um), e))
            goto fail;
        lap_m += s.length_m;
        l->lap_um += s.length_um;
        l->at_um[i + 1] = l->lap_um;
    }
    if (line_finish(l, e))
        goto fail;
    return l;
fail:
    line_free(l);
    return NULL;
}

void line_free(struct line *l)
{
    if (!l)
        return;
    free(l->vertices);
    free(l->at_um);
    free(l->first);
    free(l->pieces);
    free(l->bucket);
    free(l);
}

uint32_t line_length_mm(const struct line *l)
{
    return l->length_mm;
}

uint32_t line_laps(const struct line *l)
{
    return l->laps;
}

uint64_t line_lap_um(const struct line *l)
{
    return l->lap_um;
}

size_t line_vertices(const struct line *l, const struct lonlat **vertices, const uint64_t **at_um)
{
    *vertices = l->vertices;
    *at_um = l->at_um;
    return l->n;
}

size_t line_find(const struct line *l, uint64_t um)
{
    const uint32_t *bucket = &l->bucket[um >> l->shift];
    size_t low = bucket[0], high = bucket[1];

    while (low < high) {
        size_t mid = (low + high + 1) / 2;

        if (l->pieces[mid].at_um <= um)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

struct lonlat line_at(const struct line *l, uint32_t dist_mm)
{
    const struct line_piece *p;
    struct lonlat at;
    uint64_t um = (uint64_t)dist_mm * 1000;
    double t;

    if (dist_mm == 0)
        return l->vertices[0]; /* line_find would skip a first segment of less than half a µm */
    if (dist_mm >= l->length_mm)
        return l->vertices[l->n - 1];
    if (l->laps > 1)
        um %= l->lap_um;
    p = &l->pieces[line_find(l, um)];
    t = (double)(um - p->at_um) * p->per_um;
    at.lon_nd = pd_to_nd(p->lon_pd + (int64_t)along(t, p->d_lon, p->b_lon));
    at.lat_nd = pd_to_nd(p->lat_pd + (int64_t)along(t, p->d_lat, p->b_lat));
    if (at.lon_nd > 180000000000)
        at.lon_nd -= 360000000000;
    else if (at.lon_nd < -180000000000)
        at.lon_nd += 360000000000;
    return at;
}
