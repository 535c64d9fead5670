/* length_hints.h: how many laps and how many metres a name or description mentions. Text is UTF-8;
 * upper and lower case are the same. */
#ifndef COURSE_LENGTH_HINTS_H
#define COURSE_LENGTH_HINTS_H

#include <stdint.h>

/* The laps that a text mentions ("just over two complete laps", "2 Runden", "laps: 2", "2 x 2.5 km",
 * "run twice"), or 0. The words themselves are copied to `said`, cut to fit. With 0, `said` is "" or
 * the words of laps that are not whole: "2½ laps". */
uint32_t length_hints_laps(const char *text, char said[80]);

/* The length that a text mentions ("5k", "21,1 km", "10 miles", "10 000 m", "2 x 2.5 km"), in metres
 * with all laps. 0 if there is none, or if there are several. Metres count only in a text without km
 * and miles. */
double length_hints_distance_m(const char *text);

#endif
