/* checkpoints_json.c: the checkpoints of a race as JSON. */
#include "board/checkpoints_json.h"

#include "base/mem.h"
#include "board/checkpoints.h"
#include "course/checkpoint/export.h"

#include <stdlib.h>

static uint32_t count(const struct view *v)
{
    return v->passings ? v->passings->each : 0;
}

/* Begins the object of checkpoint k. */
static void begin(const struct view *v, uint32_t k, struct buf *out)
{
    buf_addf(out, "{\"number\":%u,", k + 1);
    checkpoint_json(&v->course->checkpoints.item[k], out);
}

/* Appends a raw second, null below 0. */
static void add_s(struct buf *out, const char *key, int32_t s)
{
    if (s < 0)
        buf_addf(out, ",\"%s\":null", key);
    else
        buf_addf(out, ",\"%s\":%d", key, s);
}

static void add_counts(
    const struct view *v, uint32_t k, const struct board_checkpoint *at, struct buf *out)
{
    buf_addf(out, ",\"passed\":%u,\"first\":", at->passed);
    if (at->first_s < 0)
        buf_adds(out, "null");
    else
        buf_addf(out, "{\"competitorId\":%lld,\"rawTime\":%d}", (long long)view_id(v, at->first),
            at->first_s);
    add_s(out, "last", at->last_s);
    if (v->course->checkpoints.item[k].cutoff_s >= 0)
        buf_addf(out, ",\"closed\":%s,\"behind\":%u,\"danger\":%u", at->closed ? "true" : "false",
            at->behind, at->danger);
}

void board_checkpoints_json(const struct view *v, struct buf *out)
{
    struct board_checkpoint *at = mem_zalloc(count(v) + 1, sizeof *at);

    if (count(v))
        board_checkpoints(v, at);
    buf_addc(out, '[');
    for (uint32_t k = 0; k < count(v); k++) {
        buf_adds(out, k > 0 ? ",\n" : "\n");
        begin(v, k, out);
        add_counts(v, k, &at[k], out);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    free(at);
}

/* Metres from number i to checkpoint k; 0 if they have passed it. */
static double left_m(const struct view *v, uint32_t i, uint32_t k)
{
    uint32_t dist_mm = v->course->checkpoints.item[k].dist_mm;

    return dist_mm > v->dist_mm[i] ? (dist_mm - v->dist_mm[i]) / 1000.0 : 0;
}

/* Who is behind the cut-off: when they passed (null: not yet), and how many seconds late that was,
 * or is by now. */
static void add_behind(
    const struct view *v, uint32_t k, const struct board_passing *p, struct buf *out)
{
    int32_t cutoff_s = v->course->checkpoints.item[k].cutoff_s;

    buf_addf(out, "{\"competitorId\":%lld,\"distance\":%.3f,\"distanceLeft\":%.3f",
        (long long)view_id(v, p->i), v->dist_mm[p->i] / 1000.0,
        p->raw_s < 0 ? left_m(v, p->i, k) : 0);
    add_s(out, "rawTime", p->raw_s);
    buf_addf(out, ",\"late\":%d}", (p->raw_s < 0 ? v->as_of_raw_s : p->raw_s) - cutoff_s);
}

/* Who is in danger: how far and how long they have, and when they will be there at their pace. */
static void add_danger(
    const struct view *v, uint32_t k, const struct board_passing *p, struct buf *out)
{
    int32_t expected_s = board_checkpoint_expected_s(v, p->i, k);

    buf_addf(out, "{\"competitorId\":%lld,\"distance\":%.3f,\"distanceLeft\":%.3f,\"timeLeft\":%d",
        (long long)view_id(v, p->i), v->dist_mm[p->i] / 1000.0, left_m(v, p->i, k),
        v->course->checkpoints.item[k].cutoff_s - v->as_of_raw_s);
    add_s(out, "expected", expected_s == INT32_MAX ? -1 : expected_s);
    buf_addc(out, '}');
}

/* Appends a list of those who are behind, or in danger. */
static void add_late(const struct view *v, uint32_t k, bool danger, uint32_t limit, struct buf *out)
{
    struct board_passing *p = mem_alloc((limit + 1) * sizeof *p);
    uint32_t n = board_checkpoint_late(v, k, danger, p, limit);

    buf_adds(out, danger ? ",\"dangerList\":[" : ",\"behindList\":[");
    for (uint32_t j = 0; j < n; j++) {
        buf_adds(out, j ? ",\n" : "\n");
        (danger ? add_danger : add_behind)(v, k, &p[j], out);
    }
    buf_addc(out, ']');
    free(p);
}

void board_cutoffs_json(const struct view *v, uint32_t limit, struct buf *out)
{
    struct board_checkpoint *at = mem_zalloc(count(v) + 1, sizeof *at);
    bool first = true;

    if (count(v))
        board_checkpoints(v, at);
    buf_addc(out, '[');
    for (uint32_t k = 0; k < count(v); k++) {
        if (v->course->checkpoints.item[k].cutoff_s < 0)
            continue;
        buf_adds(out, first ? "\n" : ",\n");
        begin(v, k, out);
        first = false;
        add_counts(v, k, &at[k], out);
        add_late(v, k, false, limit, out);
        add_late(v, k, true, limit, out);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    free(at);
}

void board_checkpoint_json(const struct view *v, uint32_t k, uint32_t limit, struct buf *out)
{
    struct board_passing *p = mem_alloc((limit + 1) * sizeof *p);
    uint32_t n = board_checkpoint_order(v, k, p, limit);

    begin(v, k, out);
    buf_adds(out, ",\"rows\":[");
    for (uint32_t j = 0; j < n; j++)
        buf_addf(out, "%s{\"rank\":%u,\"competitorId\":%lld,\"rawTime\":%d,\"behindFirst\":%d}",
            j ? ",\n" : "\n", p[j].rank, (long long)view_id(v, p[j].i), p[j].raw_s,
            p[j].raw_s - p[0].raw_s);
    buf_adds(out, "]}");
    free(p);
}
