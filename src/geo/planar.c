/* planar.c: fast distances on a flat earth. */
#include "geo/planar.h"

#include <math.h>

#define METRES_PER_DEGREE 111319.49
#define RADIANS_PER_DEGREE 0.017453292519943295

struct vector {
    double x, y;
};

/* Metres from `origin` to `p`, the short way around the earth. The scale of a degree of longitude
 * is that at `origin`. */
static struct vector offset(struct lonlat origin, struct lonlat p)
{
    double lon = lonlat_deg(p.lon_nd - origin.lon_nd);
    double lat = lonlat_deg(p.lat_nd - origin.lat_nd);

    if (lon > 180)
        lon -= 360;
    else if (lon < -180)
        lon += 360;
    return (struct vector){
        lon * METRES_PER_DEGREE * cos(lonlat_deg(origin.lat_nd) * RADIANS_PER_DEGREE),
        lat * METRES_PER_DEGREE};
}

double planar_distance_m(struct lonlat a, struct lonlat b)
{
    struct vector v = offset(a, b);

    return hypot(v.x, v.y);
}

/* Metres from the origin to the nearest place between a and b. *share: how far along that is. */
static double to_leg_m(struct vector a, struct vector b, double *share)
{
    double dx = b.x - a.x;
    double dy = b.y - a.y;
    double len2 = dx * dx + dy * dy;
    double t = len2 > 0 ? -(a.x * dx + a.y * dy) / len2 : 0;

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    *share = t;
    return hypot(a.x + t * dx, a.y + t * dy);
}

double planar_to_leg_m(struct lonlat p, struct lonlat a, struct lonlat b, double *share)
{
    return to_leg_m(offset(p, a), offset(p, b), share);
}

double planar_to_line_m(struct lonlat p, const struct lonlat *line, size_t n)
{
    struct vector a = offset(p, line[0]);
    double best = hypot(a.x, a.y);

    for (size_t i = 1; i < n; i++) {
        struct vector b = offset(p, line[i]);
        double share;
        double d = to_leg_m(a, b, &share);

        best = d < best ? d : best;
        a = b;
    }
    return best;
}
