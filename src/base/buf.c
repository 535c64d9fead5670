/* buf.c: a growing text or bytes. There is always a NUL behind the end once something was added, so
 * that data can be given to C functions as it is. */
#include "base/buf.h"

#include "base/mem.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b)
{
    *b = (struct buf)BUF_INIT;
}

void buf_release(struct buf *b)
{
    free(b->data);
    buf_init(b);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

/* Doubles, or takes what is wanted if that is more. One byte more for the NUL. */
char *buf_reserve(struct buf *b, size_t more)
{
    size_t want = b->len + more + 1;

    if (want > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;

        b->cap = cap > want ? cap : want;
        b->data = mem_realloc(b->data, b->cap, 1);
    }
    return b->data + b->len;
}

void buf_trim(struct buf *b)
{
    if (!b->data)
        return;
    b->cap = b->len + 1;
    b->data = mem_realloc(b->data, b->cap, 1);
    b->data[b->len] = '\0';
}

char *buf_detach(struct buf *b, size_t *len)
{
    char *data;

    (void)buf_reserve(b, 0);
    b->data[b->len] = '\0';
    data = b->data;
    if (len)
        *len = b->len;
    buf_init(b);
    return data;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    char *at = buf_reserve(b, len);

    if (len)
        memcpy(at, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

/* printf twice: the first call only counts. */
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int len;

    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    if (len > 0) {
        (void)vsnprintf(buf_reserve(b, (size_t)len), (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(b, fmt, ap);
    va_end(ap);
}

/* The text is valid UTF-8 already; only what JSON forbids is escaped. */
void buf_add_json(struct buf *b, const char *s)
{
    buf_addc(b, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            buf_addf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_addf(b, "\\u%04x", c);
        else
            buf_addc(b, (char)c);
    }
    buf_addc(b, '"');
}

/* An apostrophe by its number: old HTML does not know &apos;. */
void buf_add_xml(struct buf *b, const char *s)
{
    static const char *const escaped[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c < sizeof escaped / sizeof escaped[0] && escaped[c])
            buf_adds(b, escaped[c]);
        else if (c >= ' ' || c == '\t' || c == '\n' || c == '\r')
            buf_addc(b, (char)c);
    }
}

void buf_add_u16le(struct buf *b, uint16_t v)
{
    v = htole16(v);
    buf_add(b, &v, sizeof v);
}

void buf_add_u32le(struct buf *b, uint32_t v)
{
    v = htole32(v);
    buf_add(b, &v, sizeof v);
}

void buf_add_u64le(struct buf *b, uint64_t v)
{
    v = htole64(v);
    buf_add(b, &v, sizeof v);
}

void buf_add_f32le(struct buf *b, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    buf_add_u32le(b, bits);
}

void buf_add_f64le(struct buf *b, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    buf_add_u64le(b, bits);
}
