#include "sim/sim.h"

#include "base/mem.h"
#include "sim/hills.h"
#include "sim/pace.h"
#include "sim/rng.h"
#include "sim/spread.h"

#include <stdlib.h>
#include <string.h>

/* Which draw is what. Those of the stretches follow (pace.c). */
enum { DRAW_PACE = 0, DRAW_STOPS = 1, DRAW_STOP_PLACE = 2, DRAW_STOP_LENGTH = 3 };

struct stop {
    uint32_t mm; /* PACE_NO_STOP: none */
    uint32_t s;
};

/* Columns in dense order. `leg` is a memory of where each runner was last, nothing else: without it
 * every answer is the same, only slower. */
struct sim {
    struct course *course;
    struct race_spec spec;
    struct sim_shard shard;
    struct pace_plan plan;
    struct hills *hills; /* NULL: the pace does not follow the slope */
    uint64_t race_key;
    uint64_t stop_places; /* mm inside the geofence, before the finish */
    uint32_t n;
    int32_t last_s;
    uint32_t *pace_ms;
    struct stop *stop;
    int32_t *finish_s;
    struct pace_leg *leg;
};

static int check(
    const struct race_spec *spec, const struct course *c, struct sim_shard shard, struct err *e)
{
    if (strcmp(spec->revision, c->revision) != 0)
        return err_set(e, ERR_CONFLICT,
            "the race was made for revision %.12s of the course \"%s\", this is revision %.12s",
            spec->revision[0] ? spec->revision : "(none)", c->short_name, c->revision);
    if (shard.part < 1 || shard.part > shard.of)
        return err_set(e, ERR_INVALID, "there is no part %u of %u: parts are numbered from 1",
            shard.part, shard.of);
    if (spec->competitors < 1 || spec->competitors > RACE_MAX_COMPETITORS ||
        spec->fastest > spec->slowest || spec->fastest < RACE_MIN_PACE ||
        spec->slowest > RACE_MAX_PACE || spec->min_pause > spec->max_pause ||
        spec->max_pause > RACE_MAX_PAUSE)
        return err_set(e, ERR_INVALID, "the race's numbers are out of range");
    if (spec->hills && !c->elevation_cm)
        return err_set_field(
            e, "hills", "the course \"%s\" has no elevations to follow", c->short_name);
    return 0;
}

static uint64_t count_stop_places(const struct course *c)
{
    uint64_t mm = 0;

    for (size_t i = 0; i < c->spans.n; i++) {
        const struct fence_span *s = &c->spans.span[i];
        uint32_t to = s->to_mm < c->length_mm ? s->to_mm : c->length_mm;

        if (s->from_mm < to)
            mm += to - s->from_mm;
    }
    return mm;
}

/* The k-th mm inside the geofence. */
static uint32_t stop_place(const struct course *c, uint64_t k)
{
    const struct fence_span *s = c->spans.span;

    while (k >= s->to_mm - s->from_mm) {
        k -= s->to_mm - s->from_mm;
        s++;
    }
    return s->from_mm + (uint32_t)k;
}

static void draw(struct sim *s, uint32_t i)
{
    const struct race_spec *spec = &s->spec;
    uint64_t key = rng_key(s->race_key, sim_id(s, i));
    struct stop stop = {PACE_NO_STOP, 0};

    s->pace_ms[i] = spread_pace_ms(spec, key, DRAW_PACE);
    if (rng_chance(key, DRAW_STOPS, spec->stop_ratio)) {
        stop.mm = stop_place(s->course, rng_below(key, DRAW_STOP_PLACE, s->stop_places));
        stop.s = spec->min_pause +
                 (uint32_t)rng_below(key, DRAW_STOP_LENGTH, spec->max_pause - spec->min_pause + 1);
    }
    s->stop[i] = stop;
    s->finish_s[i] = (int32_t)pace_finish_s(&s->plan, s->pace_ms[i], stop.s);
    if (s->finish_s[i] > s->last_s)
        s->last_s = s->finish_s[i];
}

struct sim *sim_new(
    const struct race_spec *spec, struct course *c, struct sim_shard shard, struct err *e)
{
    struct pace_plan plan;
    uint64_t places = count_stop_places(c);
    struct sim *s;

    if (check(spec, c, shard, e))
        return NULL;
    if (spec->stop_ratio > 0 && places == 0) {
        (void)err_set_field(
            e, "stopRatio", "nobody can stop in a geofence that the route never enters");
        return NULL;
    }
    pace_plan_init(&plan, c->length_mm);
    if (pace_finish_s(&plan, spec->slowest * 1000, spec->max_pause) > INT32_MAX) {
        (void)err_set_field(e, "slowest", "the race would be longer than 2147483647 s");
        return NULL;
    }
    s = mem_zalloc(1, sizeof *s);
    s->course = course_ref(c);
    s->spec = *spec;
    s->shard = shard;
    s->plan = plan;
    s->hills = spec->hills ? hills_new(c) : NULL;
    s->race_key = rng_race_key(spec->seed);
    s->stop_places = places;
    s->n = spec->competitors < shard.part ? 0 : (spec->competitors - shard.part) / shard.of + 1;
    s->pace_ms = mem_zalloc(s->n, sizeof *s->pace_ms);
    s->stop = mem_zalloc(s->n, sizeof *s->stop);
    s->finish_s = mem_zalloc(s->n, sizeof *s->finish_s);
    s->leg = mem_zalloc(s->n, sizeof *s->leg);
    for (uint32_t i = 0; i < s->n; i++)
        draw(s, i);
    return s;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    course_unref(s->course);
    hills_free(s->hills);
    free(s->pace_ms);
    free(s->stop);
    free(s->finish_s);
    free(s->leg);
    free(s);
}

uint32_t sim_count(const struct sim *s)
{
    return s->n;
}

uint64_t sim_id(const struct sim *s, uint32_t i)
{
    return s->shard.part + (uint64_t)i * s->shard.of;
}

int32_t sim_last_raw(const struct sim *s)
{
    return s->last_s;
}

const int32_t *sim_finish_raw(const struct sim *s)
{
    return s->finish_s;
}

static void find_leg(struct sim *s, uint32_t i, int32_t raw_s)
{
    struct pace_runner r = {
        .key = rng_key(s->race_key, sim_id(s, i)),
        .pace_ms = s->pace_ms[i],
        .stop_mm = s->stop[i].mm,
        .stop_s = s->stop[i].s,
        .finish_s = s->finish_s[i],
    };

    if (s->hills && r.stop_mm != PACE_NO_STOP)
        r.stop_mm = hills_effort_mm(s->hills, r.stop_mm);
    s->leg[i] = pace_leg_at(&s->plan, &r, raw_s);
    if (s->hills)
        s->leg[i] = hills_leg(s->hills, &s->leg[i], s->stop[i].mm, raw_s);
}

void sim_tick(struct sim *s, int32_t raw_s, uint32_t *dist_mm)
{
    if (raw_s < 0)
        raw_s = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct pace_leg *leg = &s->leg[i];

        if ((uint32_t)raw_s - (uint32_t)leg->from_s >= leg->span_s)
            find_leg(s, i, raw_s);
        dist_mm[i] = pace_leg_mm(leg, raw_s);
    }
}

void sim_truth(const struct sim *s, uint32_t i, struct sim_truth *out)
{
    out->pace_ms = s->pace_ms[i];
    out->stop_mm = s->stop[i].mm;
    out->stop_s = s->stop[i].s;
    out->finish_raw_s = s->finish_s[i];
}
