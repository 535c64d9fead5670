/* load.c: makes a race's columns from grouped statements. One row for each competitor is far less
 * to read than one for each event. Grouping is right only where distances never fall and no second
 * is missing, so both are checked by count and sum. */
#include "store/pinot/load.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STRETCHES_MAX 64u /* and checkpoints: a statement each; more are read event by event */
#define FEW_EVENTS 50000u /* so many are quicker read than counted */

/* One own race being put together. */
struct load {
    struct pinot *pinot;
    const struct pinot_subject *subject;
    struct columns *c;
    int32_t to_s;
    int32_t *from_s, *last_s; /* the visit under way of each, -1: none */
    bool *inconsistent;       /* its seconds have gaps or doubles */
    size_t inconsistent_n;
    uint32_t checkpoint; /* the one that is asked about */
};

/* A callback that puts each event into the columns. */
static int take_event(void *arg, const struct event *ev)
{
    (void)columns_event(arg, ev);
    return 0;
}

/* Own competitors by number; UINT32_MAX: not one of this race's. */
static uint32_t number(const struct load *l, const struct pinot_cell *id)
{
    return id->kind == PINOT_INTEGER ? columns_find(l->c, id->i) : UINT32_MAX;
}

/* competitorId, count, sum and greatest of rawTime, distance at the greatest. */
static int take_latest(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct load *l = arg;
    uint32_t i = n == 5 ? number(l, &cell[0]) : UINT32_MAX;
    int64_t last;

    if (i == UINT32_MAX || cell[3].i < 0 || cell[3].i > l->to_s || !(cell[4].d >= 0))
        return 0;
    /* Seconds 0 to `last`, each once: there are last + 1 of them, and their sum is last (last + 1)
     * / 2. */
    last = cell[3].i;
    if (cell[1].i != last + 1 || cell[2].d != (double)last * (double)(last + 1) / 2) {
        l->inconsistent[i] = true;
        l->inconsistent_n++;
        return 0;
    }
    l->c->raw_s[i] = (int32_t)last;
    l->c->dist_mm[i] = columns_mm(cell[4].d);
    return 0;
}

/* The visit has ended: its seconds become dwell time. Both ends count. */
static void close_visit(struct load *l, uint32_t i)
{
    if (l->from_s[i] >= 0)
        l->c->dwell_s[i] += l->last_s[i] + 1 - l->from_s[i];
}

/* competitorId, first and last second in a stretch. Stretches come in the order of the course: two
 * with no second between them are one visit. */
static int take_visit(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct load *l = arg;
    uint32_t i = n == 3 ? number(l, &cell[0]) : UINT32_MAX;
    int64_t last = cell[n - 1].i;

    /* What came after the statement for the latest positions is not looked at. */
    if (i == UINT32_MAX || l->inconsistent[i] || cell[1].i < 0 || cell[1].i > l->c->raw_s[i])
        return 0;
    last = last < l->c->raw_s[i] ? last : l->c->raw_s[i];
    if (l->from_s[i] < 0 || cell[1].i != (int64_t)l->last_s[i] + 1) {
        close_visit(l, i);
        l->from_s[i] = (int32_t)cell[1].i;
    }
    l->last_s[i] = (int32_t)last;
    return 0;
}

/* The first second at or beyond the course's end. */
static int take_finish(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct load *l = arg;
    uint32_t i = n == 2 ? number(l, &cell[0]) : UINT32_MAX;

    if (i != UINT32_MAX && !l->inconsistent[i] && cell[1].i >= 0 && cell[1].i <= l->c->raw_s[i])
        l->c->finish_s[i] = (int32_t)cell[1].i;
    return 0;
}

/* competitorId, first second at or beyond the checkpoint. */
static int take_passing(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct load *l = arg;
    uint32_t i = n == 2 ? number(l, &cell[0]) : UINT32_MAX;

    if (i != UINT32_MAX && !l->inconsistent[i] && cell[1].i >= 0 && cell[1].i <= l->c->raw_s[i])
        passings_set(l->c->passings, i, l->checkpoint, (int32_t)cell[1].i);
    return 0;
}

/* Grouped by competitor, in parts that Pinot can count. Distances in mm, [from, to). */
static int grouped(struct load *l, const char *values, uint32_t from_mm, uint32_t to_mm,
    pinot_rows_fn *fn, struct err *e)
{
    uint32_t n = l->subject->n;
    struct buf sql = BUF_INIT;
    struct pinot_query_stats query_stats;
    int failed = 0;

    for (uint32_t first = 1; !failed && first <= n; first += PINOT_FETCH_MAX) {
        buf_clear(&sql);
        buf_addf(&sql, "%sselect competitorId, %s", pinot_statements_history, values);
        pinot_statements_from(&sql, l->subject->run_id);
        buf_addf(&sql, " and rawTime <= %d", l->to_s);
        if (from_mm > 0)
            buf_addf(&sql, " and distance >= %u.%03u", from_mm / 1000, from_mm % 1000);
        if (to_mm < UINT32_MAX)
            buf_addf(&sql, " and distance < %u.%03u", to_mm / 1000, to_mm % 1000);
        if (n > PINOT_FETCH_MAX)
            buf_addf(&sql, " and competitorId >= %u and competitorId < %u", first,
                first + PINOT_FETCH_MAX);
        buf_addf(&sql, " group by competitorId limit %u", PINOT_FETCH_MAX);
        failed = pinot_query_rows(l->pinot, sql.data, fn, l, &query_stats, e);
    }
    buf_release(&sql);
    return failed;
}

/* One grouped statement for each stretch of the route inside of the geofence, in the order of the
 * course. */
static int load_visits(struct load *l, struct err *e)
{
    const struct course *course = l->subject->course;

    for (size_t k = 0; k < course->spans.n; k++) {
        const struct fence_span *s = &course->spans.span[k];
        uint32_t to_mm = s->to_mm < course->length_mm ? s->to_mm : course->length_mm;

        if (grouped(l, "min(rawTime), max(rawTime)", s->from_mm, to_mm, take_visit, e))
            return -1;
    }
    return 0;
}

static int load_passings(struct load *l, struct err *e)
{
    const struct checkpoints *list = &l->subject->course->checkpoints;

    for (l->checkpoint = 0; l->c->passings && l->checkpoint < list->n; l->checkpoint++)
        if (grouped(
                l, "min(rawTime)", list->item[l->checkpoint].dist_mm, UINT32_MAX, take_passing, e))
            return -1;
    return 0;
}

/* The last visit of each: under way if the competitor is still in it. */
static void settle_visits(struct load *l)
{
    struct columns *c = l->c;

    for (uint32_t i = 0; i < c->n; i++) {
        if (l->from_s[i] >= 0 && c->finish_s[i] < 0 && l->last_s[i] == c->raw_s[i])
            c->entered_s[i] = l->from_s[i];
        else
            close_visit(l, i);
    }
    columns_settle(c);
}

/* Ids of those that `wanted` says, from *i on, at most `max`. */
static size_t gather(const struct columns *c, const bool *wanted, uint32_t *i, int64_t *id)
{
    size_t n = 0;

    for (; *i < c->n && n < PINOT_FETCH_IDS; (*i)++)
        if (wanted[*i])
            id[n++] = c->external ? c->id[*i] : (int64_t)*i + 1;
    return n;
}

/* Those whose seconds do not add up, event by event. Most often there is nobody. */
static int load_inconsistent(struct load *l, struct err *e)
{
    int64_t id[PINOT_FETCH_IDS];
    struct pinot_range r = {.to_s = l->to_s, .id = id};
    uint32_t i = 0;

    while (l->inconsistent_n > 0 && (r.ids = gather(l->c, l->inconsistent, &i, id)) > 0)
        if (pinot_statements_events(l->pinot, l->subject, &r, take_event, l->c, e))
            return -1;
    return 0;
}

/* Latest positions first: the other statements are bounded by them, so that all show one moment. */
static int load_grouped(struct load *l, struct err *e)
{
    const struct course *course = l->subject->course;
    static const char latest[] =
        "count(*), sum(rawTime), max(rawTime), lastWithTime(distance, rawTime, 'double')";
    int failed;

    l->from_s = mem_alloc(l->c->n * sizeof *l->from_s);
    l->last_s = mem_alloc(l->c->n * sizeof *l->last_s);
    l->inconsistent = mem_zalloc(l->c->n, sizeof *l->inconsistent);
    memset(l->from_s, 0xff, l->c->n * sizeof *l->from_s);
    memset(l->last_s, 0xff, l->c->n * sizeof *l->last_s);
    failed =
        grouped(l, latest, 0, UINT32_MAX, take_latest, e) ||
        (course && (load_visits(l, e) || load_passings(l, e) ||
                       grouped(l, "min(rawTime)", course->length_mm, UINT32_MAX, take_finish, e)));
    if (!failed) {
        settle_visits(l);
        failed = load_inconsistent(l, e);
    }
    free(l->from_s);
    free(l->last_s);
    free(l->inconsistent);
    return failed;
}

/* Everything through the columns, as live. */
static int load_events(struct load *l, size_t competitors, struct err *e)
{
    struct pinot_range r = {.to_s = l->to_s, .competitors = competitors};

    return pinot_statements_events(l->pinot, l->subject, &r, take_event, l->c, e);
}

struct columns *pinot_load(
    const struct pinot_pair *p, const struct pinot_subject *s, int32_t to_s, struct err *e)
{
    struct load l = {.pinot = p->batch, .subject = s};
    size_t competitors;
    int32_t last_s;
    int failed;

    l.c = columns_new(s->external, s->external ? 0 : s->n, s->course);
    if (to_s < 0)
        return l.c;
    failed = pinot_statements_bounds(p->interactive, s->run_id, &last_s, &competitors, e);
    l.to_s = to_s < last_s ? to_s : last_s;
    if (!failed && l.to_s >= 0) {
        /* At most so many: each competitor at each second. */
        uint64_t events = (uint64_t)competitors * ((uint64_t)l.to_s + 1);
        size_t stretches = s->course ? s->course->spans.n + s->course->checkpoints.n : 0;

        if (s->external || stretches > STRETCHES_MAX || events < FEW_EVENTS)
            failed = load_events(&l, competitors, e);
        else
            failed = load_grouped(&l, e);
    }
    if (!failed)
        return l.c;
    columns_free(l.c);
    return NULL;
}

/* Where the retracing of some competitors stands. */
struct retrace {
    struct columns *c;
    int64_t id;
    int32_t *before_s; /* of each number, -1 */
};

/* Events beyond what the columns show are left out: they come with the next refresh. */
static int trace(void *arg, const struct event *ev)
{
    struct retrace *t = arg;
    uint32_t i = columns_find(t->c, ev->competitor_id);
    struct columns_place at = {.raw_s = ev->raw_s,
        .dist_mm = columns_mm(ev->distance_m),
        .lon_deg = ev->lon_deg,
        .lat_deg = ev->lat_deg,
        .distance_m = ev->distance_m};

    if (i == UINT32_MAX || ev->raw_s > t->c->raw_s[i])
        return 0;
    columns_trace(t->c, i, t->before_s[i], &at);
    t->before_s[i] = ev->raw_s;
    return 0;
}

/* In groups of PINOT_FETCH_IDS, because ids stand in the statement. */
int pinot_load_retrace(
    struct pinot *p, const struct pinot_subject *s, struct columns *c, int32_t to_s, struct err *e)
{
    int64_t id[PINOT_FETCH_IDS];
    struct pinot_range r = {.to_s = to_s < c->max_raw ? to_s : c->max_raw, .id = id};
    struct retrace t = {.c = c};
    bool *wanted;
    uint32_t i = 0;
    int failed = 0;

    if (c->dirty_n == 0)
        return 0;
    wanted = mem_zalloc(c->n, sizeof *wanted);
    t.before_s = mem_alloc(c->n * sizeof *t.before_s);
    memset(t.before_s, 0xff, c->n * sizeof *t.before_s);
    for (size_t k = 0; k < c->dirty_n; k++)
        wanted[c->dirty[k]] = true;
    while (!failed && (r.ids = gather(c, wanted, &i, id)) > 0) {
        for (size_t k = 0; k < r.ids; k++)
            columns_forget(c, columns_find(c, id[k]));
        failed = pinot_statements_events(p, s, &r, trace, &t, e);
    }
    if (!failed)
        c->dirty_n = 0;
    free(wanted);
    free(t.before_s);
    return failed ? -1 : 0;
}
