#include "live/engine_impl.h"

#include "base/mem.h"

#include <string.h>

/* The record as it was put last, which may not be committed yet. */
static bool find_record(struct engine *en, const char *run_id, struct race_record *out)
{
    const struct tracked_race *t = shared_drive_find(&en->shared, run_id);
    struct err ignored;

    if (t)
        *out = t->race;
    return t || en->store->ops->race(en->store, run_id, out, &ignored) == 0;
}

/* The last second that is stored, where every competitor has come to it or has finished; -2:
 * somebody has not. Then the rest of that second is still to come as events. */
static int32_t last_whole_second(const struct view *v)
{
    int32_t last = -1;

    if (v->catching_up || v->external)
        return -2; /* it shows an older second than what is stored */
    for (uint32_t i = 0; i < v->n; i++)
        last = v->raw_s[i] > last ? v->raw_s[i] : last;
    for (uint32_t i = 0; i < v->n; i++)
        if (v->raw_s[i] != last && v->finish_s[i] < 0)
            return -2;
    return last;
}

/* The first second that is not stored; -1: it cannot be told. */
static int32_t next_raw(struct engine *en, const struct race_record *r)
{
    struct err why;
    struct view *v = en->store->ops->view(en->store, r->spec.run_id, &why);
    int32_t next = v ? last_whole_second(v) + 1 : why.code == ERR_NOT_FOUND ? 0 : -1;

    view_unref(v);
    return next;
}

/* Every competitor's finish: from the driver where the race is driven here, else drawn anew. */
static int32_t *finishes(struct engine *en, const struct race_record *r, struct course *c)
{
    const struct driver *d = schedule_find(&en->schedule, r->spec.run_id);
    size_t bytes = r->spec.competitors * sizeof(int32_t);
    struct err ignored;
    struct sim *own = d ? NULL : sim_new(&r->spec, c, (struct sim_shard){1, 1}, &ignored);
    int32_t *out = NULL;

    if (d || own) {
        out = mem_alloc(bytes);
        memcpy(out, sim_finish_raw(d ? d->sim : own), bytes);
    }
    sim_free(own);
    return out;
}

int shared_ticks_wanted(void *engine, const char *run_id, struct feed_simulated *out)
{
    struct engine *en = engine;
    const struct store_ops *ops = en->store->ops;
    struct err ignored;

    *out = (struct feed_simulated){0};
    if (!ops->put_cursor || !find_record(en, run_id, &out->race) || out->race.external)
        return 0;
    out->next_raw_s = next_raw(en, &out->race);
    if (out->next_raw_s < 0)
        return 0;
    out->course =
        ops->course_revision(en->store, out->race.spec.course, out->race.spec.revision, &ignored);
    if (out->course)
        out->finish_raw_s = finishes(en, &out->race, out->course);
    if (out->finish_raw_s)
        return 1;
    course_unref(out->course);
    return 0;
}
