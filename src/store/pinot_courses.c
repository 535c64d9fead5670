#include "store/pinot_store.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/pinot_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUIET_MS 150      /* courses come in a row at the start: one load for all of them */
#define QUIET_MAX_MS 2000 /* but not later than this after the first */
#define RETRY_MS 1000

/* Sleep with the lock held, which is let go meanwhile. */
static void sleep_ms(struct pinot_store *ps, int64_t ms)
{
    int64_t at_ns = clock_mono_ns() + ms * 1000000;
    struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};

    (void)pthread_cond_timedwait(&ps->load, &ps->lock, &t);
}

/* References to the current courses. Lock held. */
static struct course **current(struct pinot_store *ps, size_t *n)
{
    struct course **list = mem_alloc((ps->courses.n + 1) * sizeof(struct course *));

    *n = 0;
    for (size_t k = 0; k < ps->courses.n; k++)
        if (ps->courses.item[k].current)
            list[(*n)++] = course_ref(ps->courses.item[k].course);
    return list;
}

/* Races that waited for their course are known from now on. Lock held. */
static void take_loaded(struct pinot_store *ps, struct course *const *list, size_t n)
{
    free(ps->loaded);
    ps->loaded = mem_alloc((n + 1) * sizeof *ps->loaded);
    for (size_t k = 0; k < n; k++)
        memcpy(ps->loaded[k], list[k]->short_name, sizeof *ps->loaded);
    ps->loaded_n = n;
    ps->figures.course_loads++;
    ps->figures.course_trouble[0] = '\0';
    for (size_t k = 0; k < ps->races.n; k++)
        ps->races.at[k]->next_ms = 0;
    (void)pthread_cond_signal(&ps->wake);
}

/* One load of all courses, without the lock. An empty table cannot be loaded: then the old rows
 * stay. */
static void load(struct pinot_store *ps)
{
    int64_t asked_ms = ps->courses_ms;
    struct err e = {0};
    size_t n;
    struct course **list = current(ps, &n);
    int failed = 0;

    (void)pthread_mutex_unlock(&ps->lock);
    if (n > 0)
        failed = pinot_load_courses(ps->pinot.patient, list, n, &e);
    (void)pthread_mutex_lock(&ps->lock);
    if (failed) {
        (void)snprintf(
            ps->figures.course_trouble, sizeof ps->figures.course_trouble, "%.250s", e.text);
        if (!ps->stopping)
            sleep_ms(ps, RETRY_MS);
    } else {
        take_loaded(ps, list, n);
        if (ps->courses_ms == asked_ms)
            ps->courses_ms = 0;
    }
    for (size_t k = 0; k < n; k++)
        course_unref(list[k]);
    free(list);
}

static void *run(void *arg)
{
    struct pinot_store *ps = arg;
    int64_t first_ms = 0;

    (void)pthread_mutex_lock(&ps->lock);
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
            load(ps);
    }
    (void)pthread_mutex_unlock(&ps->lock);
    return NULL;
}

int pinot_courses_start(struct pinot_store *ps, struct err *e)
{
    if (pthread_create(&ps->loader, NULL, run, ps))
        return err_set(e, ERR_UNAVAILABLE, "the thread that loads courses could not be started");
    (void)pthread_setname_np(ps->loader, "pinot-courses");
    ps->loader_on = true;
    return 0;
}
