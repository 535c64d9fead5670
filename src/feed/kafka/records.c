/* records.c: records of the four topics as races, courses, rosters and events. Any program may
 * write into the topics. A record that cannot be read is counted and skipped, with one kept as an
 * example, because stopping at it would stop every race. */
#include "feed/kafka/records.h"

#include "base/clock.h"
#include "base/mem.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GATHER 4096       /* events that are handed over at once */
#define EXAMPLE_BYTES 60u /* of a malformed record, for the log */

/* The reader of one consumer. */
struct kafka_records {
    struct feed_sink sink;
    char server_id[64]; /* "": none */
    struct kafka_gather *gather;
    struct event *event;
    size_t n;
};

struct kafka_records *kafka_records_new(
    const struct feed_sink *sink, const struct kafka_records_options *o)
{
    struct kafka_records *r = mem_zalloc(1, sizeof *r);

    r->sink = *sink;
    (void)snprintf(r->server_id, sizeof r->server_id, "%s", o->server_id ? o->server_id : "");
    r->gather = o->gather;
    r->event = mem_alloc(GATHER * sizeof *r->event);
    return r;
}

void kafka_records_free(struct kafka_records *r)
{
    if (!r)
        return;
    free(r->event);
    free(r);
}

/* The sink may fail. The events are not kept here for another try. */
int kafka_records_flush(struct kafka_records *r, struct err *e)
{
    size_t n = r->n;

    r->n = 0;
    return n && r->sink.events ? r->sink.events(r->sink.arg, r->event, n, e) : 0;
}

/* Never an error. Bytes that do not print become "?", because the example goes to the log. */
static int skip(const struct kafka_incoming *m, const struct err *why, struct feed_stats *f)
{
    char text[EXAMPLE_BYTES + 1];
    size_t n = m->value_len < EXAMPLE_BYTES ? m->value_len : EXAMPLE_BYTES;

    for (size_t i = 0; i < n; i++)
        text[i] = (char)(isprint((unsigned char)m->value[i]) ? m->value[i] : '?');
    text[n] = '\0';
    f->malformed++;
    (void)snprintf(f->malformed_example, sizeof f->malformed_example,
        "%s partition %" PRId32 " offset %" PRId64 ": %.100s: %s", kafka_topic_name[m->topic],
        m->partition, m->offset, why->text, text);
    return 0;
}

/* With a gatherer, events of a whole tick become a tick and leave the list. */
static int read_event(
    struct kafka_records *r, const struct kafka_incoming *m, struct feed_stats *f, struct err *e)
{
    struct err why = {0};

    if (m->value_len > KAFKA_READ_EVENT_MAX)
        (void)err_set(
            &why, ERR_TOO_LARGE, "a record of %zu bytes is no position event", m->value_len);
    else if (event_parse(m->value, m->value_len, &r->event[r->n], &why) == 0)
        r->event[r->n++].published_ms = m->published_ms;
    if (why.code)
        return skip(m, &why, f);
    if (r->gather) {
        enum kafka_gathered did =
            kafka_gather_event(r->gather, &r->event[r->n - 1], m->partition, m->offset, e);

        r->n -= did != KAFKA_GATHER_EVENT;
        if (did == KAFKA_GATHER_FAILED)
            return -1;
    }
    return r->n == GATHER ? kafka_records_flush(r, e) : 0;
}

/* Pinot's form is milliseconds; people write a time. */
static int64_t start_seconds(const json_t *start, struct err *e)
{
    int64_t s = 0;

    if (json_is_integer(start))
        return json_integer_value(start) / 1000;
    if (!json_is_string(start) || clock_parse(json_string_value(start), &s, e))
        return err_set(e, ERR_INVALID, "startTime is neither milliseconds nor a time");
    return s;
}

/* Another producer's race: runId, course and startTime are all it says. */
static int parse_external(const json_t *j, struct race_record *out, struct err *e)
{
    const char *run_id = json_string_value(json_object_get(j, "runId"));
    const char *course = json_string_value(json_object_get(j, "course"));

    if (!run_id || !race_run_id_valid(run_id) || !course || strlen(course) > COURSE_NAME_MAX)
        return err_set(e, ERR_INVALID, "a race needs runId and course");
    *out = (struct race_record){.external = true, .state = RACE_RUNNING, .anchor.speed = 1};
    (void)snprintf(out->spec.run_id, sizeof out->spec.run_id, "%s", run_id);
    (void)snprintf(out->spec.course, sizeof out->spec.course, "%s", course);
    out->spec.start_s = start_seconds(json_object_get(j, "startTime"), e);
    return e->code ? -1 : 0;
}

/* A record of ours holds the whole record as text in `spec`. The fields around it are for Pinot. */
static int parse_race(const json_t *j, struct race_record *out, struct err *e)
{
    const char *text = json_string_value(json_object_get(j, "spec"));
    json_t *spec;
    int failed;

    if (!text)
        return parse_external(j, out, e);
    spec = json_loads(text, 0, NULL);
    failed =
        spec ? race_record_parse(spec, out, e) : err_set(e, ERR_INVALID, "its spec is not JSON");
    json_decref(spec);
    return failed;
}

/* A record that this very server has published was applied when it was published. */
static int read_race(
    struct kafka_records *r, const struct kafka_incoming *m, struct feed_stats *f, struct err *e)
{
    json_t *j = json_loadb(m->value, m->value_len, 0, NULL);
    struct race_record record;
    struct err why = {0};
    int failed = j ? parse_race(j, &record, &why) : err_set(&why, ERR_INVALID, "this is not JSON");

    json_decref(j);
    if (failed)
        return skip(m, &why, f);
    if (!r->sink.race || (r->server_id[0] && strcmp(record.driver, r->server_id) == 0))
        return 0;
    if (r->sink.race(r->sink.arg, &record, false, e))
        return -1;
    return r->gather ? kafka_gather_race(r->gather, &record, e) : 0;
}

/* A course is its GeoJSON, read by the same import as any file. */
static int read_course(
    struct kafka_records *r, const struct kafka_incoming *m, struct feed_stats *f, struct err *e)
{
    struct course_options none = {0};
    struct err why = {0};
    struct course *c = course_import(m->value, m->value_len, &none, &why);
    int failed;

    if (!c)
        return skip(m, &why, f);
    failed = r->sink.course ? r->sink.course(r->sink.arg, c, e) : 0;
    course_unref(c);
    return failed;
}

/* A record without a value: the course with that key is deleted. */
static int read_course_gone(struct kafka_records *r, const struct kafka_incoming *m, struct err *e)
{
    char name[COURSE_NAME_MAX + 1];

    if (!m->key_len || m->key_len > COURSE_NAME_MAX || !r->sink.course_gone)
        return 0;
    memcpy(name, m->key, m->key_len);
    name[m->key_len] = '\0';
    return course_name_valid(name) ? r->sink.course_gone(r->sink.arg, name, e) : 0;
}

/* A record without a value: the race has no roster any more. */
static int read_roster(
    struct kafka_records *r, const struct kafka_incoming *m, struct feed_stats *f, struct err *e)
{
    char run_id[RUN_ID_MAX + 1] = "";
    struct err why = {0};

    if (m->key_len && m->key_len <= RUN_ID_MAX)
        memcpy(run_id, m->key, m->key_len);
    if (!race_run_id_valid(run_id)) {
        (void)err_set(&why, ERR_INVALID, "the key of a roster is its race's runId");
        return skip(m, &why, f);
    }
    return r->sink.roster
               ? r->sink.roster(r->sink.arg, run_id, m->value ? m->value : "", m->value_len, e)
               : 0;
}

int kafka_records_record(
    struct kafka_records *r, const struct kafka_incoming *m, struct feed_stats *f, struct err *e)
{
    if (m->topic == KAFKA_ROSTERS)
        return read_roster(r, m, f, e);
    if (!m->value)
        return m->topic == KAFKA_COURSES ? read_course_gone(r, m, e) : 0;
    if (m->topic == KAFKA_PARKRUN)
        return read_event(r, m, f, e);
    if (kafka_records_flush(r, e)) /* events that came before it are delivered first */
        return -1;
    return m->topic == KAFKA_RACES ? read_race(r, m, f, e) : read_course(r, m, f, e);
}

/* Fields that Pinot's table has stand beside `spec`, so that SQL can use them. */
void kafka_records_format_race(const struct race_record *r, struct buf *out)
{
    json_t *record = race_record_json(r);
    char *spec = json_dumps(record, JSON_COMPACT);

    buf_adds(out, "{\"runId\": ");
    buf_add_json(out, r->spec.run_id);
    buf_adds(out, ", \"course\": ");
    buf_add_json(out, r->spec.course);
    buf_addf(out,
        ", \"startTime\": %" PRId64 ", \"state\": \"%s\", \"driver\": ", r->spec.start_s * 1000,
        race_state_name(r->state));
    buf_add_json(out, r->driver);
    buf_adds(out, ", \"spec\": ");
    buf_add_json(out, spec);
    buf_adds(out, "}");
    free(spec);
    json_decref(record);
}
