#include "feed/kafka/kafka.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/cursor.h"
#include "feed/kafka/gather.h"
#include "feed/kafka/member.h"
#include "feed/kafka/partition.h"
#include "feed/kafka/producer.h"
#include "feed/kafka/records.h"
#include "feed/kafka/settings.h"
#include "feed/kafka/tick.h"
#include "feed/kafka/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000
/* The engine's thread has more to do than to wait for Kafka. Each is for all partitions together.
 */
#define ASK_MS 2000
#define COMMIT_MS 1000
#define RECORD_MS 3000
#define AWAY_MS 20 /* enough to see whether a broker is back */
/* After a record that Kafka did not take the next ones are refused at once for so long, because
 * every caller would wait for RECORD_MS. */
#define REFUSED_MS 1000
#define POLL_MAX 200000
/* An error is shown for so long where nothing has been published since. */
#define LAST_ERROR_MS 3000

_Static_assert(FEED_PARTITIONS_MAX == KAFKA_MAX_PARTITIONS, "the cursor is told whole");

struct feed_kafka {
    struct feed head;
    struct feed_sink sink;
    char server_id[64]; /* signs the races that are published here */
    struct kafka_settings settings;
    struct kafka_topics topics;
    struct kafka_consumer *consumer; /* NULL: publishes only */
    struct kafka_member member;      /* of a server */
    struct kafka_producer *records;  /* races and courses */
    struct kafka_tick *tick;
    struct kafka_records *read;
    struct kafka_gather *gather;
    int partitions; /* of `races` */
    struct kafka_partition partition[KAFKA_MAX_PARTITIONS];
    struct feed_stats stats;
    int64_t error_ms;  /* when stats.last_error was met */
    int64_t refuse_ms; /* monotonic: until then records are refused */
};

static struct feed_kafka *self(struct feed *f)
{
    return (struct feed_kafka *)f;
}

static struct kafka_partition *partition_of(struct feed_kafka *k, const char *run_id)
{
    if (k->partitions == 1)
        return &k->partition[0];
    return &k->partition[kafka_topics_partition(run_id, strlen(run_id), k->partitions)];
}

static void note_error(struct feed_kafka *k, const struct err *e)
{
    k->stats.connected = 0;
    k->error_ms = clock_wall_ms();
    (void)snprintf(k->stats.last_error, sizeof k->stats.last_error, "%.250s", e->text);
}

static void forget_error(struct feed_kafka *k)
{
    k->stats.connected = 1;
    k->stats.last_error[0] = '\0';
}

static int is_away(const struct feed_kafka *k)
{
    return k->consumer && kafka_consumer_away(k->consumer);
}

static int publish_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct kafka_partition *s = partition_of(k, t->race->spec.run_id);

    if (s->state != PARTITION_ACTIVE)
        return err_set(e, ERR_UNAVAILABLE, "this race is driven by another server");
    if (kafka_producer_pending(s->producer))
        return err_set(e, ERR_UNAVAILABLE, "Kafka has not answered the last commit yet");
    /* A send that fails is remembered by the producer; flush says so and gives the tick back. */
    (void)kafka_tick_send(k->tick, s->producer, t);
    return 0;
}

static int send_record(struct feed_kafka *k, enum kafka_topic topic, const char *key,
    const struct buf *value, struct err *e)
{
    struct kafka_record record = {key, strlen(key), value->data, value->len};
    int32_t partition = kafka_topics_partition(key, strlen(key), k->topics.partitions[topic]);

    if (is_away(k) || clock_mono_ns() / 1000000 < k->refuse_ms)
        return err_set(e, ERR_UNAVAILABLE,
            "Kafka is away, no broker answers: nothing can be changed until it is back. Try again "
            "then.");
    (void)kafka_producer_send(k->records, topic, partition, &record, 1);
    if (kafka_producer_commit(k->records, k->consumer ? RECORD_MS : CONNECT_MS, e)) {
        if (e->code == ERR_TOO_LARGE)
            return kafka_topics_too_large(topic, value->len, e);
        note_error(k, e);
        k->refuse_ms = k->consumer ? clock_mono_ns() / 1000000 + REFUSED_MS : 0;
        return -1;
    }
    forget_error(k);
    return 0;
}

/* Takes the value, also where it fails. An empty one is a tombstone. */
static int publish_record(
    struct feed_kafka *k, enum kafka_topic topic, const char *key, struct buf *value, struct err *e)
{
    int rc = send_record(k, topic, key, value, e);

    buf_release(value);
    return rc;
}

/* A server signs its records. So the driver of a race is known, and a record that comes back is
 * recognised as one of its own. */
static int publish_race(struct feed *f, const struct race_record *r, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct race_record record = *r;
    struct buf value = BUF_INIT;

    if (k->consumer)
        (void)snprintf(record.driver, sizeof record.driver, "%s", k->server_id);
    kafka_records_format_race(&record, &value);
    if (publish_record(k, KAFKA_RACES, r->spec.run_id, &value, e) ||
        (k->sink.race && k->sink.race(k->sink.arg, &record, true, e)))
        return -1;
    return k->gather ? kafka_gather_race(k->gather, &record, e) : 0;
}

static int publish_course(struct feed *f, struct course *c, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct buf value = BUF_INIT;

    course_export(c, COURSE_GEOJSON, &value);
    if (publish_record(k, KAFKA_COURSES, c->short_name, &value, e))
        return -1;
    return k->sink.course ? k->sink.course(k->sink.arg, c, e) : 0;
}

static int delete_course(struct feed *f, const char *short_name, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct buf tombstone = BUF_INIT;

    if (publish_record(k, KAFKA_COURSES, short_name, &tombstone, e))
        return -1;
    return k->sink.course_gone ? k->sink.course_gone(k->sink.arg, short_name, e) : 0;
}

static int publish_roster(
    struct feed *f, const char *run_id, const char *csv, size_t len, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct buf value = BUF_INIT;

    if (len)
        buf_add(&value, csv, len);
    if (publish_record(k, KAFKA_ROSTERS, run_id, &value, e))
        return -1;
    return k->sink.roster ? k->sink.roster(k->sink.arg, run_id, csv, len, e) : 0;
}

static int flush(struct feed *f, struct err *e)
{
    struct feed_kafka *k = self(f);
    int64_t before = clock_mono_ns(), deadline = before + COMMIT_MS * (int64_t)1000000;
    int failed = 0, any = 0;

    kafka_producer_serve(k->records);
    for (int i = 0; i < k->partitions; i++) {
        int64_t left_ms = is_away(k) ? 0 : (deadline - clock_mono_ns()) / 1000000;

        any |= kafka_partition_is_open(&k->partition[i]);
        if (kafka_partition_flush(
                &k->partition[i], left_ms > AWAY_MS ? (int)left_ms : AWAY_MS, e)) {
            failed = 1;
            if (e->code != ERR_CONFLICT)
                note_error(k, e);
        }
    }
    if (!failed && any) {
        forget_error(k);
        k->stats.acknowledged_ms = clock_wall_ms();
        k->stats.flush_ms = (double)(clock_mono_ns() - before) / 1e6;
    }
    return failed ? -1 : 0;
}

static enum feed_outcome outcome(struct feed *f, const char *run_id)
{
    return partition_of(self(f), run_id)->outcome;
}

static int full(struct feed *f, const char *run_id)
{
    const struct kafka_partition *s = partition_of(self(f), run_id);

    return s->producer && kafka_producer_open_bytes(s->producer) > FEED_TRANSACTION_BYTES / 2;
}

static int drives(struct feed *f, const char *run_id)
{
    return partition_of(self(f), run_id)->state == PARTITION_ACTIVE;
}

static void step_partitions(struct feed_kafka *k, uint64_t held)
{
    struct kafka_partition_feed f = {&k->settings, k->consumer, is_away(k)};

    for (int i = 0; i < k->partitions; i++) {
        struct err e;

        if (kafka_partition_step(&k->partition[i], i, (held >> i) & 1, &f, &e))
            note_error(k, &e);
    }
}

static int incoming(void *arg, const struct kafka_incoming *m, struct err *e)
{
    struct feed_kafka *k = arg;

    if (m->topic == KAFKA_PARKRUN)
        k->stats.handed[m->partition] = m->offset + 1;
    return kafka_records_record(k->read, m, &k->stats, e);
}

/* The races are known: their events may come. */
static void begin(struct feed_kafka *k)
{
    int64_t since_ms = k->sink.since_ms ? k->sink.since_ms(k->sink.arg) : 0;
    struct err e = {0};

    if (kafka_consumer_begin(k->consumer, since_ms, ASK_MS, &e))
        note_error(k, &e); /* tried again at the next poll */
}

/* An error is over where the broker answers, and nothing that was published waits for it. */
static void forget_old_error(struct feed_kafka *k)
{
    for (int i = 0; i < k->partitions; i++)
        if (k->partition[i].outcome != FEED_OUT)
            return;
    if (!k->stats.connected && !is_away(k) && clock_wall_ms() - k->error_ms > LAST_ERROR_MS)
        forget_error(k);
}

static int poll(struct feed *f, int timeout_ms, struct err *e)
{
    struct feed_kafka *k = self(f);
    uint64_t held;
    struct err why;
    int n, failed;

    if (!k->consumer)
        return 0;
    kafka_producer_serve(k->records);
    held = kafka_member_held(&k->member);
    n = kafka_consumer_poll(k->consumer, timeout_ms, POLL_MAX, incoming, k, e);
    failed = n < 0;
    if (n > 0)
        k->stats.last_record_ms = clock_wall_ms();
    if (kafka_records_flush(k->read, e) || failed || kafka_gather_end(k->gather, !is_away(k), e))
        return -1;
    if (kafka_consumer_ready(k->consumer) && !kafka_consumer_begun(k->consumer) && !is_away(k))
        begin(k);
    k->stats.ready = kafka_consumer_begun(k->consumer);
    if (kafka_member_join(&k->member, is_away(k), &why))
        note_error(k, &why);
    k->stats.caught_up = k->member.caught_up;
    step_partitions(k, held);
    forget_old_error(k);
    return 0;
}

static int cursor(struct feed *f, struct buf *out)
{
    struct feed_kafka *k = self(f);
    struct kafka_cursor c;

    if (!k->consumer)
        return 0;
    kafka_gather_cursor(k->gather, kafka_consumer_cursor(k->consumer), &c);
    kafka_cursor_format(&c, &k->topics, out);
    return 0;
}

static void feed_stats(struct feed *f, struct feed_stats *out)
{
    struct feed_kafka *k = self(f);

    *out = k->stats;
    if (k->consumer) {
        out->to_read = kafka_member_to_read(&k->member);
        out->partitions = (unsigned)k->topics.partitions[KAFKA_PARKRUN];
        memcpy(
            out->read, kafka_consumer_cursor(k->consumer)->next[KAFKA_PARKRUN], sizeof out->read);
    }
    if (out->connected && is_away(k)) {
        out->connected = 0;
        (void)snprintf(out->last_error, sizeof out->last_error, "no Kafka broker answers");
    }
}

static void feed_kafka_free(struct feed *f)
{
    struct feed_kafka *k = self(f);

    if (!k)
        return;
    for (int i = 0; i < k->partitions; i++)
        kafka_partition_leave(&k->partition[i]);
    kafka_member_release(&k->member);
    kafka_consumer_free(k->consumer);
    kafka_producer_free(k->records);
    kafka_tick_free(k->tick);
    kafka_records_free(k->read);
    kafka_gather_free(k->gather);
    kafka_settings_release(&k->settings);
    free(k);
}

static const struct feed_ops ops = {
    .name = "kafka",
    .publish_tick = publish_tick,
    .publish_race = publish_race,
    .publish_course = publish_course,
    .delete_course = delete_course,
    .publish_roster = publish_roster,
    .flush = flush,
    .poll = poll,
    .free = feed_kafka_free,
    .outcome = outcome,
    .drives = drives,
    .full = full,
    .cursor = cursor,
    .stats = feed_stats,
};

/* A server: reads everything, and takes the partitions that the group gives it. */
static int open_server(struct feed_kafka *k, const struct feed_kafka_options *o, struct err *e)
{
    const char *text = o->cursor;
    struct kafka_cursor from = {0};

    if (text && kafka_cursor_parse(&from, text, e))
        return -1;
    if (text && strcmp(from.cluster_id, k->topics.cluster_id) != 0)
        return err_set(e, ERR_CONFLICT,
            "this data directory holds what was read from another Kafka cluster (%.60s, this one "
            "is %.60s); use another --data directory",
            from.cluster_id, k->topics.cluster_id);
    k->partitions = k->topics.partitions[KAFKA_RACES];
    k->gather = kafka_gather_new(&k->sink, &from);
    k->read = kafka_records_new(&k->sink, &(struct kafka_records_options){k->server_id, k->gather});
    k->consumer = kafka_consumer_new(&k->settings, &k->topics, &from, e);
    k->member = (struct kafka_member){.settings = &k->settings,
        .consumer = k->consumer,
        .instance = o->instance ? mem_strdup(o->instance) : NULL};
    return k->consumer ? 0 : -1;
}

/* One race's own producer. */
static int open_producer(struct feed_kafka *k, const char *transactional_id, struct err *e)
{
    k->partitions = 1;
    k->partition[0].producer = kafka_producer_new(&k->settings, transactional_id, e);
    if (!k->partition[0].producer ||
        kafka_producer_take_over(k->partition[0].producer, 3 * CONNECT_MS, e))
        return -1;
    k->partition[0].state = PARTITION_ACTIVE;
    return 0;
}

/* Every start makes a new name: what an earlier process of this server published is read like
 * anybody's. */
static void name_server(struct feed_kafka *k)
{
    char uuid[UUID_LEN + 1];

    uuid_v4(uuid);
    (void)snprintf(k->server_id, sizeof k->server_id, "server-%s", uuid);
}

struct feed *feed_kafka_new(const struct feed_kafka_options *o, struct err *e)
{
    struct feed_kafka *k = mem_zalloc(1, sizeof *k);
    int failed;

    k->head.ops = &ops;
    name_server(k);
    if (o->sink)
        k->sink = *o->sink;
    failed = kafka_settings_init(&k->settings, o->brokers, o->config_file, e) ||
             kafka_topics_ensure(&k->topics, &k->settings, CONNECT_MS, e) ||
             !(k->records = kafka_producer_new(&k->settings, NULL, e));
    if (!failed) {
        k->tick = kafka_tick_new(&k->topics);
        failed =
            o->transactional_id ? open_producer(k, o->transactional_id, e) : open_server(k, o, e);
    }
    if (failed) {
        feed_kafka_free(&k->head);
        return NULL;
    }
    forget_error(k);
    return &k->head;
}

int feed_kafka_check_config(const char *file, struct err *e)
{
    struct kafka_settings s;

    if (kafka_settings_init(&s, "", file, e))
        return -1;
    kafka_settings_release(&s);
    return 0;
}
