/* course_loader.c: a thread with two tasks that both ask Pinot's controller. It keeps the dimension
 * table `courses` as this server knows courses, and asks how far Pinot has consumed Kafka.
 * Everything is under the catalogue's lock, except while Pinot is asked. */
#include "store/pinot/pinot_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/pinot/course_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUIET_MS 150      /* courses come in a row at the start: one load for all of them */
#define QUIET_MAX_MS 2000 /* but not later than this after the first */
/* After a load that failed; doubled where the table was written but is not as wanted. */
#define RETRY_MS 1000
#define RETRY_MAX_MS 60000 /* the longest pause between two loads */
#define AWAIT_MS 15000     /* until what was loaded can be looked up */
#define PATIENCE_MS 30000  /* of somebody who wants to make a race on it */
#define CONSUMERS_MS 3000  /* between two questions */
#define CONSUMERS_PATH "/tables/parkrun_REALTIME/consumingSegmentsInfo"
/* A consumer that has stood still for so long while records waited. Closing a segment takes less,
 * unless it is a very large one. */
#define STUCK_MS 30000

/* Sleeps for at most `ms`. The lock is held before and after, and released meanwhile. A signal ends
 * the sleep early. */
static void sleep_ms(struct pinot_store *ps, int64_t ms)
{
    int64_t at_ns = clock_mono_ns() + ms * 1000000;
    struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};

    (void)pthread_cond_timedwait(&ps->load, &ps->catalog.lock, &t);
}

/* What one load works with: a copy, because the load runs without the lock. */
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
    /* A load that worked ends the error that was shown. */
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

/* Where loads fail, races are shown all the same: a race without its course's name in SQL is better
 * than no race. */
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

/* How far Pinot has consumed Kafka. A consumer that stops is the one fault of Pinot that no
 * statement shows: answers stay right and grow old. */

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

/* Merges an answer into the last one. A partition whose segment is being closed is missing from the
 * answer: it keeps its offset. */
static void merge_consumed(struct store_stats *f, const struct store_stats *query_stats)
{
    for (; f->partitions < query_stats->partitions; f->partitions++)
        f->consumed[f->partitions] = -1;
    for (unsigned p = 0; p < query_stats->partitions; p++)
        if (query_stats->consumed[p] >= 0)
            f->consumed[p] = query_stats->consumed[p];
}

/* Works out since when each partition stands still while there are records for it. Compared are
 * records, not offsets: the end of a transaction, and an aborted one, take offsets that nobody
 * reads. */
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

/* The sentence for the partition that has stood longest, "" where none is stuck. */
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

/* Not asked where nobody watches a race, or where a load is to come first. */
static void ask_consumers(struct pinot_store *ps)
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
    merge_consumed(&ps->stats, &query_stats);
    follow(ps, before, clock_wall_ms());
    describe_stuck(ps, ps->stats.consumer_error, sizeof ps->stats.consumer_error);
}

/* The loader's thread. Courses that come in a row, as at the start, are loaded once, after QUIET_MS
 * without another. */
static void *run(void *arg)
{
    struct pinot_store *ps = arg;
    int64_t first_ms = 0, retry_ms = RETRY_MS;

    (void)pthread_mutex_lock(&ps->catalog.lock);
    while (!ps->stopping) {
        int64_t now_ms = clock_wall_ms();

        if (ps->courses_ms == 0) {
            first_ms = 0;
            sleep_ms(ps, CONSUMERS_MS);
            ask_consumers(ps);
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
