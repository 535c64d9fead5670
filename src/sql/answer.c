/* answer.c: writes values as JSON in the types of Pinot. SQLite gives a value its own type in each
 * row, while Pinot gives a column one type. So a column remembers what it has seen, and its type is
 * decided after the last row. */
#include "sql/answer.h"

#include "base/cancel.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sql/columns.h"
#include "sql/java_number.h"
#include "sql/joda_time.h"
#include "sql/query.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One column of the answer. */
struct column {
    const char *name;   /* SQLite's, valid until the statement is finalized */
    enum sql_type type; /* as it is declared */
    bool seen_real, seen_text, seen_blob, seen_whole; /* what came: decides where it is not */
};

/* A text can be made from any bytes (CAST(x'ff' AS TEXT)), but JSON is UTF-8. Each byte that is not
 * part of a valid character, and each NUL, becomes U+FFFD. */
static void add_text(struct buf *out, const unsigned char *s, size_t len)
{
    struct buf clean = BUF_INIT;

    for (size_t i = 0; i < len;) {
        size_t n = s[i] ? utf8_len((const char *)s + i, len - i) : 0;

        if (n)
            buf_add(&clean, s + i, n);
        else
            buf_adds(&clean, "\xEF\xBF\xBD");
        i += n ? n : 1;
    }
    buf_add_json(out, clean.data ? clean.data : "");
    buf_release(&clean);
}

/* JSON has no number for infinity and NaN: they are texts, as in Pinot. */
static void add_double(struct buf *out, double v)
{
    buf_adds(out, isfinite(v) ? "" : "\"");
    sql_number_add(out, v);
    buf_adds(out, isfinite(v) ? "" : "\"");
}

static void add_timestamp(struct buf *out, int64_t ms)
{
    buf_addc(out, '"');
    sql_time_timestamp(out, ms);
    buf_addc(out, '"');
}

/* Bytes are hexadecimal digits in a text, as in Pinot. */
static void add_hex(struct buf *out, const uint8_t *bytes, size_t len)
{
    char *at;

    buf_addc(out, '"');
    at = buf_reserve(out, 2 * len + 1);
    hash_hex(bytes, len, at);
    out->len += 2 * len;
    buf_addc(out, '"');
}

/* A column that its table declares keeps that type, whatever SQLite has made of the value. */
static void add_whole(struct buf *out, struct column *c, int64_t v)
{
    c->seen_whole = true;
    switch (c->type) {
    case SQL_TYPE_DOUBLE:
        add_double(out, (double)v);
        return;
    case SQL_TYPE_TIMESTAMP:
        add_timestamp(out, v);
        return;
    case SQL_TYPE_STRING:
    case SQL_TYPE_BYTES:
        /* A text column may hold a number, because SQLite keeps each value as it came. */
        buf_addf(out, "\"%" PRId64 "\"", v);
        return;
    default:
        buf_addf(out, "%" PRId64, v);
        return;
    }
}

static void add_real(struct buf *out, struct column *c, double v)
{
    c->seen_real = true;
    if (c->type == SQL_TYPE_UNKNOWN || c->type == SQL_TYPE_DOUBLE) {
        add_double(out, v);
    } else if (c->type == SQL_TYPE_STRING || c->type == SQL_TYPE_BYTES) {
        buf_addc(out, '"');
        sql_number_add(out, v);
        buf_addc(out, '"');
    } else {
        add_whole(out, c, sql_number_long(v));
    }
}

/* What stands for a NULL until the type of its column is known: this byte, which no JSON holds, and
 * the number of the column. */
#define NULL_MARK '\1'

_Static_assert(SQL_COLUMNS_MAX < 255, "the number of a column is one byte");

static void add_null(struct buf *out, int column)
{
    buf_addc(out, NULL_MARK);
    buf_addc(out, (char)(unsigned char)column);
}

static void add_value(struct buf *out, struct column *c, sqlite3_stmt *stmt, int i)
{
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER:
        add_whole(out, c, sqlite3_column_int64(stmt, i));
        return;
    case SQLITE_FLOAT:
        add_real(out, c, sqlite3_column_double(stmt, i));
        return;
    case SQLITE_TEXT: {
        const unsigned char *s = sqlite3_column_text(stmt, i);

        c->seen_text = true;
        add_text(out, s ? s : (const unsigned char *)"", (size_t)sqlite3_column_bytes(stmt, i));
        return;
    }
    case SQLITE_BLOB: {
        const void *b = sqlite3_column_blob(stmt, i);

        c->seen_blob = true;
        add_hex(out, b ? b : "", (size_t)sqlite3_column_bytes(stmt, i));
        return;
    }
    default:
        add_null(out, i);
        return;
    }
}

/* The type of a column after its last row. A text makes all of it a text: JSON allows mixed rows,
 * and clients convert by this type. */
static enum sql_type type_seen(const struct column *c)
{
    if (c->type)
        return c->type;
    if (c->seen_text)
        return SQL_TYPE_STRING;
    if (c->seen_blob)
        return SQL_TYPE_BYTES;
    return c->seen_real ? SQL_TYPE_DOUBLE : c->seen_whole ? SQL_TYPE_LONG : SQL_TYPE_STRING;
}

/* The caller frees. decltype is set for bare columns of a table only, also through sub-selects. */
static struct column *columns_of(sqlite3_stmt *stmt, int n)
{
    struct column *c = mem_zalloc((size_t)n, sizeof *c);

    for (int i = 0; i < n; i++) {
        c[i].type = sql_type_declared(sqlite3_column_decltype(stmt, i));
        c[i].name = sqlite3_column_name(stmt, i);
    }
    return c;
}

/* Stops within a row that is already too long, because one row can have 200 texts of 8 MiB. */
static void add_row(struct buf *out, sqlite3_stmt *stmt, struct column *c, int n)
{
    buf_addc(out, '[');
    for (int i = 0; i < n && out->len <= SQL_ANSWER_MAX && !cancel_due(); i++) {
        buf_adds(out, i ? "," : "");
        add_value(out, &c[i], stmt, i);
    }
    buf_addc(out, ']');
}

static int add_rows(struct buf *rows, sqlite3_stmt *stmt, struct column *c, int n, struct err *e)
{
    uint32_t count = 0;
    int rc;

    /* The row that is one too many ends it: an answer that is cut without a word would be taken for
     * all. */
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (++count > SQL_ROWS_MAX) {
            err_set(e, ERR_TOO_LARGE,
                "The answer has more than %u rows: narrow it, or ask with a LIMIT and OFFSET.",
                SQL_ROWS_MAX);
            return SQLITE_TOOBIG;
        }
        buf_adds(rows, count > 1 ? "," : "");
        add_row(rows, stmt, c, n);
        if (cancel_due())
            return SQLITE_INTERRUPT;
        if (rows->len > SQL_ANSWER_MAX) {
            err_set(e, ERR_TOO_LARGE,
                "The answer has more than %u MiB: ask for fewer rows or columns.",
                SQL_ANSWER_MAX >> 20);
            return SQLITE_TOOBIG;
        }
    }
    return rc;
}

static void add_schema(struct buf *out, const struct column *c, int n)
{
    buf_adds(out, "{\"dataSchema\":{\"columnNames\":[");
    for (int i = 0; i < n; i++) {
        buf_adds(out, i ? "," : "");
        add_text(out, (const unsigned char *)c[i].name, strlen(c[i].name));
    }
    buf_adds(out, "],\"columnDataTypes\":[");
    for (int i = 0; i < n; i++)
        buf_addf(out, "%s\"%s\"", i ? "," : "", sql_type_name(type_seen(&c[i])));
    buf_adds(out, "]},\"rows\":[");
}

/* Copies the rows. A NULL is NaN among doubles, since SQLite keeps no NaN, and else null. */
static void copy_rows(struct buf *out, const struct buf *rows, const struct column *c)
{
    const char *p = rows->data, *end = p + rows->len, *mark;

    while (p < end && (mark = memchr(p, NULL_MARK, (size_t)(end - p)))) {
        buf_add(out, p, (size_t)(mark - p));
        buf_adds(
            out, type_seen(&c[(unsigned char)mark[1]]) == SQL_TYPE_DOUBLE ? "\"NaN\"" : "null");
        p = mark + 2;
    }
    if (p < end)
        buf_add(out, p, (size_t)(end - p));
}

int sql_answer_table(sqlite3_stmt *stmt, struct buf *table, struct err *e)
{
    int n = sqlite3_column_count(stmt);
    struct column *c = columns_of(stmt, n);
    struct buf rows = BUF_INIT;
    int rc = add_rows(&rows, stmt, c, n, e);

    if (rc == SQLITE_DONE) {
        add_schema(table, c, n);
        if (rows.len)
            copy_rows(table, &rows, c);
        buf_adds(table, "]}");
    }
    buf_release(&rows);
    free(c);
    return rc;
}

/* Pinot's numbers about its servers. Clients expect the fields; there is one server here. */
static void add_stats(struct buf *out, const struct sql_stats *f)
{
    buf_addf(out,
        "\"numServersQueried\":1,\"numServersResponded\":1,\"numDocsScanned\":%" PRIu64
        ",\"totalDocs\":%" PRIu64 ",\"numGroupsLimitReached\":false,\"timeUsedMs\":%" PRId64 "}",
        f->rows_read, f->rows_read, f->used_ms);
}

void sql_answer_rows(struct buf *out, const struct buf *table, const struct sql_stats *f)
{
    buf_adds(out, "{\"resultTable\":");
    buf_add(out, table->data, table->len);
    buf_adds(out, ",\"exceptions\":[],");
    add_stats(out, f);
}

void sql_answer_exception(
    struct buf *out, enum sql_error_code code, const char *sentence, const struct sql_stats *f)
{
    buf_addf(out, "{\"exceptions\":[{\"errorCode\":%d,\"message\":", (int)code);
    add_text(out, (const unsigned char *)sentence, strlen(sentence));
    buf_adds(out, "}],");
    add_stats(out, f);
}
