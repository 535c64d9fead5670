/*
 * base_map.h: the ground under the page's maps: tiles or a GeoJSON file of another server, or a
 * local GeoJSON file, which is loaded once at start and served by this program.
 *
 * Immutable after base_map_load; any thread may read it. The owner calls base_map_release.
 */
#ifndef API_BASE_MAP_H
#define API_BASE_MAP_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#define BASE_MAP_PATH "/base-map.geojson"
#define BASE_MAP_MAX (32u << 20) /* bytes of a local file */

struct base_map {
    const char *url;  /* what the page loads; NULL: a plain grid */
    struct buf plain; /* a local file: its bytes, and the same compressed; else empty */
    struct buf packed;
    char local_url[64];
    char etag[40]; /* with its quotes */
    char last_error
        [512]; /* why there is a plain grid although a file was named, "" if there is none */
};

/* Whether --tiles names a file of this machine and no address. */
bool base_map_is_local(const char *tiles);

/*
 * Take what --tiles says; NULL: nothing. A local file is read and checked: GeoJSON, at most
 * BASE_MAP_MAX bytes. If it cannot be used, the map has a plain grid and `last_error` says why in a
 * sentence.
 */
void base_map_load(struct base_map *m, const char *tiles);
void base_map_release(struct base_map *m);

#endif
