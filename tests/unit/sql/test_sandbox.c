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
        {"select", "150: The statement ends behind SELECT"},
        {"delete from races", "180: Only SELECT"},
        {"attach 'x' as y", "180: Only SELECT"},
        {"pragma journal_mode", "180: Only SELECT"},
        {"vacuum into '/tmp/x'", "180: Only SELECT"},
        {"with c as (select 1) delete from races", "150: WITH is not supported"},
        {"select instr('a', 'b')", "180: There is no function instr"},
        {"select replace('a', 'b', 'c')", "180: There is no function replace"},
        {"select trim('a', 'b')", "200: trim, ltrim and rtrim take one argument here"},
        {"select * from sqlite_master", "180: There is no table sqlite_"},
        {"select * from sqlite_temp_schema", "180: There is no table sqlite_"},
        {"select * from pragma_database_list", "180: "},
        {"select * from dbstat", "180: "},
        {"select * from sqlite_stmt", "180: "},
        {"select load_extension('x')", "180: There is no function load_extension"},
        {"select writefile('x', 'y')", "150: No such function"},
        {"select zeroblob(1000000000)", "180: There is no function zeroblob"},
        {"select printf('%.*c', 1000000000, 'x')", "180: There is no function printf"},
        {"select sqlite_version()", "180: There is no function sqlite_version"},
        {"select 1; drop table races", "150: Send one statement"},
        {"select 1 where 1 like "
         "'%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_"
         "%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%_%'",
            "200: The pattern of LIKE or GLOB is too long."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i][0], 0, cases[i][1]);
}

static void test_endless(void **state)
{
    static const char *const cases[] = {
        "select count(*) from parkrun_history a, parkrun_history b, parkrun_history c where a.lat "
        "+ b.lat = c.lat",
        "select max(length(a.eventId || b.eventId)) from parkrun_history a, parkrun_history b, "
        "parkrun_history c",
        "select a.lat from parkrun_history a, parkrun_history b, parkrun_history c order by a.lat "
        "desc",
        "select count(*) from json_each('[1,2,3,4,5,6,7,8,9]') a, parkrun_history b, "
        "parkrun_history c, parkrun_history d",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i], 150, "250: The statement was ended after 150 ms");
    expect_refusal("SET timeoutMs=50; select count(*) from parkrun_history a, parkrun_history b, "
                   "parkrun_history c",
        60000, "250: The statement was ended after 50 ms");
    /* A history without end that SQLite sees nothing of: no competitor 5 ever comes. */
    store.last_s = INT32_MAX - 1;
    expect_refusal("select count(*) from parkrun_history where competitorId = 5", 150,
        "250: The statement was ended");
    store.last_s = 600;
}

static void test_too_much(void **state)
{
    static const char *const cases[][2] = {
        {"select a.rawTime from parkrun_history a, parkrun_history b limit 200000",
            "245: The answer has more than 100000 rows"},
        {"select group_concat(x) from (select group_concat(eventId) x from parkrun_history), "
         "parkrun_history",
            "200: A text or geometry grew beyond 8 MiB"},
        {"select x || x || x || x || x || x || x || x v from (select group_concat(eventId) x from "
         "parkrun_history), parkrun_history limit 200",
            "245: The answer has more than 64 MiB"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i][0], 60000, cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_too_much),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
