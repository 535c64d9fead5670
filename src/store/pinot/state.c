/* state.c: advances the columns of a race by what Pinot answers. The latest positions are one
 * statement and skip seconds; visits and finishes need every second. So gaps are found and filled
 * before the latest positions are applied. */
#include "store/pinot/state.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>

#define GAP_EVENTS 300000u /* more than so many are not fetched one by one: all is loaded anew */
#define GAP_IDS 200u       /* so many competitors are named in the statement */
#define GAPS_MAX 3u        /* then a gap in a simulated race is taken for one that stays */

void pinot_state_init(struct pinot_state *l)
{
    *l = (struct pinot_state){0};
    watermark_init(&l->watermark, -1);
}

void pinot_state_drop(struct pinot_state *l)
{
    columns_free(l->c);
    l->c = NULL;
    l->gaps = 0;
    watermark_init(&l->watermark, -1);
}

void pinot_state_release(struct pinot_state *l)
{
    pinot_state_drop(l);
    pinot_positions_release(&l->latest);
}

/* Loads all columns. Whatever Pinot has at that moment counts as complete: there is nobody to wait
 * for. */
static int load(
    struct pinot_state *l, const struct pinot_pair *p, const struct pinot_subject *s, struct err *e)
{
    struct columns *c = pinot_load(p, s, INT32_MAX, e);

    if (!c)
        return -1;
    pinot_state_drop(l);
    l->c = c;
    watermark_init(&l->watermark, columns_complete_raw(c));
    watermark_note(&l->watermark, c->max_raw, clock_wall_ms());
    return 0;
}

/* The seconds between the columns and the latest positions, and who lacks them. Beyond GAP_IDS
 * competitors only their number is known. */
struct gap {
    int32_t after_s, to_s;
    size_t competitors;
    int64_t id[GAP_IDS];
};

/* The second that the columns have of a competitor; -1: none. */
static int32_t have(const struct columns *c, int64_t id)
{
    uint32_t i = columns_find(c, id);

    return i == UINT32_MAX ? -1 : c->raw_s[i];
}

/* May this competitor be in the race? A simulated race has its ids from the start; an external one
 * takes any, up to the limit. */
static bool is_ours(const struct columns *c, int64_t id)
{
    return c->external ? c->n < RACE_MAX_COMPETITORS || columns_find(c, id) != UINT32_MAX
                       : columns_find(c, id) != UINT32_MAX;
}

/* One range of seconds for all: a competitor who lacks less gets some events twice, which changes
 * nothing. */
static bool find_gap(const struct pinot_state *l, struct gap *g)
{
    *g = (struct gap){.after_s = INT32_MAX, .to_s = -1};
    for (size_t k = 0; k < l->latest.n; k++) {
        const struct pinot_position *at = &l->latest.at[k];
        int32_t had_s = have(l->c, at->id);

        if (at->raw_s - 1 <= had_s || !is_ours(l->c, at->id))
            continue;
        if (g->competitors < GAP_IDS)
            g->id[g->competitors] = at->id;
        g->competitors++;
        g->after_s = had_s < g->after_s ? had_s : g->after_s;
        g->to_s = at->raw_s - 1 > g->to_s ? at->raw_s - 1 : g->to_s;
    }
    return g->competitors > 0;
}

/* What the columns have already is passed over. */
static int take_missed(void *arg, const struct event *ev)
{
    struct columns *c = arg;

    if (ev->raw_s > have(c, ev->competitor_id))
        (void)columns_event(c, ev);
    return 0;
}

/* A gap of very many events is cheaper loaded by grouped statements. */
static int fill_gap(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, const struct gap *g, struct err *e)
{
    bool few = g->competitors <= GAP_IDS;
    struct pinot_range r = {.from_s = g->after_s + 1,
        .to_s = g->to_s,
        .id = few ? g->id : NULL,
        .ids = few ? g->competitors : 0,
        .competitors = l->latest.n};
    uint64_t seconds = (uint64_t)((int64_t)g->to_s - g->after_s);

    if (seconds * (few ? g->competitors : l->latest.n) > GAP_EVENTS && l->c->seen > 0)
        return load(l, p, s, e);
    return pinot_statements_events(p->interactive, s, &r, take_missed, l->c, e);
}

/* Is there no gap before this position? In a simulated race no second is ever missing, except while
 * a server of Pinot reads its stream again. Then the missing seconds are waited for, for GAPS_MAX
 * refreshes. */
static bool is_whole(const struct pinot_state *l, const struct pinot_position *at)
{
    return l->c->external || l->gaps >= GAPS_MAX || have(l->c, at->id) >= at->raw_s - 1;
}

/* The watermark counts from the first event of a second. */
static void apply(struct pinot_state *l, const struct pinot_position *at, int64_t now_ms)
{
    struct event ev = {.competitor_id = at->id,
        .raw_s = at->raw_s,
        .distance_m = at->distance_m,
        .lat_deg = at->lat_deg,
        .lon_deg = at->lon_deg};

    if (columns_event(l->c, &ev))
        watermark_note(&l->watermark, at->raw_s, now_ms);
}

/* A position of the same second that says the same is no change. A corrected one is. */
static bool is_same(const struct columns *c, const struct pinot_position *at)
{
    uint32_t i = columns_find(c, at->id);

    if (c->external)
        return c->lat_deg[i] == at->lat_deg && c->lon_deg[i] == at->lon_deg &&
               c->distance_m[i] == at->distance_m;
    return c->dist_mm[i] == columns_mm(at->distance_m);
}

/* Positions that are older than the columns are ignored: the board never goes back. */
static bool apply_latest(struct pinot_state *l)
{
    int64_t now_ms = clock_wall_ms();
    bool changed = false, gap = false;

    for (size_t k = 0; k < l->latest.n; k++) {
        const struct pinot_position *at = &l->latest.at[k];
        int32_t had_s = have(l->c, at->id);

        if (at->raw_s < had_s || !is_ours(l->c, at->id) ||
            (at->raw_s == had_s && is_same(l->c, at)))
            continue;
        if (!is_whole(l, at)) {
            gap = true;
            continue;
        }
        apply(l, at, now_ms);
        changed = true;
    }
    l->gaps = gap ? l->gaps + 1 : 0;
    return changed;
}

int pinot_state_refresh(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, bool *changed, struct pinot_query_stats *query_stats,
    struct err *e)
{
    int64_t before = -1;
    struct gap g;

    *changed = !l->c;
    if (!l->c && load(l, p, s, e))
        return -1;
    if (pinot_statements_latest(p->interactive, s, &l->latest, query_stats, e))
        return -1;
    before = l->c->max_raw;
    if (find_gap(l, &g) && fill_gap(l, p, s, &g, e))
        return -1;
    *changed |= l->c->max_raw != before;
    *changed |= apply_latest(l);
    if (pinot_load_retrace(p->interactive, s, l->c, INT32_MAX, e)) {
        pinot_state_drop(l);
        return -1;
    }
    *changed |= watermark_update(
        &l->watermark, &(struct watermark_input){.complete_s = columns_complete_raw(l->c),
                           .newest_s = l->c->max_raw,
                           .speed = s->course ? l->speed : 0,
                           .behind = l->behind,
                           .now_ms = clock_wall_ms()});
    return 0;
}

/* Looks for the event of one second. */
struct search {
    int32_t raw_s;
    bool found;
};

static int seek(void *arg, const struct event *ev)
{
    struct search *w = arg;

    w->found = w->found || ev->raw_s == w->raw_s;
    return w->found;
}

int pinot_state_late(struct pinot_state *l, const struct pinot_pair *p,
    const struct pinot_subject *s, const struct pinot_late *late, struct err *e)
{
    struct pinot_range r = {.from_s = late->raw_s, .to_s = late->raw_s, .id = &late->id, .ids = 1};
    struct search w = {.raw_s = late->raw_s};
    uint32_t i = l->c ? columns_find(l->c, late->id) : UINT32_MAX;

    if (i == UINT32_MAX)
        return 0;
    if (pinot_statements_events(p->interactive, s, &r, seek, &w, e))
        return -1;
    if (!w.found)
        return 1;
    l->c->dirty = mem_grow(l->c->dirty, l->c->dirty_n, &l->c->dirty_cap, sizeof *l->c->dirty);
    l->c->dirty[l->c->dirty_n++] = i;
    if (pinot_load_retrace(p->interactive, s, l->c, INT32_MAX, e)) {
        pinot_state_drop(l);
        return -1;
    }
    return 0;
}
