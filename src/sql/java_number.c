/* java_number.c: doubles as Pinot prints them, so that the same statement gives the same bytes from
 * both. */
#include "sql/java_number.h"

#include "base/fmt.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 17 /* what any double needs at most */

/* v = 0.d1d2d3… * 10^exponent, with the fewest digits. */
struct decimal {
    bool negative;
    char digits[DIGITS + 1];
    int n;
    int exponent;
};

/* Seldom more than 15 digits are needed, so the loop begins there. strtod tells whether they are
 * enough. */
static void decimal_of(double v, struct decimal *d)
{
    char text[FMT_SHORTEST_MAX];
    char *exponent;

    (void)fmt_shortest(v, true, text);
    d->negative = signbit(v) != 0;
    exponent = strchr(text, 'e');
    d->exponent = atoi(exponent + 1) + 1;
    d->n = 0;
    for (const char *p = text; p < exponent; p++)
        if (*p >= '0' && *p <= '9')
            d->digits[d->n++] = *p;
    while (d->n > 1 && d->digits[d->n - 1] == '0')
        d->n--;
    d->digits[d->n] = 0;
}

/* Without an exponent: 0.00012, 1200.5. */
static void add_decimal(struct buf *out, const struct decimal *d)
{
    int point = d->exponent;

    if (d->negative)
        buf_addc(out, '-');
    if (point <= 0) {
        buf_adds(out, "0.");
        for (; point < 0; point++)
            buf_addc(out, '0');
        buf_add(out, d->digits, (size_t)d->n);
        return;
    }
    for (int i = 0; i < point || i < d->n; i++) {
        if (i == point)
            buf_addc(out, '.');
        buf_addc(out, i < d->n ? d->digits[i] : '0');
    }
}

/* As JTS writes coordinates in well-known text: no ".0" behind whole numbers. */
void sql_number_add_plain(struct buf *out, double v)
{
    struct decimal d;

    if (v == 0) {
        buf_adds(out, "0");
        return;
    }
    decimal_of(v, &d);
    add_decimal(out, &d);
}

void sql_number_add(struct buf *out, double v)
{
    struct decimal d;

    if (isnan(v)) {
        buf_adds(out, "NaN");
    } else if (isinf(v)) {
        buf_adds(out, v < 0 ? "-Infinity" : "Infinity");
    } else if (v == 0) {
        buf_adds(out, signbit(v) ? "-0.0" : "0.0");
        /* Outside of this range with an exponent, of two digits at least. */
    } else if (fabs(v) >= 1e17 || fabs(v) < 1e-5) {
        decimal_of(v, &d);
        buf_addf(out, "%s%c.%se%+03d", d.negative ? "-" : "", d.digits[0],
            d.n > 1 ? d.digits + 1 : "0", d.exponent - 1);
    } else {
        decimal_of(v, &d);
        add_decimal(out, &d);
        if (d.n <= d.exponent)
            buf_adds(out, ".0");
    }
}

/* As Java casts a double to a long: NaN is 0, what is too large is the largest. */
int64_t sql_number_long(double v)
{
    if (isnan(v))
        return 0;
    if (v >= 0x1p63)
        return INT64_MAX;
    if (v <= -0x1p63)
        return INT64_MIN;
    return (int64_t)v;
}

/* Rounded on the decimal digits that are printed, not on the binary value: 0.285 to two places is
 * 0.29, though the double is a little less. */
double sql_number_round(double v, int scale)
{
    struct decimal d;
    char text[64];
    int keep;
    bool up;

    if (!isfinite(v) || v == 0)
        return v;
    decimal_of(v, &d);
    if (scale > 400 || d.exponent + scale >= d.n)
        return v;
    keep = d.exponent + scale; /* digits before the cut */
    if (scale < -400 || keep < 0)
        return 0;
    up = d.digits[keep] >= '5';
    d.digits[keep] = 0;
    /* 0.DIGITS * 10^exponent, plus one in the last place kept. */
    for (int i = keep; up && i-- > 0;) {
        up = d.digits[i] == '9';
        d.digits[i] = up ? '0' : (char)(d.digits[i] + 1);
    }
    (void)snprintf(text, sizeof text, "%s%c.%se%d", d.negative ? "-" : "", up ? '1' : '0', d.digits,
        d.exponent);
    return strtod(text, NULL) + 0.0;
}
