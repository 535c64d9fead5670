#include "base/checksum.h"

#include <endian.h>
#include <string.h>

static const uint64_t P1 = 0x9e3779b185ebca87, P2 = 0xc2b2ae3d27d4eb4f, P3 = 0x165667b19e3779f9,
                      P4 = 0x85ebca77c2b2ae63, P5 = 0x27d4eb2f165667c5;

static inline uint64_t rotate(uint64_t v, unsigned bits)
{
    return v << bits | v >> (64 - bits);
}

static inline uint64_t read64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return le64toh(v);
}

static inline uint64_t read32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return le32toh(v);
}

static inline uint64_t mix(uint64_t acc, uint64_t v)
{
    return rotate(acc + v * P2, 31) * P1;
}

static inline uint64_t merge(uint64_t h, uint64_t acc)
{
    return (h ^ mix(0, acc)) * P1 + P4;
}

/* Four lanes of eight bytes at a time; *at moves to the last 31 bytes or fewer. */
static uint64_t stripes(uint64_t seed, const uint8_t **at, const uint8_t *end)
{
    uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
    const uint8_t *p = *at;
    uint64_t h;

    for (; end - p >= 32; p += 32) {
        a = mix(a, read64(p));
        b = mix(b, read64(p + 8));
        c = mix(c, read64(p + 16));
        d = mix(d, read64(p + 24));
    }
    *at = p;
    h = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(h, a), b), c), d);
}

uint64_t checksum64(uint64_t seed, const void *data, size_t len)
{
    const uint8_t *p = data, *end = len ? p + len : p;
    uint64_t h = len >= 32 ? stripes(seed, &p, end) : seed + P5;

    h += len;
    for (; end - p >= 8; p += 8)
        h = rotate(h ^ mix(0, read64(p)), 27) * P1 + P4;
    if (end - p >= 4) {
        h = rotate(h ^ read32(p) * P1, 23) * P2 + P3;
        p += 4;
    }
    for (; p < end; p++)
        h = rotate(h ^ *p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}
