/* base_map.c: reads and checks a local GeoJSON file once, at start; compressed for clients that
 * take gzip. */
#include "api/base_map.h"

#include "base/gzip.h"
#include "base/hash.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

bool base_map_is_local(const char *tiles)
{
    return strncmp(tiles, "http://", 7) != 0 && strncmp(tiles, "https://", 8) != 0 &&
           !strstr(tiles, "{z}");
}

static int read_all(FILE *f, const char *path, struct buf *out, struct err *e)
{
    size_t got;

    do {
        got = fread(buf_reserve(out, 64u << 10), 1, 64u << 10, f);
        out->len += got;
        if (out->len > BASE_MAP_MAX)
            return err_set(e, ERR_TOO_LARGE, "%s has more than %u MiB.", path, BASE_MAP_MAX >> 20);
    } while (got > 0);
    if (ferror(f))
        return err_set(e, ERR_UNAVAILABLE, "%s cannot be read: %s.", path, strerror(errno));
    return 0;
}

/* Checked at the start, so that a wrong file is a sentence there and not an empty map. */
static int check(const struct buf *file, const char *path, struct err *e)
{
    json_error_t at;
    json_t *j = json_loadb(file->data ? file->data : "", file->len, 0, &at);
    json_t *features = json_object_get(j, "features");
    int rc = 0;

    if (!j)
        rc = err_set(e, ERR_INVALID, "%s is not JSON: line %d: %s.", path, at.line, at.text);
    else if (!json_is_array(features))
        rc = err_set(e, ERR_INVALID, "%s is not a GeoJSON FeatureCollection.", path);
    json_decref(j);
    return rc;
}

/* Compressed once, since every page loads it. */
static int load_file(struct base_map *m, const char *path, struct err *e)
{
    FILE *f = fopen(path, "rb");
    int rc;

    if (!f)
        return err_set(e, ERR_NOT_FOUND, "%s cannot be opened: %s.", path, strerror(errno));
    rc = read_all(f, path, &m->plain, e);
    (void)fclose(f);
    if (rc || check(&m->plain, path, e))
        return -1;
    buf_add(&m->packed, m->plain.data, m->plain.len);
    return gzip_buf(&m->packed, e);
}

/* An error is kept and not fatal: a server without a map is still a server. */
void base_map_load(struct base_map *m, const char *tiles)
{
    struct err e;

    *m = (struct base_map){.url = tiles};
    if (!tiles || !base_map_is_local(tiles))
        return;
    m->url = NULL;
    if (load_file(m, tiles, &e)) {
        buf_release(&m->plain);
        buf_release(&m->packed);
        (void)snprintf(m->last_error, sizeof m->last_error, "%s", e.text);
        return;
    }
    (void)snprintf(m->etag, sizeof m->etag, "\"%016" PRIx64 "\"",
        hash64((struct hash_key){0, 0}, m->plain.data, m->plain.len));
    (void)snprintf(m->local_url, sizeof m->local_url, BASE_MAP_PATH "?v=%.16s", m->etag + 1);
    m->url = m->local_url;
}

void base_map_release(struct base_map *m)
{
    buf_release(&m->plain);
    buf_release(&m->packed);
}
