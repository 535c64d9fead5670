/* fmt.c: numbers as text, for the hot paths: without a locale, and without parsing a format. */
#include "base/fmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two digits at a time halve the divisions. */
static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

static int count_digits(uint64_t v)
{
    int n = 1;

    while (v >= 100) {
        v /= 100;
        n += 2;
    }
    return n + (v >= 10);
}

/* From the end to the front, n digits with zeros in front. */
static void put_digits(char *end, uint64_t v, int n)
{
    for (; n >= 2; n -= 2) {
        end -= 2;
        memcpy(end, pairs + 2 * (v % 100), 2);
        v /= 100;
    }
    if (n)
        end[-1] = (char)('0' + v % 10);
}

char *fmt_u64(char *at, uint64_t v)
{
    int n = count_digits(v);

    put_digits(at + n, v, n);
    return at + n;
}

char *fmt_i64(char *at, int64_t v)
{
    if (v >= 0)
        return fmt_u64(at, (uint64_t)v);
    *at++ = '-';
    return fmt_u64(at, 0 - (uint64_t)v);
}

char *fmt_fixed(char *at, int64_t scaled, int decimals)
{
    static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
    uint64_t v = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;

    if (scaled < 0)
        *at++ = '-';
    at = fmt_u64(at, v / powers[decimals]);
    if (decimals) {
        *at++ = '.';
        put_digits(at + decimals, v % powers[decimals], decimals);
        at += decimals;
    }
    return at;
}

/* 15 digits are enough for most doubles that people write, 17 for all. */
int fmt_shortest(double v, bool exponent, char out[FMT_SHORTEST_MAX])
{
    int n = 0;

    for (int digits = 15; digits <= 17; digits++) {
        n = exponent ? snprintf(out, FMT_SHORTEST_MAX, "%.*e", digits - 1, v)
                     : snprintf(out, FMT_SHORTEST_MAX, "%.*g", digits, v);
        if (strtod(out, NULL) == v)
            break;
    }
    return n;
}
