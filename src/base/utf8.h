/* utf8.h: UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character at `text`, of which `len` > 0 bytes may be read; 0 where it is not
 * UTF-8. Reads no further than a NUL, so that 4 will do as `len` within a string that ends with
 * one. */
size_t utf8_len(const char *text, size_t len);

/* Are all bytes UTF-8? */
bool utf8_valid(const char *text, size_t len);

/* The same, and the code point in *c. */
size_t utf8_decode(const char *text, size_t len, uint32_t *c);

/* Writes a code point up to U+10FFFF; returns how many bytes it took. */
size_t utf8_encode(uint32_t c, char out[4]);

#endif
