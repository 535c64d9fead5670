/*
 * checksum.h: XXH64 (Yann Collet, "xxHash fast digest algorithm", and its test vectors): a 64-bit
 * checksum at memory speed. It finds bytes that a disk changed. It does not protect against
 * somebody who changes bytes on purpose.
 */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The same on every machine. `data` may be NULL where len is 0. */
uint64_t checksum64(uint64_t seed, const void *data, size_t len);

#endif
