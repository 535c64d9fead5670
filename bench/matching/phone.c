/* phone.c: errors that last, silence, jumps, a wrong clock, doubles. */
#include "matching/phone.h"

#include "base/mem.h"
#include "matching/draws.h"

#include <math.h>
#include <stdlib.h>

#define ACCURACY_PER_DEVIATION 1.51
#define METRES_PER_DEGREE 111195.0
#define SILENCE_EVERY_S 1200.0

static struct lonlat moved(struct lonlat p, double east_m, double north_m)
{
    double cosine = cos((double)p.lat_nd * M_PI / 180e9);

    p.lon_nd += llround(east_m * 1e9 / (METRES_PER_DEGREE * cosine));
    p.lat_nd += llround(north_m * 1e9 / METRES_PER_DEGREE);
    return p;
}

static struct lonlat jumped(struct draws *d, struct lonlat p)
{
    double far_m = draws_between(d, 100, 500), angle = draws_between(d, 0, 2 * M_PI);

    return moved(p, far_m * sin(angle), far_m * cos(angle));
}

static void add(struct phone_fixes *out, size_t *cap, const struct fix *f, uint32_t second)
{
    if (out->n == *cap) {
        *cap = *cap ? 2 * *cap : 256;
        out->fix = mem_realloc(out->fix, *cap, sizeof *out->fix);
        out->second = mem_realloc(out->second, *cap, sizeof *out->second);
    }
    out->fix[out->n] = *f;
    out->second[out->n++] = second;
}

void phone_record(const struct phone *p, const struct truth *t, uint64_t seed, uint32_t number,
    struct phone_fixes *out)
{
    struct draws d;
    double east, north, keep = exp(-1 / p->error_s), add_m = p->error_m * sqrt(1 - keep * keep);
    uint32_t phase, silent_until = 0;
    int64_t clock_ms;
    size_t cap = 0;

    draws_init(&d, seed + 4711, number);
    *out = (struct phone_fixes){0};
    east = p->error_m * draws_normal(&d);
    north = p->error_m * draws_normal(&d);
    phase = (uint32_t)draws_between(&d, 0, p->every_s);
    clock_ms = p->clock ? (int64_t)draws_between(&d, -5000, 5000) : 0;
    for (uint32_t i = 0; i < t->n; i++) {
        struct fix f = {PHONE_GUN_MS + ((int64_t)i - TRUTH_BEFORE_S) * 1000 + clock_ms,
            moved(t->at[i], east, north),
            p->accuracy ? (uint32_t)(1000 * ACCURACY_PER_DEVIATION * p->error_m) : 0};

        east = keep * east + add_m * draws_normal(&d);
        north = keep * north + add_m * draws_normal(&d);
        if (p->dropouts && draws_uniform(&d) < 1 / SILENCE_EVERY_S)
            silent_until = i + (uint32_t)draws_between(&d, 30, 600);
        if (i % p->every_s != phase || i < silent_until)
            continue;
        if (p->jumps && draws_uniform(&d) < 1 / PHONE_JUMP_EVERY)
            f.at = jumped(&d, f.at);
        add(out, &cap, &f, i);
        if (p->doubles && draws_uniform(&d) < 0.1)
            add(out, &cap, &f, i);
    }
}

void phone_release(struct phone_fixes *f)
{
    free(f->fix);
    free(f->second);
}
