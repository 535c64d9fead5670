/*
 * hash.h: SipHash-2-4 with 64 and 128 bit results (Aumasson, Bernstein, "SipHash: a fast
 * short-input PRF", and its reference implementation's test vectors). For ids and revisions that
 * have to be the same everywhere, and for hash tables fed from outside.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t k0, k1;
};

uint64_t hash64(struct hash_key key, const void *data, size_t len);
void hash128(struct hash_key key, const void *data, size_t len, uint8_t out[16]);

/* The lower-case hex digits of `len` bytes, and a NUL: 2 * len + 1 chars. */
void hash_hex(const uint8_t *bytes, size_t len, char *out);

#endif
