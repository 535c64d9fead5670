/*
 * answer.h: the answer as Pinot's broker gives it, which pinotdb and Pinot's Java client read.
 *
 * The types of the columns stand before the rows, but those of expressions are known only after the
 * last row. So the rows are written to a buffer first and copied behind the types.
 */
#ifndef SQL_ANSWER_H
#define SQL_ANSWER_H

#include "base/buf.h"
#include "base/err.h"
#include "sql/context.h"

#include <sqlite3.h>

#define SQL_COLUMNS_MAX 200 /* of an answer: a NULL's mark holds the column's number in a byte */

/* Pinot's QueryErrorCode. */
enum sql_error_code {
    SQL_ERROR_PARSING = 150,
    SQL_ERROR_ACCESS = 180,
    SQL_ERROR_TABLE = 190,
    SQL_ERROR_EXECUTION = 200,
    SQL_ERROR_TOO_BIG = 245,
    SQL_ERROR_TIMEOUT = 250,
    SQL_ERROR_COLUMN = 710,
};

/* What the answer says beside its rows. */
struct sql_stats {
    uint64_t rows_read;
    int64_t used_ms;
};

/* Steps through the statement and appends {"dataSchema": {…}, "rows": […]} to `table`. Returns
 * SQLITE_DONE, or SQLite's code for what went wrong; then nothing is appended. SQLITE_TOOBIG with
 * *e filled: the answer has more than SQL_ROWS_MAX rows or SQL_ANSWER_MAX bytes. */
int sql_answer_table(sqlite3_stmt *stmt, struct buf *table, struct err *e) MUST_CHECK;

/* Append the whole answer, with that table or with one exception. */
void sql_answer_rows(struct buf *out, const struct buf *table, const struct sql_stats *f);
void sql_answer_exception(
    struct buf *out, enum sql_error_code code, const char *sentence, const struct sql_stats *f);

#endif
