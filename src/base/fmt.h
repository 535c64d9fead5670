/*
 * fmt.h: numbers as text, fast and the same everywhere (no locale, no rounding mode). Each returns
 * the place behind the last char and writes no NUL.
 */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdbool.h>
#include <stdint.h>

char *fmt_u64(char *at, uint64_t v); /* at most 20 chars */
char *fmt_i64(char *at, int64_t v);  /* at most 20 chars */
char *fmt_fixed(char *at, int64_t scaled,
    int decimals); /* scaled / 10^decimals with that many decimals, at most 22 chars */

#define FMT_SHORTEST_MAX 32

/* The fewest significant digits, 15 to 17, that read back as the same double: as "%g" has it, or
 * with `exponent` as "%e" has it. Ends with a NUL; returns the length. */
int fmt_shortest(double v, bool exponent, char out[FMT_SHORTEST_MAX]);

#endif
