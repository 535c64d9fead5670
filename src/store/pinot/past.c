/* past.c: what is asked of Pinot only when somebody wants it. Nothing of it is kept: a look at the
 * past costs its statements each time, and no memory. */
#include "store/pinot/pinot_internal.h"

#include "board/board.h"
#include "board/splits.h"

/* Borrows from `r`. */
static struct pinot_subject subject_of(const struct catalog_reading *r)
{
    return (struct pinot_subject){.run_id = r->record.spec.run_id,
        .external = r->record.external,
        .n = r->record.spec.competitors,
        .course = r->course};
}

/* A view of the past. It has no publishing time, because nobody has kept one. */
static struct view *view_of(const struct columns *c, const struct race_record *record)
{
    struct view *v = pinot_poller_view(c, record);

    v->as_of_raw_s = c->max_raw;
    if (v->as_of_raw_s >= 0)
        v->due_ms = race_due_ms(&record->anchor, v->as_of_raw_s);
    return v;
}

/* Through pinot_load, as live, so that both show the same. */
struct view *pinot_view_at(struct store *s, const char *run_id, int32_t raw_s, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_subject subject;
    struct catalog_reading r;
    struct columns *c;
    struct view *v = NULL;

    if (catalog_read(&ps->catalog, run_id, &r, e))
        return NULL;
    subject = subject_of(&r);
    c = pinot_load(&ps->pinot, &subject, raw_s, e);
    if (c)
        v = view_of(c, &r.record);
    columns_free(c);
    catalog_reading_release(&r);
    return v;
}

/* A replay on its way: views are due at at_s, at_s + step_s … */
struct player {
    struct columns *c;
    const struct race_record *record;
    int64_t at_s;
    int32_t step_s, last_s;
    int (*fn)(void *arg, struct view *v);
    void *arg;
    bool stopped;
};

/* The views of all seconds that are due before `before_s`. */
static int show_until(struct player *p, int64_t before_s)
{
    for (; !p->stopped && p->at_s < before_s && p->at_s <= p->last_s; p->at_s += p->step_s) {
        struct view *v = view_of(p->c, p->record);

        p->stopped = p->fn(p->arg, v) != 0;
        view_unref(v);
    }
    return p->stopped;
}

/* A view is sent before the first event of a later second, when its own second is complete. */
static int on_event(void *arg, const struct event *ev)
{
    struct player *p = arg;

    if (show_until(p, ev->raw_s))
        return 1;
    (void)columns_event(p->c, ev);
    return 0;
}

/* The columns as of the first second, then all later events in order. */
static int play(struct pinot_store *ps, const struct pinot_subject *s, struct player *p,
    size_t competitors, struct err *e)
{
    struct pinot_range r = {.to_s = p->last_s, .competitors = competitors};

    p->c = pinot_load(&ps->pinot, s, (int32_t)p->at_s, e);
    if (!p->c)
        return -1;
    r.from_s = (int32_t)p->at_s + 1;
    if (pinot_statements_events(ps->pinot.batch, s, &r, on_event, p, e))
        return -1;
    (void)show_until(p, (int64_t)p->last_s + 1);
    return 0;
}

int pinot_replay(struct store *s, const char *run_id, int32_t from_s, int32_t to_s, int32_t step_s,
    int (*fn)(void *arg, struct view *v), void *arg, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct player p = {.at_s = from_s < 0 ? 0 : from_s, .step_s = step_s, .fn = fn, .arg = arg};
    struct pinot_subject subject;
    struct catalog_reading r;
    size_t competitors;
    int rc;

    if (step_s < 1)
        return err_set(e, ERR_INVALID, "The step of a replay is at least one second.");
    if (catalog_read(&ps->catalog, run_id, &r, e))
        return -1;
    subject = subject_of(&r);
    p.record = &r.record;
    rc = pinot_statements_bounds(ps->pinot.batch, run_id, &p.last_s, &competitors, e);
    p.last_s = to_s < p.last_s ? to_s : p.last_s;
    if (!rc && p.at_s <= p.last_s)
        rc = play(ps, &subject, &p, competitors, e);
    columns_free(p.c);
    catalog_reading_release(&r);
    return rc;
}

int pinot_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_range range = {.from_s = from_s < 0 ? 0 : from_s, .whole = true};
    struct pinot_subject subject;
    struct catalog_reading r;
    int32_t last_s;
    int rc;

    if (catalog_read(&ps->catalog, run_id, &r, e))
        return -1;
    subject = subject_of(&r);
    rc = pinot_statements_bounds(ps->pinot.batch, run_id, &last_s, &range.competitors, e);
    range.to_s = to_s < last_s ? to_s : last_s;
    if (!rc && range.from_s <= range.to_s)
        rc = pinot_statements_events(ps->pinot.batch, &subject, &range, fn, arg, e);
    catalog_reading_release(&r);
    return rc;
}

/* One competitor, read event by event. */
struct reader {
    struct splits splits;
    bool any;
};

static int on_place(void *arg, const struct event *ev)
{
    struct reader *r = arg;
    struct columns_place at = {.raw_s = ev->raw_s,
        .dist_mm = columns_mm(ev->distance_m),
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m};

    r->splits.out->latest = *ev;
    r->any = true;
    splits_place(&r->splits, &at);
    return 0;
}

/* Reads all events of the competitor: splits need every visit, and the columns keep the latest. */
static int read_splits(struct pinot_store *ps, const struct pinot_subject *s,
    const struct pinot_range *range, struct splits_competitor *out, struct err *e)
{
    struct reader r = {0};
    int rc;

    splits_init(&r.splits, s->external, false, s->course, out);
    rc = pinot_statements_events(ps->pinot.batch, s, range, on_place, &r, e);
    splits_release(&r.splits);
    if (!rc && !r.any)
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)range->id[0], s->run_id);
    return rc;
}

static int read_competitor(struct pinot_store *ps, const struct view *v, int64_t id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct pinot_subject s = {.run_id = v->race.spec.run_id,
        .external = v->external,
        .n = v->race.spec.competitors,
        .course = v->course};
    struct pinot_range range = {.to_s = at_s, .id = &id, .ids = 1, .whole = true};
    uint32_t i = view_find(v, id);

    if (i == UINT32_MAX)
        return err_set_id(e, ERR_NOT_FOUND, "competitor-unknown",
            "There is no competitor %lld in race %s.", (long long)id, s.run_id);
    /* Not beyond the competitor's position on the board. */
    range.to_s = at_s < 0 || v->raw_s[i] < at_s ? v->raw_s[i] : at_s;
    if (read_splits(ps, &s, &range, out, e))
        return -1;
    splits_rank(out, v, i);
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
