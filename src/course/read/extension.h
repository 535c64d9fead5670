/*
 * extension.h: the fields of Trackside's own exports as JSON: the GeoJSON member "trackside", and
 * the CSV column of that name.
 */
#ifndef COURSE_READ_EXTENSION_H
#define COURSE_READ_EXTENSION_H

#include "course/draft.h"

#include <jansson.h>

/* Copies the fields to the draft. A missing field, or one of another type, is skipped. */
void read_extension(const json_t *object, struct draft *d);

/* Parses JSON from a file of unknown origin. The number of values and the depth are bounded,
 * because a value takes far more memory than its text. Returns a new reference, or NULL with an
 * error. */
json_t *read_json(const char *text, size_t len, struct err *e) MUST_CHECK;

#endif
