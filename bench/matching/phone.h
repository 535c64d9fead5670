/* phone.h: what a runner's phone reports of their true way. */
#ifndef BENCH_MATCHING_PHONE_H
#define BENCH_MATCHING_PHONE_H

#include "matching/truth.h"
#include "tracking/fix.h"

#include <stddef.h>

#define PHONE_GUN_MS INT64_C(1777626000000) /* 2026-05-01T09:00:00Z */
#define PHONE_JUMP_EVERY 500.0              /* fixes */

struct phone {
    double error_m;   /* standard deviation per axis */
    double error_s;   /* its time constant */
    uint32_t every_s; /* seconds between fixes */
    bool accuracy;    /* it reports one: 1.51 standard deviations */
    bool dropouts;    /* silent for 30 to 600 s, about every 20 minutes */
    bool jumps;       /* one fix in 500 is 100 to 500 m off */
    bool clock;       /* its clock is wrong by up to 5 s */
    bool doubles;     /* every tenth fix comes twice */
};

struct phone_fixes {
    struct fix *fix;  /* in order */
    uint32_t *second; /* of the truth, per fix */
    size_t n;
};

/* The fixes of a runner, who is `number` in the draws of the seed. The caller releases them. */
void phone_record(const struct phone *p, const struct truth *t, uint64_t seed, uint32_t number,
    struct phone_fixes *out);
void phone_release(struct phone_fixes *f);

#endif
