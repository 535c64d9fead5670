/*
 * match.h: LIKE and GLOB with SQLite's meaning, in at most text × pattern steps, with the deadline
 * checked on the way. SQLite's own functions try every length of every wildcard and check no
 * deadline: one call can take minutes.
 */
#ifndef SQL_MATCH_H
#define SQL_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#define SQL_MATCH_PATTERN_MAX 100 /* bytes */

enum sql_match {
    SQL_MATCH_NO,
    SQL_MATCH_YES,
    SQL_MATCH_LATE, /* cancel_due() (base/cancel.h) became true */
};

/* Is the text exactly one character? Then *out becomes that character. */
bool sql_match_character(const char *text, uint32_t *out);

/* `%` any text, `_` one character, A-Z as a-z. The character `escape` makes the next one plain; 0:
 * none. Both texts end with a NUL. */
enum sql_match sql_match_like(const char *pattern, const char *text, uint32_t escape);

/* `*` any text, `?` one character, `[a-z]` one of a set, `[^a-z]` one of no set. */
enum sql_match sql_match_glob(const char *pattern, const char *text);

#endif
