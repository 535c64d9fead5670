/*
 * fit.h: FIT, the binary format of Garmin's devices and of many others (the FIT protocol and the
 * public profile of the FIT SDK, developer.garmin.com/fit). Read are the course's name, the places of
 * its records with their altitudes, and its course points. An activity is read the same way. Turn
 * instructions among the course points are left out: they are no places of the race.
 */
#ifndef COURSE_READ_FIT_H
#define COURSE_READ_FIT_H

#include "base/err.h"
#include "course/draft.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether the bytes begin like FIT. */
bool read_is_fit(const char *file, size_t len);

/* Reads one or more FIT files that follow each other. Sizes and checksums are compared with the
 * bytes that are there. -1 with a sentence that names the byte. */
int read_fit(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;

#endif
