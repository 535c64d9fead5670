#include "contract_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "feed/event.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX 1000000u
#define RACE "11111111-2222-4333-8444-555555555555"
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
        .state = RACE_RUNNING, .foreign = competitors == 0, .created_ms = start_s * 1000};
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

    if (store->ops->sql(store, text, strlen(text), &answer, &e))
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

int contract_sql_run(const struct store_factory *f)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
    };

    factory = f;
    return cmocka_run_group_tests_name(f->name, tests, set_up, tear_down);
}
