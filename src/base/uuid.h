/* uuid.h: UUIDs as 36 characters of lower-case text (RFC 9562). */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/err.h"

#include <stdint.h>

#define UUID_LEN 36

void uuid_v4(char out[UUID_LEN + 1]); /* random, from getrandom(2) */

/* The text of 16 bytes after setting version (4 or 8) and variant in them. */
void uuid_text(uint8_t bytes[16], int version, char out[UUID_LEN]);

/* A uniform draw of 53 bits: what a seed is drawn from where none is given. */
uint64_t uuid_random53(void);

#endif
