/* lonlat.h: a place on WGS84, and lengths between places. */
#ifndef GEO_LONLAT_H
#define GEO_LONLAT_H

#include <stdbool.h>
#include <stdint.h>

/* Nanodegrees: 9 decimals, 0.11 mm at most. What events, files and fences are made of. */
struct lonlat {
    int64_t lon_nd; /* -180e9 ... 180e9 */
    int64_t lat_nd; /* -90e9 ... 90e9 */
};

/* Degrees, rounded to nanodegrees. False where it is not finite or outside ±180, ±90. */
bool lonlat_from_deg(double lon_deg, double lat_deg, struct lonlat *out);

/* The double nearest to the 9 decimals: what strtod makes of the printed text. */
static inline double lonlat_deg(int64_t nd)
{
    return (double)nd / 1e9;
}

/* Geodesic length in metres (Karney 2013, PROJ's geodesic.h). */
double lonlat_distance_m(struct lonlat a, struct lonlat b);

#endif
