/* setup.c: `trackside pinot setup`, status and drop. Pinot's controller answers before its servers
 * have done what it says, so each step is followed by a wait for its effect. */
#include "store/pinot/setup.h"

#include "base/clock.h"
#include "feed/feed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 60000 /* for an effect */
#define PAUSE_MS 100  /* between two looks */

static void say(const struct pinot_say *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct pinot_say *s, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    if (!s || !s->line)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    s->line(s->arg, text);
}

static void nap(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
}

/* A request to the controller whose answer is wanted whatever its status. */
static int ask(struct pinot *p, const char *method, const char *path, const char *body,
    struct buf *answer, long *status, struct err *e)
{
    struct pinot_request r = {
        .method = method, .path = path, .body = body, .len = body ? strlen(body) : 0};

    buf_clear(answer);
    return pinot_controller(p, &r, answer, status, e);
}

static int refused(const char *what, long status, const struct buf *answer, struct err *e)
{
    return err_set(e, status == 401 || status == 403 ? ERR_UNAUTHORIZED : ERR_INTERNAL,
        "Pinot refuses %s (HTTP %ld): %.300s", what, status,
        answer->len ? answer->data : "no reason given");
}

/* "name TYPE" of every column, for comparing. */
static const json_t *column(const json_t *schema, const char *name)
{
    static const char *const lists[] = {
        "dimensionFieldSpecs", "metricFieldSpecs", "dateTimeFieldSpecs"};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        size_t k;
        json_t *c;

        json_array_foreach(json_object_get(schema, lists[i]), k, c)
        {
            const char *its = json_string_value(json_object_get(c, "name"));

            if (its && strcmp(its, name) == 0)
                return c;
        }
    }
    return NULL;
}

/* "" where there is no such text. */
static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "";
}

/* Only missing columns and other types matter: more columns do no harm. */
static void compare_list(
    const json_t *want, const json_t *have, const char *list, struct buf *differences)
{
    size_t k;
    json_t *c;

    json_array_foreach(json_object_get(want, list), k, c)
    {
        const char *name = text_of(c, "name");
        const json_t *other = column(have, name);

        if (!other)
            buf_addf(differences, "%scolumn %s is missing", differences->len ? ", " : "", name);
        else if (strcmp(text_of(c, "dataType"), text_of(other, "dataType")) != 0)
            buf_addf(differences, "%scolumn %s is %s and not %s", differences->len ? ", " : "",
                name, text_of(other, "dataType"), text_of(c, "dataType"));
    }
}

/* 1: `differences` says what. */
static int compare_schema(enum pinot_table t, const struct buf *found, struct buf *differences)
{
    json_t *want = json_loads(pinot_table_schema(t), 0, NULL);
    json_t *have = json_loadb(found->data, found->len, 0, NULL);

    compare_list(want, have, "dimensionFieldSpecs", differences);
    compare_list(want, have, "metricFieldSpecs", differences);
    compare_list(want, have, "dateTimeFieldSpecs", differences);
    if (!json_equal(
            json_object_get(want, "primaryKeyColumns"), json_object_get(have, "primaryKeyColumns")))
        buf_addf(differences, "%sthe primary key is another", differences->len ? ", " : "");
    json_decref(want);
    json_decref(have);
    return differences->len > 0;
}

/* A schema cannot be changed under a table without rewriting its segments, so a wrong one is
 * refused, not mended. */
static int ensure_schema(
    struct pinot *p, enum pinot_table t, const struct pinot_say *s, struct err *e)
{
    struct buf answer = BUF_INIT, differences = BUF_INIT;
    const char *name = pinot_table_name[t];
    char path[64];
    long status = 0;
    int failed;

    (void)snprintf(path, sizeof path, "/schemas/%s", name);
    failed = ask(p, "GET", path, NULL, &answer, &status, e);
    if (!failed && status == 200 && compare_schema(t, &answer, &differences)) {
        failed = err_set(e, ERR_CONFLICT,
            "Pinot has another schema %s: %.300s; 'trackside pinot drop' removes it with its rows",
            name, differences.data);
    } else if (!failed && status != 200) {
        failed = ask(p, "POST", "/schemas", pinot_table_schema(t), &answer, &status, e);
        if (!failed && status != 200)
            failed = refused("the schema", status, &answer, e);
        if (!failed)
            say(s, "schema %s made", name);
    } else if (!failed) {
        say(s, "schema %s is there", name);
    }
    buf_release(&answer);
    buf_release(&differences);
    return failed;
}

/* After a DELETE the table's external view empties some time later; before that it cannot be made
 * again. */
static int await_gone(struct pinot *p, const char *name, struct err *e)
{
    int64_t deadline = clock_wall_ms() + WAIT_MS;
    struct buf answer = BUF_INIT;
    char path[96];
    long status = 0;
    int failed = 0, gone = 0;

    (void)snprintf(path, sizeof path, "/tables/%s/externalview", name);
    while (!failed && !gone) {
        failed = ask(p, "GET", path, NULL, &answer, &status, e);
        gone = !failed && (status == 404 || !strstr(answer.data ? answer.data : "", "ONLINE")) &&
               !strstr(answer.data ? answer.data : "", "CONSUMING");
        if (!failed && !gone && clock_wall_ms() > deadline)
            failed = err_set(e, ERR_TIMEOUT,
                "Pinot still removes the old table %s; try again in a minute", name);
        if (!failed && !gone)
            nap();
    }
    buf_release(&answer);
    return failed;
}

/* What people are likely to have changed; Pinot adds defaults of its own, so the whole is not
 * compared. */
static void compare_table(
    enum pinot_table t, const char *brokers, const json_t *have, const struct pinot_say *s)
{
    const json_t *table = json_object_get(have, pinot_table_type[t]);
    const json_t *stream =
        json_object_get(json_object_get(table, "tableIndexConfig"), "streamConfigs");
    const char *mode = text_of(json_object_get(table, "upsertConfig"), "mode");
    const char *name = pinot_table_name[t];

    if (t == PINOT_COURSES) {
        if (!json_is_true(json_object_get(table, "isDimTable")))
            say(s, "table %s differs: it is no dimension table, so lookup() does not work", name);
        return;
    }
    if (strcmp(mode, "FULL") != 0)
        say(s, "table %s differs: its upsert mode is \"%s\" and not FULL", name, mode);
    if (strcmp(text_of(stream, "stream.kafka.broker.list"), brokers) != 0)
        say(s, "table %s differs: it reads from Kafka at %s and not %s", name,
            text_of(stream, "stream.kafka.broker.list"), brokers);
    if (strcmp(text_of(stream, "stream.kafka.isolation.level"), "read_committed") != 0)
        say(s,
            "table %s differs: it does not read committed records only, so an aborted event may "
            "show",
            name);
    if (strtoll(text_of(stream, "max.partition.fetch.bytes"), NULL, 10) <
        strtoll(FEED_FETCH_BYTES_TEXT, NULL, 10))
        say(s,
            "table %s differs: its streamConfigs lack \"max.partition.fetch.bytes\": \"%s\", so "
            "Pinot 1.x can stop for good at an aborted transaction; docs/pinot.md says how to add "
            "it",
            name, FEED_FETCH_BYTES_TEXT);
    if (!json_object_get(json_object_get(json_object_get(table, "ingestionConfig"), "filterConfig"),
            "filterFunction"))
        say(s,
            t == PINOT_PARKRUN ? "table %s differs: it has no filter, so one malformed record can "
                                 "stop a partition for good"
                               : "table %s differs: it has no filter, so a race of another "
                                 "producer can have two rows",
            name);
}

/* A setting that Pinot does not know is left out in silence when the table is made: ask before. */
static int validate_table(struct pinot *p, enum pinot_table t, const struct buf *config,
    struct buf *answer, struct err *e)
{
    struct buf keys = BUF_INIT;
    long status = 0;
    int failed = ask(p, "POST", "/tables/validate", config->data, answer, &status, e);

    if (!failed && status != 200)
        failed = refused("the table", status, answer, e);
    if (!failed && pinot_table_unknown(answer, &keys))
        failed = err_set(e, ERR_CONFLICT,
            "Pinot %s does not know these settings of the table %s: %.300s; 0.11 and 1.x do",
            pinot_version(p), pinot_table_name[t], keys.data);
    buf_release(&keys);
    return failed;
}

/* The controller refuses a table whose old segments it is still removing. */
static int make_table(
    struct pinot *p, enum pinot_table t, const char *brokers, struct buf *answer, struct err *e)
{
    struct buf config = BUF_INIT;
    long status = 0;
    int failed;

    pinot_table_config(t, brokers, &config);
    failed = await_gone(p, pinot_table_name[t], e) || validate_table(p, t, &config, answer, e) ||
             ask(p, "POST", "/tables", config.data, answer, &status, e);
    if (!failed && status != 200)
        failed = refused("the table", status, answer, e);
    buf_release(&config);
    return failed;
}

static int ensure_table(struct pinot *p, enum pinot_table t, const char *brokers,
    const struct pinot_say *s, struct err *e)
{
    struct buf answer = BUF_INIT;
    const char *name = pinot_table_name[t];
    json_t *have = NULL;
    char path[64];
    long status = 0;
    int failed;

    (void)snprintf(path, sizeof path, "/tables/%s", name);
    failed = ask(p, "GET", path, NULL, &answer, &status, e);
    if (!failed)
        have = json_loadb(answer.data ? answer.data : "", answer.len, 0, NULL);
    if (!failed && json_object_get(have, pinot_table_type[t])) {
        say(s, "table %s is there", name);
        compare_table(t, brokers, have, s);
    } else if (!failed) {
        failed = make_table(p, t, brokers, &answer, e);
        if (!failed)
            say(s, "table %s made", name);
    }
    json_decref(have);
    buf_release(&answer);
    return failed;
}

/* The first row's first value of a statement, as an integer. */
static int count(struct pinot *p, const char *sql, int64_t *out, struct err *e)
{
    json_t *table;

    if (pinot_query(p, sql, &table, e))
        return -1;
    *out = json_integer_value(json_array_get(json_array_get(json_object_get(table, "rows"), 0), 0));
    json_decref(table);
    return 0;
}

/* An error is waited out too: a table that is new answers with one for a moment. */
static int await_count(
    struct pinot *p, const char *sql, int64_t at_least, const char *what, struct err *e)
{
    int64_t deadline = clock_wall_ms() + WAIT_MS, n = 0;
    struct err why = {0};

    while (count(p, sql, &n, &why) || n < at_least) {
        if (clock_wall_ms() > deadline)
            return err_set(e, ERR_TIMEOUT, "%s cannot be queried after %d s%s%s", what,
                WAIT_MS / 1000, why.code ? ": " : "", why.code ? why.text : "");
        nap();
    }
    return 0;
}

int pinot_setup(struct pinot *p, const char *brokers, const struct pinot_say *s, struct err *e)
{
    for (int t = 0; t < PINOT_TABLES; t++) {
        char sql[64];

        if (ensure_schema(p, (enum pinot_table)t, s, e) ||
            ensure_table(p, (enum pinot_table)t, brokers, s, e))
            return -1;
        (void)snprintf(sql, sizeof sql, "select count(*) from %s", pinot_table_name[t]);
        /* A dimension table without a segment is not routed to yet; it answers once it is loaded.
         */
        if (t != PINOT_COURSES && await_count(p, sql, 0, pinot_table_name[t], e))
            return -1;
    }
    return 0;
}

int pinot_status(struct pinot *p, struct pinot_table_status out[PINOT_TABLES], struct err *e)
{
    int wrong = 0;

    for (int t = 0; t < PINOT_TABLES; t++) {
        struct err why = {0};
        char sql[96];

        out[t] = (struct pinot_table_status){
            .name = pinot_table_name[t], .type = pinot_table_type[t], .rows = -1};
        (void)snprintf(sql, sizeof sql, "select count(*) from %s", pinot_table_name[t]);
        if (count(p, sql, &out[t].rows, &why) == 0)
            continue;
        if (why.code == ERR_TIMEOUT)
            return err_set(e, why.code, "%s", why.text);
        wrong++;
        out[t].rows = -1;
        (void)snprintf(out[t].problem, sizeof out[t].problem, "%s", why.text);
    }
    return wrong;
}

static int drop_table(struct pinot *p, enum pinot_table t, const struct pinot_say *s, struct err *e)
{
    struct buf answer = BUF_INIT;
    const char *name = pinot_table_name[t];
    char path[96];
    long status = 0;
    int failed;

    (void)snprintf(path, sizeof path, "/tables/%s?retention=0d", name);
    failed = ask(p, "DELETE", path, NULL, &answer, &status, e);
    if (!failed && status != 200 && status != 404)
        failed = refused("to drop the table", status, &answer, e);
    if (!failed && status == 200)
        failed = await_gone(p, name, e);
    if (!failed)
        say(s, status == 200 ? "table %s dropped" : "table %s was not there", name);
    (void)snprintf(path, sizeof path, "/schemas/%s", name);
    if (!failed)
        failed = ask(p, "DELETE", path, NULL, &answer, &status, e);
    buf_release(&answer);
    return failed;
}

/* In the reverse order of setup. */
int pinot_drop(struct pinot *p, const struct pinot_say *s, struct err *e)
{
    for (int t = PINOT_TABLES - 1; t >= 0; t--)
        if (drop_table(p, (enum pinot_table)t, s, e))
            return -1;
    return 0;
}
