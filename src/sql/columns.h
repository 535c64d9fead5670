/*
 * columns.h: the select list of a statement: what each entry is called and which type it has.
 */
#ifndef SQL_COLUMNS_H
#define SQL_COLUMNS_H

#include "sql/types.h"

#include <stdbool.h>
#include <stddef.h>

struct sql_column {
    bool star;          /* * or t.*: any number of columns of the answer */
    enum sql_type type; /* as far as the text tells */
    char *name;         /* NULL: SQLite's name is the right one (an alias, a bare column) */
};

/* Of the outermost SELECT (the first of a UNION); *n entries, for sql_columns_free. */
struct sql_column *sql_columns_read(const struct sql_token *token, size_t tokens, size_t *n);
void sql_columns_free(struct sql_column *c, size_t n);

#endif
