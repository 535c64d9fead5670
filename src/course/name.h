/* name.h: names from outside: valid UTF-8, no control characters, no longer than they may be. */
#ifndef COURSE_NAME_H
#define COURSE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Valid UTF-8: no surrogates, nothing over U+10FFFF, no overlong forms. */
bool name_utf8(const char *text, size_t len);

/* Copy a name: control characters and noncharacters go, runs of white space become one space, and
 * it is cut between characters to fit `cap` bytes with its NUL. `text` is valid UTF-8. */
void name_clean(char *out, size_t cap, const char *text);

/* A short name, [a-z0-9][a-z0-9-]{0,63}, from any text: accents go, what is left over becomes "-".
 * False, and
 * "" in `out`, where nothing remains. `cap` is at least 2. */
bool name_slug(char *out, size_t cap, const char *text);

#endif
