/* name.h: cleans names that come from outside: valid UTF-8, no control characters, a bounded
 * length. */
#ifndef COURSE_NAME_H
#define COURSE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies a name into `out`, which has `cap` bytes with the NUL. Control characters and
 * noncharacters are removed, white space becomes one space, and a long name is cut between two
 * characters. */
void name_clean(char *out, size_t cap, const char *text);

/* Makes a short name, [a-z0-9][a-z0-9-]{0,63}, from any text. Letters lose their accents;
 * Greek, Cyrillic, kana and Korean are written in Latin letters; other characters become "-". False
 * if nothing remains, or if half of it was lost (Chinese characters have no letters here). `cap` is
 * at least 2. */
bool name_slug(char *out, size_t cap, const char *text);

/* Characters that no line of text and no XML file can hold, and those that change the direction of
 * the text around them. */
bool name_unwanted(uint32_t c);

#endif
