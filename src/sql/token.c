/* token.c: cuts a statement. It is lenient where SQLite decides anyway (numbers, names) and strict
 * where a wrong cut would make another statement of it: quotes, comments, brackets. */
#include "sql/token.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Words that no value begins with. What SQLite allows as a name besides is treated as one. */
static const char *const reserved[] = {"ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "COLLATE",
    "CROSS", "DESC", "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS", "FILTER", "FROM",
    "FULL", "GLOB", "GROUP", "HAVING", "IN", "INDEXED", "INNER", "INTERSECT", "IS", "ISNULL",
    "JOIN", "LEFT", "LIKE", "LIMIT", "MATCH", "NATURAL", "NOT", "NOTNULL", "OFFSET", "ON", "OR",
    "ORDER", "OUTER", "OVER", "REGEXP", "RIGHT", "SELECT", "SET", "THEN", "UNION", "USING",
    "VALUES", "WHEN", "WHERE", "WINDOW", "WITH"};

/* Bytes of other scripts are letters, as for SQLite. */
static bool is_word_start(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
    return is_word_start(c) || isdigit((unsigned char)c) || c == '$';
}

/* Behind white space and comments; NULL where a comment is not closed. */
static const char *skip_blank(const char *p)
{
    for (;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            p = strstr(p + 2, "*/");
            if (!p)
                return NULL;
            p += 2;
        } else {
            return p;
        }
    }
}

/* Behind the closing quote, a doubled one being part of the text; NULL where there is none. */
static const char *skip_quoted(const char *p, char close)
{
    for (p++; *p; p++) {
        if (*p != close)
            continue;
        if (p[1] != close || close == ']')
            return p + 1;
        p++;
    }
    return NULL;
}

/* 0x1f, 12, .5, 1.5e-3. Malformed numbers go on to SQLite. */
static const char *skip_number(const char *p)
{
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        for (p += 2; isxdigit((unsigned char)*p);)
            p++;
        return p;
    }
    while (isdigit((unsigned char)*p) || *p == '.')
        p++;
    if ((*p == 'e' || *p == 'E') &&
        (isdigit((unsigned char)p[1]) ||
            ((p[1] == '+' || p[1] == '-') && isdigit((unsigned char)p[2]))))
        for (p += 2; isdigit((unsigned char)*p);)
            p++;
    return p;
}

/* Longest first: "->>" is not "->" and ">". */
static const char *skip_mark(const char *p)
{
    static const char *const marks[] = {
        "->>", "->", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(p, marks[i], strlen(marks[i])) == 0)
            return p + strlen(marks[i]);
    return p + 1;
}

/* The kind of the token at p, and the end of it (NULL: it is not closed). */
static enum sql_token_kind read_one(const char *p, const char **end)
{
    if ((*p == 'x' || *p == 'X') && p[1] == '\'') {
        *end = skip_quoted(p + 1, '\'');
        return SQL_BLOB;
    }
    if (is_word_start(*p)) {
        for (*end = p; is_word(**end);)
            (*end)++;
        return SQL_WORD;
    }
    if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]))) {
        *end = skip_number(p);
        return SQL_NUMBER;
    }
    if (*p == '\'' || *p == '"' || *p == '`' || *p == '[') {
        *end = skip_quoted(p, *p == '[' ? ']' : *p);
        return *p == '\'' ? SQL_STRING : SQL_QUOTED;
    }
    *end = skip_mark(p);
    return *p == '(' ? SQL_OPEN : *p == ')' ? SQL_CLOSE : SQL_MARK;
}

/* Parameters (? : @ $) are among those refused, since nobody could bind them. */
static int check_mark(const struct sql_token *t, struct err *e)
{
    if (!strchr("+-*/%<>=!|&~,.;", t->at[0]))
        return err_set(e, ERR_INVALID, "The statement has a \"%.1s\" that SQL has no use for here.",
            isprint((unsigned char)t->at[0]) ? t->at : "?");
    return 0;
}

/* Deep nesting would overflow the stack of the rewriting and of SQLite's parser. */
static int check_depth(const struct sql_token_list *t, struct err *e)
{
    size_t depth = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (t->token[i].kind == SQL_OPEN && ++depth > SQL_DEPTH_MAX)
            return err_set(e, ERR_INVALID,
                "The statement has more than %u brackets within each other.", SQL_DEPTH_MAX);
        if (t->token[i].kind == SQL_CLOSE && depth-- == 0)
            return err_set(e, ERR_INVALID, "The statement closes a bracket that it did not open.");
    }
    if (depth > 0)
        return err_set(e, ERR_INVALID, "The statement does not close %zu of its brackets.", depth);
    return 0;
}

/* The number of tokens is bounded while they are read, not after. */
static int read_all(struct sql_token_list *t, const char *p, struct err *e)
{
    size_t cap = 0;

    for (p = skip_blank(p); p && *p; p = skip_blank(p)) {
        const char *end;
        struct sql_token one = {.at = p};

        one.kind = read_one(p, &end);
        if (!end)
            return err_set(
                e, ERR_INVALID, "The statement does not close the quote before %.40s.", p);
        one.len = (size_t)(end - p);
        if (one.kind == SQL_MARK && check_mark(&one, e))
            return -1;
        if (t->n == SQL_TOKENS_MAX)
            return err_set(
                e, ERR_TOO_LARGE, "The statement has more than %u words.", SQL_TOKENS_MAX);
        t->token = mem_grow(t->token, t->n, &cap, sizeof *t->token);
        t->token[t->n++] = one;
        p = end;
    }
    if (!p)
        return err_set(e, ERR_INVALID, "The statement does not close a comment.");
    return check_depth(t, e);
}

int sql_token_list_init(struct sql_token_list *t, const char *statement, struct err *e)
{
    *t = (struct sql_token_list){NULL, 0};
    if (read_all(t, statement, e) == 0)
        return 0;
    sql_token_list_release(t);
    return -1;
}

void sql_token_list_release(struct sql_token_list *t)
{
    free(t->token);
    *t = (struct sql_token_list){NULL, 0};
}

bool sql_token_is(const struct sql_token *t, const char *word)
{
    return t->kind != SQL_QUOTED && t->kind != SQL_STRING && strlen(word) == t->len &&
           strncasecmp(t->at, word, t->len) == 0;
}

void sql_token_canonical(const struct sql_token *t, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < t->len && n + 1 < size; i++)
        if (t->at[i] != '_' && t->at[i] != '"' && t->at[i] != '`')
            out[n++] = (char)tolower((unsigned char)t->at[i]);
    out[n] = 0;
}

bool sql_token_names(const struct sql_token *t, const char *name)
{
    size_t quote = t->kind == SQL_QUOTED ? 1 : 0;

    return (t->kind == SQL_WORD || t->kind == SQL_QUOTED) && t->len - 2 * quote == strlen(name) &&
           strncasecmp(t->at + quote, name, t->len - 2 * quote) == 0;
}

char *sql_token_value(const struct sql_token *t)
{
    char quote = t->at[0] == '[' ? ']' : t->at[0];
    char *out, *to;

    if (t->kind != SQL_STRING && t->kind != SQL_QUOTED)
        return mem_strndup(t->at, t->len);
    out = to = mem_alloc(t->len);
    for (size_t i = 1; i + 1 < t->len; i++) {
        *to++ = t->at[i];
        if (t->at[i] == quote)
            i++;
    }
    *to = 0;
    return out;
}

bool sql_token_is_reserved(const struct sql_token *t)
{
    for (size_t i = 0; t->kind == SQL_WORD && i < sizeof reserved / sizeof reserved[0]; i++)
        if (sql_token_is(t, reserved[i]))
            return true;
    return false;
}
