/* functions.c: arithmetic, times, texts, aggregates and lookup, with Pinot's answers. All functions
 * are called by SQLite on the thread of the statement. */
#include "sql/functions.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sql/java_number.h"
#include "sql/joda_time.h"
#include "sql/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

void sql_functions_fail(sqlite3_context *out, const struct err *e)
{
    sqlite3_result_error(out, e->text, -1);
}

/* A text that is no number is 0, as SQLite reads it. */
static double number(sqlite3_value *v)
{
    return sqlite3_value_type(v) == SQLITE_NULL ? NAN : sqlite3_value_double(v);
}

/* Fractions are cut towards zero, as Java casts. */
static int64_t whole(sqlite3_value *v)
{
    return sqlite3_value_type(v) == SQLITE_INTEGER ? sqlite3_value_int64(v)
                                                   : sql_number_long(number(v));
}

/* "" for NULL. */
static const char *text(sqlite3_value *v)
{
    const char *s = (const char *)sqlite3_value_text(v);

    return s ? s : "";
}

/* SQLite copies; the buffer is released. */
static void result_buf(sqlite3_context *out, struct buf *b)
{
    sqlite3_result_text64(out, b->len ? b->data : "", b->len, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_release(b);
}

/* Arithmetic. */

/* IEEE's division: by zero gives an infinity or NaN, not SQLite's NULL. */
static void divide(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    sqlite3_result_double(out, number(argv[0]) / number(argv[1]));
}

/* Pinot's three arguments: the third is the answer where the divisor is 0. */
static void divide_or(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    double by = number(argv[1]);

    (void)argc;
    sqlite3_result_double(out, by == 0 ? number(argv[2]) : number(argv[0]) / by);
}

/* The sign is that of the dividend, as in Java. */
static void modulo(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    sqlite3_result_double(out, fmod(number(argv[0]), number(argv[1])));
}

static void plus(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    sqlite3_result_double(out, number(argv[0]) + number(argv[1]));
}

static void minus(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    sqlite3_result_double(out, number(argv[0]) - number(argv[1]));
}

static void times(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    sqlite3_result_double(out, number(argv[0]) * number(argv[1]));
}

/* Pinot's round is meant for times: it cuts whole numbers towards zero to a multiple of the second
 * argument. round(x) with one argument stays SQLite's. */
static void round_to(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    int64_t v = whole(argv[0]);
    int64_t to = whole(argv[1]);

    (void)argc;
    if (to == 0)
        sqlite3_result_error(out, "round(x, n) cuts x to a multiple of n, which cannot be 0.", -1);
    else if (to == -1)
        sqlite3_result_int64(out, v); /* v / -1 overflows for the smallest */
    else
        sqlite3_result_int64(out, v / to * to);
}

/* With one argument Pinot rounds like Java's Math.round, half up also below zero; with two it
 * rounds the decimal form, half away from zero. */
static void round_decimal(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    double v = number(argv[0]);
    int64_t scale = argc > 1 ? whole(argv[1]) : 0;

    if (argc == 1 && isfinite(v))
        v = floor(v + 0.5);
    else
        v = sql_number_round(v, scale > 1000 ? 1000 : scale < -1000 ? -1000 : (int)scale);
    sqlite3_result_double(out, v);
}

/* Times. */

/* toDateTime(ms, pattern[, zone]). */
static void to_date_time(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct buf b = BUF_INIT;
    int offset_min = 0;
    struct err e;

    if ((argc > 2 && sql_time_zone(text(argv[2]), &offset_min, &e)) ||
        sql_time_format(&b, whole(argv[0]), text(argv[1]), offset_min, &e)) {
        sql_functions_fail(out, &e);
        buf_release(&b);
        return;
    }
    result_buf(out, &b);
}

/* Wall clock. SQLite may call it once per statement or per row: it is declared deterministic. */
static void now(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    (void)argv;
    sqlite3_result_int64(out, clock_wall_ms());
}

/* x LIKE p is like(p, x), x GLOB p is glob(p, x). */

static void result_match(sqlite3_context *out, enum sql_match m)
{
    if (m == SQL_MATCH_LATE)
        sqlite3_result_error_code(out, SQLITE_INTERRUPT);
    else
        sqlite3_result_int(out, m == SQL_MATCH_YES);
}

/* A NULL on either side answers NULL. The pattern is bounded, because the work is the product of
 * both lengths. */
static bool may_match(sqlite3_context *out, sqlite3_value **argv)
{
    if (sqlite3_value_type(argv[0]) == SQLITE_NULL || sqlite3_value_type(argv[1]) == SQLITE_NULL)
        return false;
    if (sqlite3_value_bytes(argv[0]) <= SQL_MATCH_PATTERN_MAX)
        return true;
    sqlite3_result_error(out, "The pattern of LIKE or GLOB is too long.", -1);
    return false;
}

/* x LIKE p ESCAPE e is like(p, x, e). */
static void like(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    const unsigned char *escape = argc > 2 ? sqlite3_value_text(argv[2]) : NULL;
    uint32_t c = 0;

    if (argc > 2) {
        if (!escape)
            return;
        if (!sql_match_character((const char *)escape, &c)) {
            sqlite3_result_error(out, "ESCAPE takes a single character.", -1);
            return;
        }
    }
    if (may_match(out, argv))
        result_match(out, sql_match_like(text(argv[0]), text(argv[1]), c));
}

static void glob(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    if (may_match(out, argv))
        result_match(out, sql_match_glob(text(argv[0]), text(argv[1])));
}

/* Texts. */

/* The third argument stands between the two. */
static void concat(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct buf b = BUF_INIT;

    buf_adds(&b, text(argv[0]));
    buf_adds(&b, argc > 2 ? text(argv[2]) : "");
    buf_adds(&b, text(argv[1]));
    result_buf(out, &b);
}

/* Registered for two arguments of trim, ltrim and rtrim, whose time is the product of both lengths:
 * no limit can end SQLite's own. */
static void trim_set(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    (void)argc;
    (void)argv;
    sqlite3_result_error(out, "trim, ltrim and rtrim take one argument here.", -1);
}

/* Aggregates: sum, min, max and avg are doubles in Pinot, also of whole numbers and of no rows. */

/* One aggregate's state. SQLite zeroes it. */
struct sum {
    double sum, min, max;
    int64_t n;
};

/* NULLs are skipped, and a text that is no number is an error. */
static void add_step(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct sum *s = sqlite3_aggregate_context(out, sizeof *s);
    int type = sqlite3_value_numeric_type(argv[0]);
    double v;

    (void)argc;
    if (!s || type == SQLITE_NULL)
        return;
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
        sqlite3_result_error(out, "sum, min, max and avg take numbers.", -1);
        return;
    }
    v = sqlite3_value_double(argv[0]);
    s->min = s->n == 0 || v < s->min ? v : s->min;
    s->max = s->n == 0 || v > s->max ? v : s->max;
    s->sum += v;
    s->n++;
}

/* Of no rows: sum 0, min infinity, max minus infinity, as in Pinot. */
static const struct sum *summed(sqlite3_context *out)
{
    static const struct sum none = {.min = INFINITY, .max = -INFINITY};
    const struct sum *s = sqlite3_aggregate_context(out, 0);

    return s && s->n ? s : &none;
}

static void sum_final(sqlite3_context *out)
{
    sqlite3_result_double(out, summed(out)->sum);
}

static void min_final(sqlite3_context *out)
{
    sqlite3_result_double(out, summed(out)->min);
}

static void max_final(sqlite3_context *out)
{
    sqlite3_result_double(out, summed(out)->max);
}

static void avg_final(sqlite3_context *out)
{
    const struct sum *s = summed(out);

    sqlite3_result_double(out, s->n ? s->sum / (double)s->n : -INFINITY);
}

static int register_aggregates(sqlite3 *db)
{
    static const struct {
        const char *name;
        void (*final)(sqlite3_context *out);
    } aggregates[] = {
        {"sum", sum_final}, {"min", min_final}, {"max", max_final}, {"avg", avg_final}};
    int rc = SQLITE_OK;

    for (size_t i = 0; i < COUNT(aggregates) && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function(db, aggregates[i].name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
            NULL, NULL, add_step, aggregates[i].final);
    return rc;
}

/* lookup('courses', column, 'shortName', key). Of an unknown course Pinot answers the default of
 * the column's type: "null", 0 or empty bytes. */

/* `k` NULL: there is no such course. */
static void result_of_course(
    sqlite3_context *out, struct sql_context *c, struct sql_course *k, const char *column)
{
    static const struct buf empty = BUF_INIT;
    const struct {
        const char *name;
        const struct buf *bytes;
    } geometries[] = {{"courseMap", k ? &k->map : &empty},
        {"geoFenceLocation", k ? &k->fence : &empty}, {"startLocation", k ? &k->start : &empty},
        {"endLocation", k ? &k->finish : &empty}};

    for (size_t i = 0; i < COUNT(geometries); i++)
        if (sqlite3_stricmp(column, geometries[i].name) == 0) {
            const struct buf *b = geometries[i].bytes;
            struct err e;

            if (k && sql_context_make(c, k, &e)) {
                sql_functions_fail(out, &e);
                return;
            }
            sqlite3_result_blob(out, b->len ? b->data : "", (int)b->len, SQLITE_STATIC);
            return;
        }
    if (sqlite3_stricmp(column, "longName") == 0)
        sqlite3_result_text(out, k ? k->about.long_name : "null", -1, SQLITE_STATIC);
    else if (sqlite3_stricmp(column, "shortName") == 0)
        sqlite3_result_text(out, k ? k->about.short_name : "null", -1, SQLITE_STATIC);
    else if (sqlite3_stricmp(column, "distance") == 0)
        sqlite3_result_double(out, k ? (double)k->about.length_mm / 1000 : 0);
    else
        sqlite3_result_error(
            out, "The table courses has no column of the name that lookup is given.", -1);
}

/* Pinot's join with a table of dimensions. courses is the only one, by its key. */
static void lookup(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct sql_context *c = sql_functions_app(out);
    struct err e;

    (void)argc;
    if (sqlite3_stricmp(text(argv[0]), "courses") != 0 ||
        sqlite3_stricmp(text(argv[2]), "shortName") != 0)
        sqlite3_result_error(
            out, "lookup has the form lookup('courses', 'column', 'shortName', value).", -1);
    else if (sql_context_courses(c, &e))
        sql_functions_fail(out, &e);
    else
        result_of_course(out, c, sql_context_find_course(c, text(argv[3])), text(argv[1]));
}

/* What SQLite keeps of a function. */
struct bound {
    struct sql_context *context;
    void *app;
    void (*run)(sqlite3_context *out, int argc, sqlite3_value **argv);
};

void *sql_functions_app(sqlite3_context *out)
{
    return ((struct bound *)sqlite3_user_data(out))->app;
}

/* SQLite's progress handler runs once in some steps of its program, and one step may call a
 * function a thousand times. So every call checks the deadline. */
static void call(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    const struct bound *b = sqlite3_user_data(out);

    if (sql_context_late(b->context))
        sqlite3_result_error_code(out, SQLITE_INTERRUPT);
    else
        b->run(out, argc, argv);
}

int sql_functions_add(
    sqlite3 *db, const struct sql_function *f, size_t n, struct sql_context *c, void *app)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
        struct bound *b = mem_alloc(sizeof *b);

        *b = (struct bound){c, app, f[i].run};
        /* SQLite frees it, also where this fails. */
        rc = sqlite3_create_function_v2(db, f[i].name, f[i].args,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC, b, call, NULL, NULL, free);
    }
    return rc;
}

int sql_functions_register(sqlite3 *db, struct sql_context *c)
{
    static const struct sql_function functions[] = {
        {"div", 2, divide},
        {"div", 3, divide_or},
        {"divide", 2, divide},
        {"divide", 3, divide_or},
        {"mod", 2, modulo},
        {"plus", 2, plus},
        {"minus", 2, minus},
        {"times", 2, times},
        {"round", 2, round_to},
        {"rounddecimal", 1, round_decimal},
        {"rounddecimal", 2, round_decimal},
        {"todatetime", 2, to_date_time},
        {"todatetime", 3, to_date_time},
        {"now", 0, now},
        {"concat", 2, concat},
        {"concat", 3, concat},
        {"ltrim", 2, trim_set},
        {"rtrim", 2, trim_set},
        {"trim", 2, trim_set},
        {"like", 2, like},
        {"like", 3, like},
        {"glob", 2, glob},
        {"lookup", 4, lookup},
    };
    int rc = sql_functions_add(db, functions, COUNT(functions), c, c);

    return rc == SQLITE_OK ? register_aggregates(db) : rc;
}
