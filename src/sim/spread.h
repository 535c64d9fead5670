/*
 * spread.h: how the paces of a field are spread between the fastest and the slowest.
 *
 * uniform: every pace is as likely as any other. This is how the first implementation drew them.
 * field: skewed as a real field is: few fast, most in the middle, a long slow tail. The shape is
 * the finish times of a half marathon with 1,096 finishers (La Crosse Fitness Festival, 2012),
 * whose percentiles are published at
 * arandomwalk.blogspot.com/2012/09/half-marathon-finish-times.html: its fastest finisher stands for
 * `fastest`, its slowest for `slowest`, and between two published percentiles the quantile function
 * is linear. The New York City Marathon of 2002 (a sample of 1,000 in the R package UsingR,
 * nym.2002) has nearly the same shape: 10 % at 0.15 of the range, 25 % at 0.21.
 *
 * Only integers, so the same seed gives the same pace on every machine.
 */
#ifndef SIM_SPREAD_H
#define SIM_SPREAD_H

#include "race/race.h"

#include <stdint.h>

/* The average pace of one competitor in ms/km, from draw `k` of their key. It is from spec->fastest
 * to spec->slowest, both included. */
uint32_t spread_pace_ms(const struct race_spec *spec, uint64_t key, uint64_t k);

#endif
