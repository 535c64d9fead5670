#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

/* The first raw second that is not committed; -1 where the race's history cannot be read. */
static int32_t next_raw(struct store *s, const char *run_id, struct err *e)
{
    struct view *v = s->ops->view(s, run_id, e);
    int32_t next = v ? v->as_of_raw_s + 1 : -1;

    view_unref(v);
    return next;
}

/* A race that cannot go on says so in its record, and the others go on. */
static int fail_race(struct engine *en, struct race_record *r, const struct err *why, struct err *e)
{
    r->state = RACE_FAILED;
    (void)snprintf(r->reason, sizeof r->reason, "%.120s", why->text);
    log_error("race %s cannot go on: %s", r->spec.run_id, why->text);
    en->dirty = true;
    return en->feed->ops->publish_race(en->feed, r, e);
}

static int take_up(struct engine *en, struct race_record *r, struct err *e)
{
    struct store *s = en->store;
    struct err why;
    struct course *c = s->ops->course_revision(s, r->spec.course, r->spec.revision, &why);
    int32_t next_raw_s = c ? next_raw(s, r->spec.run_id, &why) : -1;
    struct driver *d = next_raw_s >= 0 ? driver_new(r, c, next_raw_s, &why) : NULL;

    course_unref(c);
    if (!d)
        return fail_race(en, r, &why, e);
    schedule_add(&en->schedule, d);
    log_info("race %s goes on after raw time %d", r->spec.run_id, next_raw_s - 1);
    return 0;
}

int recover_races(struct engine *en, struct err *e)
{
    struct store *s = en->store;
    struct race_record *race = NULL;
    size_t n = 0;
    int rc = s->ops->races(s, &race, &n, e);

    for (size_t i = 0; !rc && i < n; i++) {
        if (en->stream.on)
            stream_watch(en, &race[i]);
        else if (!race[i].foreign && driver_wanted(race[i].state))
            rc = take_up(en, &race[i], e);
    }
    free(race);
    if (!rc && en->dirty) {
        rc = en->feed->ops->flush(en->feed, e) || s->ops->commit(s, e) ? -1 : 0;
        en->dirty = false;
    }
    return rc;
}
