#include "feed/kafka/kafka.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/cursor.h"
#include "feed/kafka/group.h"
#include "feed/kafka/producer.h"
#include "feed/kafka/records.h"
#include "feed/kafka/settings.h"
#include "feed/kafka/tick.h"
#include "feed/kafka/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000
/* A server's thread has more to do than to wait for Kafka. Each is for all partitions together. */
#define ASK_MS 2000
#define TAKE_OVER_MS 1000
#define COMMIT_MS 1000
#define RECORD_MS 3000
#define AWAY_MS 20 /* to look whether it is back */
#define REFUSED_MS \
    1000 /* after a record that Kafka did not take, the next ones are refused at once */
#define POLL_MAX 200000
#define TROUBLE_MS \
    3000 /* what went wrong is told for so long, where nothing has been published since */
#define FENCED_MS 2000 /* before a seat is taken again that another server has taken over */

enum partition_state {
    PARTITION_UNASSIGNED, /* another server's */
    PARTITION_ASSIGNED,   /* the lease is ours, the transactional id is not yet */
    PARTITION_RESTORING,  /* ours; what was committed before is being read */
    PARTITION_ACTIVE,
};

/* A partition of `races`, and the producer of the races that fall into it. */
struct partition {
    enum partition_state state;
    struct kafka_producer *producer;
    enum feed_outcome outcome;
    int64_t ends[KAFKA_MAX_PARTITIONS];
    int64_t retry_ms;
};

_Static_assert(FEED_PARTITIONS_MAX == KAFKA_MAX_PARTITIONS, "the cursor is told whole");

struct feed_kafka {
    struct feed head;
    struct feed_sink sink;
    char server_id[64]; /* signs the races that are published here */
    struct kafka_settings settings;
    struct kafka_topics topics;
    struct kafka_consumer *consumer; /* NULL: publishes only */
    struct kafka_group *lease;       /* NULL until the backlog has been read */
    char *instance;                  /* NULL: none, or another server has it too */
    int has_backlog;
    int64_t backlog[KAFKA_MAX_PARTITIONS]; /* where parkrun ended at the start */
    struct kafka_producer *records;        /* races and courses */
    struct kafka_tick *tick;
    struct kafka_records *read;
    int seats;
    struct partition seat[KAFKA_MAX_PARTITIONS];
    struct feed_stats figures;
    int64_t trouble_ms; /* when the trouble in there was met */
    int64_t refuse_ms;  /* monotonic: until then records are refused */
};

static struct feed_kafka *self(struct feed *f)
{
    return (struct feed_kafka *)f;
}

static struct partition *partition_of(struct feed_kafka *k, const char *run_id)
{
    if (k->seats == 1)
        return &k->seat[0];
    return &k->seat[kafka_topics_partition(run_id, strlen(run_id), k->seats)];
}

static void trouble(struct feed_kafka *k, const struct err *e)
{
    k->figures.connected = 0;
    k->trouble_ms = clock_wall_ms();
    (void)snprintf(k->figures.trouble, sizeof k->figures.trouble, "%.250s", e->text);
}

static void no_trouble(struct feed_kafka *k)
{
    k->figures.connected = 1;
    k->figures.trouble[0] = '\0';
}

static int is_away(const struct feed_kafka *k)
{
    return k->consumer && kafka_consumer_away(k->consumer);
}

static void leave_seat(struct partition *s)
{
    kafka_producer_free(s->producer);
    *s = (struct partition){.state = PARTITION_UNASSIGNED};
}

static int publish_tick(struct feed *f, const struct tick *t, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct partition *s = partition_of(k, t->race->spec.run_id);

    if (s->state != PARTITION_ACTIVE)
        return err_set(e, ERR_UNAVAILABLE, "this race is driven by another server");
    if (kafka_producer_pending(s->producer))
        return err_set(e, ERR_UNAVAILABLE, "Kafka has not answered the last commit yet");
    /* A send that fails is remembered by the producer; flush says so and gives the tick back. */
    (void)kafka_tick_send(k->tick, s->producer, t);
    return 0;
}

static int publish_record(struct feed_kafka *k, enum kafka_topic topic, const char *key,
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
        trouble(k, e);
        k->refuse_ms = k->consumer ? clock_mono_ns() / 1000000 + REFUSED_MS : 0;
        return -1;
    }
    no_trouble(k);
    return 0;
}

/* A server signs its records. So the driver of a race is known, and a record that comes back is
 * recognised as one of its own. */
static int publish_race(struct feed *f, const struct race_record *r, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct race_record record = *r;
    struct buf value = BUF_INIT;
    int failed;

    if (k->consumer)
        (void)snprintf(record.driver, sizeof record.driver, "%s", k->server_id);
    kafka_records_format_race(&record, &value);
    failed = publish_record(k, KAFKA_RACES, r->spec.run_id, &value, e);
    buf_release(&value);
    return !failed && k->sink.race ? k->sink.race(k->sink.arg, &record, true, e) : failed;
}

static int publish_course(struct feed *f, struct course *c, struct err *e)
{
    struct feed_kafka *k = self(f);
    struct buf value = BUF_INIT;
    int failed;

    course_export(c, COURSE_GEOJSON, &value);
    failed = publish_record(k, KAFKA_COURSES, c->short_name, &value, e);
    buf_release(&value);
    return !failed && k->sink.course ? k->sink.course(k->sink.arg, c, e) : failed;
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
    int failed;

    if (len)
        buf_add(&value, csv, len);
    failed = publish_record(k, KAFKA_ROSTERS, run_id, &value, e);
    buf_release(&value);
    return !failed && k->sink.roster ? k->sink.roster(k->sink.arg, run_id, csv, len, e) : failed;
}

static int flush_seat(struct feed_kafka *k, struct partition *s, int timeout_ms, struct err *e)
{
    if (s->state != PARTITION_ACTIVE || !kafka_producer_open(s->producer)) {
        s->outcome = FEED_OUT;
        return 0;
    }
    if (kafka_producer_commit(s->producer, timeout_ms, e) == 0) {
        s->outcome = FEED_OUT;
        return 0;
    }
    if (e->code == ERR_CONFLICT) {
        leave_seat(s); /* fenced: another server drives these races now */
        s->retry_ms = clock_wall_ms() + FENCED_MS; /* the lease may not have heard of it yet */
        s->outcome = FEED_LOST;
        return -1;
    }
    trouble(k, e);
    s->outcome = kafka_producer_pending(s->producer) ? FEED_PENDING : FEED_LOST;
    return -1;
}

static int flush(struct feed *f, struct err *e)
{
    struct feed_kafka *k = self(f);
    int64_t before = clock_mono_ns(), deadline = before + COMMIT_MS * (int64_t)1000000;
    int failed = 0, any = 0;

    kafka_producer_serve(k->records);
    for (int i = 0; i < k->seats; i++) {
        int64_t left_ms = is_away(k) ? 0 : (deadline - clock_mono_ns()) / 1000000;

        any |= k->seat[i].state == PARTITION_ACTIVE && kafka_producer_open(k->seat[i].producer);
        failed |= flush_seat(k, &k->seat[i], left_ms > AWAY_MS ? (int)left_ms : AWAY_MS, e);
    }
    if (!failed && any) {
        no_trouble(k);
        k->figures.acknowledged_ms = clock_wall_ms();
        k->figures.flush_ms = (double)(clock_mono_ns() - before) / 1e6;
    }
    return failed ? -1 : 0;
}

static enum feed_outcome outcome(struct feed *f, const char *run_id)
{
    return partition_of(self(f), run_id)->outcome;
}

static int full(struct feed *f, const char *run_id)
{
    const struct partition *s = partition_of(self(f), run_id);

    return s->producer && kafka_producer_open_bytes(s->producer) > FEED_TRANSACTION_BYTES / 2;
}

static int drives(struct feed *f, const char *run_id)
{
    return partition_of(self(f), run_id)->state == PARTITION_ACTIVE;
}

static int take_seat(struct feed_kafka *k, int i, struct err *e)
{
    struct partition *s = &k->seat[i];
    char id[64];

    (void)snprintf(id, sizeof id, "trackside-races-%d", i);
    if (!s->producer && !(s->producer = kafka_producer_new(&k->settings, id, e)))
        return -1;
    if (kafka_producer_take_over(s->producer, TAKE_OVER_MS, e) ||
        kafka_consumer_ends(k->consumer, s->ends, ASK_MS, e))
        return -1;
    s->state = PARTITION_RESTORING;
    return 0;
}

static void step_seat(struct feed_kafka *k, int i, int held, int64_t now_ms)
{
    struct partition *s = &k->seat[i];
    struct err e = {0};

    if (!held) {
        if (s->state != PARTITION_UNASSIGNED)
            leave_seat(s);
        return;
    }
    if (s->state == PARTITION_UNASSIGNED)
        s->state = PARTITION_ASSIGNED;
    if (s->state == PARTITION_ASSIGNED && now_ms >= s->retry_ms && !is_away(k) &&
        take_seat(k, i, &e)) {
        trouble(k, &e);
        s->retry_ms = now_ms + 1000;
    }
    if (s->state == PARTITION_RESTORING && kafka_consumer_passed(k->consumer, s->ends))
        s->state = PARTITION_ACTIVE;
}

static int incoming(void *arg, const struct kafka_incoming *m, struct err *e)
{
    struct feed_kafka *k = arg;

    if (m->topic == KAFKA_PARKRUN)
        k->figures.handed[m->partition] = m->offset + 1;
    return kafka_records_record(k->read, m, &k->figures, e);
}

/* The races are known: their events may come. */
static void begin(struct feed_kafka *k)
{
    int64_t since_ms = k->sink.since_ms ? k->sink.since_ms(k->sink.arg) : 0;
    struct err e = {0};

    if (kafka_consumer_begin(k->consumer, since_ms, ASK_MS, &e))
        trouble(k, &e); /* tried again at the next poll */
}

/* What failed once is no trouble any more where the broker answers and nothing waits for it. */
static void look_after(struct feed_kafka *k)
{
    for (int i = 0; i < k->seats; i++)
        if (k->seat[i].outcome != FEED_OUT)
            return;
    if (!k->figures.connected && !is_away(k) && clock_wall_ms() - k->trouble_ms > TROUBLE_MS)
        no_trouble(k);
}

/* A server that still reads a backlog would hold seats and not drive: it joins the drivers when it
 * has read what there was when it began. */
static void join(struct feed_kafka *k)
{
    struct err e = {0};

    if (k->lease || !kafka_consumer_begun(k->consumer) || is_away(k))
        return;
    if (!k->has_backlog)
        k->has_backlog = kafka_consumer_ends(k->consumer, k->backlog, ASK_MS, &e) == 0;
    k->figures.caught_up = k->has_backlog && kafka_consumer_passed(k->consumer, k->backlog);
    if (k->figures.caught_up)
        k->lease = kafka_group_new(&k->settings, k->instance, &e);
    if (e.code)
        trouble(k, &e);
}

static uint64_t ask_lease(struct feed_kafka *k)
{
    kafka_group_poll(k->lease);
    if (!kafka_group_fenced(k->lease))
        return kafka_group_held(k->lease);
    kafka_group_free(k->lease); /* the next one has no name */
    k->lease = NULL;
    free(k->instance);
    k->instance = NULL;
    return 0;
}

static int poll(struct feed *f, int timeout_ms, struct err *e)
{
    struct feed_kafka *k = self(f);
    uint64_t held = 0;
    int n, failed;

    if (!k->consumer)
        return 0;
    kafka_producer_serve(k->records);
    if (k->lease)
        held = ask_lease(k);
    n = kafka_consumer_poll(k->consumer, timeout_ms, POLL_MAX, incoming, k, e);
    failed = n < 0;
    if (n > 0)
        k->figures.last_record_ms = clock_wall_ms();
    if (kafka_records_flush(k->read, e) || failed)
        return -1;
    if (kafka_consumer_ready(k->consumer) && !kafka_consumer_begun(k->consumer) && !is_away(k))
        begin(k);
    k->figures.ready = kafka_consumer_begun(k->consumer);
    join(k);
    for (int i = 0; i < k->seats; i++)
        step_seat(k, i, (held >> i) & 1, clock_wall_ms());
    look_after(k);
    return 0;
}

static int cursor(struct feed *f, struct buf *out)
{
    struct feed_kafka *k = self(f);

    if (k->consumer)
        kafka_cursor_format(kafka_consumer_cursor(k->consumer), &k->topics, out);
    return 0;
}

static int64_t to_read(const struct feed_kafka *k)
{
    const int64_t *next = kafka_consumer_cursor(k->consumer)->next[KAFKA_PARKRUN];
    int64_t left = 0;

    if (k->figures.caught_up || !k->has_backlog)
        return k->figures.caught_up ? 0 : -1;
    for (int32_t p = 0; p < k->topics.partitions[KAFKA_PARKRUN]; p++)
        if (k->backlog[p] > next[p])
            left += k->backlog[p] - next[p];
    return left;
}

static void figures(struct feed *f, struct feed_stats *out)
{
    struct feed_kafka *k = self(f);

    *out = k->figures;
    if (k->consumer) {
        out->to_read = to_read(k);
        out->partitions = (unsigned)k->topics.partitions[KAFKA_PARKRUN];
        memcpy(
            out->read, kafka_consumer_cursor(k->consumer)->next[KAFKA_PARKRUN], sizeof out->read);
    }
    if (out->connected && is_away(k)) {
        out->connected = 0;
        (void)snprintf(out->trouble, sizeof out->trouble, "no Kafka broker answers");
    }
}

static void feed_kafka_free(struct feed *f)
{
    struct feed_kafka *k = self(f);

    if (!k)
        return;
    for (int i = 0; i < k->seats; i++)
        leave_seat(&k->seat[i]);
    kafka_group_free(k->lease);
    kafka_consumer_free(k->consumer);
    kafka_producer_free(k->records);
    kafka_tick_free(k->tick);
    kafka_records_free(k->read);
    kafka_settings_release(&k->settings);
    free(k->instance);
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
    .figures = figures,
};

/* A server: reads everything, and takes the seats that the group gives it. */
static int open_server(struct feed_kafka *k, const char *text, struct err *e)
{
    struct kafka_cursor from = {0};

    if (text && kafka_cursor_parse(&from, text, e))
        return -1;
    if (text && strcmp(from.cluster_id, k->topics.cluster_id) != 0)
        return err_set(e, ERR_CONFLICT,
            "this data directory holds what was read from another Kafka cluster (%.60s, this one "
            "is %.60s); "
            "use another --data directory",
            from.cluster_id, k->topics.cluster_id);
    k->seats = k->topics.partitions[KAFKA_RACES];
    k->consumer = kafka_consumer_new(&k->settings, &k->topics, &from, e);
    return k->consumer ? 0 : -1;
}

/* One race's own producer. */
static int open_producer(struct feed_kafka *k, const char *transactional_id, struct err *e)
{
    k->seats = 1;
    k->seat[0].producer = kafka_producer_new(&k->settings, transactional_id, e);
    if (!k->seat[0].producer || kafka_producer_take_over(k->seat[0].producer, 3 * CONNECT_MS, e))
        return -1;
    k->seat[0].state = PARTITION_ACTIVE;
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
    k->instance = o->instance ? mem_strdup(o->instance) : NULL;
    failed = kafka_settings_init(&k->settings, o->brokers, o->config_file, e) ||
             kafka_topics_ensure(&k->topics, &k->settings, CONNECT_MS, e) ||
             !(k->records = kafka_producer_new(&k->settings, NULL, e));
    if (!failed) {
        k->tick = kafka_tick_new(&k->topics);
        k->read = kafka_records_new(&k->sink, k->server_id);
        failed = o->transactional_id ? open_producer(k, o->transactional_id, e)
                                     : open_server(k, o->cursor, e);
    }
    if (failed) {
        feed_kafka_free(&k->head);
        return NULL;
    }
    no_trouble(k);
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
