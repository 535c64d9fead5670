/* race_commands.c: what callers ask of a race: create, pause, resume, stop, speed, roster, delete.
 * Each has two halves. engine_race_* runs on the caller's thread and does what takes long. run_*
 * runs on the engine's thread, which alone may look at the drivers and publish. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int not_found(const char *run_id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no race %.64s", run_id);
}

/* The engine computes every tick of every race on one thread, so the sum is limited and not only
 * the single race. */
static int check_room(const struct engine *en, uint32_t competitors, struct err *e)
{
    uint64_t under_way = 0;

    for (size_t i = 0; i < en->schedule.n; i++)
        under_way += en->schedule.at[i]->race.spec.competitors;
    if (under_way + competitors > ENGINE_MAX_COMPETITORS)
        return err_set_id(e, ERR_CONFLICT, "races-full",
            "%" PRIu64 " competitors are in unfinished races and this race has %" PRIu32
            "; the limit is %u together: stop a race first",
            under_way, competitors, ENGINE_MAX_COMPETITORS);
    if (en->schedule.n >= ENGINE_MAX_RACES)
        return err_set_id(e, ERR_CONFLICT, "races-full",
            "%u races are unfinished, which is the limit: stop one first", ENGINE_MAX_RACES);
    return 0;
}

static int refuse_run_id(const char *run_id, enum run_id_use use, struct err *e)
{
    if (use == RUN_ID_FREE)
        return 0;
    (void)err_set_field(e, "runId",
        use == RUN_ID_TAKEN
            ? "there is a race %s already: take another runId, or none"
            : "there was a race %s, which has been deleted: take another runId, or none",
        run_id);
    e->code = ERR_CONFLICT;
    e->id = "race-exists";
    return -1;
}

/* Checked on the engine's thread, where nothing can change between the check and the creation. */
static int check_new(struct engine *en, const struct driver *d, struct err *e)
{
    const struct race_spec *spec = &d->race.spec;
    struct course *c;

    if (schedule_find(&en->schedule, spec->run_id))
        return refuse_run_id(spec->run_id, RUN_ID_TAKEN, e);
    if (refuse_run_id(spec->run_id, en->mode->use_of(en, spec->run_id), e))
        return -1;
    /* It was there when the caller looked; it may have been deleted since. */
    c = en->store->ops->course_revision(en->store, spec->course, spec->revision, e);
    if (!c)
        return -1;
    course_unref(c);
    if (check_room(en, spec->competitors, e))
        return -1;
    return limits_check_race(&en->limits, en->store, e);
}

/* The log may still know a race of that id whose creation was not recorded. */
static int begin_log(struct engine *en, const struct driver *d, struct err *e)
{
    const char *run_id = d->race.spec.run_id;

    return d->live && (fixlog_drop(en->fixlog, run_id, e) || fixlog_begin(en->fixlog, run_id, e))
               ? -1
               : 0;
}

/* Publishes the race. The mode decides who drives it: this server, or whoever the feed says. */
static int run_create(struct engine *en, struct call *c)
{
    struct driver *d = c->driver;
    int64_t now_ms = clock_wall_ms();

    if (check_new(en, d, &c->err) || begin_log(en, d, &c->err))
        return -1;
    driver_start_clock(d, now_ms);
    if (en->feed->ops->publish_race(en->feed, &d->race, &c->err))
        return -1;
    c->record = d->race;
    en->mode->created(en, c);
    return 0;
}

/* The course of a request. One that is not there is an error of that field. */
static struct course *asked_course(struct engine *en, const char *short_name, struct err *e)
{
    struct course *c = en->store->ops->course(en->store, short_name, e);

    if (!c && e->code == ERR_NOT_FOUND)
        (void)snprintf(e->field, sizeof e->field, "course");
    return c;
}

/* What is costly (every competitor is drawn) happens on the caller's thread. */
static struct driver *prepare(struct engine *en, const struct race_spec *asked, struct err *e)
{
    struct race_record r = {.spec = *asked};
    struct course *c = asked_course(en, asked->course, e);
    struct driver *d = NULL;

    if (!c)
        return NULL;
    if (r.spec.run_id[0] == '\0')
        uuid_v4(r.spec.run_id);
    if (race_spec_check(&r.spec, c, e))
        goto out;
    if (!(r.spec.speed >= RACE_MIN_SPEED)) {
        (void)err_set_field(
            e, "speed", "speed is a number from %g to %g", RACE_MIN_SPEED, RACE_MAX_SPEED);
        goto out;
    }
    d = driver_new(&r, c, 0, e);
out:
    course_unref(c);
    return d;
}

static struct driver *prepare_live(
    struct engine *en, const struct race_record *asked, bool waits, struct err *e)
{
    struct race_record r = *asked;
    struct course *c = asked_course(en, asked->spec.course, e);
    struct driver *d;

    if (!c)
        return NULL;
    memcpy(r.spec.revision, c->revision, sizeof r.spec.revision);
    if (waits)
        (void)snprintf(r.reason, sizeof r.reason, "%s", DRIVER_WAITS);
    if (r.spec.run_id[0] == '\0')
        uuid_v4(r.spec.run_id);
    d = driver_new_live(&r, c, en->fixlog, en->store, e);
    course_unref(c);
    return d;
}

static int create(struct engine *en, struct driver *d, struct race_record *out, struct err *e)
{
    const struct store_ops *ops = en->store->ops;
    struct call c = {.run = run_create, .driver = d, .creates = true};
    int rc;

    if (!c.driver)
        return -1;
    recover_wait(en);
    /* A race is announced when it can be shown: whoever made it sees it at once. */
    rc = ops->await_course && ops->await_course(en->store, d->race.spec.course, e)
             ? -1
             : mailbox_call(en, &c, e);
    driver_free(c.driver); /* NULL where the engine took it */
    if (!rc)
        *out = c.record;
    return rc;
}

int engine_race_create_live(struct engine *en, const struct race_record *asked, bool waits,
    struct race_record *out, struct err *e)
{
    if (!en->fixlog)
        return err_set_field(e, "kind",
            "This server takes no live races: its races come from Kafka. Start one without --kafka "
            "for them.");
    return create(en, prepare_live(en, asked, waits, e), out, e);
}

int engine_race_create(
    struct engine *en, const struct race_spec *spec, struct race_record *out, struct err *e)
{
    return create(en, prepare(en, spec, e), out, e);
}

/* The driver of an unfinished race; otherwise a sentence about why there is none. */
static struct driver *find(struct engine *en, struct call *c, const char *what)
{
    struct driver *d = schedule_find(&en->schedule, c->run_id);
    struct race_record r;
    struct err ignored;

    if (d && !driver_is_over(d))
        return d;
    if (d)
        r = d->race;
    else if (en->store->ops->race(en->store, c->run_id, &r, &ignored)) {
        (void)not_found(c->run_id, &c->err);
        return NULL;
    }
    if ((!r.external || r.live) && driver_wanted(r.state)) {
        c->record = r; /* another server drives it */
        return NULL;
    }
    if (r.external && !r.live)
        (void)err_set_id(&c->err, ERR_CONFLICT, "race-elsewhere",
            "the race %s is another producer's and cannot be %s here", c->run_id, what);
    else
        (void)err_set_id(&c->err, ERR_CONFLICT, "race-state", "the race %s is %s and cannot be %s",
            c->run_id, race_state_name(r.state), what);
    return NULL;
}

/* The end of a command on a driver: hands its new record back, and puts it at its new place in the
 * schedule. */
static int changed(struct engine *en, struct call *c, struct driver *d, int rc)
{
    if (rc)
        return -1;
    c->record = d->race;
    schedule_moved(&en->schedule, d);
    return 0;
}

/* Asks another server's driver for a change of state, by publishing the record as it would be after
 * it. That driver does it and publishes its own record, which counts. */
static int want_state(struct engine *en, struct call *c, enum race_state state, const char *what)
{
    struct race_record *r = &c->record;
    int64_t now_ms = clock_wall_ms();
    bool fits =
        state == RACE_STOPPED || r->state == (state == RACE_PAUSED ? RACE_RUNNING : RACE_PAUSED);

    if (c->err.code)
        return -1;
    if (!fits)
        return err_set_id(&c->err, ERR_CONFLICT, "race-state", "the race %s is %s and cannot be %s",
            c->run_id, race_state_name(r->state), what);
    if (r->state == RACE_RUNNING)
        r->anchor.raw_s =
            race_due_raw(&r->anchor, now_ms) > 0 ? race_due_raw(&r->anchor, now_ms) : 0;
    r->anchor.wall_ms = now_ms;
    r->state = state;
    (void)snprintf(r->reason, sizeof r->reason, "%s", state == RACE_PAUSED ? DRIVER_BY_HAND : "");
    return en->mode->ask(en, r, &c->err);
}

static int run_pause(struct engine *en, struct call *c)
{
    struct driver *d = find(en, c, "paused");

    return d ? changed(en, c, d, driver_pause(d, en->feed, clock_wall_ms(), &c->err))
             : want_state(en, c, RACE_PAUSED, "paused");
}

static int run_resume(struct engine *en, struct call *c)
{
    struct driver *d = find(en, c, "resumed");

    return d ? changed(en, c, d, driver_resume(d, en->feed, clock_wall_ms(), &c->err))
             : want_state(en, c, RACE_RUNNING, "resumed");
}

static int run_stop(struct engine *en, struct call *c)
{
    struct driver *d = find(en, c, "stopped");

    return d ? changed(en, c, d, driver_stop(d, en->feed, clock_wall_ms(), &c->err))
             : want_state(en, c, RACE_STOPPED, "stopped");
}

static int run_speed(struct engine *en, struct call *c)
{
    struct driver *d = find(en, c, "given another speed");

    if (d)
        return changed(en, c, d, driver_speed(d, en->feed, clock_wall_ms(), c->speed, &c->err));
    if (c->err.code)
        return -1;
    if (!(c->speed >= RACE_MIN_SPEED && c->speed <= RACE_MAX_SPEED))
        return err_set_field(
            &c->err, "speed", "speed is a number from %g to %g", RACE_MIN_SPEED, RACE_MAX_SPEED);
    c->record.anchor.speed = c->speed;
    return en->mode->ask(en, &c->record, &c->err);
}

static int run_start(struct engine *en, struct call *c)
{
    struct driver *d = find(en, c, "started");

    if (d)
        return changed(en, c, d, driver_start(d, en->feed, clock_wall_ms(), c->at_ms, &c->err));
    return c->err.code ? -1 : en->mode->ask(en, &c->record, &c->err);
}

/* The half on the caller's thread. Races of the last run have to be taken up first: before that a
 * paused race would look unknown. */
static int change(struct engine *en, struct call *c, struct race_record *out, struct err *e)
{
    recover_wait(en);
    if (mailbox_call(en, c, e))
        return -1;
    *out = c->record;
    return 0;
}

int engine_race_start(
    struct engine *en, const char *run_id, int64_t at_ms, struct race_record *out, struct err *e)
{
    return change(en, &(struct call){.run = run_start, .run_id = run_id, .at_ms = at_ms}, out, e);
}

int engine_race_pause(struct engine *en, const char *run_id, struct race_record *out, struct err *e)
{
    return change(en, &(struct call){.run = run_pause, .run_id = run_id}, out, e);
}

int engine_race_resume(
    struct engine *en, const char *run_id, struct race_record *out, struct err *e)
{
    return change(en, &(struct call){.run = run_resume, .run_id = run_id}, out, e);
}

int engine_race_stop(struct engine *en, const char *run_id, struct race_record *out, struct err *e)
{
    return change(en, &(struct call){.run = run_stop, .run_id = run_id}, out, e);
}

int engine_race_speed(
    struct engine *en, const char *run_id, double speed, struct race_record *out, struct err *e)
{
    return change(en, &(struct call){.run = run_speed, .run_id = run_id, .speed = speed}, out, e);
}

/* Keeps the last view of the race, marked as deleted. It is reported after the commit: before it
 * the race still exists for readers. */
static void remember_gone(struct engine *en, const struct race_record *r)
{
    struct err ignored;
    struct view *v = en->store->ops->view(en->store, r->spec.run_id, &ignored);

    if (!v)
        return;
    en->gone = mem_grow(en->gone, en->gone_n, &en->gone_cap, sizeof(struct view *));
    en->gone[en->gone_n++] = view_with_record(v, r);
    view_unref(v);
}

/* A roster of an unknown race is refused here and not at the feed, where other servers would keep
 * it. */
static int run_roster(struct engine *en, struct call *c)
{
    struct race_record r;

    if (en->store->ops->race(en->store, c->run_id, &r, &c->err))
        return -1;
    return en->feed->ops->publish_roster(en->feed, c->run_id, c->csv, c->csv_len, &c->err);
}

int engine_race_roster(
    struct engine *en, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct call c = {.run = run_roster, .run_id = run_id, .csv = csv, .csv_len = len};

    return mailbox_call(en, &c, e);
}

static int run_delete(struct engine *en, struct call *c)
{
    struct driver *d = schedule_find(&en->schedule, c->run_id);
    struct race_record r;
    struct err ignored;

    if (d)
        r = d->race;
    else if (en->store->ops->race(en->store, c->run_id, &r, &ignored))
        return not_found(c->run_id, &c->err);
    r.state = RACE_DELETED;
    r.reason[0] = '\0';
    if (en->feed->ops->publish_race(en->feed, &r, &c->err))
        return -1;
    en->mode->drop_roster(en, c->run_id);
    remember_gone(en, &r);
    if (d) {
        schedule_remove(&en->schedule, d);
        driver_free(d);
    }
    return 0;
}

int engine_race_delete(struct engine *en, const char *run_id, struct err *e)
{
    struct call c = {.run = run_delete, .run_id = run_id};

    recover_wait(en);
    return mailbox_call(en, &c, e);
}

/* Readers see a running race as paused while nothing can be written. The stored record says
 * running: it could not be changed. */
void engine_race_shown(struct engine *en, struct race_record *r)
{
    struct err why;
    bool blocked;

    (void)pthread_mutex_lock(&en->lock);
    blocked = en->shown.disk_full;
    why = en->shown_why;
    (void)pthread_mutex_unlock(&en->lock);
    if (blocked && r->state == RACE_RUNNING && (!r->external || r->live))
        driver_show_blocked(r, &why);
}

/* Takes the reference to `v`, and returns one. */
struct view *engine_view_shown(struct engine *en, struct view *v)
{
    struct race_record r;
    struct view *shown;

    if (!v)
        return NULL;
    r = v->race;
    engine_race_shown(en, &r);
    if (r.state == v->race.state)
        return v;
    shown = view_with_record(v, &r);
    view_unref(v);
    return shown;
}
