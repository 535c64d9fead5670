#include "contract_sql.h"

#include "contract_race.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "race/event.h"
#include "sql/query.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX 1000000u
#define RACE "11111111-2222-4333-8444-555555555555"
#define SIMULATED "33333333-2222-4333-8444-555555555555"
#define OTHER "637648ff-46fa-464b-9d80-acb647e7aa41"

static const struct store_factory *factory;
static struct store *store;

static char *read_file(const char *path)
{
    char *text = mem_zalloc(1, FILE_MAX);
    FILE *f = fopen(path, "rb");

    if (!f || fread(text, 1, FILE_MAX - 1, f) == 0)
        fail_msg("%s cannot be read", path);
    (void)fclose(f);
    return text;
}

static void put_course(void)
{
    struct course_options o = {.short_name = "crystal"};
    struct err e = {0};
    char *kml = read_file(COURSES_DIR "/crystal.kml");
    struct course *c = course_import(kml, strlen(kml), &o, &e);

    if (!c)
        fail_msg("crystal: %s", e.text);
    contract_put_course(store, c);
    course_unref(c);
    free(kml);
}

static void put_race(const char *run_id, const char *course, int64_t start_s, uint32_t competitors)
{
    struct race_record r = {
        .state = RACE_RUNNING, .external = competitors == 0, .created_ms = start_s * 1000};
    struct err e = {0};
    struct course *c;

    (void)snprintf(r.spec.run_id, sizeof r.spec.run_id, "%s", run_id);
    (void)snprintf(r.spec.course, sizeof r.spec.course, "%s", course);
    r.spec.competitors = competitors;
    r.spec.fastest = 144;
    r.spec.slowest = 500;
    r.spec.start_s = start_s;
    r.spec.speed = r.anchor.speed = 1;
    r.anchor.wall_ms = start_s * 1000;
    if (competitors) {
        c = store->ops->course(store, course, &e);
        if (!c) {
            fail_msg("%s: %s", course, e.text);
            return;
        }
        memcpy(r.spec.revision, c->revision, sizeof r.spec.revision);
        course_unref(c);
    }
    contract_put_race(store, &r);
}

static void put_events(void)
{
    char *text = read_file(SQL_DIR "/events.ndjson");
    char *rest = NULL;
    struct err e = {0};

    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct event ev;

        if (event_parse(line, strlen(line), &ev, &e) || store->ops->put_events(store, &ev, 1, &e))
            fail_msg("%s: %s", line, e.text);
    }
    free(text);
}

static int set_up(void **state)
{
    (void)state;
    store = contract_open(factory);
    put_course();
    contract_commit(store);
    put_race(RACE, "crystal", 1767258000, 5);
    put_race(OTHER, "richmond", 1685009869, 0);
    contract_commit(store);
    put_events();
    contract_commit(store);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    factory->close(store);
    return 0;
}

static json_t *ask(const char *sql)
{
    json_t *request = json_pack("{s: s}", "sql", sql);
    char *text = json_dumps(request, 0);
    struct buf answer = BUF_INIT;
    struct err e = {0};
    json_t *j;

    if (store->ops->sql ? store->ops->sql(store, text, strlen(text), &answer, &e)
                        : sql_query(store, text, strlen(text), 0, &answer, &e))
        fail_msg("%s: %s", sql, e.text);
    j = json_loadb(answer.data, answer.len, 0, NULL);
    if (!j || !json_object_get(j, "resultTable"))
        fail_msg("%s\nanswers %s", sql, answer.data);
    buf_release(&answer);
    free(text);
    json_decref(request);
    return j;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The table as text: names and types, then a row a line, sorted where the statement gives no order.
 */
static char *table_text(const json_t *table, bool ordered)
{
    const json_t *rows = json_object_get(table, "rows");
    size_t n = json_array_size(rows);
    char **line = mem_alloc((n + 1) * sizeof *line);
    struct buf out = BUF_INIT;
    char *schema = json_dumps(json_object_get(table, "dataSchema"), JSON_SORT_KEYS);

    for (size_t i = 0; i < n; i++)
        line[i] = json_dumps(json_array_get(rows, i), JSON_COMPACT);
    if (!ordered)
        qsort(line, n, sizeof *line, compare_lines);
    buf_addf(&out, "%s\n", schema);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&out, "%s\n", line[i]);
        free(line[i]);
    }
    free(line);
    free(schema);
    return buf_detach(&out, NULL);
}

static void check(const char *sql_path)
{
    char *sql = read_file(sql_path);
    char *json_path = mem_strdup(sql_path);
    bool ordered = strcasestr(sql, "order by") != NULL;
    json_t *answer = ask(sql), *expected;
    char *text, *got = table_text(json_object_get(answer, "resultTable"), ordered), *wanted;

    /* NAME.sql -> NAME.json needs one more byte */
    json_path = mem_realloc(json_path, strlen(json_path) + 2, 1);
    memcpy(json_path + strlen(json_path) - 3, "json", 5);
    text = read_file(json_path);
    expected = json_loads(text, 0, NULL);
    wanted = table_text(expected, ordered);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s answers\n%sand not\n%s", sql_path, got, wanted);
    free(got);
    free(wanted);
    free(text);
    free(sql);
    free(json_path);
    json_decref(answer);
    json_decref(expected);
}

static void test_statements(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob(SQL_DIR "/*.sql", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check(found.gl_pathv[i]);
    globfree(&found);
}

/* The one number of a statement's only row. */
static double number(const char *fmt, int64_t id)
{
    char sql[400];
    json_t *answer;
    double v;

    (void)snprintf(sql, sizeof sql, fmt, SIMULATED, (long long)id);
    answer = ask(sql);
    v = json_number_value(json_array_get(
        json_array_get(json_object_get(json_object_get(answer, "resultTable"), "rows"), 0), 0));
    json_decref(answer);
    return v;
}

/* A simulated race, tick by tick: SQL tells the simulator's own distances, every event once. */
static void test_simulated_race(void **state)
{
    struct contract_race r;
    struct course *c = contract_course("loop", "Loop", 1, true);
    const int32_t *finish_s;
    int32_t last_s = 400;
    int64_t events = 0;

    (void)state;
    contract_put_course(store, c);
    contract_race_init(&r, c, SIMULATED, 30);
    finish_s = sim_finish_raw(r.sim);
    contract_put_race(store, &r.record);
    for (int32_t raw_s = 0; raw_s <= last_s; raw_s++) {
        struct tick t = contract_race_tick(&r, raw_s);

        contract_put_tick(store, &t);
    }
    contract_commit(store);
    for (uint32_t i = 0; i < r.n; i++) {
        int32_t own_last_s = finish_s[i] < last_s ? finish_s[i] : last_s;

        events += own_last_s + 1;
        assert_true(
            number("select distance from parkrun where runId = '%s' and competitorId = %lld",
                i + 1) == r.dist_mm[i] / 1000.0);
        assert_true(
            number("select count(*) from parkrun where runId = '%s' and competitorId = %lld "
                   "option(skipUpsert=true)",
                i + 1) == own_last_s + 1);
    }
    assert_true(number("select count(*) from parkrun where runId = '%s' or competitorId = %lld "
                       "option(skipUpsert=true)",
                    -1) == (double)events);
    assert_true(number("select count(distinct eventId) from parkrun_history where runId = '%s' "
                       "and competitorId > %lld",
                    0) == (double)events);
    contract_race_release(&r);
    course_unref(c);
}

int contract_sql_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_simulated_race),
    };

    factory = f;
    return cmocka_run_group_tests_name(f->name, tests, set_up, tear_down);
}
