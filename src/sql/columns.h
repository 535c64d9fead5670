/*
 * columns.h: what the columns of an answer are called, and the types that Pinot's answers name them
 * with.
 *
 * A bare column of a table has the type that the table declares: SQLite hands that on through
 * sub-selects. Of every other expression the values of the answer decide.
 */
#ifndef SQL_COLUMNS_H
#define SQL_COLUMNS_H

#include "sql/token.h"

#include <stdbool.h>
#include <stddef.h>

enum sql_type {
    SQL_TYPE_UNKNOWN = 0, /* the values decide */
    SQL_TYPE_INT,
    SQL_TYPE_LONG,
    SQL_TYPE_DOUBLE,
    SQL_TYPE_STRING,
    SQL_TYPE_BYTES,
    SQL_TYPE_TIMESTAMP, /* ms since 1970 UTC */
};

const char *sql_type_name(enum sql_type t); /* "INT"; "STRING" for unknown */

/* How a virtual table declares a column of this type, and back (NULL, or not one of ours: unknown).
 * The names give SQLite's affinity, by which an id made of digits stays a text. */
const char *sql_type_declaration(enum sql_type t);
enum sql_type sql_type_declared(const char *declaration);

/* The name of a type in CAST as SQLite knows it: "STRING" -> "TEXT". NULL: it stays as it is. */
const char *sql_type_cast(const struct sql_token *name);

/* Is token i of n compared with a TIMESTAMP column: column < 'text', 'text' < column, column BETWEEN
 * 'text' AND 'text'? */
bool sql_type_compared_as_time(const struct sql_token *t, size_t n, size_t i);

/* A name that one expression of the select list lacks. */
struct sql_column {
    size_t end; /* the token that it goes before */
    char *name; /* as Pinot names the expression */
};

/* Of the outermost SELECT (the first of a UNION), the expressions without an alias that are no bare
 * columns or stars. *n entries in order, for sql_columns_free. */
struct sql_column *sql_columns_read(const struct sql_token *token, size_t tokens, size_t *n);
void sql_columns_free(struct sql_column *c, size_t n);

#endif
