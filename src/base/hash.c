/* hash.c: SipHash-2-4 (Aumasson, Bernstein 2012), with 64 and 128 bits. Keyed, because names come
 * from outside: without the key nobody can make names that collide. */
#include "base/hash.h"

#include <endian.h>
#include <string.h>

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotl(uint64_t x, int b)
{
    return (x << b) | (x >> (64 - b));
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotl(s->v1, 13) ^ s->v0;
    s->v0 = rotl(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotl(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotl(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotl(s->v1, 17) ^ s->v2;
    s->v2 = rotl(s->v2, 32);
}

static inline void sip_word(struct sip *s, uint64_t m)
{
    s->v3 ^= m;
    sip_round(s);
    sip_round(s);
    s->v0 ^= m;
}

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return le64toh(v);
}

/* Takes all bytes in words of 8, the last one with the length on top, as the paper says. `wide`:
 * for 128 bits. */
static struct sip absorb(struct hash_key key, const uint8_t *p, size_t len, int wide)
{
    struct sip s = {key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d,
        key.k0 ^ 0x6c7967656e657261, key.k1 ^ 0x7465646279746573};
    uint64_t last = (uint64_t)len << 56;
    size_t i;

    if (wide)
        s.v1 ^= 0xee;
    for (i = 0; i + 8 <= len; i += 8)
        sip_word(&s, load64(p + i));
    for (int shift = 0; i < len; i++, shift += 8)
        last |= (uint64_t)p[i] << shift;
    sip_word(&s, last);
    s.v2 ^= wide ? 0xee : 0xff;
    return s;
}

/* Four rounds at the end. */
static uint64_t squeeze(struct sip *s)
{
    for (int i = 0; i < 4; i++)
        sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t hash64(struct hash_key key, const void *data, size_t len)
{
    struct sip s = absorb(key, data, len, 0);

    return squeeze(&s);
}

void hash128(struct hash_key key, const void *data, size_t len, uint8_t out[16])
{
    struct sip s = absorb(key, data, len, 1);
    uint64_t half = htole64(squeeze(&s));

    memcpy(out, &half, 8);
    s.v1 ^= 0xdd;
    half = htole64(squeeze(&s));
    memcpy(out + 8, &half, 8);
}

void hash_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}
