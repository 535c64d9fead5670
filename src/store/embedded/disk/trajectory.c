/* trajectory.c: follows a few competitors through a race. Ticks are rows with one competitor at a
 * fixed place, so 4 bytes a second are copied. Single events have no such place: all batches are
 * read, whatever number of competitors is asked for. So many competitors are asked at once
 * (TRAJECTORY_MAX_IDS). */
#include "store/embedded/disk/trajectory.h"

#include "base/mem.h"
#include "store/embedded/disk/event_blob.h"

#include <stdlib.h>
#include <string.h>

/* What one trajectory_read works with. */
struct trajectory_scan {
    struct trajectory *track;
    struct db *db;
    const struct history_race *race;
    const struct trajectory_query *q;
    struct event *latest;
    uint64_t order;     /* counts single events as they arrive */
    int32_t latest_raw; /* of *latest, -1: none yet */
};

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void add_point(struct trajectory *t, struct trajectory_point p)
{
    t->point = mem_grow(t->point, t->n, &t->cap, sizeof *t->point);
    t->point[t->n++] = p;
}

/* `latest` takes an equal raw second too: the later arrival counts. */
static void add_event(struct trajectory_scan *rd, const struct event *ev)
{
    const struct trajectory_query *q = rd->q;
    const int64_t *id = bsearch(&ev->competitor_id, q->id, q->n, sizeof *q->id, compare_ids);

    if (!id || ev->raw_s > q->to_s)
        return;
    add_point(rd->track, (struct trajectory_point){.which = (uint32_t)(id - q->id),
                             .order = ++rd->order,
                             .place = {.raw_s = ev->raw_s,
                                 .dist_mm = columns_mm(ev->distance_m),
                                 .lon_deg = ev->lon_deg,
                                 .lat_deg = ev->lat_deg,
                                 .distance_m = ev->distance_m}});
    if (rd->latest && ev->raw_s >= rd->latest_raw) {
        *rd->latest = *ev;
        rd->latest_raw = ev->raw_s;
    }
}

/* All batches that have events up to `to_s`, in the order of arrival. */
static int read_events(struct trajectory_scan *rd, struct err *e)
{
    const struct history_race *r = rd->race;
    struct history_scan scan = {.race = r, .to_s = rd->q->to_s};
    struct history_events batch;
    int rc;

    if (history_scan_begin(&scan, rd->db, e))
        return -1;
    while ((rc = history_scan_next(&scan, rd->db, &batch, e)) > 0) {
        struct event_blob blob = event_blob_of(batch.data, batch.len, r->run_id, r->course_name);
        struct event ev;
        int more;

        while ((more = event_blob_next(&blob, &ev)) > 0)
            add_event(rd, &ev);
        if (more < 0) {
            rc = history_damaged(r, batch.min_raw, EVENT_BLOB_DAMAGED, e);
            break;
        }
    }
    history_scan_end(&scan);
    return rc;
}

/* Competitors are in rising order: the first of each chunk compares its checksums. */
static bool first_of_chunk(const struct trajectory_scan *rd, uint32_t which)
{
    const int64_t *id = rd->q->id;

    return !which || id[which - 1] < 1 ||
           (id[which - 1] - 1) / HISTORY_CHUNK != (id[which] - 1) / HISTORY_CHUNK;
}

/* One competitor through all ticks up to `last_s`. The next second is tried first, because most
 * races have every second; only behind a gap is the next tick searched for. */
static int read_ticks_of(struct trajectory_scan *rd, uint32_t which, int32_t last_s, struct err *e)
{
    const struct history_race *r = rd->race;
    struct history_place at = {
        .i = (uint32_t)(rd->q->id[which] - 1), .check = first_of_chunk(rd, which)};

    if (history_first_tick(rd->db, r, 0, last_s, &at.raw_s, e))
        return -1;
    while (at.raw_s >= 0 && at.raw_s <= last_s) {
        struct columns_place p = {.raw_s = at.raw_s};
        int rc = history_read_distance(rd->db, r, &at, &p.dist_mm, e);

        if (rc < 0)
            return -1;
        if (rc > 0) {
            add_point(rd->track, (struct trajectory_point){.which = which, .place = p});
            at.raw_s++;
        } else if (history_first_tick(rd->db, r, at.raw_s, last_s, &at.raw_s, e)) {
            return -1;
        }
    }
    return 0;
}

/* Makes the whole event of the first competitor's last tick. Without the course there is no place
 * on the ground, so there is no event. */
static void latest_of_tick(struct trajectory_scan *rd, uint32_t from)
{
    struct event_writer w = {.start_s = rd->race->start_s};
    const struct trajectory_point *p;

    if (!rd->latest || rd->track->n == from || !rd->race->course)
        return;
    p = &rd->track->point[rd->track->n - 1];
    memcpy(w.run_id, rd->race->run_id, strlen(rd->race->run_id));
    memcpy(w.course, rd->race->course_name, strlen(rd->race->course_name));
    w.line = rd->race->course->line;
    event_make(&w, rd->q->id[0], p->place.raw_s, p->place.dist_mm, rd->latest);
    rd->latest_raw = p->place.raw_s;
}

/* Competitors have ids 1 to n and no ticks after their finish. Others were never in a tick. */
static int read_ticks(struct trajectory_scan *rd, struct err *e)
{
    const struct history_race *r = rd->race;
    int32_t *finish_raw_s;
    int32_t last_s;
    uint32_t which;
    int rc = 0;

    if (r->external || history_last_tick(rd->db, r->race_no, rd->q->to_s, &last_s, e) ||
        history_read_finish(rd->db, r, &finish_raw_s, e))
        return r->external ? 0 : -1;
    for (which = 0; which < rd->q->n && finish_raw_s && !rc; which++) {
        int64_t id = rd->q->id[which];
        int32_t finish_s;

        if (id < 1 || id > (int64_t)r->n)
            continue;
        finish_s = finish_raw_s[id - 1];
        rc = read_ticks_of(rd, which, last_s < finish_s ? last_s : finish_s, e);
        if (!rc && !which)
            latest_of_tick(rd, 0);
    }
    free(finish_raw_s);
    return rc;
}

/* A whole tick has order 0: at the same second a single event counts, because it came later. */
static int compare_points(const void *a, const void *b)
{
    const struct trajectory_point *x = a, *y = b;

    if (x->which != y->which)
        return x->which < y->which ? -1 : 1;
    if (x->place.raw_s != y->place.raw_s)
        return x->place.raw_s < y->place.raw_s ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Of neighbours with the same competitor and second only the last one stays. */
static void keep_last_arrivals(struct trajectory *t)
{
    size_t from, to = 0;

    for (from = 0; from < t->n; from++) {
        const struct trajectory_point *p = &t->point[from], *next = p + 1;

        if (from + 1 < t->n && next->which == p->which && next->place.raw_s == p->place.raw_s)
            continue;
        t->point[to++] = *p;
    }
    t->n = to;
}

int trajectory_read(struct trajectory *t, struct db *db, const struct history_race *r,
    const struct trajectory_query *q, struct event *latest, struct err *e)
{
    struct trajectory_scan rd = {
        .track = t, .db = db, .race = r, .q = q, .latest = latest, .latest_raw = -1};

    *t = (struct trajectory){0};
    if (read_ticks(&rd, e) || read_events(&rd, e)) {
        trajectory_release(t);
        return -1;
    }
    if (t->n)
        qsort(t->point, t->n, sizeof *t->point, compare_points);
    keep_last_arrivals(t);
    return 0;
}

void trajectory_release(struct trajectory *t)
{
    free(t->point);
    *t = (struct trajectory){0};
}

/* Forgets the visits of these competitors and walks their positions again, oldest first. */
static int redo_some(struct columns *c, struct db *db, const struct history_race *r,
    const struct trajectory_query *q, struct err *e)
{
    struct trajectory t;
    uint32_t which;
    size_t k;

    if (trajectory_read(&t, db, r, q, NULL, e))
        return -1;
    for (which = 0; which < q->n; which++)
        columns_forget(c, columns_find(c, q->id[which]));
    for (k = 0; k < t.n; k++) {
        const struct trajectory_point *p = &t.point[k];
        bool first = !k || p[-1].which != p->which;

        columns_trace(
            c, columns_find(c, q->id[p->which]), first ? -1 : p[-1].place.raw_s, &p->place);
    }
    trajectory_release(&t);
    return 0;
}

int trajectory_redo(
    struct columns *c, struct db *db, const struct history_race *r, int32_t to_s, struct err *e)
{
    /* `dirty` may name a competitor more than once, since it grows with each late event. */
    int64_t *id = mem_alloc(c->dirty_n * sizeof *id);
    size_t k, n = 0;
    int rc = 0;

    for (k = 0; k < c->dirty_n; k++)
        id[k] = c->external ? c->id[c->dirty[k]] : (int64_t)c->dirty[k] + 1;
    if (c->dirty_n)
        qsort(id, c->dirty_n, sizeof *id, compare_ids);
    for (k = 0; k < c->dirty_n; k++)
        if (!k || id[k] != id[k - 1])
            id[n++] = id[k];
    for (k = 0; k < n && !rc; k += TRAJECTORY_MAX_IDS) {
        size_t left = n - k;
        struct trajectory_query q = {
            id + k, left < TRAJECTORY_MAX_IDS ? (uint32_t)left : TRAJECTORY_MAX_IDS, to_s};

        rc = redo_some(c, db, r, &q, e);
    }
    if (!rc)
        c->dirty_n = 0;
    free(id);
    return rc;
}
