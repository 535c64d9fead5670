/* lonlat.h: a place on WGS84, its distance from another, and its degrees as text. */
#ifndef GEO_LONLAT_H
#define GEO_LONLAT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Longitude and latitude in nanodegrees: 9 decimals, at most 0.11 mm. Whole numbers are compared
 * and hashed exactly, which doubles are not. Events, files and fences consist of these. */
struct lonlat {
    int64_t lon_nd; /* -180e9 ... 180e9 */
    int64_t lat_nd; /* -90e9 ... 90e9 */
};

/* Rounds degrees to nanodegrees. False if a number is not finite, or outside ±180 and ±90. */
bool lonlat_from_deg(double lon_deg, double lat_deg, struct lonlat *out);

/* Whether both numbers are in their range. */
bool lonlat_is_valid(struct lonlat p);

/* Whether both are the same place, to the nanodegree. */
static inline bool lonlat_same(struct lonlat a, struct lonlat b)
{
    return a.lon_nd == b.lon_nd && a.lat_nd == b.lat_nd;
}

/* Degrees: the double nearest to the 9 decimals, the same that strtod makes of the printed text. */
static inline double lonlat_deg(int64_t nd)
{
    return (double)nd / 1e9;
}

/* The length of the geodesic in metres (Karney 2013, PROJ's geodesic.h). */
double lonlat_distance_m(struct lonlat a, struct lonlat b);

/* Appends degrees with up to 9 decimals, without zeros at the end: "51.4192". */
void lonlat_add_degrees(struct buf *out, int64_t nd);

#endif
