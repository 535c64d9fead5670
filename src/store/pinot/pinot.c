#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTERACTIVE_MS 5000
#define BATCH_MS 60000
#define CONSUMERS_PATH "/tables/parkrun_REALTIME/consumingSegmentsInfo"
/* A consumer that has stood still for so long while records waited. Closing a segment takes less,
 * unless it is a very large one. */
#define STUCK_MS 30000

static int pinot_sql(
    struct store *s, const char *request, size_t len, struct buf *answer, struct err *e)
{
    return pinot_pass_on(pinot_store_of(s)->pinot.batch, request, len, answer, e);
}

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

/* How far Pinot has consumed Kafka. */

/* {"0": "3871854"}: the next offset of one partition. Of replicas the one that is ahead. */
static void take_offsets(json_t *offsets, struct store_stats *out)
{
    const char *partition;
    json_t *value;

    json_object_foreach(offsets, partition, value)
    {
        char *end;
        unsigned long p = strtoul(partition, &end, 10);
        const char *text = json_string_value(value);
        int64_t offset = text ? strtoll(text, NULL, 10) : json_integer_value(value);

        if (end == partition || *end || p >= FEED_PARTITIONS_MAX)
            continue;
        for (; out->partitions <= p; out->partitions++)
            out->consumed[out->partitions] = -1;
        if (offset > out->consumed[p])
            out->consumed[p] = offset;
    }
}

/* False: this is no answer. Without any partition it is one too: none is being consumed. */
static bool take_answer(const struct buf *answer, struct store_stats *out)
{
    bool known;
    json_t *j = json_loadb(answer->data, answer->len, 0, NULL), *servers;
    const char *segment;

    json_object_foreach(json_object_get(j, "_segmentToConsumingInfoMap"), segment, servers)
    {
        json_t *server;
        size_t i;

        json_array_foreach(servers, i, server)
            take_offsets(json_object_get(server, "partitionToOffsetMap"), out);
    }
    known = json_object_get(j, "_segmentToConsumingInfoMap") != NULL;
    json_decref(j);
    return known;
}

/* A partition whose segment is being closed is missing from the answer: it keeps its offset. */
static void take_told(struct store_stats *f, const struct store_stats *query_stats)
{
    for (; f->partitions < query_stats->partitions; f->partitions++)
        f->consumed[f->partitions] = -1;
    for (unsigned p = 0; p < query_stats->partitions; p++)
        if (query_stats->consumed[p] >= 0)
            f->consumed[p] = query_stats->consumed[p];
}

/* Since when each stands still while there are records for it. Records, not offsets: the end of a
 * transaction, and an aborted one, take offsets that nobody reads. */
static void follow(struct pinot_store *ps, const int64_t *before, int64_t now_ms)
{
    struct store_stats *f = &ps->stats;
    struct pinot_consumers *c = &ps->consumers;
    /* Nobody has asked for a while: how long it has stood is not known. */
    bool anew = now_ms - f->consumers_ms > STUCK_MS;

    c->late = false;
    for (unsigned p = 0; p < f->partitions; p++) {
        c->late = c->late || (!anew && f->consumed[p] < c->target[p]);
        c->target[p] = c->handed[p];
        if (anew || f->consumed[p] >= c->handed[p] || f->consumed[p] > before[p])
            c->since_ms[p] = now_ms;
        f->stalled_ms[p] = now_ms - c->since_ms[p];
    }
    f->consumers_ms = now_ms;
}

static void describe_stuck(const struct pinot_store *ps, char *out, size_t size)
{
    const struct store_stats *f = &ps->stats;
    unsigned worst = 0;

    for (unsigned p = 1; p < f->partitions; p++)
        worst = f->stalled_ms[p] > f->stalled_ms[worst] ? p : worst;
    out[0] = '\0';
    if (f->partitions && f->stalled_ms[worst] >= STUCK_MS)
        (void)snprintf(out, size,
            "Pinot reads nothing more of partition %u of parkrun: it has stood for %" PRId64
            " s at offset %" PRId64 ", and records wait up to %" PRId64
            ". docs/pinot.md says how to free it.",
            worst, f->stalled_ms[worst] / 1000, f->consumed[worst], ps->consumers.handed[worst]);
}

void pinot_consumers_ask(struct pinot_store *ps)
{
    struct pinot_request r = {.method = "GET", .path = CONSUMERS_PATH};
    struct store_stats query_stats = {0};
    struct buf answer = BUF_INIT;
    int64_t before[FEED_PARTITIONS_MAX];
    struct err ignored;
    bool answered = false;
    long status = 0;

    if (ps->stopping || ps->courses_ms || ps->stats.races_refreshed == 0)
        return;
    (void)pthread_mutex_unlock(&ps->catalog.lock);
    if (pinot_controller(ps->pinot.interactive, &r, &answer, &status, &ignored) == 0 &&
        status == 200)
        answered = take_answer(&answer, &query_stats);
    buf_release(&answer);
    (void)pthread_mutex_lock(&ps->catalog.lock);
    if (!answered)
        return; /* the last answer stays, and consumers_ms says how old it is */
    for (; ps->stats.partitions < ps->consumers.partitions; ps->stats.partitions++)
        ps->stats.consumed[ps->stats.partitions] = -1;
    memcpy(before, ps->stats.consumed, sizeof before);
    take_told(&ps->stats, &query_stats);
    follow(ps, before, clock_wall_ms());
    describe_stuck(ps, ps->stats.consumer_error, sizeof ps->stats.consumer_error);
}

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

/* The same Pinot twice: a board that is late is no board, but a race's past may take its time. */
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
