/* wgs84.c: the ellipsoid on which all geodesics are computed. */
#include "geo/wgs84.h"

#include <pthread.h>

static struct geod_geodesic ellipsoid;

static void set_up(void)
{
    geod_init(&ellipsoid, 6378137, 1 / 298.257223563);
}

const struct geod_geodesic *wgs84(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, set_up);
    return &ellipsoid;
}
