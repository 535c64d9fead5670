/* course_commands.c: what callers ask of a course. The checks run on the engine's thread, one call
 * after the other, so two uploads of one name cannot both be new. */
#include "live/engine_impl.h"

#include "base/clock.h"

#include <string.h>

/* `flag`: an existing course of that name is replaced. Races keep their revision. */
static int run_put(struct engine *en, struct call *c)
{
    struct store *s = en->store;
    const char *name = c->course->short_name;
    struct err why;
    struct course *known = s->ops->course(s, name, &why);

    course_unref(known);
    if (known && !c->flag)
        return err_set_id(&c->err, ERR_CONFLICT, "course-exists",
            "There is a course \"%s\" already: choose another short name, or replace it.", name);
    return en->feed->ops->publish_course(en->feed, c->course, &c->err);
}

/* A course that is there already needs no more room: it is replaced. */
int engine_course_room(const struct engine *en, const char *short_name, struct err *e)
{
    struct err ignored;
    struct course *known = en->store->ops->course(en->store, short_name, &ignored);

    course_unref(known);
    return known ? 0 : limits_check_course(&en->limits, en->store, e);
}

/* Takes the caller's reference to `c`. */
int engine_course_put(struct engine *en, struct course *c, int replace, struct err *e)
{
    struct call call = {.run = run_put, .course = c, .flag = replace != 0};
    int rc = mailbox_call(en, &call, e);

    course_unref(c);
    return rc;
}

/* A course under an unfinished race cannot go: other servers could not take that race over. */
static int run_delete(struct engine *en, struct call *c)
{
    struct store *s = en->store;
    struct course *known = s->ops->course(s, c->course_name, &c->err);
    const struct race_record *r;

    if (!known)
        return -1;
    course_unref(known);
    r = en->mode->on_course(en, c->course_name);
    if (r)
        return err_set_id(&c->err, ERR_CONFLICT, "course-in-use",
            "the race %s is on the course \"%.64s\" and is %s: stop it first", r->spec.run_id,
            c->course_name, race_state_name(r->state));
    return en->feed->ops->delete_course(en->feed, c->course_name, &c->err);
}

int engine_course_delete(struct engine *en, const char *short_name, struct err *e)
{
    struct call c = {.run = run_delete, .course_name = short_name};

    recover_wait(en);
    return mailbox_call(en, &c, e);
}
