/*
 * extension.h: the fields of our own exports from JSON: GeoJSON's member "trackside", and the CSV's
 * column of that name. What is not there or of another type is left out.
 */
#ifndef COURSE_READ_EXTENSION_H
#define COURSE_READ_EXTENSION_H

#include "course/draft.h"

#include <jansson.h>

void read_own_json(const json_t *own, struct draft *d);

/* Parse JSON from a file of unknown origin: bounded in values and depth. */
json_t *read_own_parse(const char *text, size_t len, struct err *e) MUST_CHECK;

#endif
