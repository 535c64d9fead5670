/*
 * draws.h: the draws of the data set: a stream of splitmix64 per seed, so that every runner can be
 * made again alone.
 */
#ifndef BENCH_MATCHING_DRAWS_H
#define BENCH_MATCHING_DRAWS_H

#include <stdint.h>

struct draws {
    uint64_t state;
    double spare; /* the second of two normal draws */
    int has_spare;
};

/* A stream for runner `number` of the seed. */
void draws_init(struct draws *d, uint64_t seed, uint64_t number);

/* Uniform in [0, 1). */
double draws_uniform(struct draws *d);

/* Uniform in [low, high). */
double draws_between(struct draws *d, double low, double high);

/* Standard normal (Marsaglia's polar method). */
double draws_normal(struct draws *d);

#endif
