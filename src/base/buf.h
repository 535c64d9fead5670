/*
 * buf.h: a growing string of bytes. `data` is always NUL-terminated after the first append (the NUL
 * does not count in `len`), and NULL before. The caller owns the struct; buf_release frees the
 * bytes.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;
    size_t len;
    size_t cap;
};

#define BUF_INIT   \
    {              \
        NULL, 0, 0 \
    }

void buf_init(struct buf *b);
void buf_release(struct buf *b); /* frees, leaves an empty buf */
void buf_clear(struct buf *b);   /* len = 0, keeps the room */
void buf_trim(struct buf *b);    /* gives back the room that is not used */
char *buf_detach(
    struct buf *b, size_t *len); /* hands the bytes over (never NULL); len may be NULL */
char *buf_reserve(
    struct buf *b, size_t more); /* room for `more` bytes at data + len; returns that place */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0), nonnull(2)));
void buf_add_json(struct buf *b, const char *s); /* a JSON string with its quotes; `s` is UTF-8 */
/* Text for an element or a quoted attribute of XML or HTML, escaped. Control characters, which XML
 * does not allow, are left out. */
void buf_add_xml(struct buf *b, const char *s);

void buf_add_u16le(struct buf *b, uint16_t v);
void buf_add_u32le(struct buf *b, uint32_t v);
void buf_add_u64le(struct buf *b, uint64_t v);
void buf_add_f32le(struct buf *b, float v);
void buf_add_f64le(struct buf *b, double v);

/* Numbers as the functions above wrote them. *at moves behind the number; the caller has made sure
 * that all of its bytes are there. */
static inline uint32_t buf_take_u32le(const uint8_t **at)
{
    const uint8_t *p = *at;

    *at += 4;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t buf_take_u64le(const uint8_t **at)
{
    uint64_t low = buf_take_u32le(at);

    return low | (uint64_t)buf_take_u32le(at) << 32;
}

static inline double buf_take_f64le(const uint8_t **at)
{
    uint64_t bits = buf_take_u64le(at);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

#endif
