/*
 * tables.h: Trackside's three tables in Pinot, as JSON: `courses` (OFFLINE dimension table),
 * `races` and `parkrun` (REALTIME, upsert). Everything in them works with Pinot 0.11 and with 1.x;
 * docs/pinot.md says what differs from the articles' schema and why.
 */
#ifndef STORE_PINOT_TABLES_H
#define STORE_PINOT_TABLES_H

#include "base/buf.h"

#include <stdbool.h>

enum pinot_table { PINOT_COURSES, PINOT_RACES, PINOT_PARKRUN, PINOT_TABLES };

extern const char *const pinot_table_name[PINOT_TABLES];
extern const char *const pinot_table_type[PINOT_TABLES]; /* "OFFLINE", "REALTIME" */

const char *pinot_table_schema(enum pinot_table t);

/* `brokers`: Kafka as Pinot's servers reach it. */
void pinot_table_config(enum pinot_table t, const char *brokers, struct buf *out);

/* What the controller's answer to a table says of settings that it does not know, as "/a, /b/c".
 * True if there are any but the one that 0.11 needs and 1.x no longer has (segmentsConfig's
 * schemaName). */
bool pinot_table_unknown(const struct buf *answer, struct buf *keys);

/* The query of POST /ingestFromFile that loads the courses' CSV, replacing what was there. */
extern const char pinot_table_load_path[];

#endif
