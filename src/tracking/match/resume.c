/* resume.c: keeps states, and goes back to one. */
#include "tracking/match/resume.h"

#include "base/mem.h"
#include "tracking/match/state.h"

#include <stdlib.h>
#include <string.h>

/* States of the last five minutes are a minute apart, those of the last hour five, older ones
 * 20. */
#define APART_MS INT64_C(60000)
#define SOON 5
#define HOUR 60
#define LATER 20

static void add(struct match_track *t, int64_t settled_ms)
{
    size_t size = offsetof(struct match_state, h) + t->s.n * sizeof t->s.h[0];
    struct resume_point *c;

    t->point = mem_grow(t->point, t->points, &t->point_cap, sizeof *t->point);
    c = &t->point[t->points++];
    *c = (struct resume_point){t->s.last_ms, settled_ms, mem_dup(&t->s, size)};
    for (uint32_t i = 0; i < t->s.n; i++)
        c->state->h[i].step = MATCH_NO_STEP;
}

/* How far apart states are kept that are so old. */
static int64_t apart_ms(int64_t age_ms)
{
    if (age_ms < SOON * APART_MS)
        return APART_MS;
    return age_ms < HOUR * APART_MS ? SOON * APART_MS : LATER * APART_MS;
}

static void thin_out(struct match_track *t)
{
    for (size_t i = t->points; i-- > 2;) {
        struct resume_point *c = &t->point[i - 1];

        if (c[1].time_ms - c[-1].time_ms >= apart_ms(t->s.last_ms - c->time_ms) + APART_MS / 2)
            continue;
        free(c->state);
        t->points--;
        memmove(c, c + 1, (t->points - (i - 1)) * sizeof *c);
    }
}

void resume_keep(struct match_track *t)
{
    if (t->points && t->s.last_ms - t->point[t->points - 1].time_ms < APART_MS)
        return;
    add(t, INT64_MAX);
    thin_out(t);
}

void resume_keep_settled(struct match_track *t)
{
    add(t, t->s.last_ms);
}

void resume_settled(struct match_track *t, int64_t until_ms, int64_t time_ms)
{
    for (size_t i = t->points; i > 0; i--) {
        struct resume_point *c = &t->point[i - 1];

        if (c->settled_ms != INT64_MAX)
            break;
        if (c->time_ms <= until_ms)
            c->settled_ms = time_ms;
    }
}

int64_t match_track_rewind(struct match_track *t, int64_t time_ms)
{
    const struct resume_point *c;

    if (t->s.last_ms < time_ms)
        return t->s.last_ms;
    while (t->points && t->point[t->points - 1].settled_ms >= time_ms)
        free(t->point[--t->points].state);
    t->w.fixes = t->w.steps = 0;
    if (!t->points) {
        state_reset(t);
        return INT64_MIN;
    }
    c = &t->point[t->points - 1];
    memcpy(&t->s, c->state, offsetof(struct match_state, h) + c->state->n * sizeof t->s.h[0]);
    return c->time_ms;
}

void resume_release(struct match_track *t)
{
    for (size_t i = 0; i < t->points; i++)
        free(t->point[i].state);
    free(t->point);
}
