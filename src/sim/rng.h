/*
 * rng.h: the simulator's draws. Counter-based: a draw is a function of (seed, competitorId, index),
 * so that it can be made again at any time and for any competitor, without a stream that has to be
 * run up to it.
 *
 * Draw k of a competitor is output k + 1 of the generator splitmix64 (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014; finaliser: Stafford's variant 13) started at
 * the competitor's key:
 *
 *     mix(z):  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9; z = (z ^ z >> 27) * 0x94d049bb133111eb; z ^
 * z >> 31 key    = mix(mix(seed + G) + competitorId * G)        G = 0x9e3779b97f4a7c15, all modulo
 * 2^64 draw k = mix(key + (k + 1) * G)
 *
 * A draw below n is the high word of draw * n (Lemire, "Fast random integer generation in an
 * interval", 2019, without its rejection): the odds of two values differ by at most n / 2^64, less
 * than 10^-9 for the ranges here.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>

#define RNG_GAMMA 0x9e3779b97f4a7c15u

static inline uint64_t rng_mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint64_t rng_race_key(uint64_t seed)
{
    return rng_mix(seed + RNG_GAMMA);
}

static inline uint64_t rng_key(uint64_t race_key, uint64_t competitor_id)
{
    return rng_mix(race_key + competitor_id * RNG_GAMMA);
}

static inline uint64_t rng_draw(uint64_t key, uint64_t k)
{
    return rng_mix(key + (k + 1) * RNG_GAMMA);
}

__extension__ typedef unsigned __int128 rng_wide;

/* A whole number from 0 to n - 1. */
static inline uint64_t rng_below(uint64_t key, uint64_t k, uint64_t n)
{
    return (uint64_t)((rng_wide)rng_draw(key, k) * n >> 64);
}

/* True with the probability p (0 ... 1): 53 bits against p, exact in doubles. */
static inline int rng_chance(uint64_t key, uint64_t k, double p)
{
    return (double)(rng_draw(key, k) >> 11) * 0x1p-53 < p;
}

#endif
