/*
 * Any record of any of the four Kafka topics: it reaches the sink whole or is counted as malformed
 * with a sentence, never both and never neither, and what reached it is written and read again as
 * the same.
 *
 * The first byte says which topic, whether it is a tombstone and how long the key is; then come key
 * and value.
 */
#include "feed/kafka/records.h"
#include "round_trip.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
    unsigned n;
};

static void expect(int truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "fuzz_record: %s\n", what);
    abort();
}

static int on_events(void *arg, const struct event *events, size_t n, struct err *e)
{
    struct heard *h = arg;
    char json[EVENT_JSON_MAX];
    struct event back = {0};

    for (size_t i = 0; i < n; i++, h->n++) {
        char *end = event_format(&events[i], json);

        expect(race_run_id_valid(events[i].run_id), "an event of a race that cannot be named");
        expect(event_parse(json, (size_t)(end - json), &back, e) == 0, "an event cannot be read");
        expect(back.raw_s == events[i].raw_s && back.distance_m == events[i].distance_m,
            "an event is another");
    }
    return 0;
}

static int same_race(void *arg, const struct race_record *b, bool own, struct err *e)
{
    const struct race_record *a = arg;
    json_t *one = race_record_json(a), *two = race_record_json(b);

    (void)e;
    (void)own;
    expect(one && two && json_equal(one, two), "a race is another when it is read again");
    json_decref(one);
    json_decref(two);
    return 0;
}

static void read_one(
    const struct kafka_incoming *m, const struct feed_sink *sink, struct feed_stats *f)
{
    struct kafka_records *r = kafka_records_new(sink, &(struct kafka_records_options){0});
    struct err e = {0};

    expect(kafka_records_record(r, m, f, &e) == 0 && kafka_records_flush(r, &e) == 0, e.text);
    kafka_records_free(r);
}

static int on_race(void *arg, const struct race_record *record, bool own, struct err *e)
{
    struct heard *h = arg;
    struct race_record copy = *record;
    struct feed_sink again = {.arg = &copy, .race = same_race};
    struct kafka_incoming m = {.topic = KAFKA_RACES};
    struct feed_stats f = {0};
    struct buf text = BUF_INIT;

    (void)e;
    expect(!own, "what is read is another program's");
    h->n++;
    expect(race_run_id_valid(record->spec.run_id), "a race that cannot be named");
    kafka_records_format_race(record, &text);
    m.value = text.data;
    m.value_len = text.len;
    read_one(&m, &again, &f);
    expect(f.malformed == 0, f.malformed_example);
    buf_release(&text);
    return 0;
}

static int on_course(void *arg, struct course *c, struct err *e)
{
    (void)e;
    ((struct heard *)arg)->n++;
    round_trip(c);
    return 0;
}

static int on_gone(void *arg, const char *short_name, struct err *e)
{
    (void)e;
    ((struct heard *)arg)->n++;
    expect(course_name_valid(short_name), "a course that cannot be named is gone");
    return 0;
}

static int on_roster(void *arg, const char *run_id, const char *csv, size_t len, struct err *e)
{
    (void)e;
    ((struct heard *)arg)->n++;
    expect(race_run_id_valid(run_id) && csv && strnlen(csv, len) <= len, "a roster of no race");
    return 0;
}

/* A copy that ends where the record does, so that a read behind it is seen; NULL for no bytes, as
 * librdkafka has it. */
static char *part(const uint8_t *from, size_t n)
{
    char *copy = n ? malloc(n) : NULL;

    if (copy)
        memcpy(copy, from, n);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard heard = {0};
    struct feed_sink sink = {.arg = &heard,
        .events = on_events,
        .race = on_race,
        .course = on_course,
        .course_gone = on_gone,
        .roster = on_roster};
    struct feed_stats f = {0};
    struct kafka_incoming m = {.topic = KAFKA_PARKRUN};
    char *key, *value;

    if (size == 0)
        return 0;
    m.topic = (enum kafka_topic)(data[0] % KAFKA_TOPICS);
    m.key_len = (data[0] >> 3) * 3u < size ? (data[0] >> 3) * 3u : size - 1;
    m.value_len = data[0] & 4 ? 0 : size - 1 - m.key_len;
    m.key = key = part(data + 1, m.key_len);
    m.value = value = part(data + 1 + m.key_len, m.value_len);
    read_one(&m, &sink, &f);
    expect(heard.n + f.malformed <= 1, "one record became several");
    expect(heard.n + f.malformed == 1 || !m.value, "a record went without a word");
    expect(!f.malformed || f.malformed_example[0], "skipped without a sentence");
    free(key);
    free(value);
    return 0;
}
