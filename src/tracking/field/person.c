#include "tracking/field/person.h"

#include "base/mem.h"
#include "geo/line.h"
#include "tracking/field/field.h"
#include "tracking/field/search.h"

#include <stdlib.h>
#include <string.h>

struct person *person_new(
    int64_t competitor_id, const struct match *m, const struct course *c, int64_t start_s)
{
    struct person *p = mem_zalloc(1, sizeof *p);

    p->competitor_id = competitor_id;
    p->match = m;
    p->course = c;
    p->start_s = start_s;
    p->track = match_track_new(m, start_s * 1000);
    p->changed_ms = p->late_ms = INT64_MAX;
    p->finish_s = p->told_s = -1;
    return p;
}

void person_free(struct person *p)
{
    match_track_free(p->track);
    free(p->fix);
    free(p->added);
    free(p->result);
    free(p->published.item);
    free(p->wanted.item);
    free(p->next.item);
    free(p);
}

static void append(struct person_events *l, struct person_event ev)
{
    l->item = mem_grow(l->item, l->n, &l->cap, sizeof *l->item);
    l->item[l->n++] = ev;
}

static int64_t second_of(const void *event)
{
    return ((const struct person_event *)event)->raw_s;
}

static int64_t time_of(const void *fix)
{
    return ((const struct fix *)fix)->time_ms;
}

/* The first event at or after `raw_s`. */
static size_t event_at(const struct person_events *l, int32_t raw_s)
{
    return search_first(l->item, l->n, sizeof *l->item, second_of, raw_s);
}

/* The first fix at or after `time_ms`. */
static size_t fix_at(const struct person *p, int64_t time_ms)
{
    return search_first(p->fix, p->n, sizeof *p->fix, time_of, time_ms);
}

void person_published(struct person *p, const struct event *ev)
{
    struct person_event new = {
        .raw_s = ev->raw_s, .dist_mm = (uint32_t)(ev->distance_m * 1000 + 0.5)};
    size_t at = event_at(&p->published, ev->raw_s);

    if (!lonlat_from_deg(ev->lon_deg, ev->lat_deg, &new.at))
        return;
    if (at == p->published.n || p->published.item[at].raw_s != ev->raw_s) {
        append(&p->published, new);
        memmove(p->published.item + at + 1, p->published.item + at,
            (p->published.n - 1 - at) * sizeof new);
    }
    p->published.item[at] = new;
}

void person_forget(struct person *p)
{
    match_track_free(p->track);
    p->track = match_track_new(p->match, p->start_s * 1000);
    p->n = p->matched = p->added_n = 0;
    p->changed_ms = INT64_MIN;
    p->late_ms = INT64_MAX;
}

/* Sorts those that were added, and drops those that are known. */
static void drop_known(struct person *p)
{
    size_t kept = 0;

    qsort(p->added, p->added_n, sizeof *p->added, fix_compare);
    for (size_t i = 0; i < p->added_n; i++) {
        const struct fix *f = &p->added[i];

        if ((kept && fix_compare(&p->added[kept - 1], f) == 0) ||
            (p->n && bsearch(f, p->fix, p->n, sizeof *f, fix_compare)))
            continue;
        p->added[kept++] = *f;
    }
    p->added_n = kept;
}

/* Takes what was added into the order, all at once: a phone may send hours of fixes backwards. */
static void merge_added(struct person *p)
{
    size_t from = p->n, to;

    if (p->added_n == 0)
        return;
    drop_known(p);
    if (p->added_n && p->matched && fix_compare(&p->fix[p->matched - 1], p->added) > 0 &&
        p->added[0].time_ms < p->late_ms)
        p->late_ms = p->added[0].time_ms;
    for (size_t i = 0; i < p->added_n; i++)
        p->fix = mem_grow(p->fix, p->n++, &p->cap, sizeof *p->fix);
    to = p->n;
    while (p->added_n) {
        bool known_last = from && fix_compare(&p->fix[from - 1], &p->added[p->added_n - 1]) > 0;

        p->fix[--to] = known_last ? p->fix[--from] : p->added[--p->added_n];
    }
}

void person_add(struct person *p, const struct fix *fix)
{
    if (p->n + p->added_n >= FIELD_FIXES_MAX)
        merge_added(p);
    if (p->n >= FIELD_FIXES_MAX)
        return;
    p->added = mem_grow(p->added, p->added_n, &p->added_cap, sizeof *p->added);
    p->added[p->added_n++] = *fix;
}

/* Results of the fix that is being added come without `settled`, those that it settles with it. A
 * time that several fixes have is the first one's: the others count for nothing. */
static void take_result(void *arg, const struct match_result *r)
{
    struct person *p = arg;
    size_t at = r->settled ? fix_at(p, r->time_ms) : p->matched;

    if (at > p->matched)
        return;
    p->result[at] = *r;
    if (r->time_ms < p->changed_ms)
        p->changed_ms = r->time_ms;
}

static void match_all(struct person *p)
{
    merge_added(p);
    if (p->late_ms != INT64_MAX) {
        int64_t from_ms = match_track_rewind(p->track, p->late_ms);

        p->matched = from_ms == INT64_MIN ? 0 : fix_at(p, from_ms + 1);
        p->late_ms = INT64_MAX;
    }
    if (p->n > p->result_cap) {
        p->result_cap = p->cap;
        p->result = mem_realloc(p->result, p->result_cap, sizeof *p->result);
    }
    for (; p->matched < p->n; p->matched++)
        match_track_add(p->track, &p->fix[p->matched], take_result, p);
}

/* The first whole second at which they are at the finish; -1: they are not. */
static int32_t finish_second(const struct person *p)
{
    struct match_finish f;
    int64_t after_ms;

    if (!match_track_finish(p->track, &f))
        return -1;
    after_ms = f.time_ms - p->start_s * 1000;
    return after_ms > 0 && after_ms < INT32_MAX * INT64_C(1000) ? (int32_t)((after_ms + 999) / 1000)
                                                                : 0;
}

static struct person_event place(const struct person *p, int32_t raw_s, uint32_t dist_mm)
{
    return (struct person_event){raw_s, dist_mm, line_at(p->course->line, dist_mm)};
}

/* What the fixes say, from `from_s` on and up to `last_s`. */
static void make_wanted(struct person *p, int32_t from_s, int32_t last_s)
{
    int64_t start_ms = p->start_s * 1000;
    bool finish_due = p->finish_s >= from_s && p->finish_s >= 0;

    p->wanted.n = 0;
    p->more_s = -1;
    for (size_t i = fix_at(p, start_ms + from_s * INT64_C(1000)); i < p->n; i++) {
        const struct match_result *r = &p->result[i];
        int64_t raw_s = (p->fix[i].time_ms - start_ms) / 1000;
        struct person_event ev = {(int32_t)raw_s, r->dist_mm, r->at};

        if (raw_s > last_s) {
            p->more_s = raw_s < INT32_MAX ? (int32_t)raw_s : -1;
            break;
        }
        if (!r->used || r->status == MATCH_BEFORE_START ||
            (p->finish_s >= 0 && raw_s >= p->finish_s))
            continue;
        if (p->wanted.n && p->wanted.item[p->wanted.n - 1].raw_s == ev.raw_s)
            p->wanted.n--;
        append(&p->wanted, ev);
    }
    if (finish_due && p->finish_s <= last_s)
        append(&p->wanted, place(p, p->finish_s, p->course->length_mm));
    else if (finish_due && (p->more_s < 0 || p->finish_s < p->more_s))
        p->more_s = p->finish_s;
}

/* A second that was published and has no place of its own any more: between its neighbours. */
static struct person_event between(const struct person *p, int32_t raw_s, size_t wanted)
{
    const struct person_event *before = p->next.n ? &p->next.item[p->next.n - 1]
                                        : p->same ? &p->published.item[p->same - 1]
                                                  : NULL;
    const struct person_event *after = wanted < p->wanted.n ? &p->wanted.item[wanted] : NULL;
    double from_mm = before ? before->dist_mm : 0, to_mm = after ? after->dist_mm : from_mm;
    int32_t from_s = before ? before->raw_s : 0, to_s = after ? after->raw_s : raw_s;
    double share = to_s > from_s ? (double)(raw_s - from_s) / (to_s - from_s) : 0;

    return place(p, raw_s, (uint32_t)(from_mm + (to_mm - from_mm) * share + 0.5));
}

static bool differs(const struct person_event *a, const struct person_event *b, bool exactly)
{
    uint32_t moved = a->dist_mm > b->dist_mm ? a->dist_mm - b->dist_mm : b->dist_mm - a->dist_mm;

    if (moved == 0 && a->at.lat_nd == b->at.lat_nd && a->at.lon_nd == b->at.lon_nd)
        return false;
    return exactly || moved > FIELD_CORRECT_MM ||
           lonlat_distance_m(a->at, b->at) * 1000 > FIELD_CORRECT_MM;
}

/* The second from which on anything may be another than what was published. */
static int32_t first_second(const struct person *p, bool exactly)
{
    int64_t raw_s;

    if (exactly || p->changed_ms <= p->start_s * 1000)
        return 0;
    raw_s = (p->changed_ms - p->start_s * 1000) / 1000;
    return raw_s < INT32_MAX ? (int32_t)raw_s : INT32_MAX;
}

/* A finish that is there, or is another than before, changes the seconds from it on. */
static int32_t with_finish(struct person *p, int32_t from_s)
{
    int32_t was = p->told_s;

    p->finish_s = finish_second(p);
    if (was == p->finish_s)
        return from_s;
    if (was >= 0 && was < from_s)
        from_s = was;
    return p->finish_s >= 0 && p->finish_s < from_s ? p->finish_s : from_s;
}

void person_compare(struct person *p, int32_t last_s, bool exactly, person_event_fn *fn, void *arg)
{
    size_t w = 0, k;
    int32_t from_s;

    match_all(p);
    from_s = with_finish(p, first_second(p, exactly));
    make_wanted(p, from_s, last_s);
    p->same = k = event_at(&p->published, from_s);
    p->next.n = 0;
    while (w < p->wanted.n || k < p->published.n) {
        const struct person_event *was = k < p->published.n ? &p->published.item[k] : NULL;
        const struct person_event *is = w < p->wanted.n ? &p->wanted.item[w] : NULL;
        struct person_event ev;

        if (was && (!is || was->raw_s < is->raw_s))
            ev = between(p, was->raw_s, w);
        else
            ev = p->wanted.item[w++];
        if (was && was->raw_s != ev.raw_s)
            was = NULL;
        k += was != NULL;
        if (was && !differs(was, &ev, exactly))
            ev = *was;
        else
            fn(arg, p, &ev);
        append(&p->next, ev);
    }
}

bool person_keep(struct person *p)
{
    p->published.n = p->same;
    for (size_t i = 0; i < p->next.n; i++)
        append(&p->published, p->next.item[i]);
    p->told_s = p->finish_s;
    p->changed_ms = p->more_s < 0 ? INT64_MAX : (p->start_s + p->more_s) * 1000;
    return p->more_s >= 0;
}
