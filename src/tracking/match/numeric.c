/* numeric.c: exp, log, cos and the normal distribution, the same on every machine. */
#include "tracking/match/numeric.h"

#include <stdint.h>
#include <string.h>

#define LN2_HIGH 6.93147180369123816490e-01 /* ln 2 in two parts: k * LN2_HIGH is exact */
#define LN2_LOW 1.90821492927058770002e-10

/* 2^k for -1022 ... 1023. */
static double power_of_two(int k)
{
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

double numeric_exp(double x)
{
    /* 1 / n! */
    static const double c[] = {1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
        1.0 / 40320, 1.0 / 362880, 1.0 / 3628800};
    double r, sum = 1.0 / 39916800;
    int k;

    if (!(x >= -700)) /* NaN too */
        return 0;
    if (x > 700)
        x = 700;
    k = (int)(x / LN2_HIGH + (x < 0 ? -0.5 : 0.5));
    r = (x - k * LN2_HIGH) - k * LN2_LOW;
    for (int i = 10; i >= 0; i--)
        sum = sum * r + c[i];
    return sum * power_of_two(k);
}

double numeric_log(double x)
{
    static const double c[] = {1, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15};
    uint64_t bits;
    double z, z2, sum = 0;
    int k;

    memcpy(&bits, &x, sizeof bits);
    k = (int)(bits >> 52 & 0x7ff) - 1023;
    bits = (bits & 0xfffffffffffffu) | (uint64_t)1023 << 52;
    memcpy(&x, &bits, sizeof x);
    if (x > 1.4142135623730951) {
        x /= 2;
        k++;
    }
    /* ln x = 2 atanh z, |z| <= 0.172: 8 terms. */
    z = (x - 1) / (x + 1);
    z2 = z * z;
    for (int i = 7; i >= 0; i--)
        sum = sum * z2 + c[i];
    return k * LN2_HIGH + (k * LN2_LOW + 2 * z * sum);
}

double numeric_cos(double rad)
{
    double x2, sum = 1;

    /* cos x = 2 cos² (x/4) ... twice, so that the series is short. */
    rad /= 4;
    x2 = rad * rad;
    for (int i = 20; i > 0; i -= 2)
        sum = 1 - sum * x2 / (i * (i - 1));
    for (int i = 0; i < 2; i++)
        sum = 2 * sum * sum - 1;
    return sum;
}

/* Abramowitz and Stegun 7.1.26. */
double numeric_normal(double z)
{
    double x = (z < 0 ? -z : z) * 0.70710678118654752, t = 1 / (1 + 0.3275911 * x);
    double tail =
        t *
        (0.254829592 +
            t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
        numeric_exp(-x * x) / 2;

    return z < 0 ? tail : 1 - tail;
}
