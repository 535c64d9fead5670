/*
 * with.h: how often the tables of a WITH use each other. SQLite puts the text of such a table
 * wherever its name stands, before any time limit counts: twenty tables that each name the one
 * before twice make a million.
 */
#ifndef SQL_WITH_H
#define SQL_WITH_H

#include "base/err.h"
#include "sql/token.h"

#define SQL_WITH_TABLES_MAX 50u
#define SQL_WITH_COPIES_MAX 2000u

int sql_with_check(const struct sql_token_list *t, struct err *e) MUST_CHECK;

#endif
