/* length_words.h: the words of laps and lengths, in many languages. All words are folded
 * (course/words.h). */
#ifndef COURSE_LENGTH_WORDS_H
#define COURSE_LENGTH_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* The number of a word ("2", "2x", "two", "zwei"), or 0. */
uint32_t length_words_number(const char *word);

/* A word for several laps: "laps", "Runden". */
bool length_words_laps(const char *word);

/* A word for one lap. It counts only right after a number ("two-lap course"). */
bool length_words_lap(const char *word);

/* A word before the number of laps: "Rundenzahl: 2". */
bool length_words_label(const char *word);

/* What is run, beside "twice": "course", "it". */
bool length_words_run(const char *word);

/* What is only passed, beside "twice": "river", or a time of the year. */
bool length_words_passed(const char *word);

/* What makes metres a climb: "500 m of ascent". */
bool length_words_climb(const char *word);

/* "half", as in "two and a half". */
bool length_words_half(const char *word);

/* Units. In a language without spaces more may follow: "公里跑". */
bool length_words_km(const char *word);
bool length_words_miles(const char *word);
bool length_words_metres(const char *word);

/* Any unit, also of time: a number before it counts no laps. */
bool length_words_unit(const char *word);

#endif
