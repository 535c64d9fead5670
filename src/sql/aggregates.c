#include "sql/aggregates.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct sum {
    double sum, min, max;
    int64_t n;
};

static void add_step(sqlite3_context *out, int argc, sqlite3_value **argv)
{
    struct sum *s = sqlite3_aggregate_context(out, sizeof *s);
    int type = sqlite3_value_numeric_type(argv[0]);
    double v;

    (void)argc;
    if (!s || type == SQLITE_NULL)
        return;
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
        sqlite3_result_error(out, "sum, min, max and avg take numbers", -1);
        return;
    }
    v = sqlite3_value_double(argv[0]);
    s->min = s->n == 0 || v < s->min ? v : s->min;
    s->max = s->n == 0 || v > s->max ? v : s->max;
    s->sum += v;
    s->n++;
}

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

int sql_aggregates_register(sqlite3 *db)
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
