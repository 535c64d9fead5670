#include "feed/kafka/gather.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strmap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATE_MS 60000                 /* an unfinished tick is given up after so long */
#define BYTES_MAX ((size_t)256 << 20) /* of unfinished ticks, all races together */
#define MANY_TICKS 5
#define EVENTS_AT_ONCE 1000u /* of a race that is given up */

/* One raw second that is not delivered yet. */
struct unfinished {
    uint32_t *dist_mm;
    uint32_t missing; /* events that have not come */
    int64_t since_ms;
    int64_t published_ms;                 /* the latest of its events */
    int64_t offset[KAFKA_MAX_PARTITIONS]; /* of its first event in each, -1: none */
};

enum race_mode {
    RACE_ASK,    /* the sink is asked at the next event */
    RACE_PASSED, /* not gathered; asked again in the next poll */
    RACE_GATHERED,
    RACE_GIVEN_UP /* not gathered any more */
};

struct race {
    char run_id[RUN_ID_MAX + 1];
    enum race_mode mode;
    /* Of RACE_GATHERED. */
    struct feed_simulated sim;
    int32_t *next; /* per competitor: the raw second of the next event */
    int32_t first; /* raw second of tick[0]: everything before it is delivered */
    int32_t last;  /* the last finish */
    struct unfinished **tick;
    size_t n, cap;
    bool behind; /* the sink knows that many ticks are unfinished */
};

struct kafka_gather {
    struct feed_sink sink;
    struct kafka_cursor from;
    struct strmap races; /* struct race by runId */
    struct race *latest; /* most events are of the race of the event before */
    size_t bytes;
};

struct kafka_gather *kafka_gather_new(const struct feed_sink *sink, const struct kafka_cursor *from)
{
    struct kafka_gather *g = mem_zalloc(1, sizeof *g);

    g->sink = *sink;
    g->from = *from;
    strmap_init(&g->races);
    return g;
}

static size_t tick_bytes(const struct race *r)
{
    return sizeof(struct unfinished) + r->sim.race.spec.competitors * sizeof(uint32_t);
}

static void drop_first(struct kafka_gather *g, struct race *r)
{
    free(r->tick[0]->dist_mm);
    free(r->tick[0]);
    memmove(r->tick, r->tick + 1, (r->n - 1) * sizeof(struct unfinished *));
    r->n--;
    r->first++;
    g->bytes -= tick_bytes(r);
}

/* Forgets everything but the name. */
static void leave(struct kafka_gather *g, struct race *r, enum race_mode mode)
{
    while (r->n)
        drop_first(g, r);
    free(r->tick);
    free(r->next);
    free(r->sim.finish_raw_s);
    course_unref(r->sim.course);
    r->sim = (struct feed_simulated){0};
    r->next = NULL;
    r->tick = NULL;
    r->cap = 0;
    r->mode = mode;
}

void kafka_gather_free(struct kafka_gather *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->races.n; i++) {
        leave(g, g->races.item[i].value, RACE_ASK);
        free(g->races.item[i].value);
    }
    strmap_release(&g->races);
    free(g);
}

static struct race *find(struct kafka_gather *g, const char *run_id)
{
    struct race *r = g->latest;

    if (r && strcmp(r->run_id, run_id) == 0)
        return r;
    r = strmap_find(&g->races, run_id);
    if (!r) {
        r = mem_zalloc(1, sizeof *r);
        (void)snprintf(r->run_id, sizeof r->run_id, "%s", run_id);
        strmap_add(&g->races, r->run_id, r);
    }
    g->latest = r;
    return r;
}

static void ask(struct kafka_gather *g, struct race *r)
{
    uint32_t n;

    r->mode = RACE_PASSED;
    if (!g->sink.simulated || !g->sink.simulated(g->sink.arg, r->run_id, &r->sim))
        return;
    n = r->sim.race.spec.competitors;
    r->mode = RACE_GATHERED;
    r->first = r->sim.next_raw_s;
    r->last = -1;
    r->next = mem_alloc(n * sizeof *r->next);
    for (uint32_t i = 0; i < n; i++) {
        r->next[i] = r->first;
        r->last = r->sim.finish_raw_s[i] > r->last ? r->sim.finish_raw_s[i] : r->last;
    }
    if (r->first > r->last)
        leave(g, r, RACE_PASSED);
}

/* Delivers what has come of the unfinished ticks. */
static int deliver_events(struct kafka_gather *g, const struct race *r, struct err *e)
{
    struct event_writer w = {.start_s = r->sim.race.spec.start_s, .line = r->sim.course->line};
    struct event *out = mem_alloc(EVENTS_AT_ONCE * sizeof *out);
    size_t n = 0;
    int rc = 0;

    memcpy(w.run_id, r->sim.race.spec.run_id, sizeof w.run_id);
    memcpy(w.course, r->sim.race.spec.course, sizeof w.course);
    for (size_t k = 0; k < r->n; k++)
        for (uint32_t i = 0; !rc && i < r->sim.race.spec.competitors; i++) {
            int32_t raw_s = r->first + (int32_t)k;

            if (raw_s >= r->next[i] || raw_s > r->sim.finish_raw_s[i])
                continue;
            event_make(&w, (int64_t)i + 1, raw_s, r->tick[k]->dist_mm[i], &out[n]);
            out[n++].published_ms = r->tick[k]->published_ms;
            if (n == EVENTS_AT_ONCE) {
                rc = g->sink.events(g->sink.arg, out, n, e);
                n = 0;
            }
        }
    if (!rc && n)
        rc = g->sink.events(g->sink.arg, out, n, e);
    free(out);
    return rc ? -1 : 0;
}

static int give_up(struct kafka_gather *g, struct race *r, const char *why, struct err *e)
{
    if (deliver_events(g, r, e))
        return -1;
    log_debug("race %s is kept as single events from raw time %d on: %s", r->run_id, r->first, why);
    leave(g, r, RACE_GIVEN_UP);
    return 0;
}

static struct unfinished *add_tick(struct kafka_gather *g, struct race *r)
{
    struct unfinished *u = mem_zalloc(1, sizeof *u);
    uint32_t n = r->sim.race.spec.competitors;
    int32_t raw_s = r->first + (int32_t)r->n;

    u->dist_mm = mem_alloc(n * sizeof *u->dist_mm);
    u->since_ms = clock_mono_ns() / 1000000;
    for (uint32_t i = 0; i < n; i++) {
        u->dist_mm[i] = r->sim.course->length_mm; /* where those stay that have finished */
        u->missing += r->sim.finish_raw_s[i] >= raw_s;
    }
    for (int p = 0; p < KAFKA_MAX_PARTITIONS; p++)
        u->offset[p] = -1;
    r->tick = mem_grow(r->tick, r->n, &r->cap, sizeof(struct unfinished *));
    r->tick[r->n++] = u;
    g->bytes += tick_bytes(r);
    return u;
}

/* Every whole tick in front. */
static int deliver_ticks(struct kafka_gather *g, struct race *r, struct err *e)
{
    while (r->n && r->tick[0]->missing == 0) {
        struct tick t = {.race = &r->sim.race,
            .course = r->sim.course,
            .raw_s = r->first,
            .n = r->sim.race.spec.competitors,
            .first_id = 1,
            .id_step = 1,
            .dist_mm = r->tick[0]->dist_mm,
            .finish_raw_s = r->sim.finish_raw_s,
            .published_ms = r->tick[0]->published_ms};

        if (g->sink.tick(g->sink.arg, &t, e))
            return -1;
        drop_first(g, r);
    }
    if (r->first > r->last)
        leave(g, r, RACE_PASSED);
    return 0;
}

/* Whether a tick of the store gives exactly this event back, with that distance. */
static bool is_simulated(const struct race *r, const struct event *ev, uint32_t *dist_mm)
{
    const struct race_spec *spec = &r->sim.race.spec;
    struct event_writer w = {.start_s = spec->start_s, .line = r->sim.course->line};
    double mm = ev->distance_m * 1000;
    struct event same;

    if (ev->competitor_id < 1 || ev->competitor_id > spec->competitors ||
        !(mm <= (double)r->sim.course->length_mm) ||
        ev->raw_s > r->sim.finish_raw_s[ev->competitor_id - 1])
        return false;
    *dist_mm = (uint32_t)llround(mm);
    memcpy(w.run_id, spec->run_id, sizeof w.run_id);
    memcpy(w.course, spec->course, sizeof w.course);
    event_make(&w, ev->competitor_id, ev->raw_s, *dist_mm, &same);
    /* Both are the result of the same rounding to decimals. */
    return same.lat_deg == ev->lat_deg && same.lon_deg == ev->lon_deg &&
           same.distance_m == ev->distance_m && same.timestamp_s == ev->timestamp_s &&
           strcmp(same.event_id, ev->event_id) == 0 && strcmp(same.course, ev->course) == 0;
}

static void place(
    struct race *r, const struct event *ev, uint32_t dist_mm, int32_t partition, int64_t offset)
{
    struct unfinished *u = r->tick[ev->raw_s - r->first];
    size_t i = (size_t)ev->competitor_id - 1;

    u->dist_mm[i] = dist_mm;
    u->missing--;
    r->next[i]++;
    if (u->offset[partition] < 0)
        u->offset[partition] = offset;
    if (ev->published_ms > u->published_ms)
        u->published_ms = ev->published_ms;
}

/* Why the event cannot be part of a tick; NULL: it can. */
static const char *misfit(
    const struct kafka_gather *g, const struct race *r, const struct event *ev, uint32_t *dist_mm)
{
    if (!is_simulated(r, ev, dist_mm))
        return "an event is not the simulator's";
    if (ev->raw_s > r->next[ev->competitor_id - 1])
        return "an event is missing";
    return g->bytes > BYTES_MAX ? "too many seconds are unfinished" : NULL;
}

enum kafka_gathered kafka_gather_event(struct kafka_gather *g, const struct event *ev,
    int32_t partition, int64_t offset, struct err *e)
{
    struct race *r = find(g, ev->run_id);
    bool done = offset < g->from.done[partition];
    const char *why;
    uint32_t dist_mm;

    if (r->mode == RACE_ASK)
        ask(g, r);
    if (r->mode != RACE_GATHERED)
        return done ? KAFKA_GATHER_TAKEN : KAFKA_GATHER_EVENT;
    why = misfit(g, r, ev, &dist_mm);
    if (why)
        return give_up(g, r, why, e) ? KAFKA_GATHER_FAILED : KAFKA_GATHER_EVENT;
    if (ev->raw_s < r->next[ev->competitor_id - 1])
        return KAFKA_GATHER_TAKEN; /* it came before */
    if ((size_t)(ev->raw_s - r->first) == r->n)
        (void)add_tick(g, r);
    place(r, ev, dist_mm, partition, offset);
    return deliver_ticks(g, r, e) ? KAFKA_GATHER_FAILED : KAFKA_GATHER_TAKEN;
}

static bool is_same_race(const struct race_spec *a, const struct race_spec *b)
{
    return a->competitors == b->competitors && a->fastest == b->fastest &&
           a->slowest == b->slowest && a->spread == b->spread && a->hills == b->hills &&
           a->seed == b->seed && a->stop_ratio == b->stop_ratio && a->min_pause == b->min_pause &&
           a->max_pause == b->max_pause && a->start_s == b->start_s &&
           strcmp(a->course, b->course) == 0 && strcmp(a->revision, b->revision) == 0;
}

int kafka_gather_race(struct kafka_gather *g, const struct race_record *record, struct err *e)
{
    struct race *r = find(g, record->spec.run_id);

    if (record->state == RACE_DELETED)
        leave(g, r, RACE_ASK);
    else if (r->mode == RACE_GATHERED &&
             (record->external || !is_same_race(&record->spec, &r->sim.race.spec)))
        return give_up(g, r, "the race is another one now", e);
    else if (r->mode == RACE_GATHERED)
        r->sim.race = *record;
    return 0;
}

/* In normal operation one or two ticks are unfinished, of which nobody needs to know. */
static void report_unfinished(struct kafka_gather *g, struct race *r)
{
    bool many = r->n >= MANY_TICKS;

    if ((many || r->behind) && g->sink.unfinished)
        g->sink.unfinished(g->sink.arg, r->run_id, r->first + (int32_t)r->n - 1);
    r->behind = many;
}

static int end_race(struct kafka_gather *g, struct race *r, bool reading, struct err *e)
{
    int64_t now_ms = clock_mono_ns() / 1000000;

    if (r->mode == RACE_PASSED)
        r->mode = RACE_ASK;
    if (r->mode != RACE_GATHERED)
        return 0;
    if (deliver_ticks(g, r, e))
        return -1;
    if (r->mode != RACE_GATHERED)
        return 0;
    report_unfinished(g, r);
    if (r->n && reading && now_ms - r->tick[0]->since_ms > LATE_MS)
        return give_up(g, r, "an event does not come", e);
    for (size_t k = 0; !reading && k < r->n; k++)
        r->tick[k]->since_ms = now_ms;
    return 0;
}

int kafka_gather_end(struct kafka_gather *g, bool reading, struct err *e)
{
    for (size_t i = 0; i < g->races.n; i++)
        if (end_race(g, g->races.item[i].value, reading, e))
            return -1;
    return 0;
}

/* The first event of an unfinished tick in that partition; INT64_MAX: there is none. */
static int64_t first_offset(const struct race *r, int32_t partition)
{
    for (size_t k = 0; k < r->n; k++)
        if (r->tick[k]->offset[partition] >= 0)
            return r->tick[k]->offset[partition];
    return INT64_MAX;
}

void kafka_gather_cursor(
    const struct kafka_gather *g, const struct kafka_cursor *read, struct kafka_cursor *out)
{
    *out = *read;
    for (int32_t p = 0; p < KAFKA_MAX_PARTITIONS; p++) {
        int64_t *next = &out->next[KAFKA_PARKRUN][p];

        out->done[p] = *next > g->from.done[p] ? *next : g->from.done[p];
        for (size_t i = 0; i < g->races.n; i++) {
            int64_t first = first_offset(g->races.item[i].value, p);

            *next = first < *next ? first : *next;
        }
    }
}
