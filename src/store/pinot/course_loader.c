#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/pinot/course_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUIET_MS 150      /* courses come in a row at the start: one load for all of them */
#define QUIET_MAX_MS 2000 /* but not later than this after the first */
#define RETRY_MS 1000
#define RETRY_MAX_MS 60000
#define AWAIT_MS 15000    /* until what was loaded can be looked up */
#define PATIENCE_MS 30000 /* of somebody who wants to make a race on it */

/* Sleep with the lock held, which is let go meanwhile. */
static void sleep_ms(struct pinot_store *ps, int64_t ms)
{
    int64_t at_ns = clock_mono_ns() + ms * 1000000;
    struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};

    (void)pthread_cond_timedwait(&ps->load, &ps->catalog.lock, &t);
}

/* What one load is about: a copy that outlives the lock. */
struct batch {
    struct pinot_course_list list;
    struct course **course;
    int64_t asked_ms;
};

/* Lock held. */
static void batch_init(const struct pinot_store *ps, struct batch *b)
{
    *b = (struct batch){.asked_ms = ps->courses_ms};
    b->course = course_set_list(&ps->catalog.courses, &b->list.n);
    b->list.course = b->course;
    b->list.deleted_n = ps->deleted_n;
    if (b->list.deleted_n)
        b->list.deleted = mem_dup(ps->deleted, ps->deleted_n * sizeof *ps->deleted);
}

static void batch_release(struct batch *b)
{
    for (size_t k = 0; k < b->list.n; k++)
        course_unref(b->course[k]);
    free(b->course);
    free(b->list.deleted);
}

/* Races that waited for their course are known from now on. Lock held. */
static void take_loaded(struct pinot_store *ps, const struct batch *b)
{
    free(ps->loaded);
    ps->loaded = mem_alloc((b->list.n + 1) * sizeof *ps->loaded);
    for (size_t k = 0; k < b->list.n; k++)
        memcpy(ps->loaded[k], b->course[k]->short_name, sizeof *ps->loaded);
    ps->loaded_n = b->list.n;
    ps->stats.course_error[0] = '\0';
    if (ps->courses_ms == b->asked_ms)
        ps->courses_ms = 0;
    for (size_t k = 0; k < ps->catalog.races.n; k++)
        pinot_race_at(ps, k)->next_ms = 0;
    (void)pthread_cond_signal(&ps->wake);
}

/* One load of all courses, without the lock. Two servers that cannot agree (they hear different
 * courses) do it ever more seldom. */
static void load(struct pinot_store *ps, int64_t *retry_ms)
{
    struct err e = {0};
    struct batch b;
    bool loaded;
    int failed;

    batch_init(ps, &b);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    failed = pinot_course_table_load(ps->pinot.batch, &b.list, AWAIT_MS, &loaded, &e);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    ps->stats.course_loads += loaded;
    if (failed)
        (void)snprintf(ps->stats.course_error, sizeof ps->stats.course_error, "%.250s", e.text);
    else
        take_loaded(ps, &b);
    (void)pthread_cond_broadcast(&ps->settled);
    batch_release(&b);
    if (!failed) {
        *retry_ms = RETRY_MS;
    } else if (!ps->stopping) {
        sleep_ms(ps, *retry_ms);
        if (loaded && *retry_ms < RETRY_MAX_MS)
            *retry_ms *= 2;
    }
}

bool pinot_course_shows(const struct pinot_store *ps, const char *short_name)
{
    if (ps->stats.course_error[0] || !course_set_current(&ps->catalog.courses, short_name))
        return true;
    for (size_t k = 0; k < ps->loaded_n; k++)
        if (strcmp(ps->loaded[k], short_name) == 0)
            return true;
    return false;
}

int pinot_await_course(struct store *s, const char *short_name, struct err *e)
{
    struct pinot_store *ps = pinot_store_of(s);
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_MS * INT64_C(1000000);
    struct timespec until = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)};
    bool shows;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    while (!(shows = pinot_course_shows(ps, short_name)) && !ps->stopping &&
           clock_mono_ns() < deadline_ns)
        (void)pthread_cond_timedwait(&ps->settled, &ps->catalog.lock, &until);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (shows)
        return 0;
    return err_set(e, ERR_UNAVAILABLE,
        "the course \"%.64s\" cannot be looked up in Pinot yet: try again in a few seconds",
        short_name);
}

static void *run(void *arg)
{
    struct pinot_store *ps = arg;
    int64_t first_ms = 0, retry_ms = RETRY_MS;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    while (!ps->stopping) {
        int64_t now_ms = clock_wall_ms();

        if (ps->courses_ms == 0) {
            first_ms = 0;
            sleep_ms(ps, PINOT_CONSUMERS_MS);
            pinot_consumers_ask(ps);
            continue;
        }
        first_ms = first_ms ? first_ms : now_ms;
        if (now_ms - ps->courses_ms < QUIET_MS && now_ms - first_ms < QUIET_MAX_MS)
            sleep_ms(ps, QUIET_MS);
        else
            load(ps, &retry_ms);
    }
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    return NULL;
}

int pinot_course_loader_start(struct pinot_store *ps, struct err *e)
{
    if (pthread_create(&ps->loader, NULL, run, ps))
        return err_set(e, ERR_UNAVAILABLE, "the thread that loads courses could not be started");
    (void)pthread_setname_np(ps->loader, "pinot-courses");
    ps->loader_on = true;
    return 0;
}
