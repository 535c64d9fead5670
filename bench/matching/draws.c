/* draws.c: uniform and normal draws. */
#include "matching/draws.h"

#include <math.h>

#define GAMMA UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void draws_init(struct draws *d, uint64_t seed, uint64_t number)
{
    *d = (struct draws){.state = mix(mix(seed + GAMMA) + number * GAMMA)};
}

double draws_uniform(struct draws *d)
{
    d->state += GAMMA;
    return (double)(mix(d->state) >> 11) * 0x1p-53;
}

double draws_between(struct draws *d, double low, double high)
{
    return low + (high - low) * draws_uniform(d);
}

double draws_normal(struct draws *d)
{
    double x, y, r;

    if (d->has_spare) {
        d->has_spare = 0;
        return d->spare;
    }
    do {
        x = 2 * draws_uniform(d) - 1;
        y = 2 * draws_uniform(d) - 1;
        r = x * x + y * y;
    } while (r >= 1 || r == 0);
    r = sqrt(-2 * log(r) / r);
    d->spare = y * r;
    d->has_spare = 1;
    return x * r;
}
