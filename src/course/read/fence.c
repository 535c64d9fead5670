/* fence.c: a geofence from text, WKT or GeoJSON: the readers must find exactly one polygon. */
#include "geo/fence.h"
#include "base/mem.h"
#include "course/draft.h"
#include "course/read/read.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (2u << 20) /* FENCE_MAX_VERTICES places of 200 characters */

/* Makes the fence from the only polygon of the draft. */
static struct fence *fence_of(const struct draft *d, struct err *e)
{
    const struct draft_shape *polygon = NULL;
    size_t polygons = 0;

    for (size_t i = 0; i < d->n; i++) {
        if (d->shape[i].kind == DRAFT_POLYGON) {
            polygon = &d->shape[i];
            polygons++;
        }
    }
    if (polygons == 1)
        return fence_new(polygon->at, polygon->ring_len, polygon->rings, e);
    if (polygons > 1)
        (void)err_set_field(e, "geofence", "There are %zu polygons; a geofence is one.", polygons);
    else
        (void)err_set_field(e, "geofence",
            "There is no polygon; a geofence is POLYGON ((lon lat, ...)) or a GeoJSON Polygon.");
    return NULL;
}

struct fence *course_fence_parse(const char *text, size_t len, struct err *e)
{
    struct fence *f = NULL;
    struct draft d;
    struct err why = {0};
    char *copy;
    size_t at;
    int ret;

    if (len > TEXT_MAX) {
        (void)err_set_field(
            e, "geofence", "The geofence has more than %u MB of text.", TEXT_MAX >> 20);
        e->code = ERR_TOO_LARGE;
        return NULL;
    }
    if (memchr(text, '\0', len)) {
        (void)err_set_field(e, "geofence", "The geofence is not text. Send WKT or GeoJSON.");
        return NULL;
    }
    copy = mem_strndup(text, len);
    at = strncmp(copy, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    at += strspn(copy + at, " \t\r\n");
    draft_init(&d);
    if (copy[at] == '{')
        ret = read_geojson(copy + at, strlen(copy + at), &d, &why);
    else
        ret = read_wkt(copy + at, DRAFT_GEOFENCE, &d, &why);
    if (ret) {
        (void)err_set_field(e, "geofence", "%s", why.text);
        e->code = why.code;
    } else if (d.notes.n) {
        (void)err_set_field(e, "geofence", "%s", d.notes.item[0].text);
    } else {
        f = fence_of(&d, e);
    }
    draft_release(&d);
    free(copy);
    return f;
}
