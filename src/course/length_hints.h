/* length_hints.h: how many laps and how many metres a name or description mentions. Text is UTF-8;
 * upper and lower case are the same. */
#ifndef COURSE_LENGTH_HINTS_H
#define COURSE_LENGTH_HINTS_H

#include <stdint.h>

/* The laps that a text mentions ("just over two complete laps", "2 Runden", "dos vueltas"), or 0.
 * The words themselves are copied to `said`, cut to fit. */
uint32_t length_hints_laps(const char *text, char said[80]);

/* The distance in km that a text mentions ("5k", "21,1 km"), in metres. 0 if there is none, or if
 * there are several. */
double length_hints_distance_m(const char *text);

#endif
