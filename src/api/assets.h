/*
 * assets.h: the files that are built into the program: the page (web/dist) and openapi.json,
 * gzip'ed at build time where that is shorter. The table is made by tools at build time; it is
 * empty but for openapi.json where the page was not built.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
    const char *path; /* "/assets/page-3f2a.js" */
    const char *type; /* Content-Type */
    const char *etag; /* with its quotes */
    bool hashed;      /* its name changes with its content */
    const unsigned char *bytes;
    size_t len;
    const unsigned char *gzip; /* NULL: no shorter */
    size_t gzip_len;
};

extern const struct asset assets[];
extern const size_t assets_n;

const struct asset *assets_find(const char *path); /* NULL */

#endif
