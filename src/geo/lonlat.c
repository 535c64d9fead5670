/* lonlat.c: a place on WGS84. */
#include "geo/lonlat.h"

#include "base/fmt.h"
#include "geo/wgs84.h"

#include <math.h>
#include <stddef.h>

bool lonlat_from_deg(double lon_deg, double lat_deg, struct lonlat *out)
{
    /* NaN fails every comparison, so it is refused too. */
    if (!(lon_deg >= -180 && lon_deg <= 180 && lat_deg >= -90 && lat_deg <= 90))
        return false;
    out->lon_nd = llround(lon_deg * 1e9);
    out->lat_nd = llround(lat_deg * 1e9);
    return true;
}

bool lonlat_is_valid(struct lonlat p)
{
    return p.lon_nd >= -180000000000 && p.lon_nd <= 180000000000 && p.lat_nd >= -90000000000 &&
           p.lat_nd <= 90000000000;
}

double lonlat_distance_m(struct lonlat a, struct lonlat b)
{
    double s12_m = 0;

    geod_inverse(wgs84(), lonlat_deg(a.lat_nd), lonlat_deg(a.lon_nd), lonlat_deg(b.lat_nd),
        lonlat_deg(b.lon_nd), &s12_m, NULL, NULL);
    return s12_m;
}

void lonlat_add_degrees(struct buf *out, int64_t nd)
{
    char text[24], *end = fmt_fixed(text, nd, 9);

    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    buf_add(out, text, (size_t)(end - text));
}
