#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/dialect.h"

static void test_rewriting(void **state)
{
    static const struct {
        const char *sql, *text;
    } cases[] = {
        {"SELECT 1", " SELECT 1 AS \"1\" LIMIT 10"},
        {"SELECT 1 LIMIT 5, 3;", " SELECT 1 AS \"1\" LIMIT 5 , 3"},
        {"select 5/2", " select div( 5, 2) AS \"5/2\" LIMIT 10"},
        {"select a*b/c%d", " select mod( div( a * b, c), d) AS \"a*b/c%d\" LIMIT 10"},
        {"select a - b / -c", " select a - div( b, - c) AS \"a-b/-c\" LIMIT 10"},
        {"select (a+b)/(c/d)",
            " select div( ( a + b ), ( div( c, d) )) AS \"(a+b)/(c/d)\" LIMIT 10"},
        {"select count(*) / 2 from t",
            " select div( count ( * ), 2) AS \"count(*)/2\" from t LIMIT 10"},
        {"select * from t limit 1", " select * from t limit 1"},
        {"select t.* from t limit 1", " select t . * from t limit 1"},
        {"select a || 'x' / 2", " select div( a || 'x', 2) AS \"a||'x'/2\" LIMIT 10"},
        {"select case when a/b > 1 then 2 else 3 end / 4",
            " select div( case when div( a, b) > 1 then 2 else 3 end, 4) AS \"case when a/b>1 then "
            "2 else 3 end/4\" LIMIT 10"},
        {"select sum(a) filter (where b) / 2", " select div( sum ( a ) filter ( where b ), 2) AS "
                                               "\"sum(a)filter(where b)/2\" LIMIT 10"},
        {"select cast(a as STRING), cast(b as long), cast(c as varchar(3))",
            " select cast ( a as TEXT ) AS \"cast(a as STRING)\" , cast ( b as INTEGER ) AS "
            "\"cast(b as long)\" , cast ( c as TEXT ( 3 ) ) AS \"cast(c as varchar(3))\" LIMIT 10"},
        {"select St_AsText(g), ST_GEOGFROMTEXT('x'), stPoint(1, 2), to_date_time(1, 'x'), "
         "roundDecimal(1.5)",
            " select stastext ( g ) AS \"stastext(g)\" , stgeogfromtext ( 'x' ) AS "
            "\"stgeogfromtext('x')\" , stpoint ( 1 , 2 ) AS \"stpoint(1,2)\" , todatetime ( 1 , "
            "'x' ) AS \"todatetime(1,'x')\" , rounddecimal ( 1.5 ) AS \"rounddecimal(1.5)\" LIMIT "
            "10"},
        {"select distinctcount(a) from t",
            " select count(DISTINCT a ) AS \"distinctcount(a)\" from t LIMIT 10"},
        {"select 1 /* a / b */ + 2 -- / 3", " select 1 + 2 AS \"1+2\" LIMIT 10"},
        {"select \"timestamp\" from t where \"timestamp\" >= '2026-01-01 09:00:00' limit 1",
            " select \"timestamp\" from t where \"timestamp\" >= 1767258000000 limit 1"},
        {"select 1 from t where startTime between '2026-01-01' and '2026-01-01 09:00:00' limit 1",
            " select 1 AS \"1\" from t where startTime between '2026-01-01' and 1767258000000 "
            "limit 1"},
        {"select 1 from t where '2026-01-01 09:00:00' < t.timestamp and name = '2026-01-01 "
         "09:00:00' limit 1",
            " select 1 AS \"1\" from t where '2026-01-01 09:00:00' < t . timestamp and name = "
            "'2026-01-01 09:00:00' limit 1"},
        {"select x from (select 1 x limit 3) c",
            " select x from ( select 1 x limit 3 ) c LIMIT 10"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement s = {0};
        struct err e = {0};

        if (sql_dialect_init(&s, cases[i].sql, &e))
            fail_msg("%s: %s", cases[i].sql, e.text);
        assert_string_equal(s.text.data, cases[i].text);
        sql_dialect_release(&s);
    }
}

static void test_options(void **state)
{
    static const struct {
        const char *query_options, *sql;
        bool skip_upsert;
        int64_t timeout_ms;
    } cases[] = {
        {"", "select 1", false, 0},
        {"", "select 1 option(skipUpsert=true)", true, 0},
        {"", "select 1 OPTION (skipUpsert = 'true', timeoutMs = 50)", true, 50},
        {"", "select 1 option(timeoutMs=70) option(skipUpsert=true);", true, 70},
        {"", "SET skipUpsert = true; SET timeoutMs=9; select 1;", true, 9},
        {"", "set \"skipUpsert\"='TRUE'; select 1", true, 0},
        {"", "SET timeoutMs=-5; select 1 OPTION(preserveType='true')", false, 0},
        {";skipUpsert=true;timeoutMs=100", "select 1", true, 100},
        {"skipUpsert=true", "select 1 option(skipUpsert=false)", false, 0},
        {"nonsense", "select 1", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement s = {0};
        struct err e = {0};

        sql_dialect_options(cases[i].query_options, &s.options);
        if (sql_dialect_init(&s, cases[i].sql, &e))
            fail_msg("%s: %s", cases[i].sql, e.text);
        assert_int_equal(s.options.skip_upsert, cases[i].skip_upsert);
        assert_int_equal(s.options.timeout_ms, cases[i].timeout_ms);
        assert_string_equal(s.text.data, " select 1 AS \"1\" LIMIT 10");
        sql_dialect_release(&s);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *sql, *says;
    } cases[] = {
        {"", "no statement"},
        {" -- nothing\n", "no statement"},
        {";", "no statement"},
        {"SET a=1;", "no statement"},
        {"SET a", "SET name = value;"},
        {"SET a == 1; select 1", "SET name = value;"},
        {"insert into races values (1)", "Only SELECT"},
        {"EXPLAIN select 1", "Only SELECT"},
        {"DROP TABLE races", "Only SELECT"},
        {"select 1; select 2", "one statement"},
        {"with c as (select 1 x) select x from c", "WITH is not supported"},
        {"select x from (with c as (select 1 x) select x from c)", "WITH is not supported"},
        {"select 'abc", "quote"},
        {"select \"abc", "quote"},
        {"select [abc", "quote"},
        {"select 1 /* abc", "comment"},
        {"select (1", "brackets"},
        {"select 1)", "bracket"},
        {"select ?", "\"?\""},
        {"select :name", "\":\""},
        {"select \x01", "\"?\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement s = {0};
        struct err e = {0};

        assert_int_equal(sql_dialect_init(&s, cases[i].sql, &e), -1);
        if (!strstr(e.text, cases[i].says))
            fail_msg("%s: %s", cases[i].sql, e.text);
    }
}

/* "before" n times, then "middle", then "after" n times. */
static char *nested(const char *before, const char *middle, const char *after, int n)
{
    struct buf b = BUF_INIT;

    buf_adds(&b, "select ");
    for (int i = 0; i < n; i++)
        buf_adds(&b, before);
    buf_adds(&b, middle);
    for (int i = 0; i < n; i++)
        buf_adds(&b, after);
    return buf_detach(&b, NULL);
}

static void test_depth(void **state)
{
    static const struct {
        const char *before, *middle, *after;
        int n, rc;
    } cases[] = {
        {"(", "1", ")", 90, 0},
        {"(", "1", ")", 101, -1},
        {"case when 1 then ", "1", " end", 90, 0},
        {"case when 1 then ", "1", " end", 101, -1},
        {"abs(", "1", ")", 101, -1},
        {"1/", "1", "", 1000, 0},
        {"1/", "1", "", 1001, -1},
        {"1,", "1", "", 12000, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement s = {0};
        struct err e = {0};
        char *sql = nested(cases[i].before, cases[i].middle, cases[i].after, cases[i].n);

        assert_int_equal(sql_dialect_init(&s, sql, &e), cases[i].rc);
        sql_dialect_release(&s);
        free(sql);
    }
}

/* An expression without an alias gets the name that Pinot gives it. */
static void test_names(void **state)
{
    static const struct {
        const char *sql, *text;
    } cases[] = {
        {"select a, b as c, 'x' d, *, t.* from t", " select a , b as c , 'x' d , * , t . * from t"},
        {"select count(*), max(\"rawTime\") from t",
            " select count ( * ) AS \"count(*)\" , max ( \"rawTime\" ) AS \"max(rawTime)\" from t"},
        {"select distinct a, (b) from t union select 1, 2",
            " select distinct a , ( b ) AS \"(b)\" from t union select 1 , 2"},
        {"select a is distinct from b, c from t",
            " select a is distinct from b AS \"a is distinct from b\" , c from t"},
        {"select case when a then b end e, (a, b) = (1, 2) f",
            " select case when a then b end e , ( a , b ) = ( 1 , 2 ) f"},
        {"select 5/2, '\"'", " select div( 5, 2) AS \"5/2\" , '\"' AS \"'\"\"'\""},
        {"select ROUND(1.5), x.y from (select 1+1) x",
            " select ROUND ( 1.5 ) AS \"round(1.5)\" , x . y "
            "from ( select 1 + 1 ) x"},
        {"select count(*) from parkrun", "SELECT positioncount(0) AS \"count(*)\""},
        {"select count(*) n from parkrun_history where runId = 'a'",
            "SELECT positioncount(1, 'a') AS n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_statement s = {0};
        struct err e = {0};

        if (sql_dialect_init(&s, cases[i].sql, &e))
            fail_msg("%s: %s", cases[i].sql, e.text);
        assert_true(s.text.len > 9);
        s.text.data[s.text.len - 9] = '\0'; /* LIMIT 10 */
        assert_string_equal(s.text.data, cases[i].text);
        sql_dialect_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rewriting),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
