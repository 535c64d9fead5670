#include "store/pinot_store.h"

#include "base/mem.h"
#include "store/board.h"

#include <stdlib.h>

#define KM_MM 1000000u

/* What one competitor's events say, in their order. */
struct life {
    struct store_competitor *out;
    const struct columns *c; /* for its reading of places only */
    size_t visits_cap, splits_cap, track_cap;
    int32_t outside_s; /* the last second outside, -1 */
    bool any;
};

static void enter(struct life *f)
{
    struct store_competitor *out = f->out;

    if (out->visits_n && out->visit[out->visits_n - 1].left_s < 0)
        return;
    out->visit = mem_grow(out->visit, out->visits_n, &f->visits_cap, sizeof *out->visit);
    out->visit[out->visits_n++] = (struct store_visit){f->outside_s + 1, -1};
}

static void leave(struct life *f, int32_t raw_s)
{
    struct store_competitor *out = f->out;

    if (out->visits_n && out->visit[out->visits_n - 1].left_s < 0)
        out->visit[out->visits_n - 1].left_s = raw_s;
    f->outside_s = raw_s;
}

static void pass_kilometres(struct life *f, const struct columns_place *at)
{
    struct store_competitor *out = f->out;

    while (at->dist_mm / KM_MM > out->splits_n) {
        out->split_s = mem_grow(out->split_s, out->splits_n, &f->splits_cap, sizeof *out->split_s);
        out->split_s[out->splits_n++] = at->raw_s;
    }
}

static void add_position(struct life *f, const struct columns_place *at)
{
    struct store_competitor *out = f->out;

    out->track = mem_grow(out->track, out->track_n, &f->track_cap, sizeof *out->track);
    out->track[out->track_n++] = (struct store_position){at->raw_s, at->dist_mm};
}

static int on_event(void *arg, const struct event *ev)
{
    struct life *f = arg;
    struct columns_place at = {.raw_s = ev->raw_s,
        .dist_mm = columns_mm(ev->distance_m),
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m};
    bool finish = columns_is_finish(f->c, &at);

    f->out->latest = *ev;
    f->any = true;
    pass_kilometres(f, &at);
    add_position(f, &at);
    if (f->out->finish_s >= 0)
        return 0;
    if (!finish && columns_is_inside(f->c, &at))
        enter(f);
    else
        leave(f, at.raw_s);
    if (finish)
        f->out->finish_s = at.raw_s;
    return 0;
}

static int read_life(struct pinot_store *ps, const struct pinot_subject *s,
    const struct pinot_range *range, struct store_competitor *out, struct err *e)
{
    struct columns *c = columns_new(s->foreign, 0, s->course);
    struct life f = {.out = out, .c = c, .outside_s = -1};
    int rc = pinot_fetch_events(ps->pinot.patient, s, range, on_event, &f, e);

    columns_free(c);
    if (!rc && !f.any)
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)range->id[0], s->run_id);
    return rc;
}

static int read_competitor(struct pinot_store *ps, const struct view *v, int64_t id, int32_t at_s,
    struct store_competitor *out, struct err *e)
{
    struct pinot_subject s = {.run_id = v->race.spec.run_id,
        .foreign = v->foreign,
        .n = v->race.spec.competitors,
        .course = v->course};
    struct pinot_range range = {.to_s = at_s, .id = &id, .ids = 1, .whole = true};
    uint32_t i = view_find(v, id);

    if (i == UINT32_MAX)
        return err_set(
            e, ERR_NOT_FOUND, "There is no competitor %lld in race %s.", (long long)id, s.run_id);
    range.to_s = at_s < 0 || v->raw_s[i] < at_s ? v->raw_s[i] : at_s;
    if (read_life(ps, &s, &range, out, e))
        return -1;
    out->rank = board_rank(v, i);
    out->dwell_total_s = view_dwell_total(v, i);
    return 0;
}

int pinot_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct store_competitor *out, struct err *e)
{
    struct view *v = at_s < 0 ? pinot_view(s, run_id, e) : pinot_view_at(s, run_id, at_s, e);
    int rc;

    if (!v)
        return -1;
    *out = (struct store_competitor){.finish_s = -1};
    rc = read_competitor(pinot_store_of(s), v, competitor_id, at_s, out, e);
    view_unref(v);
    if (rc)
        store_competitor_release(out);
    return rc;
}
