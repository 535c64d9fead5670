#include "push/frame.h"

#include "base/clock.h"
#include "base/mem.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_KEY = 1, KIND_MOVED = 2, KIND_OFF_COURSE = 3, KIND_TIMES = 4 };
enum { MOVED_MAX = 253, MOVED_ESCAPE = 254, MOVED_STATUS = 255 };

#define UNIT_MIN_M 0.0625
#define UNITS_MAX 65535.0
#define FRAMES_PER_S 10.0
#define M_PER_DEG 111200.0
#define DEG 0.017453292519943295

/* How much faster than the fastest pace a competitor may run for a second, variation included. */
#define SPURT 1.5

void frame_encoder_init(struct frame_encoder *f)
{
    memset(f, 0, sizeof *f);
}

void frame_encoder_release(struct frame_encoder *f)
{
    free(f->unit);
    free(f->status);
    frame_encoder_init(f);
}

static double longest_m(const struct view *v)
{
    double longest = v->course ? v->course->length_mm / 1000.0 : 0;

    if (v->external)
        for (uint32_t i = 0; i < v->n; i++)
            longest = fmax(longest, v->dist_mm[i] / 1000.0);
    return longest;
}

/* The smallest power of two for which the whole distance fits into 16 bits, and what a competitor
 * runs between two frames into one byte. */
static float choose_unit(const struct frame_encoder *f, const struct view *v)
{
    double longest = longest_m(v);
    double fastest = v->race.spec.fastest ? v->race.spec.fastest : 100;
    double step_s = f->step_s ? f->step_s : fmax(1, ceil(v->race.anchor.speed / FRAMES_PER_S));
    double running_m = step_s * SPURT * 1000 / fastest;
    double unit = UNIT_MIN_M;

    if (longest > 0)
        running_m = fmin(running_m, longest);
    while (unit * UNITS_MAX < longest || unit * MOVED_MAX < running_m)
        unit *= 2;
    return (float)unit;
}

/* Rounded to the nearest unit. */
static uint16_t to_units(uint32_t dist_mm, float unit_m)
{
    double units = floor(dist_mm / (1000.0 * (double)unit_m) + 0.5);

    return units < UNITS_MAX ? (uint16_t)units : (uint16_t)UNITS_MAX;
}

struct head {
    uint8_t kind;
    bool replay;
    uint16_t seq;
    float unit_m;
};

static void add_header(struct buf *out, struct head h, const struct view *v)
{
    buf_addc(out, (char)h.kind);
    buf_addc(out, h.replay ? 1 : 0);
    buf_add_u16le(out, h.seq);
    buf_add_u32le(out, v->n);
    buf_add_f64le(out, (double)clock_wall_ms());
    buf_add_f64le(out, v->as_of_raw_s * 1000.0);
    buf_add_f32le(out, h.unit_m);
    buf_add_u32le(out, v->n);
}

/* The encoder's memory of what viewers have. It grows only with the number of competitors. */
static void key_size(struct frame_encoder *f, uint32_t n)
{
    if (f->n == n && f->unit)
        return;
    f->unit = mem_realloc(f->unit, n ? n : 1, sizeof *f->unit);
    f->status = mem_realloc(f->status, n ? n : 1, sizeof *f->status);
    f->n = n;
}

/* The status as it is sent: with the bit FRAME_STALE where no event has come for a while. */
static uint8_t sent_status(const struct view *v, uint32_t i)
{
    uint8_t status = v->status[i];
    bool runs = status == COMPETITOR_ON_COURSE || status == COMPETITOR_IN_GEOFENCE;

    return runs && v->as_of_raw_s - v->raw_s[i] >= FRAME_STALE_S ? status | FRAME_STALE : status;
}

/* Remembers what a key frame of this view says. */
static void take_state(struct frame_encoder *f, const struct view *v)
{
    key_size(f, v->n);
    f->unit_m = choose_unit(f, v);
    for (uint32_t i = 0; i < v->n; i++) {
        f->unit[i] = to_units(v->dist_mm[i], f->unit_m);
        f->status[i] = sent_status(v, i);
    }
    f->started = true;
    f->since_key = 0;
}

void frame_encode_key(
    const struct frame_encoder *f, const struct view *v, bool replay, struct buf *out)
{
    add_header(out, (struct head){KIND_KEY, replay, f->seq, f->unit_m}, v);
    (void)buf_reserve(out, (size_t)f->n * 3);
    for (uint32_t i = 0; i < f->n; i++)
        buf_add_u16le(out, f->unit[i]);
    buf_add(out, f->status, f->n);
}

/* One competitor of a moved frame. Returns its byte, and appends to the tail where one byte is not
 * enough. */
static uint8_t encode_moved(
    struct frame_encoder *f, const struct view *v, uint32_t i, uint8_t **tail)
{
    uint16_t now = to_units(v->dist_mm[i], f->unit_m);
    int moved = now - f->unit[i];
    uint8_t status = sent_status(v, i);
    bool changed = status != f->status[i];
    uint16_t le = htole16(now);

    f->unit[i] = now;
    if (!changed && moved >= 0 && moved <= MOVED_MAX)
        return (uint8_t)moved;
    memcpy(*tail, &le, sizeof le);
    *tail += sizeof le;
    if (!changed)
        return MOVED_ESCAPE;
    f->status[i] = status;
    *(*tail)++ = status;
    return MOVED_STATUS;
}

/* False: a key frame would not be longer than this one. `out` is then unchanged. */
static bool try_moved(struct frame_encoder *f, const struct view *v, bool replay, struct buf *out)
{
    size_t before = out->len;
    uint8_t *moved;
    uint8_t *tail;

    add_header(out, (struct head){KIND_MOVED, replay, f->seq, f->unit_m}, v);
    moved = (uint8_t *)buf_reserve(out, (size_t)v->n * 4);
    tail = moved + v->n;
    for (uint32_t i = 0; i < v->n; i++)
        moved[i] = encode_moved(f, v, i, &tail);
    if (v->n && (size_t)(tail - moved) >= (size_t)v->n * 3) {
        out->len = before;
        return false;
    }
    out->len += (size_t)(tail - moved);
    return true;
}

/* A key frame comes after FRAME_KEY_EVERY moved ones, and where a moved frame cannot say it: other
 * competitors, or distances beyond the unit. */
static bool key_due(const struct frame_encoder *f, const struct view *v)
{
    if (!f->started || f->n != v->n || f->since_key + 1 >= FRAME_KEY_EVERY)
        return true;
    return v->external && longest_m(v) > (double)f->unit_m * UNITS_MAX;
}

/* Where a key frame is shorter than the moved one, it is sent instead. encode_moved has changed the
 * state then, but take_state sets all of it anew. */
int frame_encode(struct frame_encoder *f, const struct view *v, bool replay, struct buf *out)
{
    f->seq++;
    if (!key_due(f, v) && try_moved(f, v, replay, out)) {
        f->since_key++;
        return KIND_MOVED;
    }
    take_state(f, v);
    frame_encode_key(f, v, replay, out);
    return KIND_KEY;
}

/* Writes the count to its place, once it is known. */
static void set_count(struct buf *out, size_t at, uint32_t count)
{
    uint32_t le = htole32(count);

    memcpy(out->data + at, &le, sizeof le);
}

static bool has_times(const struct view *v, uint32_t i)
{
    return v->entered_s[i] >= 0 || v->dwell_s[i] != 0 || v->finish_s[i] >= 0;
}

/* `wanted` NULL: all competitors that have any time. */
static uint32_t encode_times(
    const struct view *v, bool replay, const uint8_t *wanted, struct buf *out)
{
    uint32_t count = 0;
    size_t at;

    add_header(out, (struct head){KIND_TIMES, replay, 0, 0}, v);
    at = out->len;
    buf_add_u32le(out, 0);
    for (uint32_t i = 0; i < v->n; i++) {
        if (wanted ? !wanted[i] : !has_times(v, i))
            continue;
        buf_add_u32le(out, i);
        buf_add_u32le(out, (uint32_t)v->entered_s[i]);
        buf_add_u32le(out, (uint32_t)v->dwell_s[i]);
        buf_add_u32le(out, (uint32_t)v->finish_s[i]);
        count++;
    }
    set_count(out, at, count);
    return count;
}

uint32_t frame_encode_times(const struct view *v, bool replay, struct buf *out)
{
    return encode_times(v, replay, NULL, out);
}

void frame_encode_times_of(const struct view *v, const uint8_t *wanted, struct buf *out)
{
    (void)encode_times(v, false, wanted, out);
}

/* Computed on a plane, for speed: at this length it is exact to a part in a thousand. */
static bool off_course(const struct view *v, uint32_t i)
{
    struct lonlat on;
    double north_m, east_m;

    if (v->status[i] == COMPETITOR_NOT_SEEN)
        return false;
    if (!v->course)
        return true;
    on = line_at(v->course->line, v->dist_mm[i]);
    north_m = (v->lat_deg[i] - lonlat_deg(on.lat_nd)) * M_PER_DEG;
    east_m = remainder(v->lon_deg[i] - lonlat_deg(on.lon_nd), 360) * M_PER_DEG *
             cos(v->lat_deg[i] * DEG);
    return hypot(north_m, east_m) > FRAME_OFF_COURSE_M;
}

uint32_t frame_encode_off_course(const struct view *v, bool replay, struct buf *out)
{
    uint32_t count = 0;
    size_t at;

    add_header(out, (struct head){KIND_OFF_COURSE, replay, 0, 0}, v);
    at = out->len;
    buf_add_u32le(out, 0);
    for (uint32_t i = 0; v->external && i < v->n; i++) {
        if (!off_course(v, i))
            continue;
        buf_add_u32le(out, i);
        buf_add_f64le(out, v->lon_deg[i]);
        buf_add_f64le(out, v->lat_deg[i]);
        count++;
    }
    set_count(out, at, count);
    return count;
}
