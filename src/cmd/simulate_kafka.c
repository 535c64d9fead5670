#include "cmd/simulate_kafka.h"

#include "base/clock.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/kafka.h"
#include "feed/kafka/records.h"
#include "feed/kafka/shards.h"

#include <stdio.h>
#include <string.h>

#define TOPICS_MS 10000
#define POLL_MS 200
#define SLACK_MS 60000 /* clocks differ */
#define POLL_MAX 100000
#define NAME_MAX_LEN (RUN_ID_MAX + 32)
#define STALLED_MS \
    60000 /* the stream is read to its end, however long that takes, but not if nothing comes */

/* What the stream has of this race. */
struct past {
    const struct simulate_kafka *o;
    struct race_record race;
    bool found;
    int32_t last_raw_s; /* of this shard's competitors */
    struct kafka_records *read;
    struct feed_stats figures;
};

static int on_race(void *arg, const struct race_record *r, bool own, struct err *e)
{
    struct past *p = arg;

    (void)own;
    (void)e;
    if (strcmp(r->spec.run_id, p->o->race->spec.run_id) == 0) {
        p->race = *r;
        p->found = true;
    }
    return 0;
}

static int on_events(void *arg, const struct event *ev, size_t n, struct err *e)
{
    struct past *p = arg;

    (void)e;
    for (size_t i = 0; i < n; i++)
        if (ev[i].raw_s > p->last_raw_s && ev[i].competitor_id > 0 &&
            (uint64_t)(ev[i].competitor_id - 1) % p->o->shard.of == p->o->shard.part - 1 &&
            strcmp(ev[i].run_id, p->o->race->spec.run_id) == 0)
            p->last_raw_s = ev[i].raw_s;
    return 0;
}

static int on_record(void *arg, const struct kafka_incoming *m, struct err *e)
{
    struct past *p = arg;

    return kafka_records_record(p->read, m, &p->figures, e);
}

/* Read until `done` says so. */
static int read_until(struct kafka_consumer *c, struct past *p, const int64_t *ends, struct err *e)
{
    int64_t moved_ms = clock_wall_ms();

    while (ends ? !kafka_consumer_passed(c, ends) : !kafka_consumer_ready(c)) {
        int n;

        n = kafka_consumer_poll(c, POLL_MS, POLL_MAX, on_record, p, e);
        if (n < 0 || kafka_records_flush(p->read, e))
            return -1;
        if (n > 0)
            moved_ms = clock_wall_ms();
        if (clock_wall_ms() - moved_ms > STALLED_MS)
            return err_set(e, ERR_TIMEOUT, "Kafka's topics could not be read to their end");
    }
    return 0;
}

static bool same_race(const struct race_spec *a, const struct race_spec *b)
{
    return a->competitors == b->competitors && a->fastest == b->fastest &&
           a->slowest == b->slowest && a->spread == b->spread && a->hills == b->hills &&
           a->seed == b->seed && a->stop_ratio == b->stop_ratio && a->min_pause == b->min_pause &&
           a->max_pause == b->max_pause && strcmp(a->revision, b->revision) == 0;
}

static int look_back(
    const struct kafka_settings *s, const struct kafka_topics *t, struct past *p, struct err *e)
{
    struct kafka_cursor start = {0};
    struct kafka_consumer *c = kafka_consumer_new(s, t, &start, e);
    int64_t ends[KAFKA_MAX_PARTITIONS];
    int failed = !c || read_until(c, p, NULL, e);

    if (!failed && p->found && (p->race.external || !same_race(&p->race.spec, &p->o->race->spec)))
        failed = err_set(e, ERR_CONFLICT,
            "Kafka has another race %s; take another --run-id, or the same options as before",
            p->race.spec.run_id);
    if (!failed && p->found)
        failed = kafka_consumer_begin(c, p->race.created_ms - SLACK_MS, TOPICS_MS, e) ||
                 kafka_consumer_ends(c, ends, TOPICS_MS, e) || read_until(c, p, ends, e);
    /* An open transaction of another program may hide this race's last events: it ends, or Kafka
     * aborts it. Without them they would be published again. */
    if (!failed && p->found) {
        kafka_consumer_held(c, ends);
        failed = read_until(c, p, ends, e);
    }
    kafka_consumer_free(c);
    return failed ? -1 : 0;
}

/* The race's clock goes on while this part of it does not run: what is due by now is published at
 * once. At another speed it begins anew. */
static void go_on(const struct past *p, struct race_record *race)
{
    race->spec.start_s = p->race.spec.start_s;
    race->created_ms = p->race.created_ms;
    if (race->anchor.speed == p->race.anchor.speed)
        race->anchor = p->race.anchor;
    else
        race->anchor.raw_s = p->last_raw_s + 1;
}

static int take_up(const struct simulate_kafka *o, int32_t *next_raw_s, bool *found, struct err *e)
{
    struct past p = {.o = o, .last_raw_s = -1};
    struct feed_sink sink = {.arg = &p, .race = on_race, .events = on_events};
    struct kafka_settings s;
    struct kafka_topics t;
    int failed;

    if (kafka_settings_init(&s, o->brokers, o->config_file, e))
        return -1;
    p.read = kafka_records_new(&sink, &(struct kafka_records_options){0});
    failed = kafka_topics_ensure(&t, &s, TOPICS_MS, e) || look_back(&s, &t, &p, e);
    kafka_records_free(p.read);
    kafka_settings_release(&s);
    *next_raw_s = p.last_raw_s + 1;
    *found = p.found;
    if (p.found)
        go_on(&p, o->race);
    return failed ? -1 : 0;
}

/* Publishes the race's record. Other programs read it, so "as fast as it can" becomes the highest
 * speed. */
static int announce(struct feed *f, const struct race_record *r, struct err *e)
{
    struct race_record said = *r;

    if (!(said.spec.speed > 0)) /* every race has a clock, also one that is made ahead of it */
        said.spec.speed = said.anchor.speed = RACE_MAX_SPEED;
    return f->ops->publish_race(f, &said, e);
}

/* What belongs to this race's simulation in Kafka, behind a part's numbers. */
static void name_of(const struct simulate_kafka *o, char out[NAME_MAX_LEN])
{
    (void)snprintf(out, NAME_MAX_LEN, "trackside-simulate-%s", o->race->spec.run_id);
}

static int mark(const struct simulate_kafka *o, bool *all, struct err *e)
{
    char name[NAME_MAX_LEN];
    struct kafka_settings s;
    int rc;

    if (kafka_settings_init(&s, o->brokers, o->config_file, e))
        return -1;
    name_of(o, name);
    rc = kafka_shards_set(&s, name, o->shard.part, o->shard.of, TOPICS_MS, e) ||
                 kafka_shards_all(&s, name, o->shard.of, TOPICS_MS, all, e)
             ? -1
             : 0;
    kafka_settings_release(&s);
    return rc;
}

int simulate_kafka_finish(const struct simulate_kafka *o, struct feed *f, struct err *e)
{
    bool all = true;

    if (o->shard.of > 1 && mark(o, &all, e))
        return -1;
    if (!all)
        return 0;
    o->race->state = RACE_FINISHED;
    return announce(f, o->race, e);
}

struct feed *simulate_kafka_open(const struct simulate_kafka *o, int32_t *next_raw_s, struct err *e)
{
    struct feed_kafka_options fo = {.brokers = o->brokers, .config_file = o->config_file};
    char name[NAME_MAX_LEN], id[NAME_MAX_LEN + 32];
    struct feed *f;
    bool found;

    name_of(o, name);
    (void)snprintf(id, sizeof id, "%s-%u-%u", name, o->shard.part, o->shard.of);
    fo.transactional_id = id;
    f = feed_kafka_new(&fo, e); /* fences an earlier run of this shard: what it had open is aborted
                                   before the look back */
    if (!f)
        return NULL;
    (void)snprintf(o->race->driver, sizeof o->race->driver, "simulate");
    if (take_up(o, next_raw_s, &found, e) ||
        (!found && (f->ops->publish_course(f, o->course, e) || announce(f, o->race, e)))) {
        f->ops->free(f);
        return NULL;
    }
    return f;
}
