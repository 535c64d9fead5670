/* query.c: the way of a statement: request (JSON), rewriting (dialect.c), a fresh SQLite in memory
 * with virtual tables and functions, the sandbox, the answer. An error in the statement is an
 * answer with an exception, as Pinot gives it; only a request that is none is an error of
 * sql_query. */
#include "sql/query.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "sql/answer.h"
#include "sql/context.h"
#include "sql/count.h"
#include "sql/dialect.h"
#include "sql/functions.h"
#include "sql/sandbox.h"
#include "sql/spatial.h"
#include "sql/tables.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT_MS 10000 /* Pinot's */

/* One statement from its request to its answer. */
struct run {
    struct sql_statement statement;
    struct sql_context context;
    struct sql_sandbox sandbox;
    int64_t began_ns;
    int64_t timeout_ms;
};

static int request_error(struct err *e, const char *why)
{
    return err_set(
        e, ERR_INVALID, "%s: send a JSON object like {\"sql\": \"SELECT * FROM races\"}.", why);
}

/* The request as JSON, which the caller frees, with its queryOptions read into `o`. NULL with an
 * error where it is no such request. */
static json_t *read_request(const char *request, size_t len, struct sql_options *o, struct err *e)
{
    json_error_t why;
    json_t *root, *options;

    if (len > SQL_REQUEST_MAX) {
        err_set(e, ERR_TOO_LARGE, "The request has more than %u bytes.", SQL_REQUEST_MAX);
        return NULL;
    }
    root = json_loadb(request, len, 0, &why);
    if (!root) {
        err_set(e, ERR_INVALID,
            "The body is not JSON (line %d: %.100s): send {\"sql\": \"SELECT ...\"}.", why.line,
            why.text);
        return NULL;
    }
    options = json_object_get(root, "queryOptions");
    if (!json_is_object(root))
        (void)request_error(e, "The body is not an object");
    else if (!json_is_string(json_object_get(root, "sql")))
        (void)request_error(e, "The body has no text named sql");
    else if (options && !json_is_string(options) && !json_is_null(options))
        (void)request_error(e, "The body's queryOptions is not a text");
    else {
        if (json_is_string(options))
            sql_dialect_options(json_string_value(options), o);
        return root;
    }
    json_decref(root);
    return NULL;
}

/* The answer is an exception. */
static void refuse(
    const struct run *r, enum sql_error_code code, const char *sentence, struct buf *answer)
{
    const struct sql_stats f = {r->context.rows_read, (clock_mono_ns() - r->began_ns) / 1000000};

    sql_answer_exception(answer, code, sentence, &f);
}

/* SQLite's texts begin in lower case and have no full stop: "no such column: x". What our functions
 * and tables say is a sentence already. */
static void say(struct err *e, const char *why)
{
    size_t len = strlen(why);
    char last = len ? why[len - 1] : '.';

    if (last == '.')
        err_set(e, ERR_INVALID, "%s", why);
    else
        err_set(e, ERR_INVALID, "%c%s%s", toupper((unsigned char)*why), why + 1,
            last == '?' ? "" : ".");
}

/* The error of SQLite as a sentence that a user can act on, and Pinot's code for it. The order
 * matters: an interrupt has a cause of ours, and what the sandbox refused is more exact than
 * SQLite's "not authorized". */
static enum sql_error_code explain(struct run *r, sqlite3 *db, int rc, struct err *e)
{
    const char *why = sqlite3_errmsg(db);

    if (rc == SQLITE_INTERRUPT)
        (void)sql_context_late(&r->context);
    if (r->context.too_big) {
        err_set(e, ERR_TOO_LARGE,
            "The statement needs more than %" PRId64 " MiB of memory: narrow it.",
            SQL_MEMORY_MAX >> 20);
        return SQL_ERROR_TOO_BIG;
    }
    if (r->context.timed_out) {
        err_set(e, ERR_TIMEOUT,
            "The statement was ended after %" PRId64 " ms: narrow it, by runId for example.",
            r->timeout_ms);
        return SQL_ERROR_TIMEOUT;
    }
    if (strcmp(why, "parser stack overflow") == 0) {
        err_set(e, ERR_INVALID,
            "The statement nests too deep: use fewer brackets and functions within each other.");
        return SQL_ERROR_PARSING;
    }
    if (r->sandbox.refused[0]) {
        err_set(e, ERR_FORBIDDEN, "%s", r->sandbox.refused);
        return SQL_ERROR_ACCESS;
    }
    if (strncmp(why, "no such table", 13) == 0) {
        err_set(e, ERR_INVALID,
            "There is no table%.100s: there are parkrun, parkrun_history, races and courses.",
            why + strlen("no such table:"));
        return SQL_ERROR_TABLE;
    }
    say(e, rc == SQLITE_TOOBIG ? r->sandbox.too_big : why);
    if (strncmp(why, "no such column", 14) == 0)
        return SQL_ERROR_COLUMN;
    return rc == SQLITE_ERROR ? SQL_ERROR_PARSING : SQL_ERROR_EXECUTION;
}

/* Steps through the statement. The answer is written only when it is whole, because an error may
 * come after any row. */
static void run_prepared(struct run *r, sqlite3 *db, sqlite3_stmt *stmt, struct buf *answer)
{
    struct buf table = BUF_INIT;
    struct err e = {0};
    int rc = sql_answer_table(stmt, &table, &e);

    if (rc == SQLITE_DONE) {
        const struct sql_stats f = {
            r->context.rows_read, (clock_mono_ns() - r->began_ns) / 1000000};

        sql_answer_rows(answer, &table, &f);
    } else if (rc == SQLITE_TOOBIG && e.text[0]) {
        refuse(r, SQL_ERROR_TOO_BIG, e.text, answer);
    } else {
        enum sql_error_code code = explain(r, db, rc, &e);

        refuse(r, code == SQL_ERROR_PARSING ? SQL_ERROR_EXECUTION : code, e.text, answer);
    }
    buf_release(&table);
}

/* Prepares and bounds the statement. The sandbox begins only here, so that our own tables and
 * functions are registered without it. */
static void run_statement(struct run *r, sqlite3 *db, struct buf *answer)
{
    const struct buf *text = &r->statement.text;
    sqlite3_stmt *stmt = NULL;
    struct err e;
    int rc;

    sql_sandbox_init(&r->sandbox, db, &r->context);
    rc = sqlite3_prepare_v2(db, text->data, (int)text->len + 1, &stmt, NULL);
    if (rc != SQLITE_OK) {
        enum sql_error_code code = explain(r, db, rc, &e);

        refuse(r, code, e.text, answer);
        /* The authorizer has refused it already. It is checked again, because the check costs
     * nothing. */
    } else if (!stmt || !sqlite3_stmt_readonly(stmt)) {
        refuse(r, SQL_ERROR_ACCESS, "Only SELECT is answered here.", answer);
    } else if (sql_sandbox_bound(&r->sandbox, db, text->data, &e)) {
        refuse(r, SQL_ERROR_TOO_BIG, e.text, answer);
    } else {
        run_prepared(r, db, stmt, answer);
    }
    (void)sqlite3_finalize(stmt);
}

/* A connection for one statement: making it takes less time than keeping idle ones clean. */
static void run_in_sqlite(struct run *r, struct buf *answer)
{
    struct sql_spatial *spatial = sql_spatial_new();
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(":memory:", &db, flags, NULL);

    if (rc == SQLITE_OK)
        rc = sql_tables_register(db, &r->context);
    if (rc == SQLITE_OK)
        rc = sql_positions_register(db, &r->context);
    if (rc == SQLITE_OK)
        rc = sql_functions_register(db, &r->context);
    if (rc == SQLITE_OK)
        rc = sql_count_register(db, &r->context);
    if (rc == SQLITE_OK)
        rc = sql_spatial_register(spatial, db, &r->context);
    if (rc == SQLITE_OK)
        run_statement(r, db, answer);
    else
        refuse(r, SQL_ERROR_EXECUTION, db ? sqlite3_errmsg(db) : "SQLite did not start.", answer);
    (void)sqlite3_close(db);
    sql_spatial_free(spatial);
}

/* A statement may shorten the limit by timeoutMs and never lengthen it. */
static int64_t timeout_of(int timeout_ms, const struct sql_options *o)
{
    int64_t ms = timeout_ms > 0 ? timeout_ms : DEFAULT_TIMEOUT_MS;

    return o->timeout_ms > 0 && o->timeout_ms < ms ? o->timeout_ms : ms;
}

/* The deadline is the thread's, so that functions of other rooms (geometry, the store) see it
 * too. */
static void answer_statement(struct run *r, struct store *s, struct buf *answer)
{
    struct cancel before = cancel_get(), limit = before;

    limit.deadline_ns = r->began_ns + r->timeout_ms * 1000000;
    (void)cancel_set(limit);
    sql_context_init(&r->context, s, r->statement.options.skip_upsert);
    run_in_sqlite(r, answer);
    sql_context_release(&r->context);
    (void)cancel_set(before);
}

int sql_query(struct store *s, const char *request, size_t len, int timeout_ms, struct buf *answer,
    struct err *e)
{
    struct run r = {.began_ns = clock_mono_ns()};
    json_t *root = read_request(request, len, &r.statement.options, e);
    struct err why;

    if (!root)
        return -1;
    if (sql_dialect_init(&r.statement, json_string_value(json_object_get(root, "sql")), &why)) {
        refuse(
            &r, why.code == ERR_FORBIDDEN ? SQL_ERROR_ACCESS : SQL_ERROR_PARSING, why.text, answer);
        json_decref(root);
        return 0;
    }
    r.timeout_ms = timeout_of(timeout_ms, &r.statement.options);
    answer_statement(&r, s, answer);
    sql_dialect_release(&r.statement);
    json_decref(root);
    return 0;
}
