/*
 * sql_call.h: SQL functions over geometries as a statement calls them, one after the other, with
 * bytes or text of the fuzzer bound to them.
 */
#ifndef FUZZ_SQL_CALL_H
#define FUZZ_SQL_CALL_H

#include "base/cancel.h"
#include "base/clock.h"
#include "sql/functions.h"
#include "sql/spatial.h"

#include <sqlite3.h>
#include <stdlib.h>

#define CALL_LIMIT_MS 300
#define CALL_MOST_MS 5000 /* with sanitizers, on a busy machine */

struct call {
    struct sql_context context;
    struct sql_spatial *spatial;
    sqlite3 *db;
    sqlite3_stmt *stmt[16];
    size_t n;
};

static inline void call_init(struct call *c, const char *const *statement, size_t n)
{
    c->spatial = sql_spatial_new();
    if (sqlite3_open(":memory:", &c->db) != SQLITE_OK ||
        sql_spatial_register(c->spatial, c->db, &c->context) != SQLITE_OK)
        abort();
    for (c->n = 0; c->n < n; c->n++)
        if (sqlite3_prepare_v2(c->db, statement[c->n], -1, &c->stmt[c->n], NULL) != SQLITE_OK)
            abort();
}

/* SQLITE_ROW, its value read with sqlite3_column_*(); or an error, which has a sentence. Statement
 * number i is reset when it is asked again. */
static inline int call_ask(struct call *c, size_t i)
{
    int64_t began_ns = clock_mono_ns();
    int rc;

    (void)cancel_set((struct cancel){.deadline_ns = began_ns + CALL_LIMIT_MS * INT64_C(1000000)});
    c->context.timed_out = false;
    (void)sqlite3_reset(c->stmt[i]);
    rc = sqlite3_step(c->stmt[i]);
    if (rc != SQLITE_ROW && !sqlite3_errmsg(c->db)[0])
        abort();
    if (clock_mono_ns() - began_ns > CALL_MOST_MS * INT64_C(1000000))
        abort();
    return rc;
}

#endif
