/* driver.c: a race as a small state machine. Each change of state makes the new record first,
 * publishes it, and takes it over only when that has worked. So a race is never in a state that
 * nobody else can know of. */
#include "live/driver.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool driver_wanted(enum race_state s)
{
    return s == RACE_SCHEDULED || s == RACE_RUNNING || s == RACE_PAUSED;
}

bool driver_is_over(const struct driver *d)
{
    return !driver_wanted(d->race.state);
}

/* A live race looks at its log again soon. One that somebody has to start is due when they do. */
static void set_due_live(struct driver *d)
{
    const struct race_record *r = &d->race;

    if (r->state == RACE_RUNNING)
        d->due_ms = clock_wall_ms() + LIVE_RACE_LOOK_MS;
    else if (r->state == RACE_SCHEDULED && strcmp(r->reason, DRIVER_WAITS) != 0)
        d->due_ms = r->spec.start_s * 1000;
    else
        d->due_ms = INT64_MAX;
}

/* When the next tick is to be published. The schedule has to be told afterwards
 * (schedule_moved). */
static void set_due(struct driver *d)
{
    bool ticking = d->race.state == RACE_RUNNING || d->race.state == RACE_SCHEDULED;

    if (d->live) {
        set_due_live(d);
        return;
    }
    if (d->streamed && d->next_raw_s > sim_last_raw(d->sim))
        /* all ticks are out, but a shared feed has not confirmed the last one yet */
        ticking = false;

    d->due_ms = ticking ? race_due_ms(&d->race.anchor, d->next_raw_s) : INT64_MAX;
}

struct driver *driver_new(
    const struct race_record *r, struct course *c, int32_t next_raw_s, struct err *e)
{
    struct driver *d;
    struct sim *sim = sim_new(&r->spec, c, (struct sim_shard){1, 1}, e);

    if (!sim)
        return NULL;
    d = mem_zalloc(1, sizeof *d);
    d->race = *r;
    d->course = course_ref(c);
    d->sim = sim;
    d->dist_mm = mem_zalloc(sim_count(sim), sizeof *d->dist_mm);
    d->next_raw_s = next_raw_s;
    if (r->anchor.speed > 0)
        set_due(d);
    return d;
}

struct driver *driver_new_live(const struct race_record *r, struct course *c, struct fixlog *log,
    struct store *s, struct err *e)
{
    struct live_race *live = live_race_new(r, c, log, s, e);
    struct driver *d;

    if (!live)
        return NULL;
    d = mem_zalloc(1, sizeof *d);
    d->race = *r;
    d->course = course_ref(c);
    d->live = live;
    set_due(d);
    return d;
}

void driver_free(struct driver *d)
{
    if (!d)
        return;
    sim_free(d->sim);
    live_race_free(d->live);
    course_unref(d->course);
    free(d->dist_mm);
    free(d);
}

/* The clock of a live race is that of its start. */
static void start_clock_live(struct driver *d, int64_t now_ms)
{
    struct race_record *r = &d->race;
    bool waits = strcmp(r->reason, DRIVER_WAITS) == 0;

    if (waits)
        r->spec.start_s = now_ms / 1000; /* shown until somebody starts it */
    r->state = waits || r->spec.start_s > now_ms / 1000 ? RACE_SCHEDULED : RACE_RUNNING;
    r->created_ms = now_ms;
    r->anchor = (struct race_anchor){.wall_ms = r->spec.start_s * 1000, .speed = 1};
    set_due(d);
}

/* The record's clock starts where the race is created, not where it was asked for: a queue before
 * the engine must not make a race late. */
void driver_start_clock(struct driver *d, int64_t now_ms)
{
    struct race_record *r = &d->race;
    bool ahead = r->spec.start_s > now_ms / 1000;

    if (d->live) {
        start_clock_live(d, now_ms);
        return;
    }
    r->state = ahead ? RACE_SCHEDULED : RACE_RUNNING;
    r->created_ms = now_ms;
    r->anchor.wall_ms = ahead ? r->spec.start_s * 1000 : now_ms;
    r->anchor.raw_s = 0;
    r->anchor.speed = r->spec.speed;
    set_due(d);
}

/* Publishes the new record, and takes it over where that worked. */
static int become(struct driver *d, struct feed *f, const struct race_record *r, struct err *e)
{
    if (f->ops->publish_race(f, r, e))
        return -1;
    d->race = *r;
    d->changed = true;
    set_due(d);
    return 0;
}

/* A change of state alone. The reason of the old state goes with it. */
static int become_state(struct driver *d, struct feed *f, enum race_state state, struct err *e)
{
    struct race_record r = d->race;

    r.state = state;
    r.reason[0] = '\0';
    return become(d, f, &r, e);
}

/* Competitors who have an event in this tick: up to the second of their finish. */
static uint64_t count_events(const struct sim *s, int32_t raw_s)
{
    const int32_t *finish_raw_s = sim_finish_raw(s);
    uint32_t n = sim_count(s), still = 0;

    for (uint32_t i = 0; i < n; i++)
        still += finish_raw_s[i] >= raw_s;
    return still;
}

/* Computes and publishes one tick. Distances are written into a buffer that the driver keeps, so a
 * tick allocates nothing. */
static int publish_next(struct driver *d, struct feed *f, uint64_t *events, struct err *e)
{
    struct tick t = {.race = &d->race,
        .course = d->course,
        .raw_s = d->next_raw_s,
        .n = sim_count(d->sim),
        .first_id = 1,
        .id_step = 1,
        .dist_mm = d->dist_mm,
        .finish_raw_s = sim_finish_raw(d->sim)};

    sim_tick(d->sim, d->next_raw_s, d->dist_mm);
    if (f->ops->publish_tick(f, &t, e))
        return -1;
    *events += count_events(d->sim, d->next_raw_s);
    d->next_raw_s++;
    d->changed = true;
    set_due(d);
    return 0;
}

static int publish_live(
    struct driver *d, struct feed *f, bool ends, uint64_t *events, struct err *e)
{
    uint64_t n = 0;

    if (live_race_step(d->live, f, clock_wall_ms(), ends, &n, e))
        return -1;
    *events += n;
    d->changed = d->changed || n;
    set_due(d);
    return 0;
}

/* On a local feed the last tick finishes the race. On a shared one the tick may still be lost, so
 * driver_confirm finishes it. */
int driver_step(struct driver *d, struct feed *f, uint64_t *events, struct err *e)
{
    int32_t last_raw_s;

    if (d->race.state == RACE_SCHEDULED && become_state(d, f, RACE_RUNNING, e))
        return -1;
    if (d->live)
        return publish_live(d, f, false, events, e);
    last_raw_s = sim_last_raw(d->sim);
    if (d->next_raw_s <= last_raw_s && publish_next(d, f, events, e))
        return -1;
    if (d->next_raw_s > last_raw_s && !d->streamed)
        return become_state(d, f, RACE_FINISHED, e);
    return 0;
}

int driver_confirm(struct driver *d, struct feed *f, struct err *e)
{
    d->confirmed_raw_s = d->next_raw_s;
    if (d->next_raw_s > sim_last_raw(d->sim) && d->race.state == RACE_RUNNING)
        return become_state(d, f, RACE_FINISHED, e);
    return 0;
}

/* What was not confirmed is published again. Readers take the same event twice for one, by its
 * id. */
void driver_recall(struct driver *d)
{
    d->next_raw_s = d->confirmed_raw_s;
    set_due(d);
}

static int refuse(const struct driver *d, const char *what, struct err *e)
{
    return err_set_id(e, ERR_CONFLICT, "race-state", "the race %s is %s and cannot be %s",
        d->race.spec.run_id, race_state_name(d->race.state), what);
}

/* Sets the anchor of a race that stands still, or goes on from there: the last published second is
 * now. So a pause of an hour is no hour of delay. */
static void anchor_here(const struct driver *d, struct race_record *r, int64_t now_ms)
{
    r->anchor.wall_ms = now_ms;
    r->anchor.raw_s = d->next_raw_s > 0 ? d->next_raw_s - 1 : 0;
}

int driver_pause(struct driver *d, struct feed *f, int64_t now_ms, struct err *e)
{
    struct race_record r = d->race;

    if (d->live)
        return refuse(d, "paused: people do not stand still for it", e);
    if (r.state == RACE_PAUSED)
        return refuse(d, "paused again", e);
    if (r.state != RACE_RUNNING)
        return refuse(d, "paused before it runs: stop it, or wait for its start", e);
    r.state = RACE_PAUSED;
    (void)snprintf(r.reason, sizeof r.reason, "%s", DRIVER_BY_HAND);
    anchor_here(d, &r, now_ms);
    return become(d, f, &r, e);
}

int driver_resume(struct driver *d, struct feed *f, int64_t now_ms, struct err *e)
{
    struct race_record r = d->race;

    if (r.state != RACE_PAUSED)
        return refuse(d, "resumed: only a paused race can", e);
    r.state = RACE_RUNNING;
    r.reason[0] = '\0';
    anchor_here(d, &r, now_ms);
    return become(d, f, &r, e);
}

/* Everything that is known is published first. */
static int finish_live(struct driver *d, struct feed *f, struct err *e)
{
    uint64_t events = 0;

    if (publish_live(d, f, true, &events, e))
        return -1;
    return become_state(d, f, RACE_FINISHED, e);
}

int driver_start(struct driver *d, struct feed *f, int64_t now_ms, int64_t at_ms, struct err *e)
{
    struct race_record r = d->race;
    int64_t start_s = at_ms / 1000;

    if (!d->live)
        return refuse(d, "started by hand: only a live race can", e);
    if (r.state != RACE_SCHEDULED && r.state != RACE_RUNNING)
        return refuse(d, "started", e);
    if (live_race_move(d->live, start_s, e))
        return -1;
    r.spec.start_s = start_s;
    r.anchor.wall_ms = start_s * 1000;
    r.state = start_s * 1000 > now_ms ? RACE_SCHEDULED : RACE_RUNNING;
    r.reason[0] = '\0';
    return become(d, f, &r, e);
}

/* A race may be stopped in any state that has a driver. */
int driver_stop(struct driver *d, struct feed *f, int64_t now_ms, struct err *e)
{
    struct race_record r = d->race;

    if (d->live)
        return finish_live(d, f, e);

    r.state = RACE_STOPPED;
    r.reason[0] = '\0';
    anchor_here(d, &r, now_ms);
    return become(d, f, &r, e);
}

/*
 * The new anchor is the next second, at the moment that leaves the race's time without a jump: the
 * part of the second that is still to go (or the backlog, where it is behind) at the new speed.
 */
int driver_speed(struct driver *d, struct feed *f, int64_t now_ms, double speed, struct err *e)
{
    struct race_record r = d->race;

    if (d->live)
        return refuse(d, "given another speed: people run as they do", e);
    if (!(speed >= RACE_MIN_SPEED && speed <= RACE_MAX_SPEED))
        return err_set_field(
            e, "speed", "speed is a number from %g to %g", RACE_MIN_SPEED, RACE_MAX_SPEED);
    if (r.state == RACE_RUNNING) {
        int64_t togo_ms = d->due_ms - now_ms;

        /* A tick that is a little late counts as on time: else each change of speed would carry the
         * lateness on. */
        if (togo_ms < 0 && togo_ms >= -DRIVER_SLACK_MS)
            togo_ms = 0;
        r.anchor.wall_ms = now_ms + (int64_t)((double)togo_ms * r.anchor.speed / speed);
        r.anchor.raw_s = d->next_raw_s;
    }
    r.anchor.speed = speed;
    return become(d, f, &r, e);
}

/* A race whose start is still ahead keeps its start. */
int driver_restart_clock(struct driver *d, struct feed *f, int64_t now_ms, struct err *e)
{
    struct race_record r = d->race;

    if (d->live || (r.state == RACE_SCHEDULED && d->due_ms > now_ms))
        return 0;
    anchor_here(d, &r, now_ms);
    return become(d, f, &r, e);
}

/* Short words for the page, which shows them beside the state. */
static const char *reason_of(const struct err *why)
{
    switch (why->code) {
    case ERR_DISK_FULL:
        return DRIVER_DISK_FULL;
    case ERR_QUOTA:
        return DRIVER_QUOTA;
    case ERR_READ_ONLY:
        return DRIVER_READ_ONLY;
    case ERR_IO:
        return DRIVER_IO;
    case ERR_UNAVAILABLE:
        return DRIVER_GONE;
    default:
        return "the store cannot be written";
    }
}

void driver_show_blocked(struct race_record *r, const struct err *why)
{
    r->state = RACE_PAUSED;
    (void)snprintf(r->reason, sizeof r->reason, "%s", reason_of(why));
}
