/*
 * csv_json.h: an answer in CSV (RFC 4180) as JSON, for --json: an array with an object for each
 * row, whose names are the first row's. A cell that is a JSON number becomes one, an empty cell
 * null, anything else text without the apostrophe that keeps spreadsheets from running it.
 */
#ifndef CMD_REMOTE_CSV_JSON_H
#define CMD_REMOTE_CSV_JSON_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* New reference; NULL where a cell is not UTF-8. */
json_t *csv_json(const char *csv, size_t len, struct err *e) MUST_CHECK;

#endif
