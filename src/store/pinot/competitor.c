#include "store/pinot/pinot_internal.h"

#include "board/board.h"
#include "board/splits.h"

struct reader {
    struct splits life;
    bool any;
};

static int on_event(void *arg, const struct event *ev)
{
    struct reader *r = arg;
    struct columns_place at = {.raw_s = ev->raw_s,
        .dist_mm = columns_mm(ev->distance_m),
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m};

    r->life.out->latest = *ev;
    r->any = true;
    splits_place(&r->life, &at);
    return 0;
}

static int read_life(struct pinot_store *ps, const struct pinot_subject *s,
    const struct pinot_range *range, struct splits_competitor *out, struct err *e)
{
    struct reader r = {0};
    int rc;

    splits_init(&r.life, s->foreign, s->course, out);
    rc = pinot_statements_events(ps->pinot.patient, s, range, on_event, &r, e);
    splits_release(&r.life);
    if (!rc && !r.any)
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)range->id[0], s->run_id);
    return rc;
}

static int read_competitor(struct pinot_store *ps, const struct view *v, int64_t id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct pinot_subject s = {.run_id = v->race.spec.run_id,
        .foreign = v->foreign,
        .n = v->race.spec.competitors,
        .course = v->course};
    struct pinot_range range = {.to_s = at_s, .id = &id, .ids = 1, .whole = true};
    uint32_t i = view_find(v, id);

    if (i == UINT32_MAX)
        return err_set_id(e, ERR_NOT_FOUND, "competitor-unknown",
            "There is no competitor %lld in race %s.", (long long)id, s.run_id);
    range.to_s = at_s < 0 || v->raw_s[i] < at_s ? v->raw_s[i] : at_s;
    if (read_life(ps, &s, &range, out, e))
        return -1;
    out->rank = board_rank(v, i);
    out->dwell_total_s = view_dwell_total(v, i);
    return 0;
}

int pinot_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct view *v = at_s < 0 ? pinot_view(s, run_id, e) : pinot_view_at(s, run_id, at_s, e);
    int rc;

    if (!v)
        return -1;
    *out = (struct splits_competitor){.finish_s = -1};
    rc = read_competitor(pinot_store_of(s), v, competitor_id, at_s, out, e);
    view_unref(v);
    if (rc)
        splits_competitor_release(out);
    return rc;
}
