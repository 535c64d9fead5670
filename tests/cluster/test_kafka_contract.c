/* The contract of every store on the embedded one as it is fed with Kafka: events go to the real
 * broker and come back from there, committed records alone; the place in the stream is kept with
 * them, and a store that is opened again goes on from it. */
#include "contract_front.h"

#include "base/clock.h"
#include "base/mem.h"
#include "feed/kafka/consumer.h"
#include "feed/kafka/records.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SLACK_MS 5000
#define POLL_MAX 100000

struct reader {
    char *dir;
    struct kafka_consumer *consumer;
    struct kafka_records *read;
    struct feed_stats figures;
};

static struct reader *reader_of(struct front *f)
{
    return f->arg;
}

static int on_record(void *arg, const struct kafka_incoming *m, struct err *e)
{
    struct reader *r = arg;

    return kafka_records_record(r->read, m, &r->figures, e);
}

/* What others publish meanwhile is not ours. */
static int on_events(void *arg, const struct event *ev, size_t n, struct err *e)
{
    struct front *f = arg;

    for (size_t k = 0; k < n; k++) {
        struct front_race *r = front_race_by_own(f, ev[k].run_id);

        if (!r)
            continue;
        r->arrived++;
        if (f->inner->ops->put_events(f->inner, &ev[k], 1, e))
            return -1;
    }
    return 0;
}

static int poll(struct front *f, struct err *e)
{
    struct reader *r = reader_of(f);
    int failed = kafka_consumer_poll(r->consumer, 20, POLL_MAX, on_record, r, e) < 0;
    return kafka_records_flush(r->read, e) || failed ? -1 : 0;
}

static bool all_there(const struct front *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->race[k].arrived < f->race[k].published)
            return false;
    return true;
}

/* Everything has come back, and the place behind it goes into the same commit. */
static int come_back(struct front *f, struct err *e)
{
    int64_t deadline_ms = clock_wall_ms() + FRONT_PATIENCE_MS;
    struct buf place = BUF_INIT;
    int failed = 0;

    while (!failed && !all_there(f)) {
        failed = poll(f, e);
        if (!failed && clock_wall_ms() > deadline_ms)
            failed = err_set(e, ERR_TIMEOUT, "not all events have come back from Kafka");
    }
    if (!failed) {
        kafka_cursor_format(kafka_consumer_cursor(reader_of(f)->consumer), &f->topics, &place);
        failed = f->inner->ops->put_cursor(f->inner, place.data, e);
    }
    buf_release(&place);
    return failed;
}

static int begin(struct front *f, struct err *e)
{
    struct reader *r = reader_of(f);
    struct kafka_cursor from = {0};
    struct buf place = BUF_INIT;
    int64_t deadline_ms = clock_wall_ms() + FRONT_PATIENCE_MS;
    int failed = f->inner->ops->cursor(f->inner, &place, e) ||
                 (place.len && kafka_cursor_parse(&from, place.data, e));

    buf_release(&place);
    if (failed || !(r->consumer = kafka_consumer_new(&f->settings, &f->topics, &from, e)))
        return -1;
    while (!kafka_consumer_ready(r->consumer)) {
        if (poll(f, e))
            return -1;
        if (clock_wall_ms() > deadline_ms)
            return err_set(e, ERR_TIMEOUT, "Kafka's topics cannot be read to their end");
    }
    return kafka_consumer_begin(r->consumer, clock_wall_ms() - SLACK_MS, 10000, e);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void end(struct front *f)
{
    struct reader *r = reader_of(f);

    kafka_consumer_free(r->consumer);
    kafka_records_free(r->read);
    (void)nftw(r->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS); /* the store has it open: no matter */
    free(r->dir);
    free(r);
}

static struct store *open_dir(const char *dir, struct err *e)
{
    struct store_embedded_options o = {.dir = dir};

    return store_embedded_new(&o, e);
}

static struct store *empty(struct err *e)
{
    static const struct front_kind kind = {
        .name = "embedded, through Kafka", .before_commit = come_back, .free = end};
    struct reader *r = mem_zalloc(1, sizeof *r);
    struct store *inner;
    struct front *f;

    r->dir = mem_strdup("/tmp/trackside-contract-XXXXXX");
    inner = mkdtemp(r->dir) ? open_dir(r->dir, e) : NULL;
    f = inner ? front_new(&kind, inner, e) : NULL;
    if (!f)
        return NULL;
    f->arg = r;
    r->read = kafka_records_new(
        &(struct feed_sink){.arg = f, .events = on_events}, &(struct kafka_records_options){0});
    return begin(f, e) ? NULL : &f->head;
}

static struct store *again(struct store *s, struct err *e)
{
    struct front *f = front_of(s);
    struct reader *r = reader_of(f);

    kafka_consumer_free(r->consumer);
    r->consumer = NULL;
    f->inner->ops->free(f->inner);
    f->inner = open_dir(r->dir, e);
    return f->inner && begin(f, e) == 0 ? s : NULL;
}

int main(void)
{
    const struct store_factory kafka = {
        .name = "kafka", .empty = empty, .again = again, .close = front_free};

    return store_contract_run(&kafka);
}
