/*
 * page.h: the files that are built into the program: the page (web/dist) and openapi.json,
 * gzip'ed at build time where that is shorter. The table is made by tools at build time; it is
 * empty but for openapi.json where the page was not built.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page_asset {
    const char *path; /* "/assets/page-3f2a.js" */
    const char *type; /* Content-Type */
    const char *etag; /* with its quotes */
    bool hashed;      /* its name changes with its content */
    const unsigned char *bytes;
    size_t len;
    const unsigned char *gzip; /* NULL: no shorter */
    size_t gzip_len;
};

extern const struct page_asset page_assets[];
extern const size_t page_assets_n;

const struct page_asset *page_asset(const char *path); /* NULL: there is none */

#endif
