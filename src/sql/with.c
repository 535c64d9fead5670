#include "sql/with.h"

#include <stdint.h>
#include <stdlib.h>

/* name AS ( from … to ) */
struct with_table {
    const struct sql_token *name;
    size_t from, to;
    uint32_t uses[SQL_WITH_TABLES_MAX]; /* how often its text names each of the others */
    uint32_t copies;                    /* of texts, with all that it uses */
};

struct with {
    const struct sql_token_list *tokens;
    struct with_table table[SQL_WITH_TABLES_MAX + 1]; /* the last: the statement around them */
    size_t n;
};

static bool is(const struct with *w, size_t i, const char *word)
{
    return i < w->tokens->n && sql_token_is(&w->tokens->token[i], word);
}

static enum sql_token_kind kind(const struct with *w, size_t i)
{
    return i < w->tokens->n ? w->tokens->token[i].kind : SQL_MARK;
}

static size_t closing(const struct with *w, size_t open)
{
    size_t depth = 0;

    for (size_t i = open; i < w->tokens->n; i++) {
        depth += kind(w, i) == SQL_OPEN ? 1 : 0;
        depth -= kind(w, i) == SQL_CLOSE ? 1 : 0;
        if (depth == 0)
            return i;
    }
    return w->tokens->n;
}

/* The name before AS at `as`: right before it, or before its columns in brackets. */
static const struct sql_token *name_before(const struct with *w, size_t as)
{
    size_t i = as;

    if (i > 0 && kind(w, i - 1) == SQL_CLOSE) {
        do
            i--;
        while (i > 0 && kind(w, i) != SQL_OPEN);
    }
    return i > 0 && (kind(w, i - 1) == SQL_WORD || kind(w, i - 1) == SQL_QUOTED)
               ? &w->tokens->token[i - 1]
               : NULL;
}

static bool find_tables(struct with *w)
{
    for (size_t i = 1; i < w->tokens->n; i++) {
        size_t open = i + 1;
        const struct sql_token *name;

        if (!is(w, i, "AS"))
            continue;
        open += is(w, open, "NOT") ? 1 : 0;
        open += is(w, open, "MATERIALIZED") ? 1 : 0;
        name = name_before(w, i);
        if (kind(w, open) != SQL_OPEN || !name)
            continue;
        if (w->n == SQL_WITH_TABLES_MAX)
            return false;
        w->table[w->n++] = (struct with_table){.name = name, .from = open, .to = closing(w, open)};
    }
    w->table[w->n].to = w->tokens->n;
    return true;
}

static bool same_name(const struct sql_token *a, const struct sql_token *b)
{
    char *name = sql_token_value(b);
    bool same = sql_token_names(a, name);

    free(name);
    return same;
}

static bool in_a_table(const struct with *w, size_t i)
{
    for (size_t k = 0; k < w->n; k++)
        if (i > w->table[k].from && i < w->table[k].to)
            return true;
    return false;
}

static void count_uses(struct with *w, size_t user)
{
    struct with_table *u = &w->table[user];

    for (size_t i = u->from; i < u->to; i++) {
        const struct sql_token *t = &w->tokens->token[i];

        if ((t->kind != SQL_WORD && t->kind != SQL_QUOTED) || (user == w->n && in_a_table(w, i)))
            continue;
        for (size_t k = 0; k < w->n; k++)
            if (k != user && t != w->table[k].name && same_name(t, w->table[k].name))
                u->uses[k]++;
    }
}

/* One round over all: true where something grew. */
static bool grow(struct with *w)
{
    bool grew = false;

    for (size_t i = 0; i <= w->n; i++) {
        uint64_t copies = 1;

        for (size_t k = 0; k < w->n; k++)
            copies += (uint64_t)w->table[i].uses[k] * w->table[k].copies;
        copies = copies > SQL_WITH_COPIES_MAX ? SQL_WITH_COPIES_MAX + 1 : copies;
        grew = grew || copies > w->table[i].copies;
        w->table[i].copies = (uint32_t)copies;
    }
    return grew;
}

int sql_with_check(const struct sql_token_list *t, struct err *e)
{
    struct with w = {.tokens = t};

    if (!find_tables(&w))
        return err_set(e, ERR_INVALID, "the statement defines more than %u tables or windows",
            SQL_WITH_TABLES_MAX);
    if (w.n == 0)
        return 0;
    for (size_t i = 0; i <= w.n; i++)
        count_uses(&w, i);
    while (grow(&w))
        ;
    for (size_t i = 0; i <= w.n; i++)
        if (w.table[i].copies > SQL_WITH_COPIES_MAX)
            return err_set(e, ERR_INVALID,
                "the tables of WITH use each other more than %u times: use each less often",
                SQL_WITH_COPIES_MAX);
    return 0;
}
