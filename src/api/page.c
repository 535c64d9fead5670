/*
 * page.c: the page and the other files that are built in.
 *
 * Files whose name holds a hash of their content may be cached for ever. The page itself is asked
 * about each time, so that a new program is used at once.
 */
#include "api/api.h"

#include "api/link_preview.h"
#include "api/page.h"
#include "base/hash.h"
#include "http/embed_policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct page_asset *page_asset(const char *path)
{
    for (size_t i = 0; i < page_assets_n; i++)
        if (strcmp(page_assets[i].path, path) == 0)
            return &page_assets[i];
    return NULL;
}

/* Which sites may show this page inside theirs. Other sites may show the page for embedding only,
 * because it has no controls that could be covered by something else. */
static const char *ancestors_of(const struct exchange *x)
{
    const char *setting = api_of(x)->o.frame_ancestors, *embed;
    struct err ignored;

    if (strcmp(setting, "'none'") == 0)
        return setting;
    if (strcmp(x->request.path, "/") != 0 ||
        params_text(&x->request.query, "embed", &embed, &ignored) || !embed ||
        strcmp(embed, "1") != 0)
        return EMBED_POLICY_OWN;
    return setting;
}

/* The Content-Security-Policy: where scripts, styles, sockets and pictures may come from. `tiles`
 * is the origin of the map tiles with a blank before it, or "". */
static void add_policy(struct exchange *x, const char *tiles)
{
    exchange_header(x, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data: blob:%s; connect-src 'self' ws: wss:%s; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors %s",
        tiles, tiles, ancestors_of(x));
}

/* " https:, two slashes, *.tiles.example" of a tile address with {s}.tiles.example; "" where it is
 * no address. */
static void tiles_origin(const char *url, char *out, size_t cap)
{
    const char *host = url ? strstr(url, "://") : NULL;
    size_t len;

    out[0] = '\0';
    if (!host)
        return;
    len = (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
    if (len + 2 > cap || strcspn(url, " ;,'\"\r\n\t") < len)
        return;
    out[0] = ' ';
    memcpy(out + 1, url, len);
    out[len + 1] = '\0';
    host = strstr(out, "{s}");
    if (host) {
        out[host - out] = '*';
        memmove(out + (host - out) + 1, host + 3, strlen(host + 3) + 1);
    }
}

static void answer_asset(struct exchange *x, const struct page_asset *a)
{
    struct response *r = &x->response;

    r->type = a->type;
    exchange_header(x, "ETag", "%s", a->etag);
    exchange_header(
        x, "Cache-Control", "%s", a->hashed ? "public, max-age=31536000, immutable" : "no-cache");
    exchange_header(x, "Vary", "Accept-Encoding");
    if (strstr(x->request.if_none_match, a->etag)) {
        r->status = 304;
        return;
    }
    if (a->gzip && x->request.gzip) {
        exchange_header(x, "Content-Encoding", "gzip");
        r->fixed = a->gzip;
        r->fixed_len = a->gzip_len;
    } else {
        r->fixed = a->bytes;
        r->fixed_len = a->len;
    }
}

/* The page with the race of the link in its head. Its ETag is that of these bytes. */
static int answer_named(struct exchange *x, const struct page_asset *page)
{
    struct response *r = &x->response;
    char etag[24];

    link_preview_write(x, (const char *)page->bytes, page->len, &r->body);
    (void)snprintf(etag, sizeof etag, "\"%016" PRIx64 "\"",
        hash64((struct hash_key){0, 0}, r->body.data, r->body.len));
    r->type = page->type;
    exchange_header(x, "ETag", "%s", etag);
    exchange_header(x, "Cache-Control", "no-cache");
    if (strstr(x->request.if_none_match, etag)) {
        r->status = 304;
        buf_clear(&r->body);
    }
    return 0;
}

int api_page_index(struct exchange *x, struct err *e)
{
    const struct page_asset *page = page_asset("/index.html");
    char tiles[300];

    (void)e;
    if (!page) {
        x->response.type = "text/plain; charset=utf-8";
        x->response.status = 503;
        return exchange_write(x, "The page is not built: run make build.\n", 39);
    }
    tiles_origin(api_of(x)->o.base_map->url, tiles, sizeof tiles);
    add_policy(x, tiles);
    if (strcmp(x->request.path, "/") == 0)
        return answer_named(x, page);
    answer_asset(x, page);
    return 0;
}

int api_page_base_map(struct exchange *x, struct err *e)
{
    const struct base_map *m = api_of(x)->o.base_map;
    struct page_asset file = {.path = BASE_MAP_PATH,
        .type = "application/geo+json",
        .etag = m->etag,
        .hashed = params_has(&x->request.query, "v"),
        .bytes = (const unsigned char *)m->plain.data,
        .len = m->plain.len,
        .gzip = (const unsigned char *)m->packed.data,
        .gzip_len = m->packed.len};

    if (m->plain.len == 0)
        return err_set(e, ERR_NOT_FOUND, "This server was started without a base map of its own.");
    answer_asset(x, &file);
    return 0;
}

int api_page_asset(struct exchange *x, struct err *e)
{
    const struct page_asset *a = page_asset(x->request.path);

    if (!a)
        return err_set(e, ERR_NOT_FOUND, "There is nothing at %.200s.", x->request.path);
    answer_asset(x, a);
    return 0;
}
