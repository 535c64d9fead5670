/* pinot.c: opens and closes the store, and the table of its operations. */
#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define INTERACTIVE_MS 5000 /* of a statement for a live board */
#define BATCH_MS 60000      /* of a statement about the past */

/* SQL of users goes to Pinot as it is. */
static int pinot_sql(
    struct store *s, const char *request, size_t len, struct buf *answer, struct err *e)
{
    return pinot_pass_on(pinot_store_of(s)->pinot.batch, request, len, answer, e);
}

/* A thread that asks Pinot ends after that request: at most its time limit. */
static void stop_threads(struct pinot_store *ps)
{
    (void)pthread_mutex_lock(&ps->catalog.lock);
    ps->stopping = true;
    (void)pthread_cond_broadcast(&ps->wake);
    (void)pthread_cond_broadcast(&ps->load);
    (void)pthread_cond_broadcast(&ps->settled);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (ps->poller_on)
        (void)pthread_join(ps->poller, NULL);
    if (ps->loader_on)
        (void)pthread_join(ps->loader, NULL);
}

static void pinot_store_free(struct store *s)
{
    struct pinot_store *ps = pinot_store_of(s);

    if (!ps)
        return;
    stop_threads(ps);
    for (size_t k = 0; k < ps->deleted_views_n; k++)
        view_unref(ps->deleted_views[k]);
    pinot_free(ps->pinot.interactive);
    pinot_free(ps->pinot.batch);
    (void)pthread_cond_destroy(&ps->wake);
    (void)pthread_cond_destroy(&ps->load);
    (void)pthread_cond_destroy(&ps->settled);
    catalog_release(&ps->catalog);
    free(ps->deleted_views);
    free(ps->loaded);
    free(ps->deleted);
    free(ps);
}

/* Called by the writer. What the feed has handed over is the target for Pinot's consumers. */
static void pinot_feed(struct store *s, const struct feed_stats *f)
{
    struct pinot_store *ps = pinot_store_of(s);

    (void)pthread_mutex_lock(&ps->catalog.lock);
    ps->feed_away = !f->connected;
    ps->consumers.partitions = f->partitions;
    memcpy(ps->consumers.handed, f->handed, sizeof f->handed);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

static int compare_ms(const void *a, const void *b)
{
    const float *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Of the last PINOT_TIMINGS values. Sorted in a copy, since the ring is in the order of time. */
static double percentile(const struct pinot_timings *t, unsigned percent)
{
    size_t n = t->n < PINOT_TIMINGS ? (size_t)t->n : PINOT_TIMINGS;
    float sorted[PINOT_TIMINGS];

    if (n == 0)
        return 0;
    memcpy(sorted, t->ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_ms);
    return (double)sorted[(n - 1) * percent / 100];
}

static void pinot_stats(struct store *s, struct store_stats *out)
{
    struct pinot_store *ps = pinot_store_of(s);

    (void)pthread_mutex_lock(&ps->catalog.lock);
    *out = ps->stats;
    out->on_demand = true;
    out->query_ms_p50 = percentile(&ps->query, 50);
    out->query_ms_p99 = percentile(&ps->query, 99);
    out->refresh_ms_p50 = percentile(&ps->refresh, 50);
    (void)pthread_mutex_unlock(&ps->catalog.lock);
}

static const struct store_ops ops = {
    .name = "pinot",
    .put_tick = pinot_put_tick,
    .put_events = pinot_put_events,
    .put_race = catalog_put_race,
    .put_course = catalog_put_course,
    .delete_course = pinot_delete_course,
    .commit = pinot_commit,
    .acknowledged = pinot_acknowledged,
    .feed = pinot_feed,
    .deleted = catalog_deleted,
    .await_course = pinot_await_course,
    .course = catalog_course,
    .course_revision = catalog_course_revision,
    .courses = catalog_courses,
    .course_list = catalog_course_list,
    .races = catalog_races,
    .race = catalog_race,
    .view = pinot_view,
    .view_at = pinot_view_at,
    .replay = pinot_replay,
    .competitor = pinot_competitor,
    .events = pinot_events,
    .roster = pinot_roster,
    .put_roster = pinot_put_roster,
    .sql = pinot_sql,
    .free = pinot_store_free,
    .stats = pinot_stats,
};

/* Everything else is zero. */
static void race_init(struct catalog_race *r)
{
    struct pinot_race *race = pinot_race_of(r);

    (void)pthread_mutex_init(&race->work, NULL);
    pinot_state_init(&race->state);
    id_map_init(&race->numbers);
}

static void race_release(struct catalog_race *r)
{
    struct pinot_race *race = pinot_race_of(r);

    view_unref(race->view);
    buf_release(&race->roster);
    id_map_release(&race->numbers);
    pinot_state_release(&race->state);
    (void)pthread_mutex_destroy(&race->work);
    free(race->late);
    free(race->last_s);
}

/* A race is shown once its course can be looked up in Pinot. */
static bool shows(const struct catalog *c, const struct catalog_race *r)
{
    return pinot_course_shows((const struct pinot_store *)(const void *)c, r->record.spec.course);
}

static const struct catalog_hooks hooks = {
    .race_bytes = sizeof(struct pinot_race),
    .race_init = race_init,
    .race_release = race_release,
    .race_put = pinot_race_put,
    .race_deleted = pinot_race_deleted,
    .course_put = pinot_course_put,
    .shows = shows,
};

/* Conditions wait by the monotonic clock: a step of the wall clock must not make a poller sleep for
 * hours. */
static void init_sync(struct pinot_store *ps)
{
    pthread_condattr_t monotonic;

    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ps->wake, &monotonic);
    (void)pthread_cond_init(&ps->load, &monotonic);
    (void)pthread_cond_init(&ps->settled, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

/* The same Pinot with two time limits. A board that is late is useless, but a race's past may take
 * its time. The second connection uses the broker that the first one found. */
static int connect(struct pinot_store *ps, const struct pinot_options *o, struct err *e)
{
    struct pinot_options interactive = *o, batch = *o;

    interactive.timeout_ms = o->timeout_ms ? o->timeout_ms : INTERACTIVE_MS;
    batch.timeout_ms = interactive.timeout_ms > BATCH_MS ? interactive.timeout_ms : BATCH_MS;
    ps->pinot.interactive = pinot_new(&interactive, e);
    if (!ps->pinot.interactive)
        return -1;
    batch.broker = pinot_broker(ps->pinot.interactive);
    ps->pinot.batch = pinot_new(&batch, e);
    return ps->pinot.batch ? 0 : -1;
}

struct store *store_pinot_new(const struct store_pinot_options *o, struct err *e)
{
    struct pinot_store *ps = mem_zalloc(1, sizeof *ps);

    catalog_init(&ps->catalog, &ops, &hooks);
    ps->listener = o->listener;
    ps->listener_arg = o->listener_arg;
    ps->version = (uint64_t)clock_wall_ms(); /* so that it grows over restarts too */
    init_sync(ps);
    if (connect(ps, &o->pinot, e) || pinot_poller_start(ps, e) ||
        pinot_course_loader_start(ps, e)) {
        pinot_store_free(&ps->catalog.head);
        return NULL;
    }
    return &ps->catalog.head;
}
