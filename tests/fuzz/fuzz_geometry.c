/* Any bytes are taken as two geometries and put to every function: GEOS is never given what it
 * cannot bear, nothing leaks, and what is equal is equal both ways round. */
#include "sql_call.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CONTAINS, WITHIN, EQUALS, EQUALS_BACK, DISTANCE, DISTANCE_BACK, OTHERS };

static const char *const statements[] = {
    "select stcontains(?1, ?2)",
    "select stwithin(?2, ?1)",
    "select stequals(?1, ?2)",
    "select stequals(?2, ?1)",
    "select stdistance(?1, ?2)",
    "select stdistance(?2, ?1)",
    "select stastext(?1)",
    "select stgeometrytype(?1)",
    "select length(togeometry(?1)) = length(tosphericalgeography(?1))",
};

#define N (sizeof statements / sizeof statements[0])

static void bind(struct call *c, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    for (size_t i = 0; i < N; i++) {
        (void)sqlite3_reset(c->stmt[i]);
        (void)sqlite3_bind_blob(
            c->stmt[i], 1, a_len ? (const void *)a : "", (int)a_len, SQLITE_STATIC);
        if (sqlite3_bind_parameter_count(c->stmt[i]) > 1)
            (void)sqlite3_bind_blob(
                c->stmt[i], 2, b_len ? (const void *)b : "", (int)b_len, SQLITE_STATIC);
    }
}

static void same(struct call *c, size_t i, size_t k)
{
    int one = call_ask(c, i), other = call_ask(c, k);
    double d = sqlite3_column_double(c->stmt[i], 0) - sqlite3_column_double(c->stmt[k], 0);

    if (one == SQLITE_ROW && other == SQLITE_ROW && (d > 0 || d < 0) &&
        sqlite3_column_type(c->stmt[i], 0) == SQLITE_INTEGER)
        abort();
}

/* Two bytes say where the first geometry ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct call c;
    size_t cut;

    if (!c.db)
        call_init(&c, statements, N);
    if (size < 3)
        return 0;
    cut = (size_t)(data[0] | data[1] << 8) % (size - 2);
    bind(&c, data + 2, cut, data + 2 + cut, size - 2 - cut);
    same(&c, CONTAINS, WITHIN);
    same(&c, EQUALS, EQUALS_BACK);
    same(&c, DISTANCE, DISTANCE_BACK);
    for (size_t i = OTHERS; i < N; i++)
        (void)call_ask(&c, i);
    return 0;
}
