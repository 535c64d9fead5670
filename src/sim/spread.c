#include "sim/spread.h"

#include "sim/rng.h"

#define MS_PER_S 1000u
#define FRACTION 24 /* bits of a percent */

/* A published percentile: so many percent of the finishers need at most so many 1/100 min. */
struct quantile {
    uint8_t percent;
    uint16_t centiminutes;
};

static const struct quantile half_marathon[] = {{0, 7401}, {1, 8272}, {5, 9080}, {10, 9725},
    {25, 10847}, {50, 12214}, {75, 13668}, {90, 15318}, {95, 16823}, {99, 20223}, {100, 22730}};

#define QUANTILES (sizeof half_marathon / sizeof half_marathon[0])

/* The pace at `percent` (with FRACTION bits, below 100 percent) of the field. The range is at most
 * 3.6e7 ms and the time at most 15,329 << FRACTION, so the product stays below 2^63. */
static uint64_t pace_above_fastest_ms(uint64_t percent, uint64_t range_ms)
{
    const struct quantile *q = half_marathon;
    uint64_t span, above, time;

    while (percent >= (uint64_t)q[1].percent << FRACTION)
        q++;
    span = (uint64_t)(q[1].centiminutes - q[0].centiminutes);
    above = percent - ((uint64_t)q[0].percent << FRACTION);
    time = ((uint64_t)(q[0].centiminutes - half_marathon[0].centiminutes) << FRACTION) +
           span * above / (uint64_t)(q[1].percent - q[0].percent);
    return range_ms * time /
           ((uint64_t)(half_marathon[QUANTILES - 1].centiminutes - half_marathon[0].centiminutes)
               << FRACTION);
}

uint32_t spread_pace_ms(const struct race_spec *spec, uint64_t key, uint64_t k)
{
    uint64_t fastest_ms = (uint64_t)spec->fastest * MS_PER_S;
    uint64_t range_ms = (uint64_t)(spec->slowest - spec->fastest) * MS_PER_S;

    if (spec->spread == RACE_SPREAD_FIELD)
        return (uint32_t)(fastest_ms + pace_above_fastest_ms(
                                           rng_below(key, k, (uint64_t)100 << FRACTION), range_ms));
    return (uint32_t)(fastest_ms + rng_below(key, k, range_ms + 1));
}
