#include "sql/types.h"

#include <stdint.h>
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
    [SQL_TYPE_BOOLEAN] = {"BOOLEAN", "BOOLEAN"},
};

/* What functions answer, by Pinot's name for them. */
static const struct {
    const char *name;
    enum sql_type type;
} functions[] = {
    {"abs", SQL_TYPE_DOUBLE},
    {"avg", SQL_TYPE_DOUBLE},
    {"ceil", SQL_TYPE_DOUBLE},
    {"ceiling", SQL_TYPE_DOUBLE},
    {"concat", SQL_TYPE_STRING},
    {"count", SQL_TYPE_LONG},
    {"distinctcount", SQL_TYPE_INT},
    {"div", SQL_TYPE_DOUBLE},
    {"divide", SQL_TYPE_DOUBLE},
    {"exp", SQL_TYPE_DOUBLE},
    {"floor", SQL_TYPE_DOUBLE},
    {"fromdatetime", SQL_TYPE_LONG},
    {"groupconcat", SQL_TYPE_STRING},
    {"length", SQL_TYPE_INT},
    {"ln", SQL_TYPE_DOUBLE},
    {"lower", SQL_TYPE_STRING},
    {"max", SQL_TYPE_DOUBLE},
    {"min", SQL_TYPE_DOUBLE},
    {"minus", SQL_TYPE_DOUBLE},
    {"mod", SQL_TYPE_DOUBLE},
    {"now", SQL_TYPE_LONG},
    {"plus", SQL_TYPE_DOUBLE},
    {"power", SQL_TYPE_DOUBLE},
    {"rounddecimal", SQL_TYPE_DOUBLE},
    {"sqrt", SQL_TYPE_DOUBLE},
    {"stastext", SQL_TYPE_STRING},
    {"stcontains", SQL_TYPE_INT},
    {"stdistance", SQL_TYPE_DOUBLE},
    {"stequals", SQL_TYPE_INT},
    {"stgeogfromtext", SQL_TYPE_BYTES},
    {"stgeometrytype", SQL_TYPE_STRING},
    {"stgeomfromtext", SQL_TYPE_BYTES},
    {"stpoint", SQL_TYPE_BYTES},
    {"stwithin", SQL_TYPE_INT},
    {"substr", SQL_TYPE_STRING},
    {"sum", SQL_TYPE_DOUBLE},
    {"times", SQL_TYPE_DOUBLE},
    {"todatetime", SQL_TYPE_STRING},
    {"togeometry", SQL_TYPE_BYTES},
    {"tosphericalgeography", SQL_TYPE_BYTES},
    {"trim", SQL_TYPE_STRING},
    {"upper", SQL_TYPE_STRING},
};

/* The courses table's columns, for lookup('courses', column, ...). */
static const struct {
    const char *name;
    enum sql_type type;
} course_columns[] = {
    {"'shortName'", SQL_TYPE_STRING},
    {"'longName'", SQL_TYPE_STRING},
    {"'distance'", SQL_TYPE_DOUBLE},
    {"'courseMap'", SQL_TYPE_BYTES},
    {"'geoFenceLocation'", SQL_TYPE_BYTES},
    {"'startLocation'", SQL_TYPE_BYTES},
    {"'endLocation'", SQL_TYPE_BYTES},
};

static const struct {
    const char *name;
    enum sql_type type;
    const char *sqlite;
} casts[] = {
    {"INT", SQL_TYPE_INT, "INTEGER"},
    {"INTEGER", SQL_TYPE_INT, "INTEGER"},
    {"LONG", SQL_TYPE_LONG, "INTEGER"},
    {"BIGINT", SQL_TYPE_LONG, "INTEGER"},
    {"FLOAT", SQL_TYPE_DOUBLE, "REAL"},
    {"REAL", SQL_TYPE_DOUBLE, "REAL"},
    {"DOUBLE", SQL_TYPE_DOUBLE, "REAL"},
    {"STRING", SQL_TYPE_STRING, "TEXT"},
    {"TEXT", SQL_TYPE_STRING, "TEXT"},
    {"VARCHAR", SQL_TYPE_STRING, "TEXT"},
    {"TIMESTAMP", SQL_TYPE_TIMESTAMP, "INTEGER"},
    {"BOOLEAN", SQL_TYPE_BOOLEAN, "INTEGER"},
    {"BYTES", SQL_TYPE_BYTES, "BLOB"},
};

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
        if (sql_token_is(name, casts[i].name))
            return casts[i].sqlite;
    return NULL;
}

static enum sql_type type_of_number(const struct sql_token *t)
{
    if (memchr(t->at, 'x', t->len) || memchr(t->at, 'X', t->len))
        return SQL_TYPE_LONG;
    if (memchr(t->at, '.', t->len) || memchr(t->at, 'e', t->len) || memchr(t->at, 'E', t->len))
        return SQL_TYPE_DOUBLE;
    return t->len <= 10 && strtoll(t->at, NULL, 10) <= INT32_MAX ? SQL_TYPE_INT : SQL_TYPE_LONG;
}

static enum sql_type type_of_word(const struct sql_token *t)
{
    switch (t->kind) {
    case SQL_STRING:
        return SQL_TYPE_STRING;
    case SQL_BLOB:
        return SQL_TYPE_BYTES;
    case SQL_NUMBER:
        return type_of_number(t);
    default:
        return sql_token_is(t, "TRUE") || sql_token_is(t, "FALSE") ? SQL_TYPE_BOOLEAN
                                                                   : SQL_TYPE_UNKNOWN;
    }
}

static bool is_any(const struct sql_token *t, const char *const *words)
{
    for (; *words; words++)
        if (sql_token_is(t, *words))
            return true;
    return false;
}

/* The operator that binds least decides: a condition before arithmetic before joined texts. */
static enum sql_type type_of_operators(const struct sql_token *t, size_t n)
{
    static const char *const conditions[] = {"=", "==", "<>", "!=", "<", ">", "<=", ">=", "AND",
        "OR", "NOT", "IS", "IN", "LIKE", "BETWEEN", "ISNULL", "NOTNULL", "EXISTS", NULL};
    static const char *const arithmetic[] = {"+", "-", "*", "/", "%", NULL};
    enum sql_type found = SQL_TYPE_UNKNOWN;
    int depth = 0;

    for (size_t i = 0; i < n; i++) {
        if (t[i].kind == SQL_OPEN || sql_token_is(&t[i], "CASE"))
            depth++;
        else if (t[i].kind == SQL_CLOSE || sql_token_is(&t[i], "END"))
            depth--;
        else if (depth > 0)
            continue;
        else if (is_any(&t[i], conditions))
            return SQL_TYPE_BOOLEAN;
        else if (i > 0 && is_any(&t[i], arithmetic))
            found = SQL_TYPE_DOUBLE;
        else if (sql_token_is(&t[i], "||") && !found)
            found = SQL_TYPE_STRING;
    }
    return found;
}

/* Does the bracket at `open` close with the last token? */
static bool closes_last(const struct sql_token *t, size_t n, size_t open)
{
    int depth = 0;

    for (size_t i = open; i < n; i++) {
        depth += t[i].kind == SQL_OPEN ? 1 : t[i].kind == SQL_CLOSE ? -1 : 0;
        if (depth == 0)
            return i == n - 1;
    }
    return false;
}

static enum sql_type type_of_lookup(const struct sql_token *t, size_t n)
{
    for (size_t i = 0; n > 4 && i < COUNT(course_columns); i++)
        if (t[4].len == strlen(course_columns[i].name) &&
            memcmp(t[4].at, course_columns[i].name, t[4].len) == 0)
            return course_columns[i].type;
    return SQL_TYPE_UNKNOWN;
}

static enum sql_type type_of_cast(const struct sql_token *t, size_t n)
{
    for (size_t i = n; i-- > 1;)
        if (sql_token_is(&t[i - 1], "AS"))
            for (size_t k = 0; k < COUNT(casts); k++)
                if (sql_token_is(&t[i], casts[k].name))
                    return casts[k].type;
    return SQL_TYPE_UNKNOWN;
}

static bool has_comma(const struct sql_token *t, size_t n)
{
    int depth = 0;

    for (size_t i = 0; i < n; i++) {
        depth += t[i].kind == SQL_OPEN ? 1 : t[i].kind == SQL_CLOSE ? -1 : 0;
        if (depth == 1 && sql_token_is(&t[i], ","))
            return true;
    }
    return false;
}

static enum sql_type type_of_call(const struct sql_token *t, size_t n)
{
    char name[64];

    sql_token_canonical(&t[0], name, sizeof name);
    if (strcmp(name, "lookup") == 0)
        return type_of_lookup(t, n);
    if (strcmp(name, "cast") == 0)
        return type_of_cast(t, n);
    if (strcmp(name, "round") == 0)
        return has_comma(t, n) ? SQL_TYPE_LONG : SQL_TYPE_DOUBLE;
    if ((strcmp(name, "max") == 0 || strcmp(name, "min") == 0) && has_comma(t, n))
        return SQL_TYPE_UNKNOWN;
    for (size_t i = 0; i < COUNT(functions); i++)
        if (strcmp(name, functions[i].name) == 0)
            return functions[i].type;
    return SQL_TYPE_UNKNOWN;
}

enum sql_type sql_type_of(const struct sql_token *t, size_t n)
{
    enum sql_type type;

    while (n > 2 && t[0].kind == SQL_OPEN && closes_last(t, n, 0)) {
        t++;
        n -= 2;
    }
    if (n == 0 || sql_token_is(&t[0], "SELECT"))
        return SQL_TYPE_UNKNOWN;
    if (n == 1)
        return type_of_word(&t[0]);
    if (n == 2 && (sql_token_is(&t[0], "-") || sql_token_is(&t[0], "+")) && t[1].kind == SQL_NUMBER)
        return type_of_word(&t[1]);
    type = type_of_operators(t, n);
    if (type)
        return type;
    if (t[1].kind == SQL_OPEN && closes_last(t, n, 1))
        return type_of_call(t, n);
    return sql_token_is(&t[0], "-") ? SQL_TYPE_DOUBLE : SQL_TYPE_UNKNOWN;
}
