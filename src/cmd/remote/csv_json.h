/*
 * csv_json.h: an answer in CSV (RFC 4180) as JSON, for --json: an array with one object per row.
 * The first row has the names. A cell that is a JSON number becomes a number, an empty cell null.
 * Anything else becomes text, without the apostrophe that base/csv.h puts before a formula.
 */
#ifndef CMD_REMOTE_CSV_JSON_H
#define CMD_REMOTE_CSV_JSON_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* The array, a new reference. NULL with an error if a cell is not UTF-8. */
json_t *csv_json(const char *csv, size_t len, struct err *e) MUST_CHECK;

#endif
