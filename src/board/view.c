#include "board/view.h"

#include "base/mem.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct view *view_ref(struct view *v)
{
    atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
    return v;
}

struct view *view_with_record(struct view *v, const struct race_record *r)
{
    struct view *copy = mem_alloc(sizeof *copy);
    size_t head = offsetof(struct view, race); /* what stands before it is the copy's own */

    memcpy((char *)copy + head, (const char *)v + head, sizeof *v - head);
    atomic_init(&copy->refs, 1);
    copy->holders = 0;
    copy->version = v->version + 1;
    copy->race = *r;
    if (copy->course)
        (void)course_ref(copy->course);
    if (copy->passings)
        (void)passings_ref(copy->passings);
    copy->memory = NULL;
    copy->lender = view_ref(v->lender ? v->lender : v);
    return copy;
}

void view_unref(struct view *v)
{
    if (!v || atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1)
        return;
    course_unref(v->course);
    passings_unref(v->passings);
    view_unref(v->lender);
    free(v->memory);
    free(v);
}

size_t view_bytes(const struct view *v)
{
    size_t own = 3 * sizeof *v->entered_s + sizeof *v->dist_mm + sizeof *v->raw_s + 1;
    size_t others = sizeof *v->id + 3 * sizeof *v->lat_deg;

    return v->n * (v->external ? own + others : own);
}

uint32_t view_find(const struct view *v, int64_t competitor_id)
{
    uint32_t i;

    if (!v->id)
        return competitor_id >= 1 && competitor_id <= (int64_t)v->n ? (uint32_t)(competitor_id - 1)
                                                                    : UINT32_MAX;
    for (i = 0; i < v->n; i++)
        if (v->id[i] == competitor_id)
            return i;
    return UINT32_MAX;
}

void view_place(
    const struct view *v, uint32_t i, double *lon_deg, double *lat_deg, double *distance_m)
{
    struct lonlat at;

    if (v->lat_deg) {
        *lon_deg = v->lon_deg[i];
        *lat_deg = v->lat_deg[i];
        *distance_m = v->distance_m[i];
        return;
    }
    *distance_m = (double)v->dist_mm[i] / 1000;
    *lon_deg = *lat_deg = NAN;
    if (!v->course)
        return;
    at = line_at(v->course->line, v->dist_mm[i]);
    *lon_deg = lonlat_deg(at.lon_nd);
    *lat_deg = lonlat_deg(at.lat_nd);
}

int32_t view_dwell(const struct view *v, uint32_t i)
{
    return v->entered_s[i] < 0 ? 0 : v->raw_s[i] - v->entered_s[i];
}

int32_t view_dwell_total(const struct view *v, uint32_t i)
{
    return v->dwell_s[i] + view_dwell(v, i);
}

/* A time after the competitor's own raw second was written for a later view. */
int32_t view_pass_s(const struct view *v, uint32_t i, uint32_t k)
{
    int32_t at_s = v->passings ? passings_at_s(v->passings, i, k) : -1;

    return at_s <= v->raw_s[i] ? at_s : -1;
}

uint32_t view_passed(const struct view *v, uint32_t i)
{
    uint32_t low = 0;
    uint32_t high = v->passings ? v->passings->each : 0;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (view_pass_s(v, i, mid) >= 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
