/* What a stranger may send: every one is answered with a sentence, none writes, none goes on for
 * ever. */
#include "sql_fixture.h"

static struct sum_store store;

static int set_up(void **state)
{
    (void)state;
    sum_store_init(&store, 4, 600);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sum_store_release(&store);
    return 0;
}

static void test_requests(void **state)
{
    static const struct {
        const char *request;
        const char *says;
    } cases[] = {
        {"", "not JSON"},
        {"select 1", "not JSON"},
        {"{\"sql\": \"select 1\"", "not JSON"},
        {"{\"sql\": \"\xff\"}", "not JSON"},
        {"{\"sql\": \"a\\u0000b\"}", "not JSON"},
        {"[]", "not an object"},
        {"\"select 1\"", "not JSON"},
        {"{}", "no text named sql"},
        {"{\"sql\": 5}", "no text named sql"},
        {"{\"sql\": null}", "no text named sql"},
        {"{\"sql\": \"select 1\", \"queryOptions\": {}}", "queryOptions"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf answer = BUF_INIT;
        struct err e = {0};

        assert_int_equal(
            sql_query(&store.base, cases[i].request, strlen(cases[i].request), 0, &answer, &e), -1);
        assert_int_equal(e.code, ERR_INVALID);
        if (!strstr(e.text, cases[i].says))
            fail_msg("%s: %s", cases[i].request, e.text);
        assert_int_equal(answer.len, 0);
        buf_release(&answer);
    }
}

static void test_too_large(void **state)
{
    struct buf request = BUF_INIT, answer = BUF_INIT;
    struct err e = {0};

    (void)state;
    while (request.len <= SQL_REQUEST_MAX)
        buf_addc(&request, ' ');
    assert_int_equal(sql_query(&store.base, request.data, request.len, 0, &answer, &e), -1);
    assert_int_equal(e.code, ERR_TOO_LARGE);
    buf_release(&request);
}

/* The code and a piece of the sentence. */
static void expect_refusal(const char *sql, int timeout_ms, const char *says)
{
    json_t *request = json_pack("{s: s}", "sql", sql);
    char *text = json_dumps(request, 0);
    json_t *j = sql_ask_raw(&store.base, text, strlen(text), timeout_ms);
    char *line = sql_line(j);

    if (!strstr(line, says))
        fail_msg("%.200s\n  answers  %.200s\n  and not  %s", sql, line, says);
    free(line);
    json_decref(j);
    free(text);
    json_decref(request);
}

static void test_refused(void **state)
{
    static const char *const cases[][2] = {
        {"delete from races", "180: only SELECT"},
        {"attach 'x' as y", "180: only SELECT"},
        {"pragma journal_mode", "180: only SELECT"},
        {"vacuum into '/tmp/x'", "180: only SELECT"},
        {"with c as (select 1) delete from races", "150: table races may not be modified"},
        {"with c as (select 1) insert into races select * from races", "180: "},
        {"select * from sqlite_master", "180: there is no table sqlite_"},
        {"select * from sqlite_temp_schema", "180: there is no table sqlite_"},
        {"select * from pragma_database_list", "180: "},
        {"select * from dbstat", "180: "},
        {"select * from sqlite_stmt", "180: "},
        {"select load_extension('x')", "180: there is no function load_extension"},
        {"select writefile('x', 'y')", "150: no such function"},
        {"select zeroblob(1000000000)", "180: there is no function zeroblob"},
        {"select printf('%.*c', 1000000000, 'x')", "180: there is no function printf"},
        {"select sqlite_version()", "180: there is no function sqlite_version"},
        {"select 1; drop table races", "150: send one statement"},
        {"select 1 where 1 like "
         "'%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_"
         "%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%'",
            "200: LIKE or GLOB pattern too complex"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i][0], 0, cases[i][1]);
}

static void test_endless(void **state)
{
    static const char *const cases[] = {
        "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
        "with recursive c(x) as (select 'a' union all select x || 'b' from c) select "
        "max(length(x)) from c",
        "select count(*) from parkrun_history a, parkrun_history b, parkrun_history c where a.lat "
        "+ b.lat = c.lat",
        "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c order by "
        "x desc",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i], 150, "250: the statement was ended after 150 ms");
    expect_refusal("SET timeoutMs=50; with recursive c(x) as (select 1 union all select x + 1 from "
                   "c) select count(*) from c",
        60000, "250: the statement was ended after 50 ms");
    /* A history without end that SQLite sees nothing of: no competitor 5 ever comes. */
    store.last_s = INT32_MAX - 1;
    expect_refusal("select count(*) from parkrun_history where competitorId = 5", 150,
        "250: the statement was ended");
    store.last_s = 600;
}

static void test_too_much(void **state)
{
    static const char *const cases[][2] = {
        {"with recursive c(x) as (select 1 union all select x + 1 from c limit 100001) select x "
         "from c limit 200000",
            "245: the answer has more than 100000 rows"},
        {"with recursive c(x) as (select 'abcdefgh' union all select x || x from c) select "
         "length(x) from c limit 100",
            "200: a text or geometry grew beyond 8 MiB"},
        {"with recursive c(x, n) as (select 'abcdefgh', 1 union all select case when n < 18 then x "
         "|| x else x end, n + 1 from c "
         "where n < 80) select x from c limit 100",
            "245: the answer has more than 64 MiB"},
        {"select replace(group_concat(eventId), '1', group_concat(eventId)) from parkrun_history",
            "200: a text or geometry grew beyond 8 MiB"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i][0], 60000, cases[i][1]);
}

/* SQLite's own instr, replace and trim would compare 10^12 characters here, out of any time limit's
 * reach. */
static void test_long_texts(void **state)
{
    static const char text[] =
        "with recursive c(x, n) as (select 'aaaaaaaa', 1 union all select x || x, n + 1 from c "
        "where n < 18), "
        "t as (select max(length(x)) m, x from (select x from c order by length(x) desc limit 1)) ";
    static const char *const cases[][2] = {
        {"select instr(x || x, x || 'b') v from t", "v LONG: [0]"},
        {"select length(replace(x, x || 'b', 'c')) v from t", "v INT: [1048576]"},
        {"select length(trim(x || 'b', x || 'b')) v from t", "v INT: [0]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf sql = BUF_INIT;

        buf_addf(&sql, "%s%s", text, cases[i][0]);
        expect_refusal(sql.data, 60000, cases[i][1]);
        buf_release(&sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_long_texts),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
