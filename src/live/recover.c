/* recover.c: takes up the races that were under way when the server ended. They go on behind the
 * last committed second, by the seed of their record, as if nothing had happened. Loading a course
 * and drawing the competitors is done on a thread of its own; the engine's thread only gets the
 * finished driver. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The first raw second that is not committed; -1 where the race's history cannot be read. */
static int32_t next_raw(struct store *s, const char *run_id, struct err *e)
{
    struct view *v = s->ops->view(s, run_id, e);
    int32_t next = v ? v->as_of_raw_s + 1 : -1;

    view_unref(v);
    return next;
}

/* Marks a race that cannot go on as failed, with the reason. The others go on. */
static int fail_race(struct engine *en, struct race_record *r, const struct err *why, struct err *e)
{
    r->state = RACE_FAILED;
    (void)snprintf(r->reason, sizeof r->reason, "%.120s", why->text);
    log_error("race %s cannot go on: %s", r->spec.run_id, why->text);
    return en->feed->ops->publish_race(en->feed, r, e);
}

static struct driver *prepare_simulated(
    struct engine *en, const struct race_record *r, struct course *c, struct err *e)
{
    int32_t next_raw_s = next_raw(en->store, r->spec.run_id, e);

    return next_raw_s >= 0 ? driver_new(r, c, next_raw_s, e) : NULL;
}

/* Everything that is costly: the course, and the last committed second and every competitor drawn,
 * or all that was published. */
static struct driver *prepare(struct engine *en, const struct race_record *r, struct err *e)
{
    struct store *s = en->store;
    struct course *c = s->ops->course_revision(s, r->spec.course, r->spec.revision, e);
    struct driver *d;

    if (!c)
        return NULL;
    d = r->live ? driver_new_live(r, c, en->fixlog, s, e) : prepare_simulated(en, r, c, e);
    course_unref(c);
    return d;
}

/* Is this a fault of the disk? Then the race is tried again. To fail it would lose it for good. */
static bool is_passing(const struct err *e)
{
    return e->code == ERR_IO || e->code == ERR_UNAVAILABLE || e->code == ERR_READ_ONLY ||
           e->code == ERR_TIMEOUT;
}

/* On the engine's thread. */
static int run_take_up(struct engine *en, struct call *c)
{
    struct driver *d = c->driver;

    if (!d)
        return fail_race(en, &c->record, &c->why, &c->err);
    schedule_add(&en->schedule, d);
    c->driver = NULL;
    if (d->live)
        log_info("live race %s goes on", d->race.spec.run_id);
    else
        log_info("race %s goes on after raw time %d", d->race.spec.run_id, d->next_raw_s - 1);
    return 0;
}

/* Sleeps for so long, or until the end. True: it is the end. */
static bool rest(struct engine *en, int64_t ms)
{
    int64_t at_ns = clock_mono_ns() + ms * 1000000;
    struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};
    bool stopping;

    (void)pthread_mutex_lock(&en->lock);
    while (!en->stopping && clock_mono_ns() < at_ns)
        (void)pthread_cond_timedwait(&en->answered, &en->lock, &t);
    stopping = en->stopping;
    (void)pthread_mutex_unlock(&en->lock);
    return stopping;
}

/* Tries until the race is taken up, cannot go on, or the server ends. The log says once that it
 * waits. */
static void take_up(struct engine *en, const struct race_record *r)
{
    struct call c = {.run = run_take_up, .record = *r, .adopts = true};
    struct err ignored;
    bool reported = false;

    while (!(c.driver = prepare(en, r, &c.why)) && is_passing(&c.why)) {
        if (!reported)
            log_error("race %s waits: %s", r->spec.run_id, c.why.text);
        reported = true;
        if (rest(en, WAKEUP_RETRY_MS))
            return;
    }
    (void)!mailbox_call(en, &c, &ignored);
    driver_free(c.driver); /* NULL where the engine took it */
}

/* The recovery thread. Whoever waits in recover_wait is woken after each race. */
static void *run(void *arg)
{
    struct engine *en = arg;

    for (size_t i = 0; i < en->recovery.n && !rest(en, 0); i++) {
        take_up(en, &en->recovery.race[i]);
        (void)pthread_mutex_lock(&en->lock);
        en->recovery.left--;
        (void)pthread_cond_broadcast(&en->answered);
        (void)pthread_mutex_unlock(&en->lock);
    }
    return NULL;
}

/* Small races first: nobody waits for a million competitors to be drawn. */
static int by_size(const void *a, const void *b)
{
    const struct race_record *x = a, *y = b;

    return (x->spec.competitors > y->spec.competitors) -
           (x->spec.competitors < y->spec.competitors);
}

/* Called before any thread runs: the list does not change afterwards. */
int recover_list(struct engine *en, struct err *e)
{
    struct store *s = en->store;
    struct race_record *race = NULL;
    size_t n = 0, wanted = 0;

    if (s->ops->races(s, &race, &n, e))
        return -1;
    if (en->fixlog)
        live_race_sweep(en->fixlog, s);
    for (size_t i = 0; i < n; i++) {
        if (en->mode->list(en, &race[i]))
            race[wanted++] = race[i];
    }
    if (wanted)
        qsort(race, wanted, sizeof *race, by_size);
    en->recovery = (struct recovery){.race = race, .n = wanted, .left = wanted};
    return 0;
}

int recover_start(struct engine *en, struct err *e)
{
    if (!en->recovery.n)
        return 0;
    if (pthread_create(&en->recovery.thread, NULL, run, en))
        return err_set(e, ERR_UNAVAILABLE, "the thread that takes up races could not be started");
    (void)pthread_setname_np(en->recovery.thread, "recovery");
    en->recovery.started = true;
    return 0;
}

void recover_wait(struct engine *en)
{
    (void)pthread_mutex_lock(&en->lock);
    while (en->recovery.left && !en->stopping)
        (void)pthread_cond_wait(&en->answered, &en->lock);
    (void)pthread_mutex_unlock(&en->lock);
}

void recover_end(struct engine *en)
{
    if (en->recovery.started)
        (void)pthread_join(en->recovery.thread, NULL);
    free(en->recovery.race);
    en->recovery = (struct recovery){0};
}
