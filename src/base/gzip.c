#include "base/gzip.h"

#include <limits.h>
#include <zlib.h>

#define LEVEL 6
#define GZIP_WINDOW (15 + 16) /* + 16: gzip's header and checksum instead of zlib's */

static int deflate_all(z_stream *z, const struct buf *in, struct buf *out)
{
    size_t room = deflateBound(z, in->len);
    int rc;

    (void)buf_reserve(out, room);
    z->next_in = (unsigned char *)in->data;
    z->avail_in = (unsigned)in->len;
    z->next_out = (unsigned char *)out->data;
    z->avail_out = (unsigned)room;
    rc = deflate(z, Z_FINISH);
    out->len = z->total_out;
    return rc == Z_STREAM_END ? 0 : -1;
}

int gzip_buf(struct buf *b, struct err *e)
{
    struct buf out = BUF_INIT;
    z_stream z = {0};
    int rc;

    if (b->len == 0 || b->len > UINT_MAX / 2 ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return err_set(e, ERR_INTERNAL, "%zu bytes cannot be compressed.", b->len);
    rc = deflate_all(&z, b, &out);
    (void)deflateEnd(&z);
    if (rc) {
        buf_release(&out);
        return err_set(e, ERR_INTERNAL, "%zu bytes cannot be compressed.", b->len);
    }
    buf_release(b);
    *b = out;
    return 0;
}
