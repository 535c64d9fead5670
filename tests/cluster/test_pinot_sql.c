/* The statements of tests/contract/sql on the real Pinot and on the embedded store: both give the
 * answers that stand beside them. Others may use the same Pinot, so the races get ids of their own,
 * and a statement about a whole table is asked about these races alone. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "feed/kafka/producer.h"
#include "feed/kafka/records.h"
#include "sql/query.h"
#include "store/pinot/pinot.h"

#include "world.h"

#include <glob.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FILE_LIMIT 1000000u
#define PATIENCE_MS 30000
#define EVENTS 31

/* As they stand in the files, and here. */
static const char *const written[2] = {
    "11111111-2222-4333-8444-555555555555", "637648ff-46fa-464b-9d80-acb647e7aa41"};
static char race[2][UUID_LEN + 1];

static struct store *embedded, *pinot;

static char *read_file(const char *path)
{
    char *text = mem_zalloc(1, FILE_LIMIT);
    FILE *f = fopen(path, "rbe");

    if (!f || fread(text, 1, FILE_LIMIT - 1, f) == 0)
        fail_msg("%s cannot be read", path);
    (void)fclose(f);
    return text;
}

/* A file with this run's ids in it. */
static char *read_own(const char *path)
{
    char *text = read_file(path);

    for (size_t k = 0; k < 2; k++)
        for (char *at = text; (at = strstr(at, written[k])); at += UUID_LEN)
            memcpy(at, race[k], UUID_LEN);
    return text;
}

static struct race_record record_of(size_t k, const struct course *c)
{
    struct race_record r = {.state = RACE_RUNNING, .external = k == 1, .anchor.speed = 1};

    memcpy(r.spec.run_id, race[k], sizeof race[k]);
    (void)snprintf(r.spec.course, sizeof r.spec.course, "%s", k ? "richmond" : "crystal");
    if (k == 0)
        memcpy(r.spec.revision, c->revision, sizeof r.spec.revision);
    r.spec.competitors = k ? 0 : 5;
    r.spec.fastest = 144;
    r.spec.slowest = 500;
    r.spec.start_s = k ? 1685009869 : 1767258000;
    r.spec.speed = 1;
    r.created_ms = r.anchor.wall_ms = r.spec.start_s * 1000;
    return r;
}

static void put_race(struct store *s, const struct race_record *r)
{
    struct err e = {0};

    must(s->ops->put_race(s, r, &e), &e);
}

static void publish(struct kafka_producer *p, const struct kafka_topics *t, enum kafka_topic topic,
    const char *key, const char *value)
{
    struct kafka_record r = {key, strlen(key), value, strlen(value)};
    int32_t partition = kafka_topics_partition(key, strlen(key), t->partitions[topic]);

    assert_int_equal(kafka_producer_send(p, topic, partition, &r, 1), 0);
}

static void put_races(struct kafka_producer *p, const struct kafka_topics *t)
{
    struct course *c = crystal("crystal");
    struct err e = {0};

    must(embedded->ops->put_course(embedded, c, &e), &e);
    must(pinot->ops->put_course(pinot, c, &e), &e);
    must(embedded->ops->commit(embedded, &e), &e);
    for (size_t k = 0; k < 2; k++) {
        struct race_record r = record_of(k, c);
        struct buf value = BUF_INIT;

        kafka_records_format_race(&r, &value);
        publish(p, t, KAFKA_RACES, race[k], value.data);
        put_race(embedded, &r);
        put_race(pinot, &r);
        buf_release(&value);
    }
    must(pinot->ops->commit(pinot, &e), &e);
    course_unref(c);
}

static void put_events(struct kafka_producer *p, const struct kafka_topics *t)
{
    char *text = read_own(SQL_DIR "/events.ndjson"), *rest = NULL;
    struct err e = {0};

    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct event ev;
        char key[24];

        must(event_parse(line, strlen(line), &ev, &e), &e);
        must(embedded->ops->put_events(embedded, &ev, 1, &e), &e);
        (void)snprintf(key, sizeof key, "%" PRId64, ev.competitor_id);
        publish(p, t, KAFKA_PARKRUN, key, line);
    }
    must(embedded->ops->commit(embedded, &e), &e);
    free(text);
}

static json_t *ask(struct store *s, const char *sql)
{
    json_t *request = json_pack("{s: s}", "sql", sql), *j;
    char *text = json_dumps(request, 0);
    struct buf answer = BUF_INIT;
    struct err e = {0};

    must(s->ops->sql ? s->ops->sql(s, text, strlen(text), &answer, &e)
                     : sql_query(s, text, strlen(text), 0, &answer, &e),
        &e);
    j = json_loadb(answer.data, answer.len, 0, NULL);
    buf_release(&answer);
    free(text);
    json_decref(request);
    return j;
}

static int64_t count(const char *sql)
{
    json_t *j = ask(pinot, sql);
    const json_t *rows = json_object_get(json_object_get(j, "resultTable"), "rows");
    int64_t n = json_integer_value(json_array_get(json_array_get(rows, 0), 0));

    json_decref(j);
    return n;
}

static void await_count(const char *table, int64_t want)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    char sql[300];

    (void)snprintf(sql, sizeof sql,
        "SET skipUpsert=true; select count(*) from %s where runId in ('%s', '%s')", table, race[0],
        race[1]);
    while (count(sql) < want) {
        if (clock_wall_ms() > deadline)
            fail_msg("%s: %s is not %" PRId64 " after %d ms", table, sql, want, PATIENCE_MS);
        (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    assert_int_equal(count(sql), want);
}

static void await_course(void)
{
    int64_t deadline = clock_wall_ms() + PATIENCE_MS;
    struct race_record r;
    struct err e = {0};

    while (pinot->ops->race(pinot, race[0], &r, &e)) {
        if (clock_wall_ms() > deadline)
            fail_msg("the courses were not loaded within %d ms", PATIENCE_MS);
        (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

static int set_up(void **state)
{
    struct store_pinot_options po = {.pinot.controller = setting("TRACKSIDE_TEST_PINOT")};
    struct store_embedded_options eo = {0};
    struct kafka_settings settings;
    struct kafka_topics topics;
    struct kafka_producer *p;
    struct err e = {0};

    (void)state;
    uuid_v4(race[0]);
    uuid_v4(race[1]);
    race[0][0] = '1'; /* so that they sort as in the files */
    race[1][0] = '6';
    embedded = store_embedded_new(&eo, &e);
    must(!embedded, &e);
    pinot = store_pinot_new(&po, &e);
    must(!pinot, &e);
    must(kafka_settings_init(&settings, setting("TRACKSIDE_TEST_KAFKA"), NULL, &e), &e);
    must(kafka_topics_ensure(&topics, &settings, 10000, &e), &e);
    p = kafka_producer_new(&settings, NULL, &e);
    must(!p, &e);
    put_races(p, &topics);
    put_events(p, &topics);
    must(kafka_producer_commit(p, 10000, &e), &e);
    kafka_producer_free(p);
    kafka_settings_release(&settings);
    await_course();
    await_count("races", 2);
    await_count("parkrun", EVENTS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pinot->ops->free(pinot);
    embedded->ops->free(embedded);
    return 0;
}

/* "from parkrun …" becomes "from parkrun where runId in (…) …", unless it names a race already. */
static char *narrow(const char *sql)
{
    const char *from = strstr(sql, "from parkrun"), *where;
    struct buf out = BUF_INIT;

    if (strcasestr(sql, "runId ="))
        return mem_strdup(sql);
    from = from ? from + strlen("from parkrun") : strstr(sql, "from races") + strlen("from races");
    where = strstr(from, "where ");
    buf_add(&out, sql, (size_t)(from - sql));
    buf_addf(&out, " where runId in ('%s', '%s') ", race[0], race[1]);
    if (where)
        buf_addf(&out, "and %s", where + strlen("where "));
    else
        buf_adds(&out, from);
    return buf_detach(&out, NULL);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Types, then a row a line, sorted where the statement gives no order. Without an alias the name of
 * an aggregate is Pinot's own affair. */
static char *table_text(const json_t *table, bool ordered)
{
    const json_t *rows = json_object_get(table, "rows");
    size_t n = json_array_size(rows);
    char **line = mem_alloc((n + 1) * sizeof *line);
    char *schema = json_dumps(json_object_get(table, "dataSchema"), JSON_SORT_KEYS);
    struct buf out = BUF_INIT;

    for (size_t i = 0; i < n; i++)
        line[i] = json_dumps(json_array_get(rows, i), JSON_COMPACT);
    if (!ordered)
        qsort(line, n, sizeof *line, compare_lines);
    buf_addf(&out, "%s\n", schema ? schema : "no table");
    for (size_t i = 0; i < n; i++) {
        buf_addf(&out, "%s\n", line[i]);
        free(line[i]);
    }
    free(line);
    free(schema);
    return buf_detach(&out, NULL);
}

/* Pinot 0.11 calls a constant with a fraction FLOAT, later ones DOUBLE. */
static void name_constants_alike(json_t *answer)
{
    const json_t *schema = json_object_get(json_object_get(answer, "resultTable"), "dataSchema");
    json_t *type;
    size_t k;

    json_array_foreach(json_object_get(schema, "columnDataTypes"), k, type)
    {
        if (strcmp(json_string_value(type), "FLOAT") == 0)
            (void)json_string_set(type, "DOUBLE");
    }
}

/* 1 where the store's answer is another one. */
static int differs(struct store *s, const char *path, const char *sql, const char *wanted)
{
    json_t *answer = ask(s, sql);
    const json_t *exceptions = json_object_get(answer, "exceptions");
    char *got;
    int different;

    name_constants_alike(answer);
    got = table_text(json_object_get(answer, "resultTable"), strcasestr(sql, "order by") != NULL);
    different = strcmp(got, wanted) != 0 || json_array_size(exceptions) > 0;

    if (different) {
        char *why = json_dumps(exceptions, 0);

        print_message("%s: %s answers\n%.2000s%.600s\nand not\n%.2000s\n", s->ops->name,
            strrchr(path, '/') + 1, got, why ? why : "", wanted);
        free(why);
    }
    free(got);
    json_decref(answer);
    return different;
}

static int check(const char *path)
{
    char *sql = read_own(path), *narrowed = narrow(sql);
    char *json_path = mem_strdup(path), *text, *wanted;
    json_t *expected;
    int different;

    json_path = mem_realloc(json_path, strlen(path) + 2, 1);
    memcpy(json_path + strlen(path) - 3, "json", 5);
    text = read_own(json_path);
    expected = json_loads(text, 0, NULL);
    wanted = table_text(expected, strcasestr(sql, "order by") != NULL);
    different = differs(embedded, path, narrowed, wanted) + differs(pinot, path, narrowed, wanted);
    free(wanted);
    json_decref(expected);
    free(text);
    free(json_path);
    free(narrowed);
    free(sql);
    return different;
}

static void both_stores_give_the_answers_of_the_files(void **state)
{
    glob_t found;
    int different = 0;

    (void)state;
    assert_int_equal(glob(SQL_DIR "/*.sql", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        different += check(found.gl_pathv[i]);
    globfree(&found);
    assert_int_equal(different, 0);
}

/* What Pinot says of a statement that it does not understand goes on as it is. */
static void a_statement_that_is_refused(void **state)
{
    json_t *j = ask(pinot, "select nothing from nowhere where");

    (void)state;
    assert_true(json_array_size(json_object_get(j, "exceptions")) > 0);
    json_decref(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_stores_give_the_answers_of_the_files),
        cmocka_unit_test(a_statement_that_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
