#include "store/pinot/pinot_internal.h"

/* A view of the past: when it was published nobody has written down. */
static struct view *view_of(const struct columns *c, const struct race_record *record)
{
    struct view *v = pinot_poller_view(c, record);

    v->as_of_raw_s = c->max_raw;
    if (v->as_of_raw_s >= 0)
        v->due_ms = race_due_ms(&record->anchor, v->as_of_raw_s);
    return v;
}

struct view *pinot_view_at(struct store *s, const char *run_id, int32_t raw_s, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_subject subject;
    struct pinot_reading r;
    struct columns *c;
    struct view *v = NULL;

    if (pinot_reading_take(ps, run_id, &r, e))
        return NULL;
    subject = pinot_reading_subject(&r);
    c = pinot_load(&ps->pinot, &subject, raw_s, e);
    if (c)
        v = view_of(c, &r.record);
    columns_free(c);
    pinot_reading_release(&r);
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

static int on_event(void *arg, const struct event *ev)
{
    struct player *p = arg;

    if (show_until(p, ev->raw_s))
        return 1;
    (void)columns_event(p->c, ev);
    return 0;
}

static int play(struct pinot_store *ps, const struct pinot_subject *s, struct player *p,
    size_t competitors, struct err *e)
{
    struct pinot_range r = {.to_s = p->last_s, .competitors = competitors};

    p->c = pinot_load(&ps->pinot, s, (int32_t)p->at_s, e);
    if (!p->c)
        return -1;
    r.from_s = (int32_t)p->at_s + 1;
    if (pinot_statements_events(ps->pinot.patient, s, &r, on_event, p, e))
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
    struct pinot_reading r;
    size_t competitors;
    int rc;

    if (step_s < 1)
        return err_set(e, ERR_INVALID, "The step of a replay is at least one second.");
    if (pinot_reading_take(ps, run_id, &r, e))
        return -1;
    subject = pinot_reading_subject(&r);
    p.record = &r.record;
    rc = pinot_statements_bounds(ps->pinot.patient, run_id, &p.last_s, &competitors, e);
    p.last_s = to_s < p.last_s ? to_s : p.last_s;
    if (!rc && p.at_s <= p.last_s)
        rc = play(ps, &subject, &p, competitors, e);
    columns_free(p.c);
    pinot_reading_release(&r);
    return rc;
}

int pinot_events(struct store *s, const char *run_id, int32_t from_s, int32_t to_s,
    store_event_fn *fn, void *arg, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    struct pinot_range range = {.from_s = from_s < 0 ? 0 : from_s, .whole = true};
    struct pinot_subject subject;
    struct pinot_reading r;
    int32_t last_s;
    int rc;

    if (pinot_reading_take(ps, run_id, &r, e))
        return -1;
    subject = pinot_reading_subject(&r);
    rc = pinot_statements_bounds(ps->pinot.patient, run_id, &last_s, &range.competitors, e);
    range.to_s = to_s < last_s ? to_s : last_s;
    if (!rc && range.from_s <= range.to_s)
        rc = pinot_statements_events(ps->pinot.patient, &subject, &range, fn, arg, e);
    pinot_reading_release(&r);
    return rc;
}
