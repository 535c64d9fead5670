/* wgs84.h: the ellipsoid on which all geodesics are computed. */
#ifndef GEO_WGS84_H
#define GEO_WGS84_H

#include <geodesic.h>

/* WGS84, set up once in the life of the process: that costs about a third of a distance. It
 * lives for ever and never changes, so any thread may call this. */
const struct geod_geodesic *wgs84(void);

#endif
