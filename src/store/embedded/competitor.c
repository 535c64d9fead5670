#include "store/embedded/embedded.h"

#include "board/board.h"
#include "board/splits.h"
#include "store/embedded/disk/trajectory.h"

static int take_track(struct embedded *em, const struct history_race *r, const struct view *v,
    int64_t id, int32_t to_s, struct splits_competitor *out, struct err *e)
{
    struct track_query q = {&id, 1, to_s};
    struct splits life;
    struct db *db = db_pool_take(&em->pool, e);
    struct trajectory t;
    uint32_t i = view_find(v, id);
    int rc;

    if (!db)
        return -1;
    rc = trajectory_read(&t, db, r, &q, &out->latest, e);
    db_pool_give(&em->pool, db);
    if (rc)
        return -1;
    if (!t.n) {
        trajectory_release(&t);
        return err_set(e, ERR_NOT_FOUND, "Competitor %lld of race %s has no position yet.",
            (long long)id, r->run_id);
    }
    splits_init(&life, r->foreign, r->course, out);
    for (size_t k = 0; k < t.n; k++)
        splits_place(&life, &t.point[k].place);
    splits_release(&life);
    trajectory_release(&t);
    out->rank = board_rank(v, i);
    out->dwell_total_s = view_dwell_total(v, i);
    return 0;
}

int embedded_competitor(struct store *s, const char *run_id, int64_t competitor_id, int32_t at_s,
    struct splits_competitor *out, struct err *e)
{
    struct embedded *em = embedded_of(s);
    struct history_race race;
    struct catalog_reading r;
    struct view *v;
    int rc = -1;

    v = at_s < 0 ? embedded_view(s, run_id, e) : embedded_view_at(s, run_id, at_s, e);
    if (!v)
        return -1;
    *out = (struct splits_competitor){.finish_s = -1};
    if (catalog_read(&em->catalog, run_id, &r, e)) {
        view_unref(v);
        return -1;
    }
    race = embedded_reading_race(&r);
    if (view_find(v, competitor_id) == UINT32_MAX)
        (void)err_set_id(e, ERR_NOT_FOUND, "competitor-unknown",
            "There is no competitor %lld in race %s.", (long long)competitor_id, race.run_id);
    else
        rc = take_track(em, &race, v, competitor_id,
            at_s < 0 ? v->raw_s[view_find(v, competitor_id)] : at_s, out, e);
    catalog_reading_release(&r);
    view_unref(v);
    if (rc)
        splits_competitor_release(out);
    return rc;
}
