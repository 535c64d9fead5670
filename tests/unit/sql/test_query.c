/* Statements and their answers, worked out by hand from the sums of sql_fixture.h: 4 competitors of
 * 3, 2, 1 and 0 m/s after 600 s. */
#include "sql_fixture.h"

#include <pthread.h>

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

struct statement {
    const char *sql, *answer;
};

static void expect_all(const struct statement *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sql_expect(&store.base, s[i].sql, s[i].answer);
}

#define EXPECT_ALL(cases) expect_all(cases, sizeof(cases) / sizeof(cases)[0])

/* As printed in the seeds, pinotdb's parameters put in. */
static void test_seeds(void **state)
{
    static const struct statement cases[] = {
        {"\nselect runId, course, ToDateTime(startTime, 'YYYY-MM-dd HH:mm:ss') AS startTime,\n"
         "       lookup('courses','longName','shortName',course) as courseName\n"
         "from races\n"
         "order by startTime DESC\n",
            "runId STRING, course STRING, startTime STRING, courseName STRING: "
            "[\"own\",\"crystal\",\"2026-01-01 09:00:00\",\"Crystal Palace\"] "
            "[\"other\",\"mystery\",\"2025-12-31 09:00:00\",\"null\"]"},
        {"\nselect competitorId,\n"
         "    distance AS distanceCovered,\n"
         "    round(4966 - distance, 1) AS distanceToGo,\n"
         "    ToDateTime(1000 / (distance / rawTime) * 1000, 'HH:mm:ss') AS pacePerKm,\n"
         "    ToDateTime(rawTime * 1000, 'mm:ss') AS raceTime\n"
         "from parkrun\n"
         "WHERE runId = 'own'\n"
         "ORDER BY distanceToGo, rawTime\n"
         "limit 10\n",
            "competitorId LONG, distanceCovered DOUBLE, distanceToGo LONG, pacePerKm STRING, "
            "raceTime STRING: "
            "[1,1800.0,3166,\"00:05:33\",\"10:00\"] [2,1200.0,3766,\"00:08:20\",\"10:00\"] "
            "[3,600.0,4366,\"00:16:40\",\"10:00\"] [4,0.0,4966,\"07:12:55\",\"10:00\"]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

static void test_tables(void **state)
{
    static const struct statement cases[] = {
        {"select * from parkrun where runId = 'own' and competitorId = 4",
            "competitorId LONG, course STRING, distance DOUBLE, eventId STRING, lat DOUBLE, "
            "location BYTES, lon DOUBLE, "
            "rawTime INT, runId STRING, timestamp TIMESTAMP: "
            "[4,\"crystal\",0.0,\"afe48d66-eac3-8051-82f3-8cd6083b5393\","
            "51.419232,\"80bfb02edbb59ddc1e4049b5a964e8b7e5\",-0.063215,600,\"own\",\"2026-01-01 "
            "09:10:00.0\"]"},
        {"select runId, eventId, timestamp from parkrun where competitorId = 42",
            "runId STRING, eventId STRING, timestamp TIMESTAMP: "
            "[\"other\",\"other-2\",\"2025-12-31 09:00:02.0\"]"},
        {"select eventId, rawTime from parkrun_history where competitorId = 42 order by rawTime "
         "desc",
            "eventId STRING, rawTime INT: [\"other-2\",2] [\"other-1\",1] [\"other-0\",0]"},
        {"select runId, course, state, competitors, createdAt, speed, anchorRawTime, spec from "
         "races where runId = 'other'",
            "runId STRING, course STRING, state STRING, competitors INT, createdAt TIMESTAMP, "
            "speed DOUBLE, anchorRawTime INT, "
            "spec STRING: [\"other\",\"mystery\",\"running\",0,\"2025-12-31 "
            "09:00:00.25\",1.0,0,\"{}\"]"},
        {"select json_extract(spec, '$.course') c from races where runId = 'own'",
            "c STRING: [\"crystal\"]"},
        {"select shortName, longName, distance from courses",
            "shortName STRING, longName STRING, distance DOUBLE: [\"crystal\",\"Crystal "
            "Palace\",4966.445]"},
        {"select ST_AsText(startLocation) s, ST_AsText(endLocation) e, ST_GeometryType(courseMap) "
         "m, "
         "ST_GeometryType(geoFenceLocation) g from courses",
            "s STRING, e STRING, m STRING, g STRING: "
            "[\"POINT (-0.063253 51.41917)\",\"POINT (-0.064283 "
            "51.419324)\",\"LineString\",\"Polygon\"]"},
        {"select count(*) from races where runId = 'gone'", "count(*) LONG: [0]"},
        {"select count(*) from parkrun where runId = 'gone'", "count(*) LONG: [0]"},
        {"select count(*) from parkrun_history where runId = 'nobody'", "count(*) LONG: [0]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

static void test_every_event(void **state)
{
    static const struct statement cases[] = {
        {"select count(*) from parkrun", "count(*) LONG: [5]"},
        {"select count(*) from parkrun option(skipUpsert=true)", "count(*) LONG: [2407]"},
        {"SET skipUpsert=true; select count(*) from parkrun", "count(*) LONG: [2407]"},
        {"select count(*) from parkrun_history", "count(*) LONG: [2407]"},
        {"select competitorId, max(\"timestamp\") - min(\"timestamp\") as stay from parkrun where "
         "runId = 'own' "
         "and distance > 600 group by competitorId order by competitorId option(skipUpsert=true)",
            "competitorId LONG, stay DOUBLE: [1,399000.0] [2,299000.0]"},
        {"select count(*) n from parkrun_history where rawTime between 10 and 19", "n LONG: [40]"},
        {"select count(*) n from parkrun_history where rawTime > 9.5 and rawTime < 11",
            "n LONG: [4]"},
        {"select count(*) n from parkrun_history where rawTime = 2 and competitorId in (1, 42)",
            "n LONG: [2]"},
        {"select count(*) n from parkrun_history where rawTime < 0", "n LONG: [0]"},
        {"select count(*) n from parkrun_history where rawTime > 1e12", "n LONG: [0]"},
        {"select count(*) n from parkrun_history where rawTime > 'x' and rawTime <= -5",
            "n LONG: [0]"},
        {"select competitorId from parkrun where rawTime <= 2", "competitorId LONG: [42]"},
        {"select competitorId from parkrun where competitorId = '42'", "competitorId LONG: [42]"},
        {"select count(*) n from parkrun where competitorId = 5 or competitorId = -1",
            "n LONG: [0]"},
    };
    json_t *j;
    char *line;

    (void)state;
    EXPECT_ALL(cases);
    j = sql_ask_raw(&store.base,
        "{\"sql\": \"select count(*) n from parkrun\", \"queryOptions\": \"skipUpsert=true\"}",
        strlen(
            "{\"sql\": \"select count(*) n from parkrun\", \"queryOptions\": \"skipUpsert=true\"}"),
        0);
    line = sql_line(j);
    assert_string_equal(line, "n LONG: [2407]");
    free(line);
    json_decref(j);
}

/* What definitions promise of Pinot's arithmetic. */
static void test_numbers(void **state)
{
    static const struct statement cases[] = {
        {"select 5/2 a, 4/2 b, 2*3/4*2 c, 7 % 4 d, 7.5 % 2 e from courses",
            "a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, e DOUBLE: [2.5,2.0,3.0,3.0,1.5]"},
        {"select 1/0 a, -1/0 b, 0/0 c, 1000 / (0 / 5) * 1000 d from courses",
            "a DOUBLE, b DOUBLE, c STRING, d DOUBLE: "
            "[\"Infinity\",\"-Infinity\",null,\"Infinity\"]"},
        {"select max(rawTime), min(distance), sum(rawTime), avg(distance), count(*) from parkrun "
         "where runId = 'own'",
            "max(rawTime) DOUBLE, min(distance) DOUBLE, sum(rawTime) DOUBLE, avg(distance) DOUBLE, "
            "count(*) LONG: "
            "[600.0,0.0,2400.0,900.0,4]"},
        {"select max(rawTime) a, min(rawTime) b, sum(rawTime) c, avg(rawTime) d, count(*) e from "
         "parkrun where runId = 'x'",
            "a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, e LONG: "
            "[\"-Infinity\",\"Infinity\",0.0,\"-Infinity\",0]"},
        {"select round(12.9, 1) a, round(-12.9, 1) b, round(129, 10) c, round(1/0, 1) d, "
         "round(0/0, 1) e from courses",
            "a LONG, b LONG, c LONG, d LONG, e LONG: [12,-12,120,9223372036854775807,0]"},
        {"select roundDecimal(12.345, 2) a, roundDecimal(12.5) b, roundDecimal(-12.5) c, "
         "roundDecimal(1/0, 1) d from courses",
            "a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE: [12.35,13.0,-12.0,\"Infinity\"]"},
        {"select plus(1, 2) a, minus(1, 2) b, times(3, 2) c, divide(3, 2) d, div(3, 0, 9) e, "
         "mod(7, 4) f from courses",
            "a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, e DOUBLE, f DOUBLE: "
            "[3.0,-1.0,6.0,1.5,9.0,3.0]"},
        {"select rawTime * 1000 a, rawTime + 0.5 b, cast(distance as LONG) c, cast(rawTime as "
         "STRING) d from parkrun "
         "where competitorId = 2",
            "a LONG, b DOUBLE, c LONG, d STRING: [600000,600.5,1200,\"600\"]"},
        {"select distinctcount(rawTime) a, count(distinct runId) b from parkrun",
            "a LONG, b LONG: [2,2]"},
        {"select case when distance > 1000 then 1 else 2.5 end a, coalesce(distance, 1) b, "
         "distance > 1000 c from parkrun "
         "where runId = 'own' and competitorId > 2",
            "a DOUBLE, b DOUBLE, c LONG: [2.5,600.0,0] [2.5,0.0,0]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

static void test_texts_and_times(void **state)
{
    static const struct statement cases[] = {
        {"select 'front' as place, 'it''s', 3 from courses",
            "place STRING, 'it''s' STRING, 3 LONG: [\"front\",\"it's\",3]"},
        {"select ToDateTime(3661000, 'mm:ss') a, ToDateTime(1/0, 'HH:mm:ss') b, ToDateTime(0/0, "
         "'HH:mm:ss') c, "
         "ToDateTime(0, 'yyyy-MM-dd HH:mm', '+02:00') d from courses",
            "a STRING, b STRING, c STRING, d STRING: "
            "[\"01:01\",\"07:12:55\",\"00:00:00\",\"1970-01-01 02:00\"]"},
        {"select concat('a', 'b') a, concat('a', 'b', '-') b, trim(' a ') c, ltrim(' a') "
         "d, upper('x') e from courses",
            "a STRING, b STRING, c STRING, d STRING, e STRING: "
            "[\"ab\",\"a-b\",\"a\",\"a\",\"X\"]"},
        {"select count(*) n from parkrun where \"timestamp\" >= '2026-01-01 09:10:00'",
            "n LONG: [4]"},
        {"select count(*) n from parkrun_history where \"timestamp\" between '2025-12-31 09:00:01' "
         "and "
         "'2026-01-01 09:00:00'",
            "n LONG: [6]"},
        {"select startTime from races where startTime < '2026-01-01T00:00:00Z'",
            "startTime TIMESTAMP: [\"2025-12-31 09:00:00.0\"]"},
        {"select cast(x'61ff00' as STRING) a from courses", "a STRING: [\"a\uFFFD\uFFFD\"]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

static void test_geometry(void **state)
{
    static const struct statement cases[] = {
        {"select competitorId from parkrun where location = ST_GeogFromText('POINT(2.25 1.5)')",
            "competitorId LONG: [42]"},
        {"select count(*) n from parkrun where location <> ST_GeogFromText('POINT (2.25 1.5)')",
            "n LONG: [4]"},
        {"select ST_AsText(location) a, stAsText(toGeometry(location)) b from parkrun where "
         "competitorId = 42",
            "a STRING, b STRING: [\"POINT (2.25 1.5)\",\"POINT (2.25 1.5)\"]"},
        {"select st_point(1, 2) a, ST_Point(1, 2, 1) b, stPoint(1, 2, true) = "
         "toSphericalGeography(stPoint(1, 2)) c from courses",
            "a BYTES, b BYTES, c LONG: "
            "[\"003ff00000000000004000000000000000\",\"803ff00000000000004000000000000000\",1]"},
        {"select ST_Distance(ST_Point(0, 0), ST_Point(3, 4)) a, "
         "round(ST_Distance(ST_Point(0, 0, true), ST_Point(90, 0, true)), 1) b from courses",
            "a DOUBLE, b LONG: [5.0,10007559]"},
        {"select ST_Contains(ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 4,0 0))'), ST_Point(2, 2)) a, "
         "ST_Contains(ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 4,0 0))'), ST_Point(4, 2)) b, "
         "ST_Within(ST_Point(2, 2), ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 4,0 0))')) c, "
         "ST_Equals(ST_GeomFromText('LINESTRING(0 0,1 1)'), ST_GeomFromText('LINESTRING(1 1,0 "
         "0)')) d from courses",
            "a LONG, b LONG, c LONG, d LONG: [1,0,1,1]"},
        {"select St_AsText(lookup('courses', 'startLocation', 'shortName', course)) s, "
         "lookup('courses', 'distance', 'shortName', course) d, lookup('courses', 'longName', "
         "'shortName', 'none') n, "
         "lookup('courses', 'courseMap', 'shortName', 'none') m from races where runId = 'own'",
            "s STRING, d DOUBLE, n STRING, m BYTES: [\"POINT (-0.063253 "
            "51.41917)\",4966.445,\"null\",\"\"]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

/* The seeds' dashboard asks who is in the geofence; the fence itself says the same. */
static void test_in_geofence(void **state)
{
    const char *sql =
        "select count(*) n from parkrun where runId = 'own' and "
        "ST_Contains(toGeometry(lookup('courses', 'geoFenceLocation', 'shortName', course)), "
        "toGeometry(location)) = 1 option(skipUpsert=true)";
    char line[32];
    int n = 0;

    (void)state;
    store.last_s = 1600;
    for (int32_t raw_s = 0; raw_s <= store.last_s; raw_s++)
        for (uint32_t i = 0; i < 4; i++)
            n += fence_contains(
                store.course->fence, line_at(store.course->line, sum_store_mm(&store, i, raw_s)));
    assert_true(n > 0);
    (void)snprintf(line, sizeof line, "n LONG: [%d]", n);
    sql_expect(&store.base, sql, line);
    store.last_s = 600;
}

static void test_shape_of_statements(void **state)
{
    static const struct statement cases[] = {
        {"select competitorId from parkrun_history",
            "competitorId LONG: [1] [2] [3] [4] [1] [2] [3] [4] [1] [2]"},
        {"select competitorId from parkrun_history where runId = 'own' limit 2 offset 3",
            "competitorId LONG: [4] [1]"},
        {"select competitorId from parkrun_history where runId = 'own' limit 3, 2",
            "competitorId LONG: [4] [1]"},
        {"select c, d from (select competitorId c, distance d from parkrun where distance > 500) "
         "order by d",
            "c LONG, d DOUBLE: [3,600.0] [2,1200.0] [1,1800.0]"},
        {"select p.competitorId, r.course as course from parkrun p join races r on p.runId = "
         "r.runId where rawTime = 2",
            "competitorId LONG, course STRING: [42,\"mystery\"]"},
        {"select runId, 'all' as k from races where runId = 'own' union all select 'x', 'y'",
            "runId STRING, k STRING: [\"own\",\"all\"] [\"x\",\"y\"]"},
        {"select r.*, 1 as one from courses r, races s where s.runId = 'nobody'",
            "courseMap BYTES, distance DOUBLE, endLocation BYTES, geoFenceLocation BYTES, longName "
            "STRING, shortName STRING, startLocation BYTES, one STRING:"},
        {"SELECT COMPETITORID FROM PARKRUN WHERE \"rawTime\" = 2", "competitorId LONG: [42]"},
        {"select competitorId as \"timestamp\" from parkrun where competitorId = 42",
            "timestamp LONG: [42]"},
    };

    (void)state;
    EXPECT_ALL(cases);
}

/* An error and not a text, on every SQLite; newer ones add what may have been meant. */
static void test_a_quoted_name_that_is_none(void **state)
{
    json_t *answer = sql_ask(&store.base, "select \"nosuch\" from parkrun");
    char *got = sql_line(answer);

    (void)state;
    if (strcmp(got, "710: No such column: nosuch.") != 0 &&
        strcmp(got, "710: No such column: \"nosuch\" - should this be a string literal in "
                    "single-quotes?") != 0)
        fail_msg("%s", got);
    free(got);
    json_decref(answer);
}

static void test_errors(void **state)
{
    static const struct statement cases[] = {
        {"select nosuch from parkrun", "710: No such column: nosuch."},
        {"select 1 from nosuch", "190: There is no table nosuch: there are parkrun, "
                                 "parkrun_history, races and courses."},
        {"select nosuch(1) from parkrun", "150: No such function: nosuch."},
        {"select from parkrun", "150: Near \"from\": syntax error."},
        {"select round(1, 0) from courses",
            "200: round(x, n) cuts x to a multiple of n, which cannot be 0."},
        {"select ToDateTime(0, 'jj') from courses",
            "200: The time pattern has the letter j: the letters are y Y M d H h m s S a E, and "
            "text is put in quotes."},
        {"select ST_AsText(lookup('courses', 'courseMap', 'shortName', course)) from races where "
         "runId = 'other'",
            "200: A geometry is empty: the course of a row is not known, or has no such geometry."},
        {"select ST_Contains(geoFenceLocation, ST_Point(1, 2)) from courses",
            "200: Both have to be geometries or both geographies: use toGeometry() or "
            "toSphericalGeography()."},
        {"select lookup('runners', 'name', 'id', 1) from courses",
            "200: lookup has the form lookup('courses', 'column', 'shortName', value)."},
        {"select lookup('courses', 'colour', 'shortName', 'x') from courses",
            "200: The table courses has no column of the name that lookup is given."},
        {"select max(runId) from races", "200: sum, min, max and avg take numbers."},
        {"select ST_GeogFromText('POINT(1') from courses",
            "200: \"POINT(1\" is not a geometry in well-known text like POINT(-0.06 51.4)."},
    };

    (void)state;
    EXPECT_ALL(cases);
}

/* pinotdb refuses an answer that lacks one of these (and httpx's JSON has no space after the
 * colon). */
static void test_what_pinotdb_reads(void **state)
{
    static const char request[] =
        "{\"sql\":\"select runId, rawTime, \\\"timestamp\\\" from parkrun where runId = 'own' "
        "limit 1 "
        "OPTION(preserveType='true')\",\"queryOptions\":\";timeoutMs=9000\"}";
    json_t *j, *table, *schema;

    (void)state;
    j = sql_ask_raw(&store.base, request, sizeof request - 1, 0);
    table = json_object_get(j, "resultTable");
    schema = json_object_get(table, "dataSchema");
    assert_int_equal(json_array_size(json_object_get(schema, "columnNames")), 3);
    assert_int_equal(json_array_size(json_object_get(schema, "columnDataTypes")), 3);
    assert_int_equal(json_array_size(json_array_get(json_object_get(table, "rows"), 0)), 3);
    assert_true(json_is_array(json_object_get(j, "exceptions")));
    assert_int_equal(json_array_size(json_object_get(j, "exceptions")), 0);
    assert_int_equal(json_integer_value(json_object_get(j, "numServersQueried")), 1);
    assert_int_equal(json_integer_value(json_object_get(j, "numServersResponded")), 1);
    assert_true(json_is_integer(json_object_get(j, "totalDocs")));
    assert_true(json_is_integer(json_object_get(j, "timeUsedMs")));
    json_decref(j);
    j = sql_ask(&store.base, "select nosuch from races");
    assert_null(json_object_get(j, "resultTable"));
    assert_int_equal(json_array_size(json_object_get(j, "exceptions")), 1);
    assert_int_equal(json_integer_value(json_object_get(j, "numServersResponded")), 1);
    json_decref(j);
}

/* Any thread may ask: each call has its own SQLite and its own GEOS. Counts the wrong answers. */
static void *ask_often(void *arg)
{
    static const char sql[] =
        "{\"sql\": \"select count(*) n from parkrun_history where ST_Contains(toGeometry(lookup("
        "'courses', 'geoFenceLocation', 'shortName', 'crystal')), toGeometry(location)) = 0\"}";
    int *wrong = arg;

    for (int i = 0; i < 20; i++) {
        struct buf answer = BUF_INIT;
        struct err e;

        if (sql_query(&store.base, sql, sizeof sql - 1, 20000, &answer, &e) ||
            !strstr(answer.data, "\"rows\":[[2407]]"))
            (*wrong)++;
        buf_release(&answer);
    }
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t thread[4];
    int wrong[4] = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_often, &wrong[i]), 0);
    for (int i = 0; i < 4; i++)
        (void)pthread_join(thread[i], NULL);
    for (int i = 0; i < 4; i++)
        assert_int_equal(wrong[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_every_event),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts_and_times),
        cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_in_geofence),
        cmocka_unit_test(test_shape_of_statements),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_a_quoted_name_that_is_none),
        cmocka_unit_test(test_what_pinotdb_reads),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
