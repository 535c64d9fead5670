#include "store/embedded.h"

#include "base/mem.h"
#include "store/board.h"
#include "store/track.h"

#include <stdlib.h>

#define KM_MM 1000000u

static void add_visit(struct store_competitor *out, size_t *cap, int32_t entered_s)
{
    out->visit = mem_grow(out->visit, out->visits_n, cap, sizeof *out->visit);
    out->visit[out->visits_n++] = (struct store_visit){entered_s, -1};
}

static void close_visit(struct store_competitor *out, int32_t left_s)
{
    if (out->visits_n && out->visit[out->visits_n - 1].left_s < 0)
        out->visit[out->visits_n - 1].left_s = left_s;
}

static void take_visits(
    struct store_competitor *out, const struct columns *c, const struct track *t)
{
    int32_t outside_s = -1;
    size_t k, cap = 0;

    for (k = 0; k < t->n; k++) {
        const struct columns_place *p = &t->point[k].place;
        bool finish = columns_is_finish(c, p);

        if (!finish && columns_is_inside(c, p)) {
            if (!out->visits_n || out->visit[out->visits_n - 1].left_s >= 0)
                add_visit(out, &cap, outside_s + 1);
            continue;
        }
        close_visit(out, p->raw_s);
        outside_s = p->raw_s;
        if (finish) {
            out->finish_s = p->raw_s;
            return;
        }
    }
}

static void take_splits(struct store_competitor *out, const struct track *t)
{
    size_t k, cap = 0;

    for (k = 0; k < t->n; k++)
        while (t->point[k].place.dist_mm / KM_MM > out->splits_n) {
            out->split_s = mem_grow(out->split_s, out->splits_n, &cap, sizeof *out->split_s);
            out->split_s[out->splits_n++] = t->point[k].place.raw_s;
        }
}

static void take_positions(struct store_competitor *out, const struct track *t)
{
    out->track = mem_zalloc(t->n, sizeof *out->track);
    for (out->track_n = 0; out->track_n < t->n; out->track_n++) {
        const struct columns_place *p = &t->point[out->track_n].place;

        out->track[out->track_n] = (struct store_position){p->raw_s, p->dist_mm};
    }
}

static int take_track(struct embedded *em, const struct history_race *r, const struct view *v,
    int64_t id, int32_t to_s, struct store_competitor *out, struct err *e)
{
    struct track_query q = {&id, 1, to_s};
    struct columns *c;
    struct db *db = db_pool_take(&em->pool, e);
    struct track t;
    uint32_t i = view_find(v, id);
    int rc;

    if (!db)
        return -1;
    rc = track_read(&t, db, r, &q, &out->latest, e);
    db_pool_give(&em->pool, db);
    if (rc)
        return -1;
    if (!t.n) {
        track_release(&t);
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)id, r->run_id);
    }
    c = columns_new(r->foreign, 0, r->course); /* for its reading of places only */
    take_visits(out, c, &t);
    take_splits(out, &t);
    take_positions(out, &t);
    columns_free(c);
    track_release(&t);
    out->rank = board_rank(v, i);
    out->dwell_total_s = view_dwell_total(v, i);
    return 0;
}

int embedded_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct store_competitor *out, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct history_race race;
    struct reading r;
    struct view *v;
    int rc = -1;

    v = at_s < 0 ? embedded_view(s, run_id, e) : embedded_view_at(s, run_id, at_s, e);
    if (!v)
        return -1;
    *out = (struct store_competitor){.finish_s = -1};
    if (embedded_reading(em, run_id, &r, e)) {
        view_unref(v);
        return -1;
    }
    race = embedded_reading_race(&r);
    if (view_find(v, competitor_id) == UINT32_MAX)
        (void)err_set(e, ERR_NOT_FOUND, "There is no competitor %lld in race %s.",
            (long long)competitor_id, race.run_id);
    else
        rc = take_track(em, &race, v, competitor_id,
            at_s < 0 ? v->raw_s[view_find(v, competitor_id)] : at_s, out, e);
    embedded_reading_release(&r);
    view_unref(v);
    if (rc)
        store_competitor_release(out);
    return rc;
}
