/* fix.c: the order of fixes. */
#include "tracking/fix.h"

int fix_compare(const void *a, const void *b)
{
    const struct fix *p = a, *q = b;

    if (p->time_ms != q->time_ms)
        return p->time_ms < q->time_ms ? -1 : 1;
    if (p->at.lat_nd != q->at.lat_nd)
        return p->at.lat_nd < q->at.lat_nd ? -1 : 1;
    if (p->at.lon_nd != q->at.lon_nd)
        return p->at.lon_nd < q->at.lon_nd ? -1 : 1;
    return (p->accuracy_mm > q->accuracy_mm) - (p->accuracy_mm < q->accuracy_mm);
}
