/* demo.c: the race of serve --demo. */
#include "cmd/demo.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "live/driver.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEMO_PREFIX "demo-"
#define DEMO_COURSE "crystal"
#define DEMO_COMPETITORS 1000
#define DEMO_FASTEST 190 /* s/km: the winner of a busy parkrun needs about 16 minutes */
#define DEMO_SLOWEST 660 /* s/km: somebody who walks needs about 55 */
#define DEMO_SEED 20260101
#define DEMO_HEAD_START_S 240 /* the race is this far when a visitor first sees it */
#define DEMO_CATCH_UP_SPEED RACE_MAX_SPEED
#define DEMO_POLL_MS 10

struct demo {
    struct store *store;
    struct engine *engine;
    pthread_t thread;
    bool started;
    atomic_bool stopping;
};

/* The unfinished demo race, if there is one. */
static bool find(struct store *s, struct race_record *out)
{
    struct race_record *race;
    struct err ignored;
    bool found = false;
    size_t n;

    if (s->ops->races(s, &race, &n, &ignored))
        return false;
    for (size_t i = 0; i < n && !found; i++) {
        found = driver_wanted(race[i].state) &&
                strncmp(race[i].spec.run_id, DEMO_PREFIX, strlen(DEMO_PREFIX)) == 0;
        if (found)
            *out = race[i];
    }
    free(race);
    return found;
}

/* The run id, like "demo-20260101T090000Z". */
static void name_race(int64_t now_s, struct race_spec *spec)
{
    char when[CLOCK_ISO_LEN + 1], *to = when;

    clock_format_iso(now_s, when);
    for (const char *from = when; *from; from++)
        if (*from != '-' && *from != ':')
            *to++ = *from;
    *to = '\0';
    (void)snprintf(spec->run_id, sizeof spec->run_id, "%s%s", DEMO_PREFIX, when);
}

/* Makes the race. Its start lies as far back as the head start is long. So once the race has caught
 * up, the timestamp of an event is the time of day. */
static int create(struct demo *d, struct race_record *out, struct err *e)
{
    int64_t now_s = clock_wall_ms() / 1000;
    struct race_spec spec = {.course = DEMO_COURSE,
        .competitors = DEMO_COMPETITORS,
        .fastest = DEMO_FASTEST,
        .slowest = DEMO_SLOWEST,
        .spread = RACE_SPREAD_FIELD,
        .stop_ratio = NAN,
        .min_pause = 10,
        .max_pause = 60,
        .seed = DEMO_SEED,
        .speed = 1,
        .start_s = now_s - DEMO_HEAD_START_S};

    name_race(now_s, &spec);
    if (engine_race_create(d->engine, &spec, out, e))
        return -1;
    log_info("The demo race %s has %d competitors.", spec.run_id, DEMO_COMPETITORS);
    return engine_race_speed(d->engine, spec.run_id, DEMO_CATCH_UP_SPEED, out, e);
}

/* The race has not reached its head start yet. */
static bool is_behind(struct demo *d, const char *run_id)
{
    struct err ignored;
    struct view *v = d->store->ops->view(d->store, run_id, &ignored);
    bool behind = v && v->race.state == RACE_RUNNING && v->as_of_raw_s < DEMO_HEAD_START_S;

    view_unref(v);
    return behind;
}

/* Makes the race, lets it catch up at the highest speed, then runs it in real time. A race that an
 * earlier server left while catching up is taken over. */
static void *run(void *arg)
{
    struct demo *d = arg;
    struct race_record r;
    struct err e;

    if (!find(d->store, &r) && create(d, &r, &e)) {
        log_warn("The demo race could not be made: %s", e.text);
        return NULL;
    }
    if (r.anchor.speed < DEMO_CATCH_UP_SPEED)
        return NULL;
    while (!atomic_load(&d->stopping) && is_behind(d, r.spec.run_id))
        (void)nanosleep(&(struct timespec){0, DEMO_POLL_MS * 1000000L}, NULL);
    if (!atomic_load(&d->stopping) && engine_race_speed(d->engine, r.spec.run_id, 1, &r, &e))
        log_warn("The demo race keeps its catch-up speed: %s", e.text);
    return NULL;
}

struct demo *demo_start(struct store *store, struct engine *engine)
{
    struct demo *d = mem_zalloc(1, sizeof *d);

    d->store = store;
    d->engine = engine;
    d->started = pthread_create(&d->thread, NULL, run, d) == 0;
    return d;
}

void demo_free(struct demo *d)
{
    if (!d)
        return;
    atomic_store(&d->stopping, true);
    if (d->started)
        (void)pthread_join(d->thread, NULL);
    free(d);
}
