/* statements.c: asks for positions and events. A statement answers at most PINOT_FETCH_MAX rows, so
 * big questions are cut by competitor (parts) and by second (pages). Pinot goes on consuming
 * between two statements, so later pages are cut off at what was there when the reading began. */
#include "store/pinot/statements.h"

#include "base/clock.h"
#include "base/mem.h"
#include "board/id_map.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 64u /* statements for one moment of a race */

const char pinot_statements_history[] = "SET skipUpsert=true; ";

void pinot_positions_release(struct pinot_positions *l)
{
    free(l->at);
    *l = (struct pinot_positions){0};
}

void pinot_statements_from(struct buf *sql, const char *run_id)
{
    buf_adds(sql, " from parkrun where runId = ");
    pinot_quote(sql, run_id);
    buf_adds(sql, " and rawTime >= 0");
}

/* competitorId, rawTime, distance[, lat, lon]; false: this is no event. */
static bool read_position(const struct pinot_cell *cell, size_t n, struct pinot_position *out)
{
    if (n < 3 || cell[0].kind != PINOT_INTEGER || cell[1].kind != PINOT_INTEGER || cell[1].i < 0 ||
        cell[1].i > INT32_MAX || !(cell[2].d >= 0) || isinf(cell[2].d))
        return false;
    *out = (struct pinot_position){
        .id = cell[0].i, .raw_s = (int32_t)cell[1].i, .distance_m = cell[2].d};
    if (n < 5)
        return true;
    out->lat_deg = cell[3].d;
    out->lon_deg = cell[4].d;
    return fabs(out->lat_deg) <= 90 && fabs(out->lon_deg) <= 180;
}

static int take_position(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct pinot_positions *l = arg;

    l->at = mem_grow(l->at, l->n, &l->cap, sizeof *l->at);
    l->n += read_position(cell, n, &l->at[l->n]);
    return 0;
}

static void add_part(struct buf *sql, size_t parts, size_t part)
{
    if (parts > 1)
        buf_addf(sql, " and abs(mod(competitorId, %zu)) = %zu", parts, part);
}

/* Parts are not of equal size (ids need not be spread evenly), so a quarter is left free. */
static size_t parts_of(size_t rows)
{
    size_t parts = 1;

    while (parts < PARTS_MAX && rows / parts > PINOT_FETCH_MAX * 3 / 4 && rows > PINOT_FETCH_MAX)
        parts *= 2;
    return parts;
}

bool pinot_statements_in_parts(size_t competitors)
{
    return parts_of(competitors) > 1;
}

/* More rows than one statement may have: ask in twice as many parts. */
static int more_parts(size_t *parts, const char *run_id, struct err *e)
{
    *parts *= 2;
    if (*parts <= PARTS_MAX)
        return 0;
    return err_set(e, ERR_TOO_LARGE,
        "race %s has more competitors than can be asked of Pinot (some %u)", run_id,
        PARTS_MAX * PINOT_FETCH_MAX);
}

/* A full answer may have been cut, unless the race has no more competitors than rows. */
static int fetch_parts(struct pinot *p, const struct pinot_subject *s, size_t parts,
    struct pinot_positions *out, struct pinot_query_stats *query_stats, struct err *e)
{
    struct buf sql = BUF_INIT;
    int failed = 0;

    out->n = 0;
    for (size_t part = 0; !failed && part < parts; part++) {
        buf_clear(&sql);
        buf_addf(&sql, "select competitorId, rawTime, distance%s", s->external ? ", lat, lon" : "");
        pinot_statements_from(&sql, s->run_id);
        add_part(&sql, parts, part);
        buf_addf(&sql, " limit %u", PINOT_FETCH_MAX);
        failed = pinot_query_rows(p, sql.data, take_position, out, query_stats, e);
        if (query_stats->rows >= PINOT_FETCH_MAX && (s->external || s->n > PINOT_FETCH_MAX))
            break; /* there may be more: the caller asks in more parts */
    }
    buf_release(&sql);
    return failed;
}

int pinot_statements_latest(struct pinot *p, const struct pinot_subject *s,
    struct pinot_positions *out, struct pinot_query_stats *query_stats, struct err *e)
{
    size_t parts = parts_of(s->external ? out->n : s->n);

    for (;;) {
        if (fetch_parts(p, s, parts, out, query_stats, e))
            return -1;
        if (query_stats->rows < PINOT_FETCH_MAX || (!s->external && s->n <= PINOT_FETCH_MAX))
            return 0;
        if (more_parts(&parts, s->run_id, e))
            return -1;
    }
}

struct bounds {
    int64_t n, max;
};

static int take_bounds(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct bounds *b = arg;

    if (n == 2 && cell[0].kind == PINOT_INTEGER && cell[0].i > 0) {
        b->n = cell[0].i;
        b->max = cell[1].i;
    }
    return 0;
}

int pinot_statements_bounds(
    struct pinot *p, const char *run_id, int32_t *max_raw_s, size_t *competitors, struct err *e)
{
    struct bounds b = {0, -1};
    struct pinot_query_stats query_stats;
    struct buf sql = BUF_INIT;
    int failed;

    buf_adds(&sql, "select count(*), max(rawTime)");
    pinot_statements_from(&sql, run_id);
    buf_adds(&sql, " limit 1");
    failed = pinot_query_rows(p, sql.data, take_bounds, &b, &query_stats, e);
    buf_release(&sql);
    *max_raw_s = b.max > INT32_MAX - 1 ? INT32_MAX - 1 : (int32_t)b.max;
    *competitors = (size_t)b.n;
    return failed;
}

/* How far each competitor was when a reading of several pages began. Pinot goes on consuming
 * between two pages: what a page holds beyond this may lack what came too late for the page before.
 */
struct caps {
    bool taken;
    struct id_map numbers;
    struct pinot_positions latest;
};

static int take_caps(struct pinot *p, const struct pinot_subject *s, struct caps *c, struct err *e)
{
    struct pinot_query_stats query_stats;

    if (c->taken)
        return 0;
    if (pinot_statements_latest(p, s, &c->latest, &query_stats, e))
        return -1;
    for (size_t k = 0; k < c->latest.n; k++)
        if (id_map_find(&c->numbers, c->latest.at[k].id) == UINT32_MAX)
            id_map_add(&c->numbers, c->latest.at[k].id, (uint32_t)k);
    c->taken = true;
    return 0;
}

static void release_caps(struct caps *c)
{
    id_map_release(&c->numbers);
    pinot_positions_release(&c->latest);
}

/* One page of the history. */
struct page {
    const struct pinot_subject *subject;
    struct caps caps;
    struct event *ev;
    const struct event **order;
    size_t n, cap;
};

/* Is this event later than the reading's beginning? During an upsert Pinot can briefly return no
 * row for a key. In a simulated race everybody starts together, so a missing row means an upsert in
 * progress, not a late competitor. */
static bool is_beyond(const struct page *g, const struct event *ev)
{
    const struct caps *c = &g->caps;
    uint32_t k = c->taken ? id_map_find(&c->numbers, ev->competitor_id) : UINT32_MAX;

    if (k == UINT32_MAX)
        return c->taken && g->subject->external;
    return ev->raw_s > c->latest.at[k].raw_s;
}

/* Ids and names have no escapes in them (race/event.h); a text with one is no event of ours. */
static bool copy_text(const struct pinot_cell *c, char *out, size_t size)
{
    if (c->kind != PINOT_TEXT || c->len >= size || memchr(c->s, '\\', c->len))
        return false;
    memcpy(out, c->s, c->len);
    out[c->len] = '\0';
    return true;
}

/* "2026-01-01 09:28:49.0": Pinot adds a fraction. */
static bool read_time(const struct pinot_cell *c, int64_t *epoch_s)
{
    char text[CLOCK_EVENT_LEN + 1];

    if (c->kind != PINOT_TEXT || c->len < CLOCK_EVENT_LEN)
        return false;
    memcpy(text, c->s, CLOCK_EVENT_LEN);
    text[CLOCK_EVENT_LEN] = '\0';
    return clock_parse_event(text, epoch_s) == 0;
}

static bool read_event(const struct pinot_cell *cell, size_t n, struct event *ev)
{
    struct pinot_position at;

    if (!read_position(cell, n, &at))
        return false;
    ev->competitor_id = at.id;
    ev->raw_s = at.raw_s;
    ev->distance_m = at.distance_m;
    ev->lat_deg = at.lat_deg;
    ev->lon_deg = at.lon_deg;
    return n < 8 || (copy_text(&cell[5], ev->event_id, sizeof ev->event_id) &&
                        read_time(&cell[6], &ev->timestamp_s) &&
                        copy_text(&cell[7], ev->course, sizeof ev->course));
}

static int take_event(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct page *g = arg;

    g->ev = mem_grow(g->ev, g->n, &g->cap, sizeof *g->ev);
    g->ev[g->n] = (struct event){0};
    g->n += read_event(cell, n, &g->ev[g->n]) && !is_beyond(g, &g->ev[g->n]);
    return 0;
}

/* By pointer: an event has more than 200 bytes, and sorting moves each several times. */
static int compare_events(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;

    if (x->raw_s != y->raw_s)
        return x->raw_s < y->raw_s ? -1 : 1;
    return (x->competitor_id > y->competitor_id) - (x->competitor_id < y->competitor_id);
}

static void add_columns(struct buf *sql, const struct pinot_subject *s, bool whole)
{
    buf_adds(sql, "select competitorId, rawTime, distance");
    if (s->external || whole)
        buf_adds(sql, ", lat, lon");
    if (whole)
        buf_adds(sql, ", eventId, \"timestamp\", course");
}

static void add_ids(struct buf *sql, const struct pinot_range *r)
{
    for (size_t i = 0; i < r->ids; i++)
        buf_addf(sql, "%s%" PRId64, i ? ", " : " and competitorId in (", r->id[i]);
    if (r->ids)
        buf_addc(sql, ')');
}

/* All of [from_s, to_s] into the page. 1: there is more than a statement may have. */
static int read_page(struct pinot *p, struct page *g, const struct pinot_range *r, int32_t to_s,
    size_t parts, struct err *e)
{
    struct pinot_query_stats query_stats = {0};
    struct buf sql = BUF_INIT;
    int failed = 0;

    g->n = 0;
    for (size_t part = 0; !failed && part < parts && query_stats.rows < PINOT_FETCH_MAX; part++) {
        buf_clear(&sql);
        buf_adds(&sql, pinot_statements_history);
        add_columns(&sql, g->subject, r->whole);
        pinot_statements_from(&sql, g->subject->run_id);
        buf_addf(&sql, " and rawTime >= %d and rawTime <= %d", r->from_s, to_s);
        add_ids(&sql, r);
        add_part(&sql, parts, part);
        buf_addf(&sql, " limit %u", PINOT_FETCH_MAX);
        failed = pinot_query_rows(p, sql.data, take_event, g, &query_stats, e);
    }
    buf_release(&sql);
    if (failed)
        return -1;
    return query_stats.rows >= PINOT_FETCH_MAX;
}

/* Two records of one competitor at one raw second that say different things: the one that stands
 * further on in its partition counts, which only the segments know. */
struct arrival {
    struct event ev;
    int64_t segment, doc;
};

static int64_t segment_number(const struct pinot_cell *c) /* parkrun__PARTITION__NUMBER__TIME */
{
    char name[128], *at;

    if (!copy_text(c, name, sizeof name))
        return -1;
    at = strstr(name, "__");
    at = at ? strstr(at + 2, "__") : NULL;
    return at ? strtoll(at + 2, NULL, 10) : -1;
}

/* A later segment, or a later row in the same one, arrived later. */
static int take_arrival(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct arrival *last = arg, a = {.ev = last->ev};

    if (n != 10 || !read_event(cell, 8, &a.ev))
        return 0;
    a.segment = segment_number(&cell[8]);
    a.doc = cell[9].i;
    if (a.segment > last->segment || (a.segment == last->segment && a.doc > last->doc))
        *last = a;
    return 0;
}

static int fetch_last_arrival(
    struct pinot *p, const struct pinot_subject *s, struct event *ev, struct err *e)
{
    struct arrival last = {.ev = *ev, .segment = -1, .doc = -1};
    struct buf sql = BUF_INIT;
    struct pinot_query_stats query_stats;
    int failed;

    buf_adds(&sql, pinot_statements_history);
    add_columns(&sql, s, true);
    buf_adds(&sql, ", $segmentName, $docId");
    pinot_statements_from(&sql, s->run_id);
    buf_addf(&sql, " and rawTime = %d and competitorId = %" PRId64 " limit 1000", ev->raw_s,
        ev->competitor_id);
    failed = pinot_query_rows(p, sql.data, take_arrival, &last, &query_stats, e);
    buf_release(&sql);
    if (!failed)
        *ev = last.ev;
    return failed;
}

static bool same_key(const struct event *a, const struct event *b)
{
    return a->raw_s == b->raw_s && a->competitor_id == b->competitor_id;
}

static bool same_place(const struct event *a, const struct event *b)
{
    return a->distance_m == b->distance_m && a->lat_deg == b->lat_deg && a->lon_deg == b->lon_deg &&
           strcmp(a->event_id, b->event_id) == 0;
}

/* Hands the page over in order. 1: the caller has had enough. */
static int send_page(struct pinot *p, struct page *g, int (*fn)(void *arg, const struct event *ev),
    void *arg, struct err *e)
{
    struct event resolved;

    g->order = mem_realloc(g->order, g->n + 1, sizeof *g->order);
    for (size_t k = 0; k < g->n; k++)
        g->order[k] = &g->ev[k];
    if (g->n)
        qsort(g->order, g->n, sizeof *g->order, compare_events);
    for (size_t k = 0; k < g->n;) {
        const struct event *ev = g->order[k];
        bool differs = false;

        for (k++; k < g->n && same_key(ev, g->order[k]); k++)
            differs = differs || !same_place(ev, g->order[k]);
        resolved = *ev;
        (void)strncpy(resolved.run_id, g->subject->run_id, sizeof resolved.run_id - 1);
        if (differs && fetch_last_arrival(p, g->subject, &resolved, e))
            return -1;
        if (fn(arg, &resolved))
            return 1;
    }
    return 0;
}

/* How many raw seconds a page takes: by how many rows it is likely to have, half a statement's. */
static int32_t first_width(const struct pinot_range *r)
{
    size_t each = r->ids ? r->ids : r->competitors, half = PINOT_FETCH_MAX / 2;
    size_t width = half / (each ? each : 1);

    return width < 1 ? 1 : (int32_t)width;
}

/* A page that was too full is asked for again with half the seconds; a page that was nearly empty
 * makes the next one twice as long. */
int pinot_statements_events(struct pinot *p, const struct pinot_subject *s,
    const struct pinot_range *r, int (*fn)(void *arg, const struct event *ev), void *arg,
    struct err *e)
{
    struct page g = {.subject = s};
    struct pinot_range left = *r;
    int64_t width = first_width(r);
    size_t parts = parts_of(r->ids ? r->ids : r->competitors);
    int rc = 0;

    id_map_init(&g.caps.numbers);
    while (rc == 0 && left.from_s <= left.to_s) {
        int64_t to_s = left.from_s + width - 1;
        int more;

        to_s = to_s < left.to_s ? to_s : left.to_s;
        more = to_s < left.to_s ? take_caps(p, s, &g.caps, e) : 0;
        more = more ? more : read_page(p, &g, &left, (int32_t)to_s, parts, e);
        if (more < 0) {
            rc = -1;
        } else if (more > 0) {
            width = width / 2 > 0 ? width / 2 : 1;
            if (to_s == left.from_s && more_parts(&parts, s->run_id, e))
                rc = -1;
        } else {
            rc = send_page(p, &g, fn, arg, e);
            if (g.n < PINOT_FETCH_MAX / 4 && width < INT32_MAX)
                width *= 2;
            if (to_s >= INT32_MAX)
                break;
            left.from_s = (int32_t)to_s + 1;
        }
    }
    release_caps(&g.caps);
    free(g.ev);
    free(g.order);
    return rc < 0 ? -1 : 0;
}
