#include "board/columns.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An external race's sums miss legs, so its finish is near the end and near the place. */
#define FOREIGN_FINISH_SHARE 0.99
#define FOREIGN_FINISH_M 30.0

static void resize(struct columns *c, uint32_t cap)
{
    c->dist_mm = mem_realloc(c->dist_mm, cap, sizeof *c->dist_mm);
    c->raw_s = mem_realloc(c->raw_s, cap, sizeof *c->raw_s);
    c->status = mem_realloc(c->status, cap, sizeof *c->status);
    c->entered_s = mem_realloc(c->entered_s, cap, sizeof *c->entered_s);
    c->dwell_s = mem_realloc(c->dwell_s, cap, sizeof *c->dwell_s);
    c->finish_s = mem_realloc(c->finish_s, cap, sizeof *c->finish_s);
    c->next_mm = mem_realloc(c->next_mm, cap, sizeof *c->next_mm);
    if (c->external) {
        c->id = mem_realloc(c->id, cap, sizeof *c->id);
        c->lat_deg = mem_realloc(c->lat_deg, cap, sizeof *c->lat_deg);
        c->lon_deg = mem_realloc(c->lon_deg, cap, sizeof *c->lon_deg);
        c->distance_m = mem_realloc(c->distance_m, cap, sizeof *c->distance_m);
    }
    passings_grow(&c->passings, cap);
    c->cap = cap;
}

static void clear(struct columns *c, uint32_t i)
{
    c->dist_mm[i] = 0;
    c->raw_s[i] = -1;
    c->status[i] = COMPETITOR_NOT_SEEN;
    c->entered_s[i] = -1;
    c->dwell_s[i] = 0;
    c->finish_s[i] = -1;
    c->next_mm[i] = 0;
}

struct columns *columns_new(bool external, uint32_t n, struct course *course)
{
    struct columns *c = mem_zalloc(1, sizeof *c);
    uint32_t i;

    c->external = external;
    c->n = n;
    c->course = course ? course_ref(course) : NULL;
    c->tick_raw = c->max_raw = -1;
    c->counts.competitors = c->counts.on_course = n;
    id_map_init(&c->numbers);
    resize(c, n ? n : 16);
    c->passings = passings_new(course, c->cap);
    for (i = 0; i < n; i++)
        clear(c, i);
    return c;
}

void columns_free(struct columns *c)
{
    if (!c)
        return;
    course_unref(c->course);
    id_map_release(&c->numbers);
    free(c->id);
    free(c->lat_deg);
    free(c->lon_deg);
    free(c->distance_m);
    free(c->dist_mm);
    free(c->raw_s);
    free(c->status);
    free(c->entered_s);
    free(c->dwell_s);
    free(c->finish_s);
    free(c->next_mm);
    free(c->dirty);
    passings_unref(c->passings);
    free(c);
}

size_t columns_bytes(const struct columns *c)
{
    return sizeof *c + (size_t)c->cap * (c->external ? 25 + 32 : 25) + c->numbers.slots * 12 +
           passings_bytes(c->passings);
}

uint32_t columns_mm(double distance_m)
{
    double mm = distance_m * 1000;

    return mm >= (double)UINT32_MAX ? UINT32_MAX : (uint32_t)llround(mm);
}

bool columns_is_inside(const struct columns *c, const struct columns_place *p)
{
    struct lonlat at;

    if (!c->course)
        return false;
    if (!c->external)
        return fence_spans_inside(&c->course->spans, p->dist_mm);
    return c->course->fence && lonlat_from_deg(p->lon_deg, p->lat_deg, &at) &&
           fence_contains(c->course->fence, at);
}

bool columns_is_finish(const struct columns *c, const struct columns_place *p)
{
    struct lonlat at, end;

    if (!c->course)
        return false;
    if (!c->external || c->live)
        return p->dist_mm >= c->course->length_mm;
    if (p->distance_m * 1000 < FOREIGN_FINISH_SHARE * (double)c->course->length_mm)
        return false;
    end = line_at(c->course->line, c->course->length_mm);
    return lonlat_from_deg(p->lon_deg, p->lat_deg, &at) &&
           lonlat_distance_m(at, end) <= FOREIGN_FINISH_M;
}

/* A visit ends at `raw_s`, the first second outside again or the finish. */
static void leave(struct columns *c, uint32_t i, int32_t raw_s)
{
    if (c->entered_s[i] < 0)
        return;
    c->dwell_s[i] += raw_s - c->entered_s[i];
    c->entered_s[i] = -1;
    c->counts.in_geofence--;
}

static void decide(struct columns *c, uint32_t i, int32_t before_s, const struct columns_place *p)
{
    if (columns_is_finish(c, p)) {
        leave(c, i, p->raw_s);
        c->status[i] = COMPETITOR_FINISHED;
        c->finish_s[i] = p->raw_s;
        c->counts.finished++;
        c->counts.on_course--;
    } else if (columns_is_inside(c, p)) {
        c->status[i] = COMPETITOR_IN_GEOFENCE;
        if (c->entered_s[i] < 0) {
            c->entered_s[i] = before_s + 1;
            c->counts.in_geofence++;
        }
    } else {
        c->status[i] = COMPETITOR_ON_COURSE;
        leave(c, i, p->raw_s);
    }
}

void columns_trace(struct columns *c, uint32_t i, int32_t before_s, const struct columns_place *p)
{
    if (c->status[i] == COMPETITOR_NOT_SEEN)
        c->seen++;
    if (c->status[i] == COMPETITOR_FINISHED)
        return;
    decide(c, i, before_s, p);
    if (c->passings)
        passings_take(c->passings, c->course, i,
            &(struct passings_event){p->raw_s, p->dist_mm, c->status[i] == COMPETITOR_FINISHED});
}

void columns_forget(struct columns *c, uint32_t i)
{
    if (c->status[i] == COMPETITOR_NOT_SEEN)
        return;
    if (c->status[i] == COMPETITOR_FINISHED) {
        c->counts.finished--;
        c->counts.on_course++;
    }
    if (c->entered_s[i] >= 0)
        c->counts.in_geofence--;
    c->seen--;
    c->status[i] = COMPETITOR_NOT_SEEN;
    c->entered_s[i] = c->finish_s[i] = -1;
    c->dwell_s[i] = 0;
    c->next_mm[i] = 0;
    passings_forget(&c->passings, i);
}

/* The first mm beyond `dist_mm` at which an own race's competitor enters or leaves the geofence, or
 * finishes. */
static uint32_t next_status(const struct columns *c, uint32_t dist_mm)
{
    const struct fence_spans *s;
    uint32_t length, at;
    size_t k;

    if (!c->course)
        return UINT32_MAX;
    length = c->course->length_mm;
    if (dist_mm >= length)
        return UINT32_MAX;
    s = &c->course->spans;
    k = fence_spans_next(s, dist_mm);
    if (k == s->n)
        return length;
    at = s->span[k].from_mm > dist_mm ? s->span[k].from_mm : s->span[k].to_mm;
    return at < length ? at : length;
}

/* The same, or passes a checkpoint. */
static uint32_t next_change(const struct columns *c, uint32_t dist_mm)
{
    uint32_t at = next_status(c, dist_mm);
    uint32_t checkpoint = c->passings ? passings_next_mm(c->course, dist_mm) : UINT32_MAX;

    return checkpoint < at ? checkpoint : at;
}

static void tick_change(struct columns *c, uint32_t i, int32_t raw_s, uint32_t dist_mm)
{
    struct columns_place p = {.raw_s = raw_s, .dist_mm = dist_mm};

    columns_trace(c, i, c->raw_s[i], &p);
    c->next_mm[i] = next_change(c, dist_mm);
}

uint32_t columns_tick(
    struct columns *c, int32_t raw_s, const uint32_t *dist_mm, const int32_t *finish_raw_s)
{
    uint32_t i, events = 0;

    for (i = 0; i < c->n; i++) {
        uint32_t d = dist_mm[i];

        if (raw_s > finish_raw_s[i] || raw_s <= c->raw_s[i])
            continue;
        if (d >= c->next_mm[i] || d < c->dist_mm[i])
            tick_change(c, i, raw_s, d);
        c->dist_mm[i] = d;
        c->raw_s[i] = raw_s;
        events++;
    }
    c->tick_raw = raw_s;
    if (raw_s > c->max_raw)
        c->max_raw = raw_s;
    return events;
}

void columns_add(struct columns *c, int64_t competitor_id)
{
    uint32_t i = c->n;

    if (i == c->cap)
        resize(c, c->cap * 2);
    clear(c, i);
    c->id[i] = competitor_id;
    c->lat_deg[i] = c->lon_deg[i] = c->distance_m[i] = 0;
    id_map_add(&c->numbers, competitor_id, i);
    c->n++;
    c->counts.competitors++;
    c->counts.on_course++;
}

uint32_t columns_find(const struct columns *c, int64_t competitor_id)
{
    if (c->external)
        return id_map_find(&c->numbers, competitor_id);
    if (competitor_id < 1 || competitor_id > (int64_t)c->n)
        return UINT32_MAX;
    return (uint32_t)(competitor_id - 1);
}

static void mark_dirty(struct columns *c, uint32_t i)
{
    if (c->dirty_n && c->dirty[c->dirty_n - 1] == i)
        return;
    c->dirty = mem_grow(c->dirty, c->dirty_n, &c->dirty_cap, sizeof *c->dirty);
    c->dirty[c->dirty_n++] = i;
}

/* Could an event in the past have changed visits, checkpoints or finish? Not for one who has never
 * been inside or finished, outside, and who has come to no checkpoint. */
static bool past_matters(const struct columns *c, uint32_t i, const struct columns_place *p)
{
    if (!c->course)
        return false;
    if (c->passings && (passings_at_s(c->passings, i, 0) >= 0 ||
                           p->dist_mm >= c->course->checkpoints.item[0].dist_mm))
        return true;
    return c->status[i] == COMPETITOR_FINISHED || c->entered_s[i] >= 0 || c->dwell_s[i] > 0 ||
           columns_is_inside(c, p) || columns_is_finish(c, p);
}

/* In a live race the row of somebody who has finished is the finish: fixes after it do not
 * count. */
static void take(struct columns *c, uint32_t i, const struct columns_place *p)
{
    if (c->live && c->finish_s[i] >= 0 && p->raw_s > c->finish_s[i])
        return;
    c->raw_s[i] = p->raw_s;
    c->dist_mm[i] = p->dist_mm;
    c->next_mm[i] = 0;
    if (c->external) {
        c->lat_deg[i] = p->lat_deg;
        c->lon_deg[i] = p->lon_deg;
        c->distance_m[i] = p->distance_m;
    }
    if (p->raw_s > c->max_raw)
        c->max_raw = p->raw_s;
}

bool columns_event(struct columns *c, const struct event *ev)
{
    struct columns_place p = {.raw_s = ev->raw_s,
        .dist_mm = columns_mm(ev->distance_m),
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m};
    uint32_t i = columns_find(c, ev->competitor_id);

    if (i == UINT32_MAX) {
        if (!c->external || c->n >= RACE_MAX_COMPETITORS)
            return false;
        columns_add(c, ev->competitor_id);
        i = c->n - 1;
    }
    if (ev->raw_s > c->raw_s[i])
        columns_trace(c, i, c->raw_s[i], &p);
    else if (past_matters(c, i, &p))
        mark_dirty(c, i);
    if (ev->raw_s >= c->raw_s[i])
        take(c, i, &p);
    return true;
}

int32_t columns_complete_raw(const struct columns *c)
{
    int32_t least = INT32_MAX;
    uint32_t i;

    for (i = 0; i < c->n; i++)
        if (c->status[i] != COMPETITOR_FINISHED && c->raw_s[i] < least)
            least = c->raw_s[i];
    return least == INT32_MAX ? c->max_raw : least;
}

double columns_share_at(const struct columns *c, int32_t raw_s)
{
    uint32_t there = 0, i;

    for (i = 0; i < c->n; i++)
        there += c->status[i] == COMPETITOR_FINISHED || c->raw_s[i] >= raw_s;
    return c->n ? (double)there / c->n : 1;
}

void columns_settle(struct columns *c)
{
    uint32_t i;

    c->counts = (struct view_counts){.competitors = c->n};
    c->seen = 0;
    for (i = 0; i < c->n; i++) {
        uint8_t st = COMPETITOR_ON_COURSE;

        if (c->raw_s[i] < 0)
            st = COMPETITOR_NOT_SEEN;
        else if (c->finish_s[i] >= 0)
            st = COMPETITOR_FINISHED;
        else if (c->entered_s[i] >= 0)
            st = COMPETITOR_IN_GEOFENCE;
        c->status[i] = st;
        c->next_mm[i] = 0;
        c->seen += st != COMPETITOR_NOT_SEEN;
        c->counts.finished += st == COMPETITOR_FINISHED;
        c->counts.in_geofence += st == COMPETITOR_IN_GEOFENCE;
        if (c->raw_s[i] > c->max_raw)
            c->max_raw = c->raw_s[i];
    }
    c->counts.on_course = c->n - c->counts.finished;
}

/* Copies a column behind the last one, on a cache line of its own. */
static const void *place_column(char *block, size_t *at, const void *column, size_t bytes)
{
    char *to = block + *at;

    if (bytes)
        memcpy(to, column, bytes);
    *at += (bytes + 63) & ~(size_t)63;
    return to;
}

struct view *columns_view(const struct columns *c, const struct race_record *r)
{
    struct view *v = mem_zalloc(1, sizeof *v);
    size_t n = c->n, at = 0;
    char *block = mem_alloc(n * (c->external ? 21 + 32 : 21) + 640);

    atomic_init(&v->refs, 1);
    v->race = *r;
    v->course = c->course ? course_ref(c->course) : NULL;
    v->passings = c->passings ? passings_ref(c->passings) : NULL;
    v->as_of_raw_s = c->tick_raw;
    v->n = c->n;
    v->counts = c->counts;
    v->external = c->external;
    v->memory = block;
    v->dist_mm = place_column(block, &at, c->dist_mm, n * sizeof *c->dist_mm);
    v->raw_s = place_column(block, &at, c->raw_s, n * sizeof *c->raw_s);
    v->status = place_column(block, &at, c->status, n);
    v->entered_s = place_column(block, &at, c->entered_s, n * sizeof *c->entered_s);
    v->dwell_s = place_column(block, &at, c->dwell_s, n * sizeof *c->dwell_s);
    v->finish_s = place_column(block, &at, c->finish_s, n * sizeof *c->finish_s);
    if (c->external) {
        v->id = place_column(block, &at, c->id, n * sizeof *c->id);
        v->lat_deg = place_column(block, &at, c->lat_deg, n * sizeof *c->lat_deg);
        v->lon_deg = place_column(block, &at, c->lon_deg, n * sizeof *c->lon_deg);
        v->distance_m = place_column(block, &at, c->distance_m, n * sizeof *c->distance_m);
    }
    return v;
}
