/*
 * token.h: a statement cut into words, for the rewriting of the dialect and the names of the
 * answer's columns. Comments and white space are dropped. Tokens point into the statement, which
 * must outlive them.
 */
#ifndef SQL_TOKEN_H
#define SQL_TOKEN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define SQL_TOKENS_MAX 20000u /* an IN of some thousand ids still fits */
#define SQL_DEPTH_MAX 100u    /* brackets and CASE within each other */

enum sql_token_kind {
    SQL_WORD,   /* a bare name or keyword */
    SQL_QUOTED, /* "name", `name` or [name] */
    SQL_STRING, /* 'text' */
    SQL_NUMBER,
    SQL_BLOB, /* x'00ff' */
    SQL_OPEN,
    SQL_CLOSE,
    SQL_MARK, /* an operator, a comma, a dot, a semicolon */
};

/* One word of the statement, in place. */
struct sql_token {
    enum sql_token_kind kind;
    const char *at;
    size_t len;
};

struct sql_token_list {
    struct sql_token *token;
    size_t n;
};

/* Cuts the statement, for sql_token_list_release. ERR_INVALID where a text, name, comment or
 * bracket is not closed, or where there is a parameter (?, :x, @x, $x), which nobody could give a
 * value to. ERR_TOO_LARGE for more than SQL_TOKENS_MAX words. */
int sql_token_list_init(struct sql_token_list *t, const char *statement, struct err *e) MUST_CHECK;
void sql_token_list_release(struct sql_token_list *t);

/* Is it this keyword (any case) or this mark? A quoted name is no keyword. */
bool sql_token_is(const struct sql_token *t, const char *word);

/* Is it a word that no value begins with (FROM, AND)? Words that SQLite also allows as names are
 * not reserved. */
bool sql_token_is_reserved(const struct sql_token *t);

/* The name in lower case, without quotes and underscores, by which Pinot tells functions apart.
 * `out` gets at most size - 1 characters and a NUL. */
void sql_token_canonical(const struct sql_token *t, char *out, size_t size);

/* Is it a name (bare or quoted), and this one, in any case? */
bool sql_token_names(const struct sql_token *t, const char *name);

/* The value of a text in quotes (its doubled quotes undone) or of a bare word. The caller frees. */
char *sql_token_value(const struct sql_token *t);

#endif
