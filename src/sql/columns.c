/* columns.c: names and types of an answer's columns, from the tokens of the statement. Pinot names
 * an unnamed expression by its text, and its clients look columns up by that name; SQLite's name
 * for it differs. */
#include "sql/columns.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *declaration;
} types[] = {
    [SQL_TYPE_UNKNOWN] = {"STRING", ""},
    [SQL_TYPE_INT] = {"INT", "INT"},
    [SQL_TYPE_LONG] = {"LONG", "BIGINT"},
    [SQL_TYPE_DOUBLE] = {"DOUBLE", "DOUBLE"},
    [SQL_TYPE_STRING] = {"STRING", "TEXT"},
    [SQL_TYPE_BYTES] = {"BYTES", "BLOB"},
    [SQL_TYPE_TIMESTAMP] = {"TIMESTAMP", "TIMESTAMP"},
};

/* The types of CAST: Pinot's names, and those whose affinity SQLite casts to. */
static const struct {
    const char *pinot, *sqlite;
} casts[] = {
    {"INT", "INTEGER"},
    {"INTEGER", "INTEGER"},
    {"LONG", "INTEGER"},
    {"BIGINT", "INTEGER"},
    {"FLOAT", "REAL"},
    {"REAL", "REAL"},
    {"DOUBLE", "REAL"},
    {"STRING", "TEXT"},
    {"TEXT", "TEXT"},
    {"VARCHAR", "TEXT"},
    {"TIMESTAMP", "INTEGER"},
    {"BOOLEAN", "INTEGER"},
    {"BYTES", "BLOB"},
};

/* Columns of the four tables that hold milliseconds. */
static const char *const timestamp_columns[] = {
    "timestamp", "startTime", "createdAt", "anchorWall"};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const char *sql_type_name(enum sql_type t)
{
    return types[t].name;
}

const char *sql_type_declaration(enum sql_type t)
{
    return types[t].declaration;
}

enum sql_type sql_type_declared(const char *declaration)
{
    for (size_t i = 1; declaration && i < COUNT(types); i++)
        if (strcmp(declaration, types[i].declaration) == 0)
            return (enum sql_type)i;
    return SQL_TYPE_UNKNOWN;
}

const char *sql_type_cast(const struct sql_token *name)
{
    for (size_t i = 0; i < COUNT(casts); i++)
        if (sql_token_is(name, casts[i].pinot))
            return casts[i].sqlite;
    return NULL;
}

/* An index below 0 wraps round and is behind the last token: these two answer no. */
static bool is_timestamp(const struct sql_token *t, size_t n, size_t i)
{
    for (size_t k = 0; i < n && k < COUNT(timestamp_columns); k++)
        if (sql_token_names(&t[i], timestamp_columns[k]))
            return true;
    return false;
}

/* =, <, >, <=, >=, <>, != and == begin with one of these. */
static bool is_comparison(const struct sql_token *t, size_t n, size_t i)
{
    return i < n && t[i].kind == SQL_MARK && strchr("<>=!", t[i].at[0]) != NULL;
}

/* Only the tokens next to the text are looked at. A time inside of brackets or behind a function
 * stays a text: that is rare, and parsing expressions would be far more code. */
bool sql_type_compared_as_time(const struct sql_token *t, size_t n, size_t i)
{
    if (is_comparison(t, n, i - 1) && is_timestamp(t, n, i - 2))
        return true;
    if (is_comparison(t, n, i + 1) && is_timestamp(t, n, i + 2))
        return true;
    if (i >= 2 && sql_token_is(&t[i - 1], "BETWEEN"))
        return is_timestamp(t, n, i - 2);
    return i >= 4 && sql_token_is(&t[i - 1], "AND") && sql_token_is(&t[i - 3], "BETWEEN") &&
           is_timestamp(t, n, i - 4);
}

/* Does this word end the select list? */
static bool ends_list(const struct sql_token *t, const struct sql_token *before)
{
    static const char *const words[] = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT",
        "UNION", "EXCEPT", "INTERSECT", "WINDOW"};

    if (sql_token_is(t, "FROM") && sql_token_is(before, "DISTINCT"))
        return false; /* IS DISTINCT FROM */
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sql_token_is(t, words[i]))
            return true;
    return false;
}

/* Does the expression end with an alias, with or without AS? */
static bool has_alias(const struct sql_token *t, size_t n)
{
    if (n >= 3 && sql_token_is(&t[n - 2], "AS"))
        return true;
    if (n < 2 || sql_token_is_reserved(&t[n - 1]) ||
        (t[n - 1].kind != SQL_WORD && t[n - 1].kind != SQL_QUOTED))
        return false;
    return sql_token_is(&t[n - 2], "END") ||
           (t[n - 2].kind != SQL_MARK && t[n - 2].kind != SQL_OPEN &&
               !sql_token_is_reserved(&t[n - 2]));
}

/* name, table.name: SQLite gives such a column its right name already. */
static bool is_bare_column(const struct sql_token *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i % 2 ? !sql_token_is(&t[i], ".") : t[i].kind != SQL_WORD && t[i].kind != SQL_QUOTED)
            return false;
    return n % 2 == 1 && !sql_token_is(&t[0], "NULL") && !sql_token_is(&t[0], "TRUE") &&
           !sql_token_is(&t[0], "FALSE");
}

/* Pinot's name for an expression without an alias: its text, with functions in lower case, columns
 * without quotes and no spaces except between words. */
static char *name_of(const struct sql_token *t, size_t n)
{
    struct buf name = BUF_INIT;

    for (size_t i = 0; i < n; i++) {
        bool word = t[i].kind == SQL_WORD || t[i].kind == SQL_NUMBER;
        bool before = i > 0 && (t[i - 1].kind == SQL_WORD || t[i - 1].kind == SQL_NUMBER);
        char *text = sql_token_value(&t[i]);
        char call[64];

        if (word && before)
            buf_addc(&name, ' ');
        sql_token_canonical(&t[i], call, sizeof call);
        if (t[i].kind == SQL_WORD && i + 1 < n && t[i + 1].kind == SQL_OPEN)
            buf_adds(&name, call);
        else if (t[i].kind == SQL_QUOTED)
            buf_adds(&name, text);
        else
            buf_add(&name, t[i].at, t[i].len);
        free(text);
    }
    return buf_detach(&name, NULL);
}

/* The names found so far. */
struct list {
    struct sql_column *column;
    size_t n, cap;
};

/* The expression t[from] to t[end - 1]. */
static void add_column(struct list *list, const struct sql_token *t, size_t from, size_t end)
{
    size_t n = end - from;

    if (n == 0 || sql_token_is(&t[end - 1], "*") || has_alias(t + from, n) ||
        is_bare_column(t + from, n))
        return;
    list->column = mem_grow(list->column, list->n, &list->cap, sizeof *list->column);
    list->column[list->n++] = (struct sql_column){end, name_of(t + from, n)};
}

/* How a token changes the depth of brackets. */
static int step(const struct sql_token *t)
{
    return t->kind == SQL_OPEN ? 1 : t->kind == SQL_CLOSE ? -1 : 0;
}

/* The first token behind the outermost SELECT. */
static size_t find_list(const struct sql_token *t, size_t n)
{
    size_t i = 0;
    int depth = 0;

    for (; i < n && (depth > 0 || !sql_token_is(&t[i], "SELECT")); i++)
        depth += step(&t[i]);
    i++;
    if (i < n && (sql_token_is(&t[i], "DISTINCT") || sql_token_is(&t[i], "ALL")))
        i++;
    return i;
}

struct sql_column *sql_columns_read(const struct sql_token *t, size_t tokens, size_t *n)
{
    struct list list = {NULL, 0, 0};
    size_t i = find_list(t, tokens), from = i;
    int depth = 0;

    for (; i < tokens; i++) {
        depth += step(&t[i]);
        /* A FROM at depth 0 ends it. Commas in brackets separate arguments, not columns. */
        if (depth == 0 && ends_list(&t[i], &t[i - 1]))
            break;
        if (depth > 0 || !sql_token_is(&t[i], ","))
            continue;
        add_column(&list, t, from, i);
        from = i + 1;
    }
    if (from < tokens)
        add_column(&list, t, from, i);
    *n = list.n;
    return list.column;
}

void sql_columns_free(struct sql_column *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(c[i].name);
    free(c);
}
