/*
 * dialect.h: a statement as Pinot's clients write it, made into one that SQLite takes and that
 * means the same: SET x=y; in front and option(x=y) behind are taken off and read, a default LIMIT
 * is put where there is none, an expression of the select list gets the name that Pinot gives it, /
 * and % become functions that divide as Pinot does, Pinot's names of functions and types become
 * ours, a time in quotes beside a TIMESTAMP column becomes its milliseconds.
 */
#ifndef SQL_DIALECT_H
#define SQL_DIALECT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_DEFAULT_LIMIT 10 /* Pinot's */

/* Options beside the statement. Zero means that the option was not given. Pinot's other options
 * have no meaning here and are ignored. */
struct sql_options {
    bool skip_upsert;
    int64_t timeout_ms;
};

struct sql_statement {
    struct buf text; /* for SQLite */
    struct sql_options options;
};

/* Reads the request's queryOptions ("skipUpsert=true;timeoutMs=500") into `out`. */
void sql_dialect_options(const char *text, struct sql_options *out);

/* Rewrites one statement into out->text and adds its options to out->options, which the caller has
 * initialized. ERR_INVALID or ERR_FORBIDDEN with a sentence where it is not one SELECT, uses WITH,
 * or nests too deep. sql_dialect_release() frees the text. */
int sql_dialect_init(struct sql_statement *out, const char *sql, struct err *e) MUST_CHECK;
void sql_dialect_release(struct sql_statement *s);

#endif
