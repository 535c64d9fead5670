/*
 * words.h: the words of a name or description, in a form that can be compared. A word is a run of
 * letters and digits; "21,1" is one word. Markup, punctuation and emoji stand between words.
 *
 * Folded words are in lower case (Latin, Greek, Cyrillic). Letters and marks that a file has one by
 * one ("e" and an accent, kana and its mark, Korean jamo) are one character. Greek loses its accents,
 * since capitals have none. Full-width letters and digits are ASCII.
 */
#ifndef COURSE_WORDS_H
#define COURSE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORD_MAX 48 /* bytes of a folded word, with its NUL */

struct word {
    const char *at; /* in the text */
    size_t len;
    char folded[WORD_MAX]; /* lower case and composed, cut to fit */
    bool breaks;           /* a sentence or clause ended before it */
    char mark;             /* ':' or '=' stands before it, or 'x' for "times"; else 0 */
};

/* Reads the next word at or after `at` of the text, which is UTF-8. Returns the place after the
 * word, or NULL at the end of the text. */
const char *words_next(const char *text, const char *at, struct word *w);

/* Whether the word is in the list, which ends with NULL. */
bool words_listed(const char *word, const char *const *list);

#endif
