#include "sql/columns.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

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

/* How many of the n tokens are an alias at the end: 2 with AS, 1 without, 0 where there is none. */
static size_t alias_len(const struct sql_token *t, size_t n)
{
    if (n >= 3 && sql_token_is(&t[n - 2], "AS"))
        return 2;
    if (n < 2 || sql_token_is_reserved(&t[n - 1]) ||
        (t[n - 1].kind != SQL_WORD && t[n - 1].kind != SQL_QUOTED))
        return 0;
    if (sql_token_is(&t[n - 2], "END"))
        return 1;
    return t[n - 2].kind != SQL_MARK && t[n - 2].kind != SQL_OPEN &&
                   !sql_token_is_reserved(&t[n - 2])
               ? 1
               : 0;
}

static bool is_bare_column(const struct sql_token *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i % 2 ? !sql_token_is(&t[i], ".") : t[i].kind != SQL_WORD && t[i].kind != SQL_QUOTED)
            return false;
    return n % 2 == 1 && !sql_token_is(&t[0], "NULL") && !sql_token_is(&t[0], "TRUE") &&
           !sql_token_is(&t[0], "FALSE");
}

/* Pinot's name for a column without an alias: functions in lower case, columns without quotes. */
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

struct list {
    struct sql_column *column;
    size_t n, cap;
};

static void add_column(struct list *list, const struct sql_token *t, size_t n)
{
    size_t alias = alias_len(t, n);
    struct sql_column c = {.star = n > 0 && sql_token_is(&t[n - 1], "*")};

    if (!c.star) {
        c.type = sql_type_of(t, n - alias);
        c.name = alias || is_bare_column(t, n) ? NULL : name_of(t, n);
    }
    list->column = mem_grow(list->column, list->n, &list->cap, sizeof *list->column);
    list->column[list->n++] = c;
}

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
        if (depth == 0 && ends_list(&t[i], &t[i - 1]))
            break;
        if (depth > 0 || !sql_token_is(&t[i], ","))
            continue;
        add_column(&list, t + from, i - from);
        from = i + 1;
    }
    if (from < tokens)
        add_column(&list, t + from, i - from);
    *n = list.n;
    return list.column;
}

void sql_columns_free(struct sql_column *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(c[i].name);
    free(c);
}
