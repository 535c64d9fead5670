/*
 * types.h: the types that Pinot's answers name their columns with, and which one an expression
 * has.
 *
 * A bare column has the type that its table declares (SQLite hands that through subqueries); an
 * expression has its operator's or function's; where neither says, the values of the answer decide.
 */
#ifndef SQL_TYPES_H
#define SQL_TYPES_H

#include "sql/token.h"

enum sql_type {
    SQL_TYPE_UNKNOWN = 0, /* the values decide */
    SQL_TYPE_INT,
    SQL_TYPE_LONG,
    SQL_TYPE_DOUBLE,
    SQL_TYPE_STRING,
    SQL_TYPE_BYTES,
    SQL_TYPE_TIMESTAMP, /* ms since 1970 UTC */
    SQL_TYPE_BOOLEAN,
};

const char *sql_type_name(enum sql_type t); /* "INT"; "STRING" for unknown */

/* How a virtual table declares a column of this type, and back (NULL, or not one of ours: unknown).
 * The names give SQLite's affinity: an id made of digits stays a text. */
const char *sql_type_declaration(enum sql_type t);
enum sql_type sql_type_declared(const char *declaration);

/* One expression of a select list, without its alias. */
enum sql_type sql_type_of(const struct sql_token *token, size_t n);

/* The names of Pinot's types in CAST are not SQLite's: "STRING" -> "TEXT"; NULL where it is to stay
 * as it is. */
const char *sql_type_cast(const struct sql_token *name);

#endif
